"""Today is home: everybody sees the ways to their own rooms, and what waits for them."""

import pytest

from tests.conftest import BrowserOf
from tests.make.allocations import make_money
from tests.make.fund import PLAN, FoundedFund


@pytest.mark.parametrize("handle", [person.handle for person in PLAN.people])
def test_everybody_has_a_home_where_nothing_waits_at_first(
    fund: FoundedFund, browser_of: BrowserOf, handle: str
) -> None:
    page = browser_of(handle).get("/")

    assert page.heading == "Today"
    assert "Nothing waits for you." in page.text
    assert handle in page.text


@pytest.mark.parametrize("handle", ["aigul", "gulnar", "dina", "timur", "marat", "nurlan", "erlan", "olga"])
def test_every_way_in_the_menu_is_open_to_who_sees_it(fund: FoundedFund, browser_of: BrowserOf, handle: str) -> None:
    browser = browser_of(handle)
    menu = next(element for element in browser.get("/").tree.iter("nav"))
    ways = [link.get("href", "") for link in menu.iter("a")]

    assert "/" in ways
    assert {way: browser.get(way).status for way in ways} == dict.fromkeys(ways, 200)


def test_what_waits_leads_to_where_it_waits(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_money(fund)
    browser = browser_of(fund.treasurer)

    page = browser.get("/")

    assert "1 donation to thank for" in page.text
    assert "/thanks/" in page.links
    assert browser.get("/thanks/").status == 200


def test_today_shows_for_how_long_the_oldest_waits_and_what_i_did_last(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    make_money(fund)

    page = browser_of(fund.treasurer).get("/")

    assert "since today" in page.text
    assert "What you did last" in page.text
    assert "Booked a donation Donation 1" in page.text


def test_what_another_one_did_is_not_what_i_did(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_money(fund)

    assert "Booked a donation" not in browser_of(fund.coordinator).get("/").text
