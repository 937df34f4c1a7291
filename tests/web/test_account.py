"""One's own password, phone, codes, sign-ins and PIN, and how guessing is slowed: what the person sees."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from aid.domain.guesses import FREE, LONGEST, seconds_left, wait_after
from aid.extensions import db
from aid.models.people import Device, Guess, Person, SignIn
from aid.security.sessions import PIN_TRIES
from aid.services import own_keys, sign_ins
from aid.services.verification import verify
from aid.vault.cookies import SignInCookie
from aid.vault.one_time import codes_of
from tests.conftest import BrowserOf
from tests.make import rows
from tests.make.browser import Browser, Page
from tests.make.fund import DIGITS, LEAST, FoundedFund, secrets_of_everyone

NEW = "plum harbour violin 88 dust"
WRONG = "The handle, password or code is wrong."
TOO_MANY = "Too many wrong tries."
ONE_DATABASE = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords at the least cost: what the default costs, and that strangers pay it too, is proved elsewhere."""
    monkeypatch.setitem(own_keys.seal_anew.__kwdefaults__ or {}, "cost", LEAST)
    monkeypatch.setattr(sign_ins, "waste_time", lambda: None)


def sign_in(browser: Browser, fund: FoundedFund, typed: dict[str, str] | None = None, *, handle: str = "dina") -> Page:
    order = {"handle": handle, "password": fund.password(handle), "code": fund.totp(handle)}
    return browser.submit("/sign-in", order | (typed or {}))


def wrongly(browser: Browser, fund: FoundedFund, times: int, *, handle: str = "dina") -> Page:
    for _try in range(times):
        page = sign_in(browser, fund, {"password": "a guess"}, handle=handle)
    return page


def later(browser: Browser, minutes: float) -> None:
    """The last page of this browser's sign-in was so long ago."""
    cookie = SignInCookie.from_text(browser.cookie)
    assert cookie is not None
    then = datetime.now(UTC) - timedelta(minutes=minutes)
    with db.engine.execution_options(writes=True).begin() as connection:
        connection.execute(update(SignIn).where(SignIn.id == cookie.row_id).values(seen_at=then))


def seed_of(handle: str) -> bytes:
    seed = secrets_of_everyone()[handle].halves.totp
    assert seed is not None
    return seed


def phone_code(page: Page) -> str:
    """What an app shows that was given the key on the page."""
    secret = next(element.text for element in page.tree.iter("p") if "secret" in element.get("class", ""))
    assert secret is not None
    return pyotp.TOTP(secret.replace(" ", "")).now()


# ---------------------------------------------------------------- guesses


def test_wrong_tries_are_slowed_and_nothing_tells_the_right_one(fund: FoundedFund, browser_of: BrowserOf) -> None:
    """A million codes, three of them right at any moment: without this they would all be tried in an afternoon."""
    stranger = browser_of(None)
    assert WRONG in wrongly(stranger, fund, FREE).text

    with_the_right_one = sign_in(stranger, fund)
    wrong_again = wrongly(stranger, fund, 1)

    assert with_the_right_one.text == wrong_again.text
    assert TOO_MANY in wrong_again.text
    assert [guess.failures for guess in rows(select(Guess))] == [FREE]


@ONE_DATABASE
def test_a_handle_that_is_nobodys_is_slowed_alike(fund: FoundedFund, browser_of: BrowserOf) -> None:
    stranger = browser_of(None)

    assert WRONG in wrongly(stranger, fund, FREE, handle="dina").text
    assert TOO_MANY in wrongly(stranger, fund, 1, handle="dina").text
    for _try in range(FREE):
        nobody = stranger.submit("/sign-in", handle="nobody", password="a guess", code="123456")
    assert WRONG in nobody.text
    assert TOO_MANY in stranger.submit("/sign-in", handle="nobody", password="a guess", code="123456").text


def test_strangers_slow_only_strangers(fund: FoundedFund, browser_of: BrowserOf) -> None:
    known = browser_of(None)
    assert sign_in(known, fund).path == "/"
    known.press("/", "Sign out")
    wrongly(browser_of(None), fund, FREE)
    assert TOO_MANY in sign_in(browser_of(None), fund, {"code": fund.totp("dina", steps=1)}).text

    own = sign_in(known, fund, {"code": fund.totp("dina", steps=1)})

    assert own.path == "/"


def test_a_known_device_that_guesses_slows_itself_alone(fund: FoundedFund, browser_of: BrowserOf) -> None:
    known = browser_of(None)
    sign_in(known, fund)
    known.press("/", "Sign out")

    wrongly(known, fund, FREE)

    assert TOO_MANY in wrongly(known, fund, 1).text
    assert sign_in(browser_of(None), fund, {"code": fund.totp("dina", steps=1)}).path == "/"


@ONE_DATABASE
def test_a_device_is_known_for_whom_it_signed_in_and_nobody_else(fund: FoundedFund, browser_of: BrowserOf) -> None:
    known = browser_of(None)
    sign_in(known, fund)
    known.press("/", "Sign out")
    wrongly(browser_of(None), fund, FREE, handle="aigul")

    assert TOO_MANY in sign_in(known, fund, handle="aigul").text
    assert len(rows(select(Device))) == 1


@ONE_DATABASE
def test_the_right_answer_in_time_begins_the_count_anew(fund: FoundedFund, browser_of: BrowserOf) -> None:
    stranger = browser_of(None)
    wrongly(stranger, fund, FREE - 1)

    assert sign_in(stranger, fund).path == "/"
    assert rows(select(Guess)) == []


def test_waits_grow_to_a_quarter_of_an_hour_and_are_forgotten_after_a_day() -> None:
    now = datetime.now(UTC)

    assert [wait_after(failures).total_seconds() for failures in (0, 4, 5, 6, 7)] == [0, 0, 30, 60, 120]
    assert wait_after(1000) == LONGEST
    assert seconds_left(9, last_at=now - timedelta(seconds=100), now=now) == 380
    assert seconds_left(1000, last_at=now - timedelta(days=2), now=now) == 0


@ONE_DATABASE
def test_who_found_an_open_page_can_not_try_passwords_in_it(fund: FoundedFund, browser_of: BrowserOf) -> None:
    browser = browser_of("dina")
    for _try in range(FREE):
        assert "not your password" in browser.submit("/me/codes", present="a guess").text

    assert TOO_MANY in browser.submit("/me/codes", present=fund.password("dina")).text


# ---------------------------------------------------------------- password


def test_a_new_password_opens_and_the_old_one_does_not(fund: FoundedFund, browser_of: BrowserOf) -> None:
    here, elsewhere = browser_of("dina"), browser_of("dina")

    page = here.submit("/me/password", present=fund.password("dina"), password=NEW, again=NEW)

    assert "Your new password holds" in page.text
    assert elsewhere.get("/").heading == "Sign in"
    assert here.get("/people").heading == "People"
    assert WRONG in sign_in(browser_of(None), fund, {"code": fund.totp("dina", steps=1)}).text
    assert sign_in(browser_of(None), fund, {"password": NEW, "code": fund.totp("dina", steps=1)}).path == "/"


@ONE_DATABASE
@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({"present": "not this one"}, "not your password"),
        ({"again": "another"}, "differ"),
        ({"password": "short", "again": "short"}, "too short"),
    ],
)
def test_a_password_is_not_changed_so(
    fund: FoundedFund, browser_of: BrowserOf, typed: dict[str, str], why: str
) -> None:
    page = browser_of("dina").submit(
        "/me/password", {"present": fund.password("dina"), "password": NEW, "again": NEW} | typed
    )

    assert why in page.text


@ONE_DATABASE
def test_a_wrong_password_is_told_beside_the_one_that_was_asked_for(fund: FoundedFund, browser_of: BrowserOf) -> None:
    page = browser_of("dina").submit("/me/password", present="not this one", password=NEW, again=NEW)

    assert "The password you have now – This is not your password." in page.text


# ---------------------------------------------------------------- phone and codes on paper


def test_another_phone_shows_the_codes_and_the_old_one_none(fund: FoundedFund, browser_of: BrowserOf) -> None:
    browser = browser_of("dina")
    page = browser.get("/me/phone")
    new = phone_code(page)
    old = {"present": fund.password("dina"), "old_code": fund.totp("dina", steps=1)}

    done = browser.send(page, old | {"code": new})

    assert "Your new phone holds" in done.text
    assert WRONG in sign_in(browser_of(None), fund, {"code": fund.totp("dina", steps=1)}).text


@ONE_DATABASE
@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({"present": "not this one"}, "not your password"),
        ({"old_code": "000000"}, "wrong, or it was used"),
        ({"old_code": "0000000000"}, "wrong, or it was used"),
        ({"code": "000000"}, "not the code that the app shows"),
    ],
)
def test_a_phone_is_not_changed_so(fund: FoundedFund, browser_of: BrowserOf, typed: dict[str, str], why: str) -> None:
    browser = browser_of("dina")
    page = browser.get("/me/phone")
    right = {"present": fund.password("dina"), "old_code": fund.totp("dina", steps=1), "code": phone_code(page)}

    assert why in browser.send(page, right | typed).text


def codes_on(page: Page) -> list[str]:
    return [element.text or "" for element in page.tree.iter("span") if element.get("class") == "code"]


def test_a_code_on_paper_signs_in_once_in_place_of_the_phone(fund: FoundedFund, browser_of: BrowserOf) -> None:
    sheet = codes_on(browser_of("dina").submit("/me/codes", present=fund.password("dina")))
    assert [code.replace(" ", "") for code in sheet] == list(codes_of(seed_of("dina"), 1))

    first = sign_in(browser_of(None), fund, {"code": sheet[2]})
    again = sign_in(browser_of(None), fund, {"code": sheet[2]})
    another = sign_in(browser_of(None), fund, {"code": sheet[0]})

    assert "7 codes are left" in first.text
    assert WRONG in again.text
    assert "6 codes are left" in another.text
    with Session(db.engine) as session:
        assert list(verify(session)) == []


@ONE_DATABASE
def test_a_new_sheet_makes_the_old_one_worthless(fund: FoundedFund, browser_of: BrowserOf) -> None:
    browser = browser_of("dina")
    [old, *_rest] = codes_on(browser.submit("/me/codes", present=fund.password("dina")))
    [new, *_rest] = codes_on(browser.submit("/me/codes", present=fund.password("dina")))

    assert WRONG in sign_in(browser_of(None), fund, {"code": old}).text
    assert "7 codes are left" in sign_in(browser_of(None), fund, {"code": new}).text


@ONE_DATABASE
def test_who_lost_the_phone_sets_up_another_with_a_code_on_paper(fund: FoundedFund, browser_of: BrowserOf) -> None:
    browser = browser_of("dina")
    [code, *_rest] = codes_on(browser.submit("/me/codes", present=fund.password("dina")))
    page = browser.get("/me/phone")

    done = browser.send(page, present=fund.password("dina"), old_code=code, code=phone_code(page))

    assert "Your new phone holds" in done.text
    assert "None printed yet" in done.text


@ONE_DATABASE
def test_before_any_sheet_was_printed_no_ten_digits_are_right(fund: FoundedFund, browser_of: BrowserOf) -> None:
    assert WRONG in sign_in(browser_of(None), fund, {"code": codes_of(seed_of("dina"), 0)[0]}).text


# ---------------------------------------------------------------- sign-ins


def test_one_sees_where_one_is_signed_in_and_ends_it(fund: FoundedFund, browser_of: BrowserOf) -> None:
    phone, laptop = browser_of(None), browser_of("dina")
    phone.client.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (Android 13; Mobile; rv:120.0) Firefox/120.0"
    sign_in(phone, fund, {"code": fund.totp("dina", steps=1)})

    seen = laptop.get("/me/security")
    ended = laptop.send(seen, button="End it")

    assert "Phone, Firefox" in seen.text
    assert "That sign-in has ended" in ended.text
    assert phone.get("/").heading == "Sign in"
    assert laptop.get("/").heading == "Today"


@ONE_DATABASE
def test_nobody_ends_somebody_elses_sign_in(fund: FoundedFund, browser_of: BrowserOf) -> None:
    dina, aigul = browser_of("dina"), browser_of("aigul")
    [theirs] = rows(select(SignIn).join(Person, Person.id == SignIn.person_id).where(Person.handle == "dina"))
    token = aigul.get("/me").forms()[0].filled["csrf_token"]

    aigul.post("/me/sign-ins/end", {"csrf_token": token, "key": "ab" * 16, "which": theirs.id.hex()})

    assert dina.get("/").heading == "Today"


def test_signing_out_everywhere_leaves_no_copy_of_a_session_alive(fund: FoundedFund, browser_of: BrowserOf) -> None:
    here, elsewhere = browser_of("dina"), browser_of("dina")
    copy = Browser(fund.app, cookie=SignInCookie.from_text(elsewhere.cookie))
    assert copy.get("/").heading == "Today"

    assert here.press("/me/security", "Sign out everywhere").heading == "Sign in"

    assert {browser.get("/").heading for browser in (here, elsewhere, copy)} == {"Sign in"}


# ---------------------------------------------------------------- PIN


@pytest.fixture
def table(fund: FoundedFund, browser_of: BrowserOf) -> Browser:
    """Nurlan stands at the club; his PIN is chosen."""
    return browser_of("nurlan")


@ONE_DATABASE
def test_before_one_hands_out_one_chooses_six_digits(fund: FoundedFund, browser_of: BrowserOf) -> None:
    browser = browser_of(None)
    sign_in(browser, fund, handle="nurlan")

    asked = browser.get("/collections/new")
    easy = browser.send(asked, pin="123456", again="123456")
    chosen = browser.send(asked, pin="904 217", again="904 217")

    assert asked.heading == "Choose six digits for the table"
    assert "easy to guess" in easy.text
    assert chosen.path == "/collections/new"


def test_a_table_left_alone_asks_for_the_digits_and_goes_on(table: Browser) -> None:
    later(table, 11)
    locked = table.get("/collections/")

    assert locked.heading == "Locked"
    assert table.get("/me").heading == "Locked"
    assert "/collections/new" not in locked.links
    assert table.send(locked, pin=DIGITS).path == "/collections/"
    assert table.get("/me").heading == "My page"


@ONE_DATABASE
def test_a_voucher_that_was_checked_before_the_lock_is_checked_anew(table: Browser) -> None:
    page = table.get("/collections/new")
    later(table, 11)

    locked = table.send(page, code="0000 0000 0000 0000")

    assert locked.heading == "Locked"
    assert table.send(locked, pin=DIGITS).path == "/collections/new"


@ONE_DATABASE
def test_while_somebody_is_at_the_table_nothing_locks(table: Browser) -> None:
    later(table, 9)

    assert table.get("/collections/").heading != "Locked"


def test_the_fifth_wrong_pin_ends_the_sign_in(table: Browser) -> None:
    later(table, 11)
    pages = [table.submit("/unlock", pin="111111") for _try in range(PIN_TRIES)]

    assert [page.heading for page in pages] == ["Locked"] * (PIN_TRIES - 1) + ["Sign in"]
    assert rows(select(SignIn)) == []


@ONE_DATABASE
def test_a_lock_stays_whatever_is_asked_and_does_not_keep_the_sign_in_alive(table: Browser) -> None:
    later(table, 11)
    assert table.get("/").heading == "Locked"
    before = rows(select(SignIn))[0]

    page = table.post("/me/pin", {"pin": "904217", "again": "904217"})

    [after] = rows(select(SignIn))
    assert page.status == 400 or page.heading == "Locked"
    assert (after.locked, after.seen_at) == (True, before.seen_at)
    assert table.get("/").heading == "Locked"


@ONE_DATABASE
def test_who_turns_away_locks_the_page_at_once(table: Browser) -> None:
    assert table.press("/collections/new", "Lock").heading == "Locked"
    assert table.get("/").heading == "Locked"


@ONE_DATABASE
def test_who_does_not_hand_out_is_never_asked_for_digits(fund: FoundedFund, browser_of: BrowserOf) -> None:
    browser = browser_of("dina")
    later(browser, 25)

    assert browser.get("/").heading == "Today"
    assert browser.get("/unlock").heading == "Today"


@ONE_DATABASE
def test_half_an_hour_away_is_a_full_sign_in(table: Browser) -> None:
    later(table, 31)

    assert table.get("/").heading == "Sign in"
