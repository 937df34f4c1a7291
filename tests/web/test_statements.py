"""A statement is uploaded, looked at and brought in; whoever may not see names sees none."""

import io

import pytest
from sqlalchemy import select

from aid.domain.statements import StatementFormat
from aid.models.imports import BroughtList, BroughtPart
from aid.models.statements import BankLine
from tests.cli.test_import_statement import STATEMENT, entry
from tests.conftest import BrowserOf
from tests.make import rows
from tests.make.browser import Browser, Page
from tests.make.fund import FoundedFund
from tests.make.statements import IBAN, A, a_line, bring, make_euro_bank

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
TREASURER = "timur"
NOTICE = StatementFormat.CAMT_054


def a_file(*entries: str, iban: str = IBAN) -> tuple[io.BytesIO, str]:
    text = STATEMENT.format(iban=iban, entries="".join(entries or (entry(), entry("7.50", day=3))))
    return io.BytesIO(text.encode()), "statement.xml"


def looked_at(browser: Browser, *entries: str, iban: str = IBAN) -> Page:
    """Upload a file; the page that shows what is in it."""
    return browser.submit("/statements/new", file=a_file(*entries, iban=iban), bank="")


def brought_in(browser: Browser, *entries: str) -> Page:
    """Upload a file and bring it in; the page that says what came of it."""
    return browser.send(looked_at(browser, *entries), button="Bring it in")


def test_a_statement_is_looked_at_and_then_brought_in(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_euro_bank(fund)
    browser = browser_of(TREASURER)

    page = looked_at(browser)
    assert "57.50" in page.text
    assert rows(select(BankLine.id)) == []
    done = browser.send(page, button="Bring it in")

    assert "2 new lines are in." in done.text
    assert len(rows(select(BankLine.id))) == 2
    assert rows(select(BroughtList.id)) == []
    assert rows(select(BroughtPart.list_id)) == []


def test_the_same_file_again_says_so(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_euro_bank(fund)
    browser = browser_of(TREASURER)
    brought_in(browser)

    again = looked_at(browser)

    assert "This very file was brought in before" in again.text
    assert "Nothing was added" in browser.send(again, button="Bring it in").text
    assert len(rows(select(BankLine.id))) == 2


def test_an_account_that_is_not_the_funds_is_chosen_by_hand(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_euro_bank(fund, iban=None)
    browser = browser_of(TREASURER)

    asked = looked_at(browser, iban="DE02120300000000202051")
    assert "is not among the fund" in asked.text
    chosen = browser.send(asked, bank="eur-1")

    browser.send(chosen, button="Bring it in")
    assert len(rows(select(BankLine.id))) == 2


def test_a_file_that_is_no_statement_is_refused_beside_the_field(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_euro_bank(fund)

    page = browser_of(TREASURER).submit("/statements/new", file=(io.BytesIO(b"\x89PNG\r\n"), "photo.png"), bank="")

    assert page.status == 409
    assert "photo.png" in page.text


def test_what_is_wrong_in_a_file_is_told_with_its_place(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_euro_bank(fund)
    browser = browser_of(TREASURER)

    page = looked_at(browser, entry(), entry("1.234"))

    assert "too many digits" in page.text
    done = browser.send(page, button="Bring it in")
    assert "An amount has more digits than its currency" in done.text


def test_an_auditor_sees_sums_and_brings_nothing(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_euro_bank(fund)
    show = brought_in(browser_of(TREASURER)).path
    auditor = browser_of("olga")

    assert "57.50" in auditor.get(show).text
    assert "Muster" not in auditor.get(show).text
    assert "Bring a statement" not in auditor.get("/statements/").text
    assert auditor.get("/statements/new").status == 403


def test_a_file_that_was_only_looked_at_is_thrown_away(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_euro_bank(fund)
    browser = browser_of(TREASURER)
    page = looked_at(browser)
    assert "You looked at a file" in browser.get("/statements/").text

    browser.press("/statements/", "Throw away")

    assert rows(select(BroughtList.id)) == []
    assert "does not wait here any more" in browser.get(page.path).text


def test_a_long_statement_comes_in_by_steps_that_the_page_drives_and_can_be_given_up(
    fund: FoundedFund, browser_of: BrowserOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aid.services.statements.waiting.STEP", 1)
    make_euro_bank(fund)
    browser = browser_of(TREASURER)
    entries = [entry(day=day) for day in (2, 3, 4)]

    going = browser.send(looked_at(browser, *entries), button="Bring it in")
    assert "0 of 3" in going.text
    assert "data-goes-on" in going.html
    going = browser.send(going, button="Continue")
    assert "1 of 3" in going.text
    assert len(rows(select(BankLine.id))) == 1
    paused = browser.get(going.path.partition("?")[0])
    assert "It is paused." in paused.text
    assert "A file of yours is half in" in browser.get("/statements/").text
    assert "half in" in looked_at(browser, entry(day=5)).text  # no other file takes its place
    browser.send(paused, button="Give it up")
    assert "Not all is in" in browser.get("/statements/").text

    going = browser.send(looked_at(browser, *entries), button="Bring it in")
    while "Continue" in going.text:
        going = browser.send(going, button="Continue")
    assert "2 new lines are in." in going.text or "3 new lines are in." in going.text
    assert len(rows(select(BankLine.id))) == 3


def test_one_money_in_two_kinds_of_files_is_told_by_a_person(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_euro_bank(fund)
    bring(fund.treasurer, A([a_line(60_00, other="Boris Muster"), a_line(40_00)], format=NOTICE, name="n1"))
    browser = browser_of(TREASURER)

    asked = looked_at(browser, entry("100.00"))
    assert "One sum, or more money?" in asked.text
    assert "Boris Muster" in asked.text
    assert "Say whether it is the same money." in browser.send(asked, button="Bring it in").text
    done = browser.send(asked, button="Bring it in", **{"doubts-0-answer": "same"})

    assert "Every line of it was known already." in done.text
    assert len(rows(select(BankLine.id))) == 2
