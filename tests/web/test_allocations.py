"""Proposing rounds as a coordinator does, and who may look at them."""

from sqlalchemy import select

from aid.domain.allocations import AllocationState
from aid.models.allocations import Allocation
from tests.conftest import BrowserOf
from tests.make import rows
from tests.make.allocations import make_allocation, make_money, newest_version, vote
from tests.make.families import make_family
from tests.make.fund import FoundedFund
from tests.make.programmes import make_programme


def test_a_round_is_seen_before_it_is_put_to_the_committee(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_family(fund, members=3)
    make_family(fund, confirmed=False)
    make_money(fund, minor=50_000_00)
    programme = make_programme(fund)
    browser = browser_of(fund.coordinator)

    preview = browser.submit("/allocations/new", programme_id=str(programme))

    assert "Thirty thousand tenge" in preview.text
    assert "Left out: not confirmed yet 1" in preview.text
    assert rows(select(Allocation)) == []

    page = browser.send(preview, button="Put to the committee")

    assert "Allocation no. 1 is put to the committee." in page.text
    assert page.heading == "Allocation no. 1"
    assert "Nobody voted yet." in page.text


def test_families_that_changed_since_the_preview_are_shown_anew(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_family(fund)
    programme = make_programme(fund)
    browser = browser_of(fund.coordinator)
    preview = browser.submit("/allocations/new", programme_id=str(programme))
    make_family(fund)

    again = browser.send(preview, button="Put to the committee")

    assert again.status == 409
    assert "Families changed since you looked." in again.text
    page = browser.send(again, button="Put to the committee")
    assert page.heading == "Allocation no. 1"


def test_missing_money_is_said_before_anyone_votes(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_family(fund, members=3)
    make_money(fund, minor=10_000_00)

    page = browser_of(fund.coordinator).submit("/allocations/new", programme_id=str(make_programme(fund)))

    assert "The money is not there." in page.text
    assert "20,000" in page.text


def test_nothing_to_propose_is_said(fund: FoundedFund, browser_of: BrowserOf) -> None:
    page = browser_of(fund.coordinator).submit("/allocations/new", programme_id=str(make_programme(fund)))

    assert "There is nothing to propose" in page.text


def test_an_open_allocation_is_computed_anew_after_asking(fund: FoundedFund, browser_of: BrowserOf) -> None:
    proposed = make_allocation(fund, families=1)
    vote(fund, fund.members[0], proposed.allocation_id)
    make_family(fund)
    browser = browser_of(fund.coordinator)

    preview = browser.submit(f"/allocations/{proposed.allocation_id}/recompute", button="See what it comes to")
    assert "count no more" in preview.text
    page = browser.send(preview, button="Put to the committee")

    assert "version 2" in page.text
    assert "Nobody voted yet." in page.text
    assert newest_version(proposed.allocation_id).families == 2


def test_an_allocation_is_withdrawn_after_asking(fund: FoundedFund, browser_of: BrowserOf) -> None:
    proposed = make_allocation(fund)
    browser = browser_of(fund.coordinator)

    page = browser.submit(f"/allocations/{proposed.allocation_id}/withdraw", button="Withdraw it")

    assert "Allocation no. 1 is withdrawn." in page.text
    assert rows(select(Allocation.state)) == [AllocationState.WITHDRAWN]


def test_an_auditor_sees_allocations_by_code_and_changes_nothing(fund: FoundedFund, browser_of: BrowserOf) -> None:
    proposed = make_allocation(fund)
    browser = browser_of(fund.auditor)

    page = browser.get(f"/allocations/{proposed.allocation_id}")

    assert page.status == 200
    assert "Compute anew" not in page.text
    assert browser.get("/allocations/").status == 200
    assert browser.get("/allocations/new").status == 403
    assert browser.get(f"/allocations/{proposed.allocation_id}/withdraw").status == 403


def test_an_allocation_that_is_not_there_is_not_found(fund: FoundedFund, browser_of: BrowserOf) -> None:
    assert browser_of(fund.coordinator).get(f"/allocations/{fund.id}").status == 404
