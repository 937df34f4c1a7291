"""A day without network: a point's list on paper, what is entered from it with its true hour, and what does not go
together with the books, decided line by line; verify proves that no line and no money is dropped.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from aid.domain.entries import AccountKind, EntryKind
from aid.domain.late import Conflict, Verdict
from aid.domain.paper_trail import MoveReason
from aid.domain.permissions import Role
from aid.domain.refusals import NotAllowed, RuleBroken
from aid.domain.undoing import UndoReason
from aid.domain.vouchers import ReprintReason, VoucherState
from aid.extensions import db
from aid.extensions import now as this_moment
from aid.models.audit import AuditLine
from aid.models.collections import Collection
from aid.models.families import Sighting
from aid.models.late import LateAnswer, LateLine, PointList
from aid.models.ledger import Available, Entry
from aid.models.people import RoleGrant
from aid.models.vouchers import Voucher
from aid.services.collections.handing_out import Collected, collect
from aid.services.collections.late import LateOrder, enter_late
from aid.services.collections.point_lists import ListOrder, close_list, print_list
from aid.services.collections.undoing import UndoOrder, undo_collection
from aid.services.ledger import NotEnoughMoney
from aid.services.verification import verify
from aid.services.vouchers.ends import SpoiledOrder, spoil
from aid.services.vouchers.expiry import return_expired
from aid.services.vouchers.moving import MoveOrder, move_voucher
from aid.services.vouchers.printing import ReprintOrder, reprint_vouchers
from tests.conftest import both_databases
from tests.make import do, rows
from tests.make.forging import forge, forging, found
from tests.make.fund import FoundedFund
from tests.make.goods import in_stock, make_parcel
from tests.make.late import MadeList, conflicts, decide, enter, make_list
from tests.make.one_database import app as app
from tests.make.papers import batch_of
from tests.make.shops import make_in_parts, make_shop, till
from tests.make.vouchers import MadeVoucher, later, make_vouchers
from tests.services.test_collections import balance

BOOKED = (AccountKind.GIVEN, AccountKind.CASH, AccountKind.RESERVED, AccountKind.SPENT)


def sound() -> None:
    with Session(db.engine) as session:
        assert [str(finding) for finding in verify(session)] == []


def told() -> list[Conflict | None]:
    return list(rows(select(LateLine.conflict).order_by(LateLine.entry_id, LateLine.n)))


def state_of(voucher: MadeVoucher) -> VoucherState:
    [state] = rows(select(Voucher.state).where(Voucher.id == voucher.id))
    return state


# ---------------------------------------------------------------- the list


def test_a_list_holds_numbers_worth_and_check_words_and_each_look_is_recorded(fund: FoundedFund) -> None:
    first, second = make_vouchers(fund, 2, check_word="алма")
    do(collect, actor=fund.distributor, order=first.order())

    listed = make_list(fund)

    assert [(line.line.serial, line.check_word) for line in listed.paper.lines] == [(second.serial, "алма")]
    [row] = rows(select(PointList))
    assert (row.number, row.vouchers, row.lines) == (1, 1, [f"{second.serial} 1 3000000 KZT"])
    seen = rows(select(Sighting.family_id).where(Sighting.why == "point_list"))
    assert seen == [second.family_id]
    sound()


def test_a_list_is_printed_at_ones_own_point_with_its_keys_for_a_day_that_comes(fund: FoundedFund) -> None:
    make_vouchers(fund, 1)
    club, today = fund.points["club"], this_moment().today

    with pytest.raises(NotAllowed):
        do(print_list, actor=fund.distributor_elsewhere, order=ListOrder(club, today))
    with pytest.raises(NotAllowed):
        do(print_list, actor=fund.treasurer, order=ListOrder(club, today))
    for day, why in ((-1, "a day that comes"), (8, "at most 7 days")):
        with pytest.raises(RuleBroken, match=why):
            do(print_list, actor=fund.distributor, order=ListOrder(club, today + timedelta(days=day)))
    with pytest.raises(RuleBroken, match="nothing to list"):
        do(print_list, actor=fund.coordinator, order=ListOrder(fund.points["school-5"], today))
    assert make_list(fund, by=fund.coordinator).paper.by == fund.coordinator.handle


# ---------------------------------------------------------------- late entry


@both_databases
def test_what_is_entered_later_is_a_collection_with_its_true_hour(fund: FoundedFund) -> None:
    first, second, third = make_vouchers(fund, 3)
    listed = make_list(fund)

    entered = enter(fund, listed, f"{first.serial}-{second.serial} {listed.hour}", by=fund.coordinator)

    assert (entered.collected, entered.conflicts) == (2, 0)
    kept = rows(select(Collection).order_by(Collection.voucher_id))
    assert {row.handed_by_id for row in kept} == {fund.distributor.id}
    assert all(row.collected_at < (row.entered_at or row.collected_at) for row in kept)
    assert {row.collector for row in kept} == {None}
    assert [balance(kind) for kind in BOOKED] == [60_000_00, -60_000_00, -30_000_00, -60_000_00]
    assert [state_of(each) for each in (first, second, third)] == [*[VoucherState.COLLECTED] * 2, VoucherState.PRINTED]
    sound()


def test_a_part_is_entered_as_the_paper_says_and_the_rest_waits(fund: FoundedFund) -> None:
    voucher = make_parcel(fund)
    listed = make_list(fund)

    enter(fund, listed, f"{voucher.serial} {listed.hour} 1 2x3")

    assert state_of(voucher) is VoucherState.BEGUN
    assert (in_stock(fund, "notebook"), in_stock(fund, "pen")) == (97, 100)
    assert isinstance(do(collect, actor=fund.distributor, order=voucher.order()), Collected)
    assert (in_stock(fund, "notebook"), in_stock(fund, "pen")) == (95, 98)
    sound()


def test_what_goes_as_a_whole_and_was_given_in_part_waits_for_a_coordinator(fund: FoundedFund) -> None:
    parcel, cash = make_parcel(fund, in_parts=False), make_parcel(fund)
    listed = make_list(fund)

    enter(fund, listed, f"{parcel.serial} {listed.hour} 2x3\n{cash.serial} {listed.hour} 1=4000")

    assert told() == [Conflict.CUT_SHORT, Conflict.CUT_SHORT]
    for line in conflicts():
        assert decide(fund, line).collected
    assert {state_of(parcel), state_of(cash)} == {VoucherState.BEGUN}
    assert in_stock(fund, "notebook") == 97
    assert sum(row.amount_minor or 0 for row in rows(select(Collection))) == 4_000_00
    sound()


def test_at_a_shop_a_list_takes_a_part_of_a_sum(fund: FoundedFund) -> None:
    make_shop(fund)
    voucher, counter = make_in_parts(fund), till(fund)
    listed = make_list(fund, by=counter, point="shop")

    enter(fund, listed, f"{voucher.serial} {listed.hour} 1=12000", by=counter, handed_by=counter)

    assert (listed.paper.shop, [line.in_parts for line in listed.paper.lines]) == (True, [True])
    assert (told(), state_of(voucher)) == ([None], VoucherState.BEGUN)
    assert [row.amount_minor for row in rows(select(Collection))] == [12_000_00]
    sound()


def test_an_hour_that_can_not_be_is_refused_and_nothing_is_kept(fund: FoundedFund) -> None:
    [voucher] = make_vouchers(fund, 1)
    listed = make_list(fund, now=later(this_moment(), minutes=-1))
    early = later(this_moment(), minutes=-30)
    text = f"{voucher.serial} {listed.hour}"

    with pytest.raises(RuleBroken, match="has not come yet"):
        do(enter_late, actor=fund.distributor, now=early, order=order(fund, listed, text))
    late = make_list(fund, now=later(this_moment(), minutes=-1)).hour
    with pytest.raises(RuleBroken, match="the list was printed later"):
        enter(fund, make_list(fund, now=later(this_moment(), minutes=3)), f"{voucher.serial} {late}")
    with pytest.raises(RuleBroken, match="Choose who handed out"):
        enter(fund, listed, text, handed_by=fund.treasurer)
    with pytest.raises(NotAllowed):
        enter(fund, listed, text, by=fund.distributor_elsewhere)
    assert told() == []


def order(fund: FoundedFund, listed: MadeList, text: str) -> LateOrder:
    assert fund.distributor.person_id is not None
    return LateOrder(listed.id, fund.distributor.person_id, text)


def test_a_closed_list_takes_nothing_more(fund: FoundedFund) -> None:
    [voucher] = make_vouchers(fund, 1)
    listed = make_list(fund)
    do(close_list, actor=fund.distributor, list_id=listed.id)

    with pytest.raises(RuleBroken, match="closed already"):
        enter(fund, listed, f"{voucher.serial} {listed.hour}")
    with pytest.raises(RuleBroken, match="closed already"):
        do(close_list, actor=fund.coordinator, list_id=listed.id)


# ---------------------------------------------------------------- conflicts


def table(fund: FoundedFund, voucher: MadeVoucher) -> None:
    assert isinstance(do(collect, actor=fund.distributor, order=voucher.order()), Collected)


def undone(fund: FoundedFund, voucher: MadeVoucher) -> None:
    outcome = do(collect, actor=fund.distributor, order=voucher.order())
    assert isinstance(outcome, Collected)
    do(undo_collection, actor=fund.distributor, order=UndoOrder(outcome.collection_id, UndoReason.GIVEN_BACK))


def moved(fund: FoundedFund, voucher: MadeVoucher) -> None:
    goes = MoveOrder(voucher.serial, fund.points["school-5"], MoveReason.CAME_HERE, voucher.digits)
    do(move_voucher, actor=fund.coordinator, order=goes)


def reprinted(fund: FoundedFund, voucher: MadeVoucher) -> None:
    do(reprint_vouchers, actor=fund.coordinator, order=ReprintOrder(ReprintReason.LOST, serial=voucher.serial))


def spoiled(fund: FoundedFund, voucher: MadeVoucher) -> None:
    do(spoil, actor=fund.coordinator, order=SpoiledOrder(batch_of(voucher), (voucher.serial,)))


def expired(fund: FoundedFund, voucher: MadeVoucher) -> None:
    after = later(this_moment(), days=100)
    do(return_expired, actor=fund.coordinator, now=after, allocation_id=voucher.allocation_id)


@pytest.mark.parametrize(
    ("happens", "why", "loses"),
    [
        (table, Conflict.COLLECTED, True),
        (expired, Conflict.EXPIRED, True),
        (undone, Conflict.UNDONE, False),
        (moved, Conflict.MOVED, False),
        (reprinted, Conflict.REPLACED, False),
        (spoiled, Conflict.PAPER_ENDED, False),
    ],
)
def test_what_the_books_say_otherwise_is_a_conflict_and_what_was_handed_out_all_the_same_is_booked(
    fund: FoundedFund, happens: Callable[[FoundedFund, MadeVoucher], None], why: Conflict, loses: bool
) -> None:
    [voucher] = make_vouchers(fund, 1)
    listed = make_list(fund)
    happens(fund, voucher)
    cash = balance(AccountKind.CASH)

    enter(fund, listed, f"{voucher.serial} {listed.hour}")

    assert told() == [why]
    assert balance(AccountKind.CASH) == cash
    sound()
    answered = decide(fund, conflicts()[0])
    assert (answered.collected, answered.lost) == (not loses, loses)
    assert balance(AccountKind.CASH) == cash - 30_000_00
    assert len(rows(select(Entry).where(Entry.kind == EntryKind.LOSS))) == loses
    sound()


def test_a_wrong_paper_moves_nothing(fund: FoundedFund) -> None:
    [voucher] = make_vouchers(fund, 1)
    listed = make_list(fund)
    table(fund, voucher)
    enter(fund, listed, f"{voucher.serial} {listed.hour}\n999999")
    assert told() == [Conflict.COLLECTED, Conflict.UNKNOWN]
    first, unknown = conflicts()

    with pytest.raises(RuleBroken, match="No voucher has this number"):
        decide(fund, unknown)
    for line in (first, unknown):
        decide(fund, line, Verdict.PAPER_WRONG)
    with pytest.raises(RuleBroken, match="answered already"):
        decide(fund, first)

    assert balance(AccountKind.CASH) == -30_000_00
    sound()


def test_the_same_voucher_twice_is_a_conflict_and_the_same_line_again_is_refused(fund: FoundedFund) -> None:
    voucher = make_parcel(fund)
    listed = make_list(fund)

    enter(fund, listed, f"{voucher.serial} {listed.hour} 1\n{voucher.serial} {listed.hour} 2")
    with pytest.raises(RuleBroken, match="entered from this list already"):
        enter(fund, listed, f"{voucher.serial} {listed.hour} 1")

    assert told() == [None, Conflict.TWICE]
    decide(fund, conflicts()[0])
    assert in_stock(fund, "notebook") == 95
    assert (in_stock(fund, "pen"), state_of(voucher)) == (100, VoucherState.BEGUN)
    sound()


def test_what_was_handed_out_twice_in_part_is_lost_only_beyond_what_was_left(fund: FoundedFund) -> None:
    voucher = make_parcel(fund)
    listed = make_list(fund)
    enter(fund, listed, f"{voucher.serial} {listed.hour} 2x3")
    enter(fund, listed, f"{voucher.serial} {listed.hour}")

    answered = decide(fund, conflicts()[0])

    assert (answered.collected, answered.lost) == (True, True)
    [answer] = rows(select(LateAnswer))
    assert (answer.loss_minor, answer.loss_items) == (0, ["3 notebook"])
    assert (in_stock(fund, "notebook"), in_stock(fund, "pen"), state_of(voucher)) == (92, 98, VoucherState.COLLECTED)
    sound()


def test_who_handed_out_by_a_list_and_entered_it_does_not_close_it_while_somebody_else_could(
    fund: FoundedFund,
) -> None:
    [voucher] = make_vouchers(fund, 1)
    listed = make_list(fund)
    enter(fund, listed, f"{voucher.serial} {listed.hour}")

    with pytest.raises(RuleBroken, match=r"Somebody else compares .*: dina"):
        do(close_list, actor=fund.distributor, list_id=listed.id)
    do(close_list, actor=fund.coordinator, list_id=listed.id)

    sound()
    with forging() as session:
        assert forge(session, "UPDATE point_list_close SET by_id = (SELECT entered_by_id FROM late_entry)")
        assert any("closed it too" in str(finding) for finding in found(session, "late"))


def test_who_is_alone_at_a_point_closes_a_list_and_it_is_said(fund: FoundedFund) -> None:
    [voucher] = make_vouchers(fund, 1)
    listed = make_list(fund)
    enter(fund, listed, f"{voucher.serial} {listed.hour}")
    with Session(db.engine.execution_options(writes=True)) as session:
        session.execute(
            update(RoleGrant).where(RoleGrant.role == Role.COORDINATOR).values(ended_at=this_moment().instant)
        )
        session.commit()

    do(close_list, actor=fund.distributor, list_id=listed.id)

    assert rows(select(AuditLine.act).order_by(AuditLine.seq.desc()).limit(1)) == ["point_list.closed_alone"]


def test_a_voucher_of_another_point_is_a_conflict_with_its_story_and_stays_good_there(fund: FoundedFund) -> None:
    [here] = make_vouchers(fund, 1)
    listed = make_list(fund)
    [there] = make_vouchers(fund, 1, point="school-5")

    enter(fund, listed, f"{there.serial} {listed.hour}")

    assert told() == [Conflict.ELSEWHERE]
    answered = decide(fund, conflicts()[0])
    assert (answered.collected, answered.lost) == (False, True)
    assert [state_of(each) for each in (here, there)] == [VoucherState.PRINTED, VoucherState.PRINTED]
    sound()


def test_a_voucher_that_was_not_on_the_list_waits_for_a_coordinator(fund: FoundedFund) -> None:
    [voucher] = make_vouchers(fund, 1)
    listed = make_list(fund)
    [other] = make_vouchers(fund, 1)

    enter(fund, listed, f"{other.serial} {listed.hour}")

    assert told() == [Conflict.NOT_ON_LIST]
    assert decide(fund, conflicts()[0]).collected
    assert [state_of(each) for each in (voucher, other)] == [VoucherState.PRINTED, VoucherState.COLLECTED]
    sound()


def test_a_conflict_is_decided_by_a_coordinator_who_neither_handed_out_nor_entered_it(fund: FoundedFund) -> None:
    [voucher] = make_vouchers(fund, 1)
    listed = make_list(fund)
    table(fund, voucher)
    enter(fund, listed, f"{voucher.serial} {listed.hour}", by=fund.coordinator)

    with pytest.raises(NotAllowed):
        decide(fund, conflicts()[0], by=fund.distributor)
    with pytest.raises(RuleBroken, match="another coordinator"):
        decide(fund, conflicts()[0])


def test_a_loss_is_not_booked_from_money_that_is_not_there(fund: FoundedFund) -> None:
    [voucher] = make_vouchers(fund, 1)
    listed = make_list(fund)
    table(fund, voucher)
    enter(fund, listed, f"{voucher.serial} {listed.hour}")
    with Session(db.engine.execution_options(writes=True)) as session, session.begin():
        session.execute(update(Available).values(amount_minor=0))

    with pytest.raises(NotEnoughMoney):
        decide(fund, conflicts()[0])
    assert rows(select(LateAnswer)) == []


# ---------------------------------------------------------------- proof


def test_verify_names_what_was_forged(fund: FoundedFund) -> None:
    first, second = make_vouchers(fund, 2)
    listed = make_list(fund)
    table(fund, second)
    enter(fund, listed, f"{first.serial} {listed.hour}\n{second.serial}")
    decide(fund, conflicts()[0])

    for statement, says in (
        ("UPDATE late_entry SET lines = lines + 1", "another number of lines"),
        ("UPDATE late_entry SET at = '2020-01-01 00:00:00.000000'", "before its list was printed"),
        ("UPDATE late_line SET serial = serial + 1", "another voucher than its number"),
        ("UPDATE late_line SET handed_at = '2099-01-01 00:00:00.000000'", "before its hour"),
        ("UPDATE late_line SET amount_minor = amount_minor - 1", "is not what the paper says"),
        ("DELETE FROM late_line WHERE conflict IS NULL", "no list says so"),
        ("UPDATE point_list SET vouchers = vouchers + 1", "another number of vouchers"),
        ("UPDATE late_answer SET by_id = (SELECT entered_by_id FROM late_entry)", "decided alone"),
        ("UPDATE late_answer SET loss_minor = loss_minor - 1", "is not what the paper says"),
    ):
        with forging() as session:
            assert forge(session, statement)
            assert any(says in str(finding) for finding in found(session, "late")), statement
    with forging() as session:
        assert forge(session, "UPDATE late_answer SET loss_minor = loss_minor - 1")
        assert any("its transfers are not" in str(finding) for finding in found(session, "money"))


def test_verify_names_a_part_that_nobody_might_give(fund: FoundedFund) -> None:
    voucher, listed = make_parcel(fund), make_list(fund)
    enter(fund, listed, f"{voucher.serial} {listed.hour} 2x3")

    with forging() as session:
        assert forge(session, "UPDATE programme SET in_parts = false")
        assert any("gave a part of what goes as a whole" in str(each) for each in found(session, "states"))


# ---------------------------------------------------------------- a race


@both_databases
def test_a_table_and_a_late_entry_at_once_are_one_collection_and_one_refusal_or_conflict(
    fund: FoundedFund, app: Flask
) -> None:
    vouchers = make_vouchers(fund, 4)
    listed = make_list(fund)

    def hand_out(voucher: MadeVoucher) -> object:
        with app.app_context():
            return do(collect, actor=fund.distributor, order=voucher.order())

    def write_down(voucher: MadeVoucher) -> object:
        with app.app_context():
            return enter(fund, listed, f"{voucher.serial} {listed.hour}")

    with ThreadPoolExecutor(2) as two:
        for voucher in vouchers:
            for outcome in [two.submit(hand_out, voucher), two.submit(write_down, voucher)]:
                outcome.result()

    collected: list[UUID] = list(rows(select(Collection.voucher_id)))
    assert sorted(collected) == sorted(voucher.id for voucher in vouchers)
    online = len(rows(select(Collection).where(Collection.entered_at.is_(None))))
    assert told().count(Conflict.COLLECTED) == online
    sound()
