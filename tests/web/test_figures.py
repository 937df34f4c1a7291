"""Figures for donors as strangers read them, as a coordinator releases them, and as a gift's code opens its story."""

import csv
import hashlib
import io
import json
import re
import secrets
from collections.abc import Iterator
from uuid import UUID

import pytest
from sqlalchemy import event, select

from aid.documents.thanking import letter_again, letters
from aid.domain.codes import gift_code
from aid.domain.guesses import FREE
from aid.extensions import db
from aid.models.figures import FiguresRelease
from aid.models.people import Guess
from aid.security import gift_codes
from aid.vault.gift_codes import hash_of_code
from tests.conftest import BrowserOf
from tests.documents.reading import Printed
from tests.make import rows
from tests.make.browser import Browser
from tests.make.figures import long_ago, make_code, make_old_gifts, make_public, make_release
from tests.make.fund import FoundedFund
from tests.make.money import make_correction, tenge

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
UNKNOWN = "No gift is known by this code"


@pytest.fixture
def coordinator(fund: FoundedFund, browser_of: BrowserOf) -> Browser:
    """Ten gifts were given long ago, and one of another purpose; nobody was told yet."""
    make_old_gifts(fund, 10, minor=1_200_00)
    make_old_gifts(fund, 1, month=5, first=50, purpose="food")
    return browser_of(fund.coordinator)


@pytest.fixture
def released(fund: FoundedFund, coordinator: Browser) -> int:
    """They were released, with papers that no press made."""
    return make_release(fund)


@pytest.fixture
def stranger(released: int, fund: FoundedFund, browser_of: BrowserOf) -> Browser:
    make_public(fund)
    return browser_of(None)


def gifts_of(fund: FoundedFund) -> list[UUID]:
    return make_old_gifts(fund, 1, first=900, minor=7_770_00)


# ---------------------------------------------------------------- releasing


def test_a_coordinator_sees_what_is_told_beside_what_stays_hidden_and_why(coordinator: Browser) -> None:
    page = coordinator.get("/releases/new")

    assert "What stays hidden" in page.text
    assert "Food Money in KZT May 2026 Only 1 giver so far" in page.text
    assert "₸12,000" in page.text
    assert "Release these figures" in page.html


def test_what_is_released_is_what_was_looked_at_word_for_word_and_printed_in_each_language(
    coordinator: Browser,
) -> None:
    form = coordinator.get("/releases/new").forms_to("")[0]

    page = coordinator.post("/releases/new", form.filled)
    again = coordinator.post("/releases/new", form.filled)

    [row] = rows(select(FiguresRelease))
    assert page.path == again.path == "/figures/1"
    assert coordinator.get("/figures/1.json").content.decode() == row.content
    assert row.sha256 == hashlib.sha256(row.content.encode()).digest()
    assert row.sha256.hex() in page.text
    assert [line["purpose"] for line in json.loads(row.content)["lines"]] == ["school"]
    assert "food" not in row.content
    english = Printed(coordinator.get("/figures/1.pdf?language=en").content).text()
    kazakh = Printed(coordinator.get("/figures/1.pdf?language=kk").content).text()
    assert "Solidarity fund" in english
    assert "₸12,000" in english
    assert "School (қаз)" in kazakh


def test_what_changed_since_it_was_looked_at_is_shown_again_and_not_released(
    fund: FoundedFund, coordinator: Browser
) -> None:
    form = coordinator.get("/releases/new").forms_to("")[0]
    make_old_gifts(fund, 10, month=6, first=100)

    page = coordinator.post("/releases/new", form.filled)

    assert "not any more what you looked at" in page.text
    assert "₸22,000" in page.text
    assert rows(select(FiguresRelease)) == []


def test_a_withdrawn_release_is_shown_to_nobody_and_its_reason_only_inside(
    stranger: Browser, coordinator: Browser
) -> None:
    coordinator.submit("/releases/1/withdraw", reason="The bank told us late")

    assert stranger.get("/figures/1").status == 410
    assert "₸12,000" not in stranger.get("/figures/").text
    assert "Withdrawn" in stranger.get("/figures/").text
    for kind in ("pdf", "json", "csv"):
        assert stranger.get(f"/figures/1.{kind}").status == 404
    assert "told us late" in coordinator.get("/releases/").text
    assert "told us late" not in stranger.get("/figures/").text + stranger.get("/figures/1").text


def test_today_tells_the_coordinator_of_months_to_release_once_the_fund_publishes(
    fund: FoundedFund, coordinator: Browser
) -> None:
    assert "figures for donors to release" not in coordinator.get("/").text
    make_public(fund)

    assert "of figures for donors to release" in coordinator.get("/").text
    make_release(fund)
    assert "figures for donors to release" not in coordinator.get("/").text


# ---------------------------------------------------------------- who reads them


def test_nobody_outside_reads_figures_until_the_fund_makes_them_public(
    fund: FoundedFund, released: int, browser_of: BrowserOf
) -> None:
    stranger, auditor, registrar = browser_of(None), browser_of("olga"), browser_of(fund.registrar)
    addresses = ("/figures/", "/figures/1", "/figures/1.pdf", "/figures/1.json", "/figures/1.csv", "/figures/gift")

    for address in addresses:
        assert stranger.get(address).status == 404
        assert registrar.get(address).status == 404
        assert auditor.get(address).status == 200
    make_public(fund)
    for address in addresses:
        assert stranger.get(address).status == 200
        assert registrar.get(address).status == 200
    make_public(fund, is_public=False)
    assert stranger.get("/figures/").status == 404


def test_a_coordinator_chooses_who_reads_and_how_late(coordinator: Browser, browser_of: BrowserOf) -> None:
    early = coordinator.submit("/releases/choice", readers="public", delay_days="13")
    chosen = coordinator.submit("/releases/choice", readers="public", delay_days="45")

    assert "from 14 to 365" in early.text
    assert "45 days after the end of a month" in chosen.text
    assert browser_of(None).get("/figures/").status == 200


def test_a_stranger_reads_figures_without_a_cookie_in_three_languages(stranger: Browser) -> None:
    page = stranger.get("/figures/?language=kk")

    assert page.tree.get("lang") == "kk"
    assert "School (қаз)" in page.text
    assert "Set-Cookie" not in page.headers
    assert page.headers["Cache-Control"] == "no-store"
    assert stranger.get("/figures/?language=ru").tree.get("lang") == "ru"
    assert [link for link in page.links if link.startswith("/figures/gift")] == ["/figures/gift?language=kk"]


def test_a_spreadsheet_and_a_program_get_the_same_figures(stranger: Browser) -> None:
    [row] = csv.DictReader(io.StringIO(stranger.get("/figures/1.csv").content.decode()))
    [line] = json.loads(stranger.get("/figures/1.json").content)["lines"]

    assert (row["purpose"], row["last_month"], row["raised"]) == ("school", "2026-04", "12000.00")
    assert line["blocks"][0]["raised"] == "12000.00"


def test_nothing_public_says_where_or_on_which_day(fund: FoundedFund, stranger: Browser) -> None:
    everything = stranger.get("/figures/").html + stranger.get("/figures/1.json").content.decode()

    for name in (*fund.points, *fund.localities, "Club", "Old-Town", str(long_ago().today), "14 April"):
        assert name not in everything


@pytest.fixture
def asked(stranger: Browser) -> Iterator[list[str]]:
    """Questions to the database."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        found.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield found
    event.remove(db.engine, "before_cursor_execute", note)


def test_a_public_page_reads_what_was_kept_and_asks_nothing_of_the_books(
    fund: FoundedFund, stranger: Browser, asked: list[str]
) -> None:
    stranger.get("/figures/")  # the fund's name is asked for once
    asked.clear()
    stranger.get("/figures/")
    before = len(asked)
    make_old_gifts(fund, 20, month=6, first=500)
    asked.clear()

    stranger.get("/figures/")

    assert len(asked) == before <= 12
    assert not [statement for statement in asked if "transfer" in statement or "FROM donation" in statement]


# ---------------------------------------------------------------- a gift's code


def test_a_code_opens_its_gift_and_what_its_purpose_has_done_since(fund: FoundedFund, stranger: Browser) -> None:
    code = make_code(fund, gifts_of(fund)[0])

    page = stranger.submit("/figures/gift", code=code)

    assert page.status == 200
    for said in ("14 April 2026", "₸7,770", "School", "₸12,000", "April 2026"):
        assert said in page.text
    assert "Old Giver" not in page.html
    assert code not in page.html + page.path
    assert "Set-Cookie" not in page.headers


def test_a_gift_that_was_corrected_after_its_letter_says_so_and_one_before_it_does_not(
    fund: FoundedFund, stranger: Browser
) -> None:
    [gift] = gifts_of(fund)
    make_correction(fund, gift, tenge(9_990))
    code = make_code(fund, gift)
    before = stranger.submit("/figures/gift", code=code)
    make_correction(fund, gift, tenge(9_990), purpose="food", seen=1)

    page = stranger.submit("/figures/gift", code=code)

    assert "was corrected on" not in before.text
    assert "₸9,990" in before.text
    assert "was corrected on" in page.text
    assert "after your letter was written" in page.text


def test_of_a_purpose_that_is_not_told_yet_only_the_gift_is_shown(fund: FoundedFund, stranger: Browser) -> None:
    [gift] = make_old_gifts(fund, 1, month=5, first=900, purpose="food", minor=7_770_00)

    page = stranger.submit("/figures/gift", code=make_code(fund, gift))

    assert "₸7,770" in page.text
    assert "Nothing is told of that time yet" in page.text


def test_a_code_that_is_wrong_unknown_or_replaced_is_told_the_same(fund: FoundedFund, stranger: Browser) -> None:
    [gift] = gifts_of(fund)
    old = make_code(fund, gift)
    letter_again(fund.treasurer, gift, secrets.token_hex(16))
    swapped = f"{old[1]}{old[0]}{old[2:]}"

    pages = [
        stranger.submit("/figures/gift", code=code)
        for code in (old, swapped, gift_code(secrets.token_bytes(32)), "a word", "12")
    ]

    assert {page.status for page in pages} == {409}
    assert len({re.sub(r'value="[0-9a-f]{32}"', "", page.html) for page in pages}) == 1
    assert UNKNOWN in pages[0].text


def test_guesses_are_slowed_for_all_codes_that_begin_alike_and_for_no_others(
    fund: FoundedFund, stranger: Browser
) -> None:
    code = make_code(fund, gifts_of(fund)[0])
    alike, other = code[:2], f"{(int(code[:2]) + 1) % 100:02}"
    for n in range(FREE):
        assert UNKNOWN in stranger.submit("/figures/gift", code=f"{alike}{n:014}").text

    slowed = stranger.submit("/figures/gift", code=code)

    assert "Too many wrong tries" in slowed.text
    assert "₸7,770" not in slowed.text
    assert UNKNOWN in stranger.submit("/figures/gift", code=f"{other}{1:014}").text
    assert len(rows(select(Guess.id))) == 2


def test_a_right_code_costs_nothing_and_clears_no_guess(fund: FoundedFund, stranger: Browser) -> None:
    code = make_code(fund, gifts_of(fund)[0])
    for n in range(3):
        stranger.submit("/figures/gift", code=f"{code[:2]}{n:014}")
    for _each in range(4):
        assert "₸7,770" in stranger.submit("/figures/gift", code=code).text

    assert rows(select(Guess.failures)) == [3]


def test_the_letter_says_where_its_code_is_used_only_while_there_is_such_a_page(fund: FoundedFund) -> None:
    first, second = make_old_gifts(fund, 2)
    [before] = letters(fund.treasurer, [first], secrets.token_hex(16))
    make_public(fund)
    [after] = letters(fund.treasurer, [second], secrets.token_hex(16))

    assert "use the code yourself" not in before.said.plain
    assert "use the code yourself: on our public page" in after.said.plain


def test_whatever_is_wrong_with_a_code_it_is_hashed_and_looked_for(
    stranger: Browser, monkeypatch: pytest.MonkeyPatch, asked: list[str]
) -> None:
    """So none takes less time than another."""
    hashed: list[str] = []

    def noted(code: str, *, fund_id: UUID) -> bytes:
        hashed.append(code)
        return hash_of_code(code, fund_id=fund_id)

    monkeypatch.setattr(gift_codes, "hash_of_code", noted)
    asked_for = []
    for code in ("a word", "12", "1234 5678 9012 3456", gift_code(bytes(32))):
        asked.clear()
        stranger.submit("/figures/gift", code=code)
        asked_for.append([statement for statement in asked if "gift_code" in statement])

    assert [len(code) for code in hashed] == [16] * 4
    assert len(asked_for[0]) == 1
    assert all(each == asked_for[0] for each in asked_for)
