"""Whoever typed several things that can't be reads all of them at once, each beside its field, with what was typed."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from aid.extensions import now as this_moment
from aid.models.allocations import AllocationLine
from tests.conftest import BrowserOf
from tests.make import rows
from tests.make.allocations import make_money
from tests.make.browser import Page
from tests.make.fund import FoundedFund
from tests.make.goods import carried, make_good, make_stock, make_transfer
from tests.make.money import make_bank
from tests.make.shops import make_shop

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


def told(page: Page) -> dict[str, str]:
    """What is refused, by the field that it leads to."""
    assert page.status == 409
    [box] = [each for each in page.tree.iter("div") if each.get("class") == "errors"]
    return {link.get("href", "")[1:]: " ".join("".join(link.itertext()).split()) for link in box.iter("a")}


def test_a_shop_without_name_place_and_half_of_its_agreement(fund: FoundedFund, browser_of: BrowserOf) -> None:
    page = browser_of(fund.coordinator).submit("/shops/new", {"may_kk": "нан", "may_not_ru": "табак"})

    assert [*told(page)] == ["name_kk", "locality-0", "may_kk", "may_not_kk"]  # as they stand on the page
    assert ("нан" in page.html, "табак" in page.html) == (True, True)


def test_a_shops_invoice_with_a_long_number_days_to_come_and_a_list_of_another_sum(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    treasurer, here = browser_of(fund.treasurer), f"/shops/{make_shop(fund)}/invoice"
    never = {"number": "7" * 41, "dated": "2999-01-01", "up_to": "2999-01-01", "amount": "60 000", "lines": "12 100"}

    unread = treasurer.submit(here, {**never, "number": "", "amount": "sixty", "lines": "twelve"})
    page = treasurer.send(unread, never)

    assert set(told(unread)) == {"number", "amount", "lines"}
    assert set(told(page)) == {"number", "dated", "up_to", "amount"}
    assert ("60 000" in page.html, "12 100" in page.html) == (True, True)


def test_money_for_a_point_from_an_empty_account_before_it_was_decided(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    make_money(fund)
    carried(fund, make_transfer(fund, ("club", 400_00)))
    [line] = rows(select(AllocationLine.id))
    typed = {"bank": str(make_bank(fund, "KZT")), "value_on": "2020-01-01"}

    page = browser_of(fund.treasurer).submit(f"/deliveries/cash/{line}/send", typed)

    assert set(told(page)) == {"bank-0", "value_on"}


def test_a_day_that_is_over_closes_before_it_opens_and_has_no_table(fund: FoundedFund, browser_of: BrowserOf) -> None:
    yesterday = str(this_moment().today - timedelta(days=1))
    typed = {"point": str(fund.points["club"]), "day": yesterday, "opens": "12:00", "closes": "10:00"}

    page = browser_of(fund.coordinator).submit("/days/new", {**typed, "tables": "0", "a_family": "99"})

    assert set(told(page)) == {"day", "closes", "tables", "a_family"}


def test_every_line_of_a_count_that_cannot_be_read(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_money(fund)
    make_good(fund)
    make_stock(fund, "notebook", 5)
    typed = {"cash-0-pieces": "many", "cash-1-pieces": "3", "cash-2-pieces": "few", "stubs": "-"}

    page = browser_of(fund.distributor).submit(f"/day-counts/at/{fund.points['club']}/closing", typed)

    assert set(told(page)) == {"cash-0-pieces", "cash-2-pieces", "goods-0-quantity", "stubs"}


def test_a_survey_of_days_that_are_not_here_and_end_before_they_begin(fund: FoundedFund, browser_of: BrowserOf) -> None:
    days = {"first_day": "2999-02-01", "last_day": "2999-01-01"}

    page = browser_of(fund.coordinator).submit("/surveys/new", days, button="Go on")

    assert set(told(page)) == {"first_day", "last_day"}
