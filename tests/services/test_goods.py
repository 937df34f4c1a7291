"""Goods: they leave the stock with the voucher that brings them, and by two people when they are lost."""

import pytest
from sqlalchemy import select

from aid.domain.entries import EntryKind
from aid.domain.families import WithdrawalReason
from aid.domain.goods import Item
from aid.domain.refusals import RuleBroken
from aid.domain.stock import Difference
from aid.domain.vouchers import VoucherState
from aid.models.ledger import Entry
from aid.models.vouchers import Voucher
from aid.services import verification
from aid.services.collections.handing_out import Collected, collect
from aid.services.stock.counting import Counted, CountOrder, count
from aid.services.stock.keeping import LossOrder, answer_write_off, ask_to_write_off
from aid.services.withdrawals import withdraw as let_family_go
from tests.make import do, rows, see
from tests.make.families import make_family
from tests.make.fund import FoundedFund
from tests.make.goods import (
    carried,
    in_stock,
    make_good,
    make_goods_round,
    make_stock,
)
from tests.make.vouchers import MadeVoucher, digits_of, print_at

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


def sound() -> None:
    assert see(lambda session: list(verification.verify(session))) == []


def a_goods_voucher(fund: FoundedFund) -> MadeVoucher:
    """A printed voucher for five notebooks and no money."""
    make_good(fund)
    family = make_family(fund).family_id
    proposed = carried(fund, make_goods_round(fund))
    [row] = rows(select(Voucher))
    made = MadeVoucher(row.id, row.serial, "", family, proposed.allocation_id, row.point_id)
    printed = print_at(fund, made)
    assert printed.papers is not None
    assert printed.papers[0].goods[0].quantity == 5
    return MadeVoucher(row.id, row.serial, digits_of(printed)[row.serial], family, proposed.allocation_id, row.point_id)


def test_goods_leave_the_stock_with_the_voucher_that_brings_them(fund: FoundedFund) -> None:
    voucher = a_goods_voucher(fund)
    make_stock(fund, "notebook", 12)

    assert isinstance(do(collect, actor=fund.distributor, order=voucher.order()), Collected)

    assert in_stock(fund, "notebook") == 7
    assert rows(select(Entry).where(Entry.kind == EntryKind.COLLECTION)) == []
    sound()


def test_a_mother_is_handed_what_the_books_do_not_have_and_the_stock_is_below_zero(fund: FoundedFund) -> None:
    voucher = a_goods_voucher(fund)
    make_stock(fund, "notebook", 3)

    assert isinstance(do(collect, actor=fund.distributor, order=voucher.order()), Collected)

    assert in_stock(fund, "notebook") == -2
    sound()


def test_what_a_count_finds_fewer_waits_for_a_second_person_and_what_is_more_is_booked(fund: FoundedFund) -> None:
    for code in ("notebook", "pen"):
        make_good(fund, code)
        make_stock(fund, code, 10)
    found = (Counted("pen", 12, Difference.MISCOUNTED), Counted("notebook", 7, Difference.UNKNOWN))
    order = CountOrder(point_id=fund.points["club"], lines=found, booked=(10, 10))

    done = do(count, actor=fund.distributor, order=order)

    assert (in_stock(fund, "pen"), in_stock(fund, "notebook")) == (12, 10)
    with pytest.raises(RuleBroken, match="reported this loss yourself"):
        do(answer_write_off, actor=fund.distributor, act_id=done.loss_id, agreed=True)
    do(answer_write_off, actor=fund.coordinator, act_id=done.loss_id, agreed=True)
    assert in_stock(fund, "notebook") == 7
    sound()


def test_what_is_reported_lost_is_not_counted_before_somebody_answered(fund: FoundedFund) -> None:
    make_good(fund)
    make_stock(fund, "notebook", 10)
    order = CountOrder(point_id=fund.points["club"], lines=(Counted("notebook", 7, Difference.STOLEN),))
    lost = do(count, actor=fund.distributor, order=order).loss_id

    for actor in (fund.distributor, fund.coordinator):
        with pytest.raises(RuleBroken, match="a loss waits for a second person"):
            do(count, actor=actor, order=order)
    do(answer_write_off, actor=fund.coordinator, act_id=lost, agreed=True)

    assert do(count, actor=fund.distributor, order=order).loss_id is None
    assert in_stock(fund, "notebook") == 7
    sound()


def test_a_loss_of_what_was_handed_out_meanwhile_is_not_agreed_to(fund: FoundedFund) -> None:
    voucher = a_goods_voucher(fund)
    make_stock(fund, "notebook", 6)
    loss = LossOrder(point_id=fund.points["club"], item=Item("notebook", 2), why=Difference.STOLEN)
    lost = do(ask_to_write_off, actor=fund.distributor, order=loss).act_id
    do(collect, actor=fund.distributor, order=voucher.order())

    with pytest.raises(RuleBroken, match="Only 1 are there"):
        do(answer_write_off, actor=fund.coordinator, act_id=lost, agreed=True)
    do(answer_write_off, actor=fund.coordinator, act_id=lost, agreed=False)

    assert in_stock(fund, "notebook") == 1
    sound()


def test_goods_that_nobody_collects_are_promised_no_more(fund: FoundedFund) -> None:
    voucher = a_goods_voucher(fund)
    make_stock(fund, "notebook", 12)

    do(let_family_go, actor=fund.registrar, family_id=voucher.family_id, reason=WithdrawalReason.OWN_WISH)

    assert rows(select(Voucher.state)) == [VoucherState.VOID]
    assert in_stock(fund, "notebook") == 12
    sound()


def test_a_round_of_goods_that_nobody_knows_is_not_proposed(fund: FoundedFund) -> None:
    make_family(fund)

    with pytest.raises(RuleBroken, match="catalogue"):
        make_goods_round(fund, good="satchel")
