"""The door: what every answer carries, who is turned away before a page is made, and whose cookie opens what."""

from collections.abc import Callable
from http.cookies import SimpleCookie
from io import BytesIO
from urllib.parse import quote

import pytest
from flask import Flask
from werkzeug.datastructures import Headers

from aid.security import requests
from aid.security.sessions import COOKIE
from aid.vault.cookies import SignInCookie
from tests.conftest import BrowserOf
from tests.conventions import STATIC
from tests.make.browser import Browser, Page
from tests.make.fund import FoundedFund

Answer = Callable[[Browser], Page]

ANSWERS: dict[int, Answer] = {
    200: lambda browser: browser.get("/"),
    400: lambda browser: browser.post("/families/new", {}),
    403: lambda browser: browser.get("/people"),
    404: lambda browser: browser.get("/nowhere"),
    405: lambda browser: browser.get("/sign-out"),
    413: lambda browser: browser.post("/families/new", {"address": "x" * 17_000_000}),
    500: lambda browser: browser.get("/families/waiting"),
}


@pytest.fixture
def broken(fund: FoundedFund, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that breaks, as it would outside of tests."""

    def breaks() -> str:
        raise ValueError("Нұрлан")

    breaks.allows = "nobody"  # type: ignore[attr-defined]
    monkeypatch.setitem(fund.app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setitem(fund.app.view_functions, "families.waiting", breaks)


def wanted(headers: Headers) -> dict[str, str | None]:
    return {name: headers.get(name) for name in requests.HEADERS}


@pytest.mark.usefixtures("broken")
@pytest.mark.parametrize("status", ANSWERS)
def test_every_answer_is_a_page_with_all_headers(fund: FoundedFund, browser_of: BrowserOf, status: int) -> None:
    page = ANSWERS[status](browser_of("aigul"))

    assert page.status == status
    assert page.heading
    assert wanted(page.headers) == requests.HEADERS
    assert page.headers["Cache-Control"] == "no-store"
    assert "Нұрлан" not in page.html
    assert "Traceback" not in page.html


@pytest.mark.parametrize("path", ["/", "/sign-in", "/static/css/komek.css", "/static/../config.py", "/static/nothing"])
def test_a_stranger_gets_the_headers_too(fund: FoundedFund, browser_of: BrowserOf, path: str) -> None:
    answer = browser_of(None)._ask(path, method="GET")

    assert wanted(answer.headers) == requests.HEADERS


def test_the_policy_lets_nothing_in_from_elsewhere_and_nothing_inline() -> None:
    policy = dict(line.split(" ", 1) for line in requests.CONTENT_SECURITY_POLICY.split("; "))

    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert {source for line in policy.values() for source in line.split()} == {"'none'", "'self'", "data:"}


def test_only_the_page_that_reads_vouchers_may_use_the_camera(fund: FoundedFund, browser_of: BrowserOf) -> None:
    browser = browser_of(fund.distributor)
    pages = {
        path: browser.get(path).headers["Permissions-Policy"] for path in ("/collections/new", "/collections/", "/")
    }

    assert [path for path, policy in pages.items() if "camera=()" not in policy] == ["/collections/new"]
    assert "camera=(self)" in pages["/collections/new"]


def test_only_the_script_that_reads_squares_compiles_anything(browser_of: BrowserOf) -> None:
    names = [f"js/{path.name}" for path in (STATIC / "js").glob("*.js")] + ["vendor/zxing_reader.js"]
    policies = {name: browser_of(None)._ask(f"/static/{name}", method="GET").headers for name in names}

    compiling = [name for name, sent in policies.items() if "wasm-unsafe-eval" in sent["Content-Security-Policy"]]
    assert compiling == ["js/squares-worker.js"]
    assert "'unsafe-eval'" not in policies["js/squares-worker.js"]["Content-Security-Policy"]


@pytest.mark.parametrize("host", ["elsewhere.example", "localhost.elsewhere.example", "a@elsewhere.example", ""])
@pytest.mark.parametrize("path", ["/sign-in", "/static/css/komek.css", "/nowhere"])
def test_a_name_that_is_not_ours_gets_no_page(fund: FoundedFund, browser_of: BrowserOf, host: str, path: str) -> None:
    answer = browser_of("aigul").client.get(path, headers={"Host": host})

    assert answer.status_code == 400
    assert answer.mimetype == "text/plain"
    assert "elsewhere" not in answer.get_data(as_text=True)
    assert wanted(answer.headers) == requests.HEADERS


def test_headers_of_a_proxy_are_not_believed_where_there_is_none(fund: FoundedFund, browser_of: BrowserOf) -> None:
    forwarded = {"X-Forwarded-Host": "elsewhere.example", "X-Forwarded-Proto": "https", "Forwarded": "host=elsewhere"}

    answer = browser_of(None).client.get("/", headers=forwarded)

    assert answer.location.startswith("/sign-in")
    assert "Strict-Transport-Security" not in answer.headers


def test_the_cookie_is_for_this_host_alone_and_out_of_reach_of_scripts(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    browser = browser_of(None)
    given = [browser._ask("/sign-in", method="GET").headers["Set-Cookie"]]
    typed = {"handle": "dina", "password": fund.password("dina"), "code": fund.totp("dina")}
    form = browser.get("/sign-in").form_with({"code"})
    given.append(browser._ask("/sign-in", method="POST", data={**form.filled, **typed}).headers["Set-Cookie"])
    token = browser.get("/me").forms()[0].filled
    given.append(browser._ask("/sign-out", method="POST", data=token).headers["Set-Cookie"])

    for text in given:
        morsel = SimpleCookie(text)[COOKIE]
        assert morsel.key.startswith("__Host-")
        assert (morsel["secure"], morsel["httponly"], morsel["samesite"]) == (True, True, "Lax")
        assert (morsel["path"], morsel["domain"]) == ("/", "")


@pytest.mark.parametrize(
    "address",
    [
        "https://elsewhere.example/",
        "//elsewhere.example",
        "///elsewhere.example",
        "/\\elsewhere.example",
        "\\\\elsewhere.example",
        "/\t/elsewhere.example",
        "/\n/elsewhere.example",
        "\t//elsewhere.example",
        "javascript:alert(1)",
        "http:elsewhere.example",
        "/%2f/elsewhere.example",
        "/./\\elsewhere.example",
    ],
)
def test_signing_in_never_leads_to_another_server(fund: FoundedFund, browser_of: BrowserOf, address: str) -> None:
    browser = browser_of(None)
    page = browser.get(f"/sign-in?next={quote(address)}")
    typed = {"handle": "dina", "password": fund.password("dina"), "code": fund.totp("dina")}

    answer = browser._ask(page.path, method="POST", data={**page.form_with({"code"}).filled, **typed})

    assert answer.status_code == 302
    assert answer.location in {"/", "/%2f/elsewhere.example", "/./%5Celsewhere.example", "/./\\elsewhere.example"}


@pytest.mark.parametrize("address", ["//elsewhere.example", "https://elsewhere.example", "/\\elsewhere.example"])
def test_choosing_a_language_never_leads_to_another_server(
    fund: FoundedFund, browser_of: BrowserOf, address: str
) -> None:
    browser = browser_of("dina")
    token = browser.get("/me").forms()[0].filled["csrf_token"]

    answer = browser._ask("/language/kk", method="POST", data={"csrf_token": token, "next": address})

    assert (answer.status_code, answer.location) == (302, "/")


def test_a_body_of_17_mb_gets_a_page_that_says_how_much_may_be_sent(fund: FoundedFund, browser_of: BrowserOf) -> None:
    browser = browser_of("aigul")
    form = browser.get("/families/new").form_with({"address"}).filled
    too_long = browser.post("/families/new", form | {"address": "x" * 17_000_000})
    too_large = browser.post("/families/new", form | {"file": (BytesIO(b"x" * 17_000_000), "list.csv")})
    too_many = browser.post("/families/new", form | {"file": [(BytesIO(b"x"), f"{n}.csv") for n in range(6_000)]})

    assert [page.status for page in (too_long, too_large, too_many)] == [413, 413, 413]
    assert "16 MB" in too_long.text


def test_a_cookie_planted_before_signing_in_opens_nothing_afterwards(fund: FoundedFund, browser_of: BrowserOf) -> None:
    thief = browser_of(None)
    thief.get("/sign-in")
    planted = SignInCookie.from_text(thief.cookie)
    victim = Browser(fund.app, cookie=planted)

    page = victim.submit("/sign-in", handle="dina", password=fund.password("dina"), code=fund.totp("dina"))

    assert page.heading == "Today"
    assert victim.cookie != thief.cookie
    assert thief.get("/").heading == "Sign in"


def test_a_cookie_copied_elsewhere_dies_with_the_sign_in(fund: FoundedFund, browser_of: BrowserOf) -> None:
    browser = browser_of("dina")
    copy = Browser(fund.app, cookie=SignInCookie.from_text(browser.cookie))
    assert copy.get("/").heading == "Today"

    browser.press("/", "Sign out")

    assert copy.get("/").heading == "Sign in"
    assert copy.get("/families/").heading == "Sign in"


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_who_signs_out_leaves_nothing_in_the_browser(fund: FoundedFund, browser_of: BrowserOf) -> None:
    browser = browser_of("dina")
    token = browser.get("/me").forms()[0].filled

    answer = browser._ask("/sign-out", method="POST", data=token)

    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert "Max-Age=0" in answer.headers["Set-Cookie"]


@pytest.mark.parametrize("text", ["", "x", "A" * 43, "A" * 5000, "Ғ" * 20, "../../etc", "'; DROP TABLE person; --"])
def test_a_cookie_that_is_none_is_a_strangers(fund: FoundedFund, text: str) -> None:
    with fund.app.app_context():
        answer = fund.app.test_client().get("/families/", headers={"Cookie": f"{COOKIE}={text}"})

    assert (answer.status_code, answer.location.partition("?")[0]) == (302, "/sign-in")


@pytest.mark.parametrize(
    "address",
    [
        "/donations/?before=99999999999999999999",
        "/donations/?before=-1",
        "/ledger/entries?before=99999999999999999999",
        "/allocations/?before=9223372036854775808",
        "/vouchers/?before=99999999999999999999",
        "/vouchers/reprint?serial=99999999999999999999",
        "/collections/?point=x&before=x",
        "/people?page=%00",
        "/nowhere%00",
        "/families/123456789?x=%ff",
        "/families/000000000",
        "/families/%D9%A1%D9%A1%D9%A1%D9%A1%D9%A1%D9%A1%D9%A1%D9%A1%D9%A1",
    ],
)
def test_an_address_that_somebody_made_up_breaks_nothing(
    fund: FoundedFund, browser_of: BrowserOf, address: str
) -> None:
    assert browser_of("dina").get(address).status in {200, 400, 404}


@pytest.mark.parametrize(
    "typed", ["\0", b"\xed\xa0\x80", "x" * 100_000, "\u202e", "%s%n{}", "' OR 1=1 --"], ids=range(6)
)
@pytest.mark.parametrize("field", ["sought", "handle", "password", "code"])
def test_whatever_is_typed_breaks_nothing(
    fund: FoundedFund, browser_of: BrowserOf, field: str, typed: str | bytes
) -> None:
    path, who = ("/families/", "dina") if field == "sought" else ("/sign-in", None)
    browser = browser_of(who)
    form = browser.get(path).form_with({field}).filled
    others = {"handle": "dina", "password": fund.password("dina"), "code": "000000"}

    assert browser.post(path, form | others | {field: typed}).status in {200, 400}


def test_before_there_is_a_fund_every_page_leads_to_its_founding(app: Flask) -> None:
    assert Browser(app).get("/").heading == "Found the fund"


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_every_cookie_is_for_this_host_alone(fund: FoundedFund, browser_of: BrowserOf) -> None:
    browser = browser_of(None)
    token = browser.get("/sign-in").form_with({"code"}).filled["csrf_token"]

    answer = browser._ask("/language/kk", method="POST", data={"csrf_token": token, "next": "/"})

    [text] = answer.headers.getlist("Set-Cookie")
    assert text.startswith("__Host-komek-language=kk;")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(text.split("; "))
