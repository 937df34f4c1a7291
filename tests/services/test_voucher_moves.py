"""A voucher goes to another point with its sheet, or is printed anew there; the old point pays nothing for it."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from aid.domain.goods import Item
from aid.domain.paper_trail import EndReason, MoveReason
from aid.domain.parts import Part
from aid.domain.refusals import NotAllowed, RuleBroken
from aid.domain.undoing import UndoReason
from aid.domain.vouchers import VoucherState
from aid.extensions import now as this_moment
from aid.models.records import Record, RecordKind, Wrap
from aid.models.vouchers import PaperEnd, PrintBatch, Voucher, VoucherMove
from aid.queries import stock as stock_queries
from aid.services.collections.handing_out import Collected, collect
from aid.services.collections.undoing import UndoOrder, undo_collection
from aid.services.verification import verify
from aid.services.vouchers.moving import MoveOrder, move_voucher
from aid.vault.actor import Actor
from aid.vault.keyring import Keyring
from tests.conftest import both_databases
from tests.make import do, rows, see
from tests.make.forging import forge, forging, found
from tests.make.fund import FoundedFund
from tests.make.goods import in_stock, make_parcel
from tests.make.one_database import app as app
from tests.make.vouchers import MadeVoucher, digits_of, later, make_voucher, print_at


def order(fund: FoundedFund, voucher: MadeVoucher, to: str = "school-5", code: str | None = None) -> MoveOrder:
    return MoveOrder(voucher.serial, fund.points[to], MoveReason.CAME_HERE, code)


def there(fund: FoundedFund, voucher: MadeVoucher, digits: str = "") -> MadeVoucher:
    return replace(voucher, point_id=fund.points["school-5"], digits=digits or voucher.digits)


def outcome(actor: Actor, voucher: MadeVoucher) -> str:
    return type(do(collect, actor=actor, order=voucher.order())).__name__


def promised(fund: FoundedFund) -> dict[str, dict[str, int]]:
    """What is promised of each good at both points."""
    found = {}
    for point in ("club", "school-5"):
        stocks = see(stock_queries.stocks, actor=fund.coordinator, point_id=fund.points[point])
        found[point] = {row.good: row.promised for stock in stocks for row in stock.rows if row.promised}
    return found


def readers(voucher: MadeVoucher) -> int:
    slip = (Record.kind == RecordKind.SLIP) & (Record.row_id == voucher.family_id)
    return len(rows(select(Wrap.ring_id).join(Record, Record.id == Wrap.record_id).where(slip)))


@both_databases
def test_the_same_sheet_is_good_at_the_other_point_and_no_longer_here(fund: FoundedFund) -> None:
    voucher = make_voucher(fund)

    moved = do(move_voucher, actor=fund.coordinator, order=order(fund, voucher, code=voucher.digits))

    assert moved.same_sheet
    assert [batch.reason for batch in rows(select(PrintBatch).order_by(PrintBatch.number))] == [None, "moved"]
    assert list(see(verify)) == []
    refused = do(collect, actor=fund.distributor, order=voucher.order())
    assert "is collected at School 5" in str(getattr(refused, "reason", refused))
    assert outcome(fund.distributor_elsewhere, there(fund, voucher)) == "Collected"
    assert outcome(fund.distributor_elsewhere, there(fund, voucher)) == "Refused"
    assert list(see(verify)) == []


def test_without_its_digits_it_waits_at_the_other_point_for_the_printer(fund: FoundedFund) -> None:
    voucher = make_voucher(fund)

    moved = do(move_voucher, actor=fund.coordinator, order=order(fund, voucher))

    assert not moved.same_sheet
    assert rows(select(PaperEnd.reason)) == [EndReason.MOVED]
    assert outcome(fund.distributor, voucher) == "Refused"
    digits = digits_of(print_at(fund, there(fund, voucher)))
    assert outcome(fund.distributor_elsewhere, there(fund, voucher, digits[voucher.serial])) == "Collected"
    assert list(see(verify)) == []


def test_one_that_was_never_printed_is_printed_where_it_goes(fund: FoundedFund) -> None:
    voucher = make_voucher(fund, state=VoucherState.ISSUED)

    do(move_voucher, actor=fund.coordinator, order=order(fund, voucher))

    assert rows(select(PaperEnd)) == []
    with pytest.raises(RuleBroken, match="nothing left to print"):
        print_at(fund, voucher)
    assert list(digits_of(print_at(fund, there(fund, voucher)))) == [voucher.serial]
    assert list(see(verify)) == []


def test_it_may_come_back_but_not_with_the_sheet_that_was_here_before(fund: FoundedFund) -> None:
    voucher = make_voucher(fund)
    do(move_voucher, actor=fund.coordinator, order=order(fund, voucher, code=voucher.digits))

    with pytest.raises(RuleBroken, match="came from that point before"):
        do(move_voucher, actor=fund.coordinator, order=order(fund, voucher, to="club", code=voucher.digits))
    do(move_voucher, actor=fund.coordinator, order=order(fund, voucher, to="club"))

    assert rows(select(VoucherMove.n).order_by(VoucherMove.n)) == [1, 2]
    digits = digits_of(print_at(fund, voucher))
    assert outcome(fund.distributor, replace(voucher, digits=digits[voucher.serial])) == "Collected"
    assert list(see(verify)) == []


def test_who_collects_is_read_where_it_goes_and_no_longer_where_nothing_waits(fund: FoundedFund) -> None:
    voucher = make_voucher(fund)
    before = readers(voucher)

    do(move_voucher, actor=fund.coordinator, order=order(fund, voucher))

    assert readers(voucher) == before + 1  # it collects at the club otherwise, so the club may still read it


@both_databases
@pytest.mark.parametrize("with_sheet", [True, False])
def test_of_one_collected_in_part_the_rest_moves_with_its_money_and_its_promise_of_goods(
    fund: FoundedFund, *, with_sheet: bool
) -> None:
    voucher = make_parcel(fund)
    some = Part(True, (Item("notebook", 3),))
    do(collect, actor=fund.distributor, order=replace(voucher.order(), part=some))

    do(move_voucher, actor=fund.coordinator, order=order(fund, voucher, code=voucher.digits if with_sheet else None))

    assert promised(fund) == {"club": {}, "school-5": {"notebook": 2, "pen": 2}}
    digits = "" if with_sheet else digits_of(print_at(fund, there(fund, voucher)))[voucher.serial]
    assert rows(select(Voucher.state)) == [VoucherState.BEGUN]
    assert list(see(verify)) == []
    assert outcome(fund.distributor, voucher) == "Refused"
    assert outcome(fund.distributor_elsewhere, there(fund, voucher, digits)) == "Collected"
    assert rows(select(Voucher.state)) == [VoucherState.COLLECTED]
    assert (in_stock(fund, "notebook"), in_stock(fund, "notebook", point="school-5")) == (97, -2)
    assert list(see(verify)) == []


def test_a_part_that_is_undone_after_its_voucher_moved_waits_at_the_other_point(fund: FoundedFund) -> None:
    voucher = make_parcel(fund)
    handed = do(collect, actor=fund.distributor, order=replace(voucher.order(), part=Part(True, ())))
    assert isinstance(handed, Collected)
    do(move_voucher, actor=fund.coordinator, order=order(fund, voucher, code=voucher.digits))

    do(undo_collection, actor=fund.distributor, order=UndoOrder(handed.collection_id, UndoReason.GIVEN_BACK))

    assert rows(select(Voucher.state)) == [VoucherState.PRINTED]
    assert outcome(fund.distributor_elsewhere, there(fund, voucher)) == "Collected"
    assert list(see(verify)) == []


def test_other_digits_than_those_of_its_newest_paper_move_nothing(fund: FoundedFund) -> None:
    voucher, other = make_voucher(fund), make_voucher(fund)

    with pytest.raises(RuleBroken, match="not the digits") as refusal:
        do(move_voucher, actor=fund.coordinator, order=order(fund, voucher, code=other.digits))

    assert refusal.value.field == "code"
    assert rows(select(VoucherMove)) == []


def test_what_is_collected_expired_or_there_already_does_not_move(fund: FoundedFund) -> None:
    used, waits = make_voucher(fund, state=VoucherState.COLLECTED), make_voucher(fund)

    with pytest.raises(RuleBroken, match="was collected already"):
        do(move_voucher, actor=fund.coordinator, order=order(fund, used))
    with pytest.raises(RuleBroken, match="there already"):
        do(move_voucher, actor=fund.coordinator, order=order(fund, waits, to="club"))
    with pytest.raises(RuleBroken, match="expired on"):
        do(move_voucher, actor=fund.coordinator, order=order(fund, waits), now=later(this_moment(), days=60))
    with pytest.raises(RuleBroken, match="no voucher with this number"):
        do(move_voucher, actor=fund.coordinator, order=replace(order(fund, waits), serial=999_999))


def test_only_a_coordinator_with_the_keys_of_both_points_moves_it(fund: FoundedFund) -> None:
    voucher = make_voucher(fund)

    for who in (fund.distributor, fund.registrar, fund.auditor):
        with pytest.raises(NotAllowed):
            do(move_voucher, actor=who, order=order(fund, voucher))
    with pytest.raises(RuleBroken, match="keys of both points"):
        do(move_voucher, actor=replace(fund.coordinator, keyring=Keyring.empty()), order=order(fund, voucher))


@both_databases
def test_one_that_moves_while_it_is_collected_does_one_or_the_other(fund: FoundedFund, app: Flask) -> None:
    voucher = make_voucher(fund)

    def move() -> bool:
        with app.app_context():
            try:
                do(move_voucher, actor=fund.coordinator, order=order(fund, voucher, code=voucher.digits))
            except RuleBroken:
                return False
            return True

    def hand_out() -> bool:
        with app.app_context():
            return outcome(fund.distributor, voucher) == "Collected"

    with ThreadPoolExecutor(2) as pool:
        moved, handed = pool.submit(move), pool.submit(hand_out)

    assert moved.result() + handed.result() == 1
    assert list(see(verify)) == []


def test_vouchers_that_are_where_no_move_brought_them_are_found(fund: FoundedFund) -> None:
    voucher = make_voucher(fund)
    do(move_voucher, actor=fund.coordinator, order=order(fund, voucher, code=voucher.digits))
    club = f"(SELECT id FROM point WHERE id <> '{fund.points['school-5'].hex}' LIMIT 1)"

    for proof, statement, says in (
        ("papers", f"UPDATE voucher SET point_id = {club}", "where no move brought it"),
        (
            "papers",
            f"UPDATE voucher_move SET from_point_id = to_point_id, to_point_id = {club}",
            "does not begin where",
        ),
        ("states", "UPDATE voucher_move SET papers = 2", "another point or allocation"),
        ("papers", "DELETE FROM wrap", "nobody can read who collects"),
        ("rows", "UPDATE voucher SET issued_point_id = point_id", "voucher"),
    ):
        with forging() as session:
            assert forge(session, statement)
            assert any(says in str(finding) for finding in found(session, proof)), statement
    assert rows(select(Voucher.papers)) == [2]
