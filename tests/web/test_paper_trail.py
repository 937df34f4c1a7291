"""Printed papers as people control them: the log, what is spoiled, lost or moved, piles counted, and what expired."""

import time_machine
from sqlalchemy import select

from aid.domain.money import Money
from aid.domain.vouchers import VoucherState
from aid.extensions import now as this_moment
from aid.models.vouchers import PrintBatch, Voucher
from aid.services.collections.handing_out import collect
from aid.services.vouchers.expiry import expire_some
from aid.vault.actor import Actor
from tests.conftest import BrowserOf
from tests.documents.reading import Printed
from tests.make import do, rows
from tests.make.fund import FoundedFund
from tests.make.one_database import app as app
from tests.make.papers import batch_of, make_pile
from tests.make.vouchers import later, make_vouchers


def test_spoiled_papers_are_written_down_and_printed_anew_in_one_step(fund: FoundedFund, browser_of: BrowserOf) -> None:
    first, second, third = make_vouchers(fund, 3)
    browser, page = browser_of(fund.coordinator), f"/vouchers/batches/{batch_of(first)}"
    assert f"{page}/spoiled" in browser.get(page).links

    wrong = browser.submit(f"{page}/spoiled", serials=f"{first.serial}-", button="Write down and print anew")
    assert (wrong.status, "is no number" in wrong.text) == (409, True)
    sheets = browser.submit(
        f"{page}/spoiled", serials=f"{first.serial}-{second.serial}", button="Write down and print anew"
    )

    assert sheets.headers["Content-Type"] == "application/pdf"
    words = Printed(sheets.content).text()
    assert f"{second.serial:06}" in words
    assert f"{third.serial:06}" not in words
    told = browser.get(page).text
    assert "Still good 1" in told
    assert f"Spoiled in the printer 2 {first.serial:06}–{second.serial:06}" in told
    story = browser.get(f"/vouchers/no/{first.serial}").text
    assert "Printed again, as paper 2: Spoiled sheets, printed anew" in story
    assert "Paper 1 ended: Spoiled in the printer" in story


def test_spoiled_papers_may_be_only_written_down_and_wait_with_their_pile(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    [first, _second] = make_vouchers(fund, 2)
    browser = browser_of(fund.coordinator)

    done = browser.submit(
        f"/vouchers/batches/{batch_of(first)}/spoiled", serials=str(first.serial), button="Only write down"
    )

    assert "Written down: 1 paper is worth nothing" in done.text
    assert "Waits to be printed anew" in browser.get(f"/vouchers/no/{first.serial}").text
    pile = f"/vouchers/{first.allocation_id}/at/{first.point_id}/print"
    assert pile in browser.get("/vouchers/").links
    browser.submit(pile, button="Print now")
    assert "Printed anew with its pile, as paper 2" in browser.get(f"/vouchers/no/{first.serial}").text


def test_a_lost_batch_is_cancelled_after_it_was_said_in_words_how_many_die(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    first, *_others = make_vouchers(fund, 3)
    do(collect, actor=fund.distributor, order=first.order())
    browser, page = browser_of(fund.coordinator), f"/vouchers/batches/{batch_of(first)}"

    check = browser.submit(f"{page}/gone", reason="stolen")
    assert check.heading == "Cancel batch 1?"
    assert "2 papers will be worth nothing" in check.text
    assert "1 paper of this batch was collected already" in check.text
    assert set(rows(select(Voucher.state))) == {VoucherState.PRINTED, VoucherState.COLLECTED}
    done = browser.send(check, button="Cancel these papers")

    assert "Cancelled: 2 papers of batch 1 are worth nothing any more" in done.text
    assert f"{page}/gone" not in done.links
    assert "nothing is left to cancel" in browser.get(f"{page}/gone").text
    pile = f"/vouchers/{first.allocation_id}/at/{first.point_id}/print"
    assert "Vouchers 2" in browser.get(pile).text


def test_the_print_log_tells_of_a_point_or_an_allocation_and_is_printed(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    here, there = make_vouchers(fund, 2)[0], make_vouchers(fund, 1, point="school-5")[0]
    for browser in (browser_of(fund.coordinator), browser_of(fund.auditor)):
        told = browser.get("/vouchers/log").text
        assert f"{here.serial:06}–{here.serial + 1:06}" in told
        assert "School 5" in told
    of_point = browser.get(f"/vouchers/log?point_id={here.point_id}").links
    assert f"/vouchers/batches/{batch_of(here)}" in of_point
    assert f"/vouchers/batches/{batch_of(there)}" not in of_point
    of_allocation = browser.get(f"/vouchers/log?allocation_id={there.allocation_id}")
    assert f"/vouchers/batches/{batch_of(here)}" not in of_allocation.links

    paper = browser.get("/vouchers/log.pdf")

    words = Printed(paper.content).text()
    assert "Print log" in words
    assert f"{there.serial:06}" in words
    assert "dina" in words
    older = browser.get("/vouchers/log?before=2")
    assert len([link for link in older.links if "/batches/" in link]) == 1


def test_a_voucher_goes_to_another_point_once_it_was_checked(fund: FoundedFund, browser_of: BrowserOf) -> None:
    [voucher] = make_vouchers(fund, 1)
    browser, page = browser_of(fund.coordinator), f"/vouchers/no/{voucher.serial}/move"
    assert page in browser.get(f"/vouchers/no/{voucher.serial}").links

    typed = {"to_point_id": str(fund.points["school-5"]), "reason": "came_here", "code": voucher.digits}
    check = browser.submit(page, **typed)
    assert "The sheet that the family has stays good" in check.text
    assert voucher.digits not in check.path
    done = browser.send(check, button="Let it be collected there")

    assert "with the same sheet" in done.text
    assert "Goes to School 5: The family came to the other point" in done.text
    assert "The same sheet goes on there, as paper 2" in done.text
    assert rows(select(PrintBatch.reason).order_by(PrintBatch.number)) == [None, "moved"]
    assert (
        "these vouchers were all printed"
        in browser.get(f"/vouchers/{voucher.allocation_id}/at/{fund.points['school-5']}/print").text.lower()
    )


def test_wrong_digits_are_said_beside_their_field_and_nothing_typed_is_lost(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    first, other = make_vouchers(fund, 2)
    browser = browser_of(fund.coordinator)
    typed = {"to_point_id": str(fund.points["school-5"]), "reason": "came_here", "code": other.digits}

    check = browser.submit(f"/vouchers/no/{first.serial}/move", **typed)
    refused = browser.send(check, button="Let it be collected there")

    assert refused.status == 409
    assert "not the digits of this voucher" in refused.text


def test_a_pile_is_handed_over_with_its_list_and_counted_by_who_receives_it(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    first, *_others = make_vouchers(fund, 3)
    coordinator, distributor = browser_of(fund.coordinator), browser_of(fund.distributor)
    new = f"/handovers/at/{first.point_id}/new"
    assert new in coordinator.get("/handovers/").links
    given = coordinator.submit(new, to_id=str(fund.distributor.id))
    assert given.heading == "Handover 1"
    assert new not in coordinator.get("/handovers/").links

    sheet = Printed(coordinator.get(f"{given.path}.pdf").content).text()
    assert f"{first.serial:06}–{first.serial + 2:06}" in sheet
    assert "Received and counted them" in sheet
    assert not any(secret in sheet for secret in ("dina", "nurlan", first.digits))
    assert "1 pile of papers to count" in distributor.get("/").text
    count = f"{given.path}/count"
    silent = distributor.submit(count, **{"counts-0-papers": "2"})
    assert (silent.status, "Choose why" in silent.text) == (409, True)
    counted = distributor.submit(count, **{"counts-0-papers": "2", "counts-0-reason": "missing"})

    assert "1 paper is missing" in counted.text
    assert distributor.get(count).path == given.path  # once only
    assert "1 pile of papers was counted otherwise" in coordinator.get("/").text
    assert "Papers are missing, nobody knows why" in coordinator.get(given.path).text
    assert "Counted" in coordinator.get(f"/vouchers/batches/{batch_of(first)}").text


def test_a_pile_that_nobody_counted_is_taken_back(fund: FoundedFund, browser_of: BrowserOf) -> None:
    [voucher] = make_vouchers(fund, 1)
    pile = f"/handovers/{make_pile(fund, batch_of(voucher)).handover_id}"
    browser = browser_of(fund.coordinator)

    back = browser.send(browser.get(pile), button="I have the papers again")

    assert "You have the papers again" in back.text
    assert "Taken back" in back.text
    assert browser_of(fund.distributor_elsewhere).get(pile).status == 404


def test_what_expired_is_listed_with_its_sums_for_coordinator_and_treasurer(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    first, second = make_vouchers(fund, 2)
    late = later(this_moment(), days=90)
    assert do(expire_some, actor=Actor.system(), now=late, most=9).vouchers == 2
    with time_machine.travel(late.instant, tick=False):
        coordinator, treasurer = browser_of(fund.coordinator), browser_of(fund.treasurer)
        for browser in (coordinator, treasurer):
            assert "2 vouchers expired lately" in browser.get("/").text
        seen, without_codes = coordinator.get("/vouchers/expired"), treasurer.get("/vouchers/expired")

    worth = sum(rows(select(Voucher.amount_minor)))
    for page in (seen, without_codes):
        assert all(f"{voucher.serial:06}" in page.text for voucher in (first, second))
        assert f"{Money(worth, fund.currency)}"[:3] in page.text.replace(",", "")
    assert "Family" in seen.text
    assert "Family" not in without_codes.text
