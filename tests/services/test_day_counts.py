"""Opening and closing a point's day: counted blind, explained, signed by somebody else; and what differed is booked
once, and proved.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from aid.domain.days.counting import Counted, CountKind, StubReason, Told
from aid.domain.entries import EntryKind
from aid.domain.goods import Item
from aid.domain.ids import new_id
from aid.domain.parts import Part
from aid.domain.permissions import Role
from aid.domain.refusals import NotAllowed, RuleBroken
from aid.domain.stock import Difference
from aid.domain.undoing import UndoReason
from aid.extensions import db
from aid.extensions import now as this_moment
from aid.models.day_counts import DayCount, DayCountAnswer, DayCountBooking, DayCountCash
from aid.models.ledger import Entry
from aid.models.people import RoleGrant, WorkChange
from aid.services.collections.handing_out import Collected, collect
from aid.services.collections.undoing import UndoOrder, undo_collection
from aid.services.days.counting import ExplainOrder, count_day, explain_count
from aid.services.days.signing import CountAnswered
from aid.services.stock.keeping import LossOrder, ask_to_write_off
from aid.services.stops import press_stop
from aid.services.verification import verify
from tests.conftest import both_databases
from tests.make import do, rows
from tests.make.allocations import make_money
from tests.make.day_counts import UNKNOWN_CASH, count_balance, count_of, make_count, sign
from tests.make.forging import forge, forging, found
from tests.make.fund import FoundedFund
from tests.make.goods import in_stock, make_cash, make_good, make_parcel, make_stock
from tests.make.late import enter, make_list
from tests.make.one_database import app as app
from tests.make.vouchers import later, make_vouchers

CLOSING = CountKind.CLOSING


def sound() -> None:
    with Session(db.engine) as session:
        assert [str(finding) for finding in verify(session)] == []


def kinds() -> list[EntryKind]:
    booked = select(Entry.kind).where(Entry.kind.in_([EntryKind.LOSS, EntryKind.FOUND]))
    return list(rows(booked.order_by(Entry.number)))


def with_cash(fund: FoundedFund) -> None:
    """The club has 390,000 tenge and ten notebooks, and the fund has money for the general purpose."""
    make_money(fund)
    make_money(fund, purpose="general", minor=100_000_00)
    make_cash(fund)
    make_good(fund)
    make_stock(fund, "notebook", 10)


# ---------------------------------------------------------------- counting


def test_what_agrees_with_the_books_waits_for_a_second_person_and_books_nothing(fund: FoundedFund) -> None:
    with_cash(fund)

    count_id = make_count(fund)
    sign(fund, count_id)

    [cash] = rows(select(DayCountCash))
    assert (cash.counted_minor, cash.booked_minor) == (390_000_00, 390_000_00)
    assert cash.pieces == ["19 2000000", "1 1000000"]
    assert kinds() == []
    sound()


def test_cash_and_goods_that_differ_are_booked_when_somebody_else_signs(fund: FoundedFund) -> None:
    with_cash(fund)
    notebooks = Told(Counted.GOOD, "notebook", Difference.MISCOUNTED)

    count_id = make_count(fund, cash=-2_500_00, goods={"notebook": 2}, why=(UNKNOWN_CASH, notebooks))

    assert (count_balance(fund), in_stock(fund, "notebook")) == (390_000_00, 10)
    sign(fund, count_id)
    assert (count_balance(fund), in_stock(fund, "notebook")) == (387_500_00, 12)
    [booking] = rows(select(DayCountBooking))
    assert (booking.purpose_id, booking.amount_minor) == (fund.purposes["general"], 2_500_00)
    sign(fund, make_count(fund, CLOSING, cash=500_00, why=(UNKNOWN_CASH,)))
    assert count_balance(fund) == 388_000_00
    assert kinds() == [EntryKind.LOSS, EntryKind.FOUND]
    sound()


def test_a_count_is_taken_only_whole_and_by_who_keeps_the_point(fund: FoundedFund) -> None:
    with_cash(fund)
    order = count_of(fund)

    for wrong, why in (
        (replace(order, goods={}), "Count each good"),
        (replace(order, goods={"notebook": 10, "pen": 1}), "never at this point"),
        (replace(order, goods={"notebook": -1}), "from 0 to"),
        (replace(order, cash={"KZT": ((300_00, 1),)}), "no such note"),
        (replace(order, cash={"EUR": ((5_00, 1),)}), "no cash in EUR"),
        (replace(order, kind=CLOSING), "Count the stubs"),
        (replace(order, day=order.day - timedelta(days=1)), "opened on its own morning"),
        (replace(order, day=order.day + timedelta(days=1)), "has not come"),
        (replace(order, point_id=fund.bank), "point of the list"),
    ):
        with pytest.raises(RuleBroken, match=why):
            do(count_day, actor=fund.coordinator, order=wrong)
    for nobody in (fund.distributor_elsewhere, fund.treasurer, fund.auditor):
        with pytest.raises(NotAllowed):
            do(count_day, actor=nobody, order=order)
    assert rows(select(DayCount)) == []


def test_while_a_loss_of_goods_waits_nobody_counts_and_it_would_leave_the_books_twice(fund: FoundedFund) -> None:
    with_cash(fund)
    order = count_of(fund)
    notebooks = Told(Counted.GOOD, "notebook", Difference.DAMAGED)
    waits = make_count(fund, goods={"notebook": -1}, why=(notebooks,))
    loss = LossOrder(point_id=fund.points["club"], item=Item("notebook", 1), why=Difference.DAMAGED)
    do(ask_to_write_off, actor=fund.distributor, order=loss)

    with pytest.raises(RuleBroken, match="answered first"):
        do(count_day, actor=fund.distributor, order=order)
    with pytest.raises(RuleBroken, match="answered first"):
        sign(fund, waits)


# ---------------------------------------------------------------- the second person


def test_who_counted_does_not_sign_and_others_sign_at_their_own_point(fund: FoundedFund) -> None:
    with_cash(fund)
    count_id = make_count(fund)

    with pytest.raises(RuleBroken, match="counted it yourself"):
        sign(fund, count_id, by=fund.distributor)
    for nobody in (fund.distributor_elsewhere, fund.treasurer):
        with pytest.raises(NotAllowed):
            sign(fund, count_id, by=nobody)
    sign(fund, count_id)
    with pytest.raises(RuleBroken, match="answered this already"):
        sign(fund, count_id)
    with pytest.raises(RuleBroken, match="opened already"):
        make_count(fund)


def test_a_large_difference_waits_for_a_coordinator_and_a_small_one_does_not(fund: FoundedFund) -> None:
    with_cash(fund)
    of_coordinator = make_count(fund, by=fund.coordinator, cash=-25_000_00, why=(UNKNOWN_CASH,))
    with pytest.raises(RuleBroken, match="a coordinator signs"):
        sign(fund, of_coordinator, by=fund.distributor)
    sign(fund, of_coordinator, by=fund.distributor, agrees=False)

    small = make_count(fund, by=fund.coordinator, cash=-15_000_00, why=(UNKNOWN_CASH,))
    sign(fund, small, by=fund.distributor)

    sound()


def test_what_is_refused_books_nothing_and_is_counted_again(fund: FoundedFund) -> None:
    with_cash(fund)
    first = make_count(fund, cash=-1_000_00, why=(UNKNOWN_CASH,))
    sign(fund, first, agrees=False)
    second = make_count(fund, cash=-500_00, why=(UNKNOWN_CASH,))
    third = make_count(fund)

    with pytest.raises(RuleBroken, match="counted again since"):
        sign(fund, second)
    sign(fund, third)

    assert list(rows(select(DayCount.n).order_by(DayCount.n))) == [1, 2, 3]
    assert (kinds(), count_balance(fund)) == ([], 390_000_00)
    sound()


def test_without_a_reason_for_each_difference_nobody_signs(fund: FoundedFund) -> None:
    with_cash(fund)
    count_id = make_count(fund, cash=-1_000_00, goods={"notebook": -1})

    with pytest.raises(RuleBroken, match="says first why"):
        sign(fund, count_id)
    with pytest.raises(RuleBroken, match="Say of each difference"):
        do(explain_count, actor=fund.distributor, order=ExplainOrder(count_id, (UNKNOWN_CASH,)))
    with pytest.raises(RuleBroken, match="Whoever counted"):
        do(explain_count, actor=fund.coordinator, order=ExplainOrder(count_id, (UNKNOWN_CASH,)))


def test_what_moves_between_count_and_signature_is_counted_again(fund: FoundedFund) -> None:
    with_cash(fund)
    [voucher] = make_vouchers(fund, 1)
    count_id = make_count(fund, CLOSING, cash=-1_000_00, why=(UNKNOWN_CASH,))
    do(collect, actor=fund.distributor, order=voucher.order())

    with pytest.raises(RuleBroken, match="came or went"):
        sign(fund, count_id)
    sign(fund, make_count(fund, CLOSING))

    assert kinds() == []
    sound()


def test_a_loss_that_the_general_purpose_cannot_bear_is_borne_by_others_on_a_coordinators_word(
    fund: FoundedFund,
) -> None:
    make_money(fund)
    make_cash(fund)
    count_id = make_count(fund, by=fund.coordinator, cash=-1_000_00, why=(UNKNOWN_CASH,))

    with pytest.raises(RuleBroken, match="a coordinator signs"):
        sign(fund, count_id, by=fund.distributor)
    own = make_count(fund, cash=-1_000_00, why=(UNKNOWN_CASH,))
    sign(fund, own)

    [booking] = rows(select(DayCountBooking))
    assert booking.purpose_id != fund.purposes["general"]
    sound()


def test_while_the_fund_is_stopped_differences_wait_and_what_agrees_is_signed(fund: FoundedFund) -> None:
    with_cash(fund)
    do(press_stop, actor=fund.members[0])
    count_id = make_count(fund, cash=-1_000_00, why=(UNKNOWN_CASH,))

    with pytest.raises(RuleBroken, match="stopped"):
        sign(fund, count_id)
    sign(fund, make_count(fund))

    sound()


# ---------------------------------------------------------------- stubs


def test_stubs_are_one_for_each_paper_that_was_torn_off_first_and_not_taken_back(fund: FoundedFund) -> None:
    first, second = make_vouchers(fund, 2)
    parcel = make_parcel(fund)
    done = do(collect, actor=fund.distributor, order=first.order())
    assert isinstance(done, Collected)
    do(undo_collection, actor=fund.distributor, order=UndoOrder(done.collection_id, UndoReason.GIVEN_BACK))
    do(collect, actor=fund.distributor, order=second.order())
    for number in (2, 3):
        part = Part(money=False, items=(Item("notebook", number),))
        do(collect, actor=fund.distributor, order=replace(parcel.order(), part=part))

    make_count(fund, CLOSING, cash=-count_balance(fund), why=())

    [count] = rows(select(DayCount))
    assert (count.stubs, count.stubs_booked) == (2, 2)
    tomorrow = later(this_moment(), days=1)
    rest = replace(parcel.order(), part=None)
    do(collect, actor=fund.distributor, now=tomorrow, order=rest)
    again = make_count(fund, CLOSING, day=tomorrow.today, now=later(tomorrow, minutes=5), cash=-count_balance(fund))
    [stubs] = rows(select(DayCount.stubs_booked).where(DayCount.id == again))
    assert stubs == 0


def test_stubs_that_are_missing_or_have_no_collection_are_named(fund: FoundedFund) -> None:
    with_cash(fund)
    first, second, third = make_vouchers(fund, 3)
    listed = make_list(fund)
    for voucher in (first, second):
        do(collect, actor=fund.distributor, order=voucher.order())
    counted = make_count(fund, CLOSING)
    missing = Told(Counted.STUB_MISSING, str(first.serial), StubReason.LOST)
    extra = Told(Counted.STUB_EXTRA, str(third.serial), StubReason.PAPER_LIST)

    for wrong, why in (
        ((missing,), "do not make the difference"),
        ((replace(missing, key=str(third.serial)),), "not among"),
        ((replace(extra, key=str(first.serial)),), "its stub belongs here"),
    ):
        with pytest.raises(RuleBroken, match=why):
            do(explain_count, actor=fund.distributor, order=ExplainOrder(counted, wrong))
    do(explain_count, actor=fund.distributor, order=ExplainOrder(counted, (missing, extra)))
    sign(fund, counted)

    enter(fund, listed, f"{third.serial} {listed.hour}")  # what was handed out by paper opens the day again
    sign(fund, make_count(fund, CLOSING, stubs=-1, why=(missing,)))
    sound()


def test_a_day_that_is_over_is_closed_until_the_point_works_again(fund: FoundedFund) -> None:
    with_cash(fund)
    first, second = make_vouchers(fund, 2)
    do(collect, actor=fund.distributor, order=first.order())
    day, morning = this_moment().today, later(this_moment(), days=1)

    closing = make_count(fund, CLOSING, day=day, now=morning)
    sign(fund, closing, now=morning)
    with pytest.raises(RuleBroken, match="closed already"):
        make_count(fund, CLOSING, day=day, now=morning)
    do(collect, actor=fund.distributor, now=later(morning, minutes=5), order=second.order())
    with pytest.raises(RuleBroken, match="has worked since"):
        make_count(fund, CLOSING, day=day, now=later(morning, minutes=10))
    make_count(fund, CLOSING, day=morning.today, now=later(morning, minutes=10))


# ---------------------------------------------------------------- proof and races


def test_verify_names_what_was_forged(fund: FoundedFund) -> None:
    with_cash(fund)
    notebooks = Told(Counted.GOOD, "notebook", Difference.MISCOUNTED)
    make_count(fund)
    sign(fund, make_count(fund, cash=-1_000_00, goods={"notebook": 1}, why=(UNKNOWN_CASH, notebooks)))
    sign(fund, make_count(fund, CLOSING, cash=-100_00, why=(UNKNOWN_CASH,)), agrees=False)

    for statement, says in (
        ("UPDATE day_count SET n = n + 7 WHERE n = 2", "no count was before it"),
        ("UPDATE day_count SET stubs_booked = 3 WHERE kind = 'closing'", "another number of papers"),
        ("UPDATE day_count SET after_entry = 0", "something else of its cash"),
        ("UPDATE day_count_cash SET booked_minor = booked_minor + 1", "something else of its cash"),
        ("UPDATE day_count_cash SET counted_minor = counted_minor + 1", "come to something else"),
        ("UPDATE day_count_cash SET pieces = '[\"x 1\"]'", "come to something else"),
        ("UPDATE day_count_good SET booked = booked - 1", "something else of its goods"),
        ("UPDATE day_count_good SET counted = counted + 1", "of its goods is not what differed"),
        ("UPDATE day_count_told SET at = '2020-01-01 00:00:00.000000'", "before it was counted"),
        ("DELETE FROM day_count_told", "nobody had said why"),
        ("DELETE FROM day_count_reason WHERE what = 'good'", "do not explain"),
        ("UPDATE day_count_answer SET by_id = (SELECT by_id FROM day_count LIMIT 1)", "answered it alone"),
        ("UPDATE day_count_answer SET at = '2020-01-01 00:00:00.000000'", "before it was counted"),
        ("UPDATE day_count_answer SET agreed = 0, act_id = NULL", "booked for a count that was refused"),
        ("UPDATE day_count_answer SET act_id = NULL", "of its goods is not what differed"),
        ("UPDATE stock_act SET kind = 'packed' WHERE kind = 'counted'", "moved by others"),
        ("UPDATE day_count_booking SET amount_minor = amount_minor + 1", "of its cash is not what differed"),
    ):
        with forging() as session:
            assert forge(session, statement), statement
            assert any(says in str(finding) for finding in found(session, "day_counts")), statement
    with forging() as session:
        assert forge(session, "DELETE FROM day_count_booking")
        assert any("0 donations" in str(finding) for finding in found(session, "money"))
    sound()


def test_verify_proves_that_a_coordinator_of_then_signed_what_was_large(fund: FoundedFund) -> None:
    with_cash(fund)
    sign(fund, make_count(fund, cash=-25_000_00, why=(UNKNOWN_CASH,)))
    signed, coordinator = this_moment().instant, fund.coordinator.person_id
    taken = {"id": new_id(), "person_id": coordinator, "role": Role.COORDINATOR, "ends": True, "by_id": coordinator}
    sound()

    for forged, was_none in (
        (update(DayCountAnswer).values(by_id=fund.treasurer.person_id), True),
        (update(RoleGrant).values(granted_at=signed + timedelta(days=1)), True),
        (insert(WorkChange).values(taken | {"at": signed - timedelta(days=1)}), True),
        (insert(WorkChange).values(taken | {"at": signed + timedelta(days=1)}), False),
    ):
        with forging() as session:
            session.execute(forged)
            said = [str(finding) for finding in found(session, "day_counts")]
            assert any("no coordinator then" in each for each in said) is was_none, forged


@both_databases
def test_of_two_who_sign_at_once_one_books_the_difference(fund: FoundedFund, app: Flask) -> None:
    with_cash(fund)
    count_id = make_count(fund, cash=-1_000_00, why=(UNKNOWN_CASH,))

    def word() -> object:
        with app.app_context():
            try:
                return sign(fund, count_id)
            except RuleBroken as refusal:
                return refusal

    with ThreadPoolExecutor(4) as several:
        told = [each.result() for each in [several.submit(word) for _each in range(4)]]

    assert sorted(isinstance(each, CountAnswered) for each in told) == [False, False, False, True]
    assert len(rows(select(DayCountAnswer))) == len(kinds()) == 1
    assert count_balance(fund) == 389_000_00
    sound()


@both_databases
def test_two_who_count_at_once_are_two_tries_and_a_collection_beside_them_is_in_the_books_or_after(
    fund: FoundedFund, app: Flask
) -> None:
    with_cash(fund)
    vouchers = make_vouchers(fund, 6)
    orders = [count_of(fund, CLOSING) for _each in range(4)]

    def count(place: int) -> UUID:
        with app.app_context():
            return do(count_day, actor=fund.distributor, order=orders[place]).count_id

    def hand_out(place: int) -> object:
        with app.app_context():
            return do(collect, actor=fund.distributor, order=vouchers[place].order())

    with ThreadPoolExecutor(4) as several:
        work = [several.submit(hand_out, place) for place in range(6)]
        work += [several.submit(count, place) for place in range(4)]
        for each in work:
            each.result()

    assert list(rows(select(DayCount.n).order_by(DayCount.n))) == [1, 2, 3, 4]
    for booked, stubs in zip(
        rows(
            select(DayCountCash.booked_minor).join(DayCount, DayCount.id == DayCountCash.count_id).order_by(DayCount.n)
        ),
        rows(select(DayCount.stubs_booked).order_by(DayCount.n)),
        strict=True,
    ):
        assert 390_000_00 - booked == (stubs or 0) * 30_000_00
    sound()
