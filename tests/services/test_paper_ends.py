"""Papers that are spoiled, lost or stolen die at once; their vouchers stay good, and are printed anew once."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from aid.domain.paper_trail import EndReason
from aid.domain.parts import Part
from aid.domain.refusals import NotAllowed, RuleBroken
from aid.domain.vouchers import VoucherState
from aid.extensions import now as this_moment
from aid.models.vouchers import PaperEnd, PrintBatch, Voucher
from aid.services.collections.handing_out import collect
from aid.services.verification import replay, verify
from aid.services.vouchers.ends import Ended, GoneOrder, SpoiledOrder, print_spoiled, spoil, void_batch
from aid.services.vouchers.printing import Printed
from tests.conftest import both_databases
from tests.make import do, rows, see
from tests.make.forging import forge, forging
from tests.make.fund import FoundedFund
from tests.make.goods import make_parcel
from tests.make.one_database import app as app
from tests.make.papers import batch_of as newest_batch
from tests.make.vouchers import MadeVoucher, digits_of, later, make_vouchers, print_at


def batch_of(_voucher: MadeVoucher) -> Any:
    return rows(select(PrintBatch.id).order_by(PrintBatch.number))[0]


def states() -> Sequence[VoucherState]:
    return rows(select(Voucher.state).order_by(Voucher.serial))


def is_handed_out(fund: FoundedFund, voucher: MadeVoucher, digits: str) -> bool:
    return (
        type(do(collect, actor=fund.distributor, order=replace(voucher, digits=digits).order())).__name__ == "Collected"
    )


def test_spoiled_papers_die_at_once_and_wait_for_the_printer(fund: FoundedFund) -> None:
    first, second, third = make_vouchers(fund, 3)
    order = SpoiledOrder(batch_of(first), (first.serial, second.serial))

    ended = do(spoil, actor=fund.coordinator, order=order)

    assert (ended.papers, ended.collected) == (2, 0)
    assert states() == [VoucherState.ISSUED, VoucherState.ISSUED, VoucherState.PRINTED]
    assert not is_handed_out(fund, first, first.digits)
    assert is_handed_out(fund, third, third.digits)
    anew = digits_of(print_at(fund, first))
    assert set(anew) == {first.serial, second.serial}
    assert not is_handed_out(fund, first, first.digits)
    assert is_handed_out(fund, first, anew[first.serial])
    assert list(see(verify)) == []


def test_spoiled_papers_are_printed_anew_in_one_step(fund: FoundedFund) -> None:
    first, second = make_vouchers(fund, 2)

    printed = do(print_spoiled, actor=fund.coordinator, order=SpoiledOrder(batch_of(first), (second.serial,)))

    [paper] = printed.papers or ()
    assert (paper.serial, paper.paper) == (second.serial, 2)
    assert [row.reason for row in rows(select(PaperEnd))] == [EndReason.SPOILED]
    assert states() == [VoucherState.PRINTED] * 2
    assert not is_handed_out(fund, second, second.digits)
    assert is_handed_out(fund, second, paper.digits)
    assert list(see(verify)) == []


def test_what_expired_is_written_down_as_spoiled_but_not_printed_anew(fund: FoundedFund) -> None:
    [voucher] = make_vouchers(fund, 1)
    order, late = SpoiledOrder(batch_of(voucher), (voucher.serial,)), later(this_moment(), days=60)

    with pytest.raises(RuleBroken, match="expired on"):
        do(print_spoiled, actor=fund.coordinator, now=late, order=order)


def test_single_papers_are_spoiled_or_torn_and_nothing_else(fund: FoundedFund) -> None:
    [voucher] = make_vouchers(fund, 1)

    for reason in (EndReason.LOST, EndReason.MOVED):
        with pytest.raises(RuleBroken, match="what became"):
            do(spoil, actor=fund.coordinator, order=SpoiledOrder(batch_of(voucher), (voucher.serial,), reason))
    with pytest.raises(RuleBroken, match="what became"):
        do(void_batch, actor=fund.coordinator, order=GoneOrder(batch_of(voucher), EndReason.SPOILED))


def test_a_number_of_another_batch_or_of_none_is_refused_and_nothing_ends(fund: FoundedFund) -> None:
    first, second = make_vouchers(fund, 2)
    do(print_spoiled, actor=fund.coordinator, order=SpoiledOrder(batch_of(first), (second.serial,)))

    for other in (second.serial, 999_999):
        with pytest.raises(RuleBroken, match="not of this batch") as refusal:
            do(spoil, actor=fund.coordinator, order=SpoiledOrder(batch_of(first), (first.serial, other)))
        assert refusal.value.field == "serials"
    assert states() == [VoucherState.PRINTED] * 2


def test_a_collected_paper_does_not_end(fund: FoundedFund) -> None:
    first, second = make_vouchers(fund, 2)
    assert is_handed_out(fund, second, second.digits)

    with pytest.raises(RuleBroken, match="collected already"):
        do(spoil, actor=fund.coordinator, order=SpoiledOrder(batch_of(first), (first.serial, second.serial)))


@both_databases
def test_a_lost_batch_dies_in_one_act_but_for_what_was_collected(fund: FoundedFund) -> None:
    first, second, third = make_vouchers(fund, 3)
    assert is_handed_out(fund, first, first.digits)

    ended = do(void_batch, actor=fund.coordinator, order=GoneOrder(batch_of(first), EndReason.LOST))

    assert (ended.papers, ended.collected) == (2, 1)
    assert states() == [VoucherState.COLLECTED, VoucherState.ISSUED, VoucherState.ISSUED]
    assert not is_handed_out(fund, second, second.digits)
    assert is_handed_out(fund, third, digits_of(print_at(fund, first))[third.serial])
    with pytest.raises(RuleBroken, match="nothing is left to cancel"):
        do(void_batch, actor=fund.coordinator, order=GoneOrder(batch_of(first), EndReason.LOST))
    assert list(see(verify)) == []


def test_only_a_coordinator_ends_papers(fund: FoundedFund) -> None:
    [voucher] = make_vouchers(fund, 1)
    spoiled = SpoiledOrder(batch_of(voucher), (voucher.serial,))

    for who in (fund.registrar, fund.distributor, fund.treasurer, fund.auditor):
        for act in (spoil, print_spoiled):
            with pytest.raises(NotAllowed):
                do(act, actor=who, order=spoiled)
        with pytest.raises(NotAllowed):
            do(void_batch, actor=who, order=GoneOrder(spoiled.batch_id, EndReason.STOLEN))


def test_of_what_was_collected_in_part_the_rest_waits_on_a_new_paper(fund: FoundedFund) -> None:
    voucher = make_parcel(fund)
    do(collect, actor=fund.distributor, order=replace(voucher.order(), part=Part(True, ())))

    ended = do(void_batch, actor=fund.coordinator, order=GoneOrder(batch_of(voucher), EndReason.STOLEN))

    assert (ended.papers, ended.collected, states()) == (1, 0, [VoucherState.ISSUED])
    assert not is_handed_out(fund, voucher, voucher.digits)
    anew = digits_of(print_at(fund, voucher))[voucher.serial]
    assert states() == [VoucherState.BEGUN]
    do(spoil, actor=fund.coordinator, order=SpoiledOrder(newest_batch(voucher), (voucher.serial,)))
    anew = digits_of(print_at(fund, voucher))[voucher.serial]
    assert is_handed_out(fund, voucher, anew)
    assert states() == [VoucherState.COLLECTED]
    assert list(see(verify)) == []


@both_databases
def test_a_paper_that_ends_while_it_is_collected_does_one_or_the_other(fund: FoundedFund, app: Flask) -> None:
    voucher, other = make_vouchers(fund, 2)
    batch = batch_of(voucher)

    def hand_out() -> bool:
        with app.app_context():
            return is_handed_out(fund, voucher, voucher.digits)

    def void() -> Ended:
        with app.app_context():
            return do(void_batch, actor=fund.coordinator, order=GoneOrder(batch, EndReason.STOLEN))

    with ThreadPoolExecutor(2) as pool:
        handed, ended = pool.submit(hand_out), pool.submit(void)

    assert ended.result().papers + handed.result() == 2
    assert states()[0] is (VoucherState.COLLECTED if handed.result() else VoucherState.ISSUED)
    assert other.serial
    assert list(see(verify)) == []


@both_databases
def test_two_who_print_the_same_spoiled_papers_anew_make_one_batch(fund: FoundedFund, app: Flask) -> None:
    [voucher] = make_vouchers(fund, 1)
    order = SpoiledOrder(batch_of(voucher), (voucher.serial,))

    def run(_each: int) -> Printed | RuleBroken:
        with app.app_context():
            try:
                return do(print_spoiled, actor=fund.coordinator, order=order)
            except RuleBroken as refusal:
                return refusal

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(run, range(2)))

    assert sum(isinstance(outcome, Printed) for outcome in outcomes) == 1
    assert len(rows(select(PrintBatch))) == 2


def test_papers_that_end_otherwise_than_they_did_are_found(fund: FoundedFund) -> None:
    [voucher] = make_vouchers(fund, 1)
    do(spoil, actor=fund.coordinator, order=SpoiledOrder(batch_of(voucher), (voucher.serial,)))

    for proof, statement, says in (
        ("papers", "UPDATE voucher SET state = 'printed'", "its newest paper ended"),
        ("states", "UPDATE voucher SET state = 'printed'", "its state is not what was done with it"),
        ("papers", "DELETE FROM paper_end", "its newest paper did not end"),
        ("papers", "UPDATE paper_end SET reason = 'moved'", "its voucher went nowhere then"),
        ("rows", "UPDATE paper_end SET at = '2020-01-01 00:00:00'", "paper_end"),
    ):
        with forging() as session:
            assert forge(session, statement)
            assert any(says in str(finding) for finding in replay(session, proof)), statement
