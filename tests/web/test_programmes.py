"""Writing programmes as a coordinator does, and reading them."""

from typing import Any

from sqlalchemy import select

from aid.models.programmes import Programme
from tests.conftest import BrowserOf
from tests.make import rows
from tests.make.fund import FoundedFund
from tests.make.programmes import make_programme


def typed(fund: FoundedFund, **changed: Any) -> dict[str, Any]:
    """School kits for strikers' children."""
    return {
        "title_kk": "Мектеп жиынтығы",
        "title_ru": "Школьный набор",
        "title_en": "School kits",
        "purpose_id": str(fund.purposes["school"]),
        "eligible": ["on_strike", "dismissed"],
        "per_family": "10 000",
        "per_child": "5000",
        "per_grade-0-first": "1",
        "per_grade-0-last": "4",
        "per_grade-0-amount": "20 000,50",
        "valid_days": "30",
        "grace_days": "14",
    } | changed


def test_a_programme_is_shown_back_in_sentences(fund: FoundedFund, browser_of: BrowserOf) -> None:
    page = browser_of(fund.coordinator).submit("/programmes/new", typed(fund))

    assert page.heading == "School kits"
    assert "a child in grades 1 to 4" in page.text
    assert "20,000.50" in page.text
    assert "someone was dismissed" in page.text
    assert "A voucher holds for 30 days after the notice." in page.text


def test_an_amount_that_cannot_be_read_is_said_beside_it_and_nothing_is_lost(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    page = browser_of(fund.coordinator).submit("/programmes/new", typed(fund, per_member="a lot"))

    assert page.status == 409
    assert "“a lot” is not an amount" in page.text
    assert 'value="School kits"' in page.html
    assert 'value="20 000,50"' in page.html
    assert rows(select(Programme)) == []


def test_a_line_of_grades_is_added_without_checking_anything(fund: FoundedFund, browser_of: BrowserOf) -> None:
    browser = browser_of(fund.coordinator)

    page = browser.submit("/programmes/new", {"title_en": "School kits"}, button="Add a line")

    assert "per_grade-1-first" in page.html
    assert 'value="School kits"' in page.html
    assert "Please look at this again" not in page.text


def test_a_change_is_filled_in_and_makes_a_new_version(fund: FoundedFund, browser_of: BrowserOf) -> None:
    programme = make_programme(fund)
    browser = browser_of(fund.coordinator)

    page = browser.submit(f"/programmes/{programme}/change", cap="60000")

    assert "at most" in page.text
    assert rows(select(Programme.version).order_by(Programme.version)) == [1, 2]
    old = browser.get(f"/programmes/{programme}")
    assert "This is version 1. It was changed since" in old.text


def test_a_committee_member_reads_programmes_and_writes_none(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_programme(fund)
    browser = browser_of(fund.members[0])

    page = browser.get("/programmes/")

    assert "School kits" in page.text
    assert "Write a programme" not in page.text
    assert browser.get("/programmes/new").status == 403


def test_programmes_speak_the_readers_language(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_programme(fund)
    browser = browser_of(fund.coordinator)
    browser.send(browser.get("/programmes/"), button="Қаз Қазақша")

    assert "Мектеп жиынтығы" in browser.get("/programmes/").text
