"""Trying a programme out, going on to a proposal, and computing one once more, as a coordinator does."""

import pytest
from flask import Flask
from sqlalchemy import select

from aid.domain.families import Circumstance
from aid.models.allocations import AllocationLine, AllocationVersion
from aid.models.programmes import Programme
from tests.conftest import BrowserOf
from tests.make import rows
from tests.make.allocations import make_allocation, make_money
from tests.make.families import make_family
from tests.make.fund import FoundedFund
from tests.make.programmes import make_programme
from tests.web.test_programmes import typed

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
STRIKING = frozenset({Circumstance.ON_STRIKE})
ILL = STRIKING | {Circumstance.ILL}


def test_who_is_reached_and_who_falls_out_is_shown_by_code_and_nothing_is_proposed(
    app: Flask, fund: FoundedFund, browser_of: BrowserOf
) -> None:
    poor, other = make_family(fund, circumstances=ILL), make_family(fund, circumstances=STRIKING)
    make_money(fund, minor=30_000_00)
    path = f"/programmes/{make_programme(fund)}/try-out"
    browser = browser_of(fund.coordinator)

    asked = browser.get(path)
    assert 'value="30000"' in asked.html
    page = browser.submit(path, budget="30 000", shortage="tiers", tier_1="ill")

    assert "The money is short." in page.text
    assert "The money ended before their turn." in page.text
    assert "Ways to share, side by side" in page.text
    assert "How many families get how much" in page.text
    assert [code in page.text.replace(" ", "").replace("\u00a0", "") for code in (poor.code, other.code)] == [
        True,
        True,
    ]
    assert rows(select(AllocationLine)) == []


def test_what_was_tried_out_goes_on_to_a_proposal_with_its_terms(
    app: Flask, fund: FoundedFund, browser_of: BrowserOf
) -> None:
    make_family(fund)
    make_family(fund)
    browser = browser_of(fund.coordinator)
    programme = make_programme(fund)
    tried = browser.submit(f"/programmes/{programme}/try-out", budget="40000", shortage="equal_cut")

    preview = browser.send(tried, button="Go on with this to a proposal")
    assert "An equal cut" in preview.text
    put = browser.send(preview, button="Put to the committee")

    assert put.heading.startswith("Allocation no. 1")
    [version] = rows(select(AllocationVersion))
    assert version.basis is not None
    assert (version.basis["budget"], version.total_minor) == (40_000_00, 40_000_00)


def test_amounts_that_need_small_coins_are_told_before_anything_is_proposed(
    app: Flask, fund: FoundedFund, browser_of: BrowserOf
) -> None:
    for _each in range(3):
        make_family(fund)
    browser = browser_of(fund.coordinator)
    path = f"/programmes/{make_programme(fund)}/try-out"

    tried = browser.submit(path, budget="40 000", shortage="equal_cut")
    assert "Do you have such small coins?" in tried.text
    assert "Some amounts are like ₸13,333.33" in browser.send(tried, button="Go on with this to a proposal").text

    assert "small coins" not in browser.submit(path, budget="30 000", shortage="equal_cut").text


def test_other_amounts_become_a_new_version_where_they_are_meant(
    app: Flask, fund: FoundedFund, browser_of: BrowserOf
) -> None:
    make_family(fund)
    programme = make_programme(fund)
    browser = browser_of(fund.coordinator)
    tried = browser.submit(f"/programmes/{programme}/try-out", per_family="12000")
    assert "Tried out, not written" in tried.text
    assert "Go on with this to a proposal" not in tried.text

    form = browser.send(tried, button="Write these amounts as a new version")
    assert 'value="12000"' in form.html
    assert len(rows(select(Programme))) == 1
    written = browser.send(form, button="Save the programme")

    assert "What this version changed" in written.text
    assert "₸10,000 a family" in written.text
    assert "₸12,000 a family" in written.text


def test_an_amount_that_cannot_be_read_is_said_beside_it(app: Flask, fund: FoundedFund, browser_of: BrowserOf) -> None:
    path = f"/programmes/{make_programme(fund)}/try-out"

    page = browser_of(fund.coordinator).submit(path, budget="plenty")

    assert page.status == 409
    assert "“plenty” is not an amount" in page.text


def test_a_programme_is_read_back_before_it_is_saved(app: Flask, fund: FoundedFund, browser_of: BrowserOf) -> None:
    browser = browser_of(fund.coordinator)
    said = {
        "born_first": "2010",
        "born_last": "2019",
        "months_unpaid": "2",
        "pause_days": "90",
        "localities": ["old-town"],
        "per_circumstance-0-circumstance": "ill",
        "per_circumstance-0-amount": "7000",
        "cap": "60000",
        "cap_days": "90",
        "unit": "500",
    }

    page = browser.submit("/programmes/new", typed(fund, **said), button="Read it back to me first")

    assert "Nothing is saved yet." in page.text
    assert "that lives in “Old-Town”, where someone was dismissed or someone is on strike without wages" in page.text
    assert "with a child born from 2010 to 2019, that has had no wages for at least 2 months" in page.text
    assert "at most ₸60,000 for a family within 90 days, the sum rounded down to a multiple of ₸500" in page.text
    assert rows(select(Programme)) == []
    assert browser.send(page, button="Save the programme").heading == "School kits"


def test_an_allocation_is_computed_once_more_on_a_page(app: Flask, fund: FoundedFund, browser_of: BrowserOf) -> None:
    allocation = make_allocation(fund).allocation_id
    path = f"/allocations/{allocation}/once-more"

    page = browser_of(fund.members[0]).submit(path)

    assert "The same, byte for byte." in page.text
    refused = browser_of(fund.auditor).submit(path)
    assert refused.status == 409
    assert "Only who may open the facts" in refused.text
