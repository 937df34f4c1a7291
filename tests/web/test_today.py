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
