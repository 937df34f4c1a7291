"""A collection is undone within minutes by who handed out or a coordinator, in parts where its programme allows, and
given to somebody who is not on the slip only by two people.
"""

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.collections import RefusalCode
from aid.domain.entries import AccountKind, EntryKind
from aid.domain.goods import Item
from aid.domain.parts import Part
from aid.domain.refusals import NotAllowed, RuleBroken
from aid.domain.strangers import StrangerReason
from aid.domain.undoing import UndoReason
from aid.domain.vouchers import ReprintReason, VoucherState
from aid.extensions import db
from aid.extensions import now as this_moment
from aid.models.collections import Collection, CollectionUndo, StrangerAsked
from aid.models.ledger import Entry
from aid.models.programmes import Programme
from aid.models.vouchers import Voucher
from aid.perform import look
from aid.queries import stock as stock_queries
from aid.queries.withdrawals import vouchers_of
from aid.services.collections.checking import Checked, Refused, check
from aid.services.collections.handing_out import (
    AskedForStranger,
    Collected,
    CollectionOrder,
    StrangerOrder,
    ask_for_stranger,
    collect,
)
from aid.services.collections.strangers import answer_stranger
from aid.services.collections.undoing import UndoOrder, undo_collection
from aid.services.earlier_aid import already_given, granted
from aid.services.explanations import explain
from aid.services.verification import verify
from aid.services.vouchers.expiry import return_expired
from aid.services.vouchers.printing import ReprintOrder, reprint_vouchers
from aid.vault.actor import Actor
from tests.conftest import both_databases
from tests.make import do, rows, see
from tests.make.fund import FoundedFund
from tests.make.goods import in_stock, make_parcel
from tests.make.one_database import app as app
from tests.make.vouchers import MadeVoucher, later, make_voucher
from tests.services.test_collections import balance, give_point, refusal_of

BOOKED = (AccountKind.GIVEN, AccountKind.CASH, AccountKind.RESERVED, AccountKind.SPENT)


def handed(fund: FoundedFund, order: CollectionOrder) -> Collected:
    outcome = do(collect, actor=fund.distributor, order=order)
    assert isinstance(outcome, Collected), outcome
    return outcome


def undo(actor: Actor, collected: Collected, *, minutes: int = 0) -> None:
    order = UndoOrder(collected.collection_id, UndoReason.GIVEN_BACK)
    do(undo_collection, actor=actor, now=later(this_moment(), minutes=minutes), order=order)


def seen(fund: FoundedFund, voucher: MadeVoucher) -> Checked:
    answer = look(check, actor=fund.distributor, point_id=voucher.point_id, code=voucher.digits)
    assert isinstance(answer, Checked), answer
    return answer


def sound() -> None:
    with Session(db.engine) as session:
        assert [str(finding) for finding in verify(session)] == []


# ---------------------------------------------------------------- undoing


@both_databases
def test_what_was_undone_may_be_collected_again_and_the_books_say_both(fund: FoundedFund) -> None:
    voucher = make_parcel(fund)
    first = handed(fund, voucher.order())
    assert (in_stock(fund, "notebook"), in_stock(fund, "pen")) == (95, 98)

    undo(fund.distributor, first)

    assert [balance(kind) for kind in BOOKED] == [0, 0, -10_000_00, 0]
    assert (in_stock(fund, "notebook"), in_stock(fund, "pen")) == (100, 100)
    [collection] = rows(select(Collection))
    [counter] = rows(select(Entry).where(Entry.kind == EntryKind.CORRECTION))
    assert counter.corrects_id == collection.entry_id
    sound()

    handed(fund, voucher.order())
    assert rows(select(Collection.turn).order_by(Collection.turn)) == [1, 2]
    assert [(row.state, row.turns) for row in rows(select(Voucher))] == [(VoucherState.COLLECTED, 2)]
    assert [balance(kind) for kind in BOOKED] == [10_000_00, -10_000_00, 0, -10_000_00]
    assert refusal_of(do(collect, actor=fund.distributor, order=voucher.order())) is RefusalCode.ALREADY_COLLECTED
    sound()


def test_a_collection_is_undone_by_who_handed_out_or_a_coordinator_within_fifteen_minutes_and_once(
    fund: FoundedFund,
) -> None:
    give_point(fund, "sanzhar", "club")
    voucher = make_voucher(fund)
    first = handed(fund, voucher.order())

    with pytest.raises(RuleBroken, match="Whoever handed it out"):
        undo(fund.actor("sanzhar"), first)
    with pytest.raises(NotAllowed):
        undo(fund.registrar, first)
    for who in (fund.distributor, fund.coordinator):
        with pytest.raises(RuleBroken, match="15 minutes"):
            undo(who, first, minutes=16)
    undo(fund.coordinator, first, minutes=14)
    with pytest.raises(RuleBroken, match="undone already"):
        undo(fund.distributor, first)

    assert len(rows(select(CollectionUndo))) == 1
    undo(fund.distributor, handed(fund, voucher.order()))
    assert rows(select(Voucher.state)) == [VoucherState.PRINTED]


def test_a_table_that_read_a_voucher_before_it_was_collected_and_undone_reads_it_again(fund: FoundedFund) -> None:
    voucher = make_voucher(fund)
    before = seen(fund, voucher)
    undo(fund.distributor, handed(fund, voucher.order()))

    stale = do(collect, actor=fund.distributor, order=replace(voucher.order(), seen=before.turns))
    fresh = do(collect, actor=fund.distributor, order=replace(voucher.order(), seen=seen(fund, voucher).turns))

    assert refusal_of(stale) is RefusalCode.CHANGED
    assert isinstance(fresh, Collected)


# ---------------------------------------------------------------- parts


@both_databases
def test_goods_are_collected_one_by_one_and_the_rest_waits(fund: FoundedFund) -> None:
    voucher = make_parcel(fund)
    assert seen(fund, voucher).in_parts

    handed(fund, replace(voucher.order(), part=Part(True, (Item("notebook", 3),))))

    rest = seen(fund, voucher)
    assert (rest.is_begun, rest.amount.minor, [ware.item for ware in rest.wares]) == (
        True,
        0,
        [Item("notebook", 2), Item("pen", 2)],
    )
    assert [(row.state, row.turns) for row in rows(select(Voucher))] == [(VoucherState.BEGUN, 1)]
    assert balance(AccountKind.CASH) == -10_000_00
    sound()
    with pytest.raises(RuleBroken, match="handed out meanwhile"):
        do(collect, actor=fund.distributor, order=replace(voucher.order(), part=Part(True, (Item("notebook", 3),))))
    handed(fund, voucher.order())
    assert rows(select(Voucher.state)) == [VoucherState.COLLECTED]
    assert (in_stock(fund, "notebook"), in_stock(fund, "pen")) == (95, 98)
    sound()


def test_a_voucher_is_handed_out_whole_where_its_programme_does_not_allow_parts(fund: FoundedFund) -> None:
    voucher = make_parcel(fund, in_parts=False)

    assert not seen(fund, voucher).in_parts
    with pytest.raises(RuleBroken, match="as a whole"):
        do(collect, actor=fund.distributor, order=replace(voucher.order(), part=Part(True, ())))
    with pytest.raises(RuleBroken, match="Tick what"):
        do(collect, actor=fund.distributor, order=replace(voucher.order(), part=Part(False, ())))
    handed(fund, replace(voucher.order(), part=Part(True, (Item("notebook", 5), Item("pen", 2)))))
    assert rows(select(Voucher.state)) == [VoucherState.COLLECTED]


def test_of_two_parts_the_first_is_undone_and_a_new_paper_holds_for_what_is_left(fund: FoundedFund) -> None:
    voucher = make_parcel(fund)
    first = handed(fund, replace(voucher.order(), part=Part(True, ())))
    second = handed(fund, replace(voucher.order(), part=Part(False, (Item("pen", 2),))))
    undo(fund.distributor, first)
    assert rows(select(Voucher.state)) == [VoucherState.BEGUN]

    printed = do(
        reprint_vouchers, actor=fund.coordinator, order=ReprintOrder(ReprintReason.LOST, serial=voucher.serial)
    )
    assert printed.papers is not None
    anew = replace(voucher, digits=printed.papers[0].digits)
    says = printed.papers[0]
    assert (says.is_rest, says.amount.minor, [str(good) for good in says.goods]) == (
        True,
        10_000_00,
        ["Дәптер ×\N{NO-BREAK SPACE}5"],
    )

    assert rows(select(Voucher.state)) == [VoucherState.BEGUN]
    assert refusal_of(do(collect, actor=fund.distributor, order=voucher.order())) is RefusalCode.REPLACED
    rest = seen(fund, anew)
    assert (rest.amount.minor, [ware.item for ware in rest.wares]) == (10_000_00, [Item("notebook", 5)])
    undo(fund.distributor, second)
    assert rows(select(Voucher.state)) == [VoucherState.PRINTED]
    sound()


@both_databases
def test_what_is_left_of_a_voucher_goes_back_when_it_expires_and_is_promised_no_more(fund: FoundedFund) -> None:
    voucher = make_parcel(fund)
    first = handed(fund, replace(voucher.order(), part=Part(False, (Item("notebook", 5),))))
    [club] = see(stock_queries.stocks, actor=fund.coordinator, point_id=voucher.point_id)
    assert [(row.good, row.promised) for row in club.rows if row.promised] == [("pen", 2)]

    [until] = rows(select(Voucher.grace_until))
    after = later(this_moment(), days=(until - this_moment().today).days + 1)
    returned = do(return_expired, actor=fund.coordinator, now=after, allocation_id=voucher.allocation_id)

    assert returned.amount is not None
    assert returned.amount.minor == 10_000_00
    assert rows(select(Voucher.state)) == [VoucherState.EXPIRED]
    with pytest.raises(RuleBroken, match="went back"):
        undo(fund.distributor, first)
    sound()


@pytest.mark.parametrize(
    ("part", "counted", "told"),
    [
        (Part(True, ()), [10_000_00], "A part was collected. Nobody collected the rest"),
        (Part(False, (Item("pen", 1),)), [0], "A part was collected. Nobody collected the rest"),
        (None, [], "Nobody collected it"),
    ],
)
def test_of_an_expired_voucher_what_was_handed_out_counts_as_aid_and_no_more(
    fund: FoundedFund, part: Part | None, counted: list[int], told: str
) -> None:
    voucher = make_parcel(fund)
    if part:
        handed(fund, replace(voucher.order(), part=part))
    [until] = rows(select(Voucher.grace_until))
    after = later(this_moment(), days=(until - this_moment().today).days + 1)
    do(return_expired, actor=fund.coordinator, now=after, allocation_id=voucher.allocation_id)

    programme = rows(select(Programme).where(Programme.in_parts))[0]
    before = granted(db.session(), programme, currency="KZT").get(voucher.family_id, ())
    taken = already_given(db.session(), programme, repeats=False, besides=None)
    story = look(explain, actor=fund.registrar, family_id=voucher.family_id).lists[0]

    assert ([aid.minor for aid in before], voucher.family_id in taken) == (counted, bool(counted))
    assert told in " ".join(map(str, story.said))
    [given] = see(vouchers_of, actor=fund.coordinator, family_id=voucher.family_id)
    assert str(given.state) == ("A part was collected, the rest expired" if part else "Expired")


# ---------------------------------------------------------------- strangers


def ask(fund: FoundedFund, voucher: MadeVoucher) -> AskedForStranger:
    order = StrangerOrder(voucher.point_id, voucher.digits, StrangerReason.ILL)
    asked = do(ask_for_stranger, actor=fund.distributor, order=order)
    assert isinstance(asked, AskedForStranger), asked
    return asked


def test_somebody_who_is_not_on_the_slip_collects_once_a_second_person_agreed(fund: FoundedFund) -> None:
    voucher = make_voucher(fund)
    nobody = replace(voucher.order(), collector=None)
    assert refusal_of(do(collect, actor=fund.distributor, order=nobody)) is RefusalCode.NOT_AGREED
    asked = ask(fund, voucher)
    assert refusal_of(do(collect, actor=fund.distributor, order=nobody)) is RefusalCode.NOT_AGREED

    do(answer_stranger, actor=fund.coordinator, asked_id=asked.asked_id, agrees=True)

    agreed = seen(fund, voucher).agreed
    assert agreed is not None
    assert (agreed.by, agreed.reason) == (fund.coordinator.handle, StrangerReason.ILL)
    handed(fund, nobody)
    [collection] = rows(select(Collection))
    assert (collection.collector, collection.stranger_id) == (None, asked.asked_id)
    undo(fund.distributor, Collected(collection.id))
    again = do(collect, actor=fund.distributor, order=nobody)
    assert refusal_of(again) is RefusalCode.NOT_AGREED, "one word is for one collection"
    sound()


def test_nobody_agrees_alone_or_late_or_for_a_family_they_vouched_for(fund: FoundedFund) -> None:
    give_point(fund, "sanzhar", "club")
    voucher = make_voucher(fund)
    asked = ask(fund, voucher)
    neighbour = fund.actor("sanzhar")

    for who, now, why in (
        (fund.distributor, this_moment(), "You asked for this yourself"),
        (neighbour, later(this_moment(), minutes=31), "30 minutes"),
    ):
        with pytest.raises(RuleBroken, match=why):
            do(answer_stranger, actor=who, now=now, asked_id=asked.asked_id, agrees=True)
    for stranger in (fund.registrar, fund.treasurer):
        with pytest.raises(NotAllowed):
            do(answer_stranger, actor=stranger, asked_id=asked.asked_id, agrees=True)
    do(answer_stranger, actor=neighbour, asked_id=asked.asked_id, agrees=False)
    with pytest.raises(RuleBroken, match="answered this already"):
        do(answer_stranger, actor=fund.coordinator, asked_id=asked.asked_id, agrees=True)

    nobody = replace(voucher.order(), collector=None)
    assert refusal_of(do(collect, actor=fund.distributor, order=nobody)) is RefusalCode.NOT_AGREED
    assert isinstance(do(collect, actor=fund.distributor, order=voucher.order()), Collected), "who is on it may"


def test_a_word_holds_at_the_table_that_asked_and_not_for_long(fund: FoundedFund) -> None:
    give_point(fund, "sanzhar", "club")
    voucher = make_voucher(fund)
    asked = ask(fund, voucher)
    do(answer_stranger, actor=fund.coordinator, asked_id=asked.asked_id, agrees=True)
    nobody = replace(voucher.order(), collector=None)

    elsewhere = do(collect, actor=fund.actor("sanzhar"), order=nobody)
    too_late = do(collect, actor=fund.distributor, now=later(this_moment(), minutes=31), order=nobody)

    assert [refusal_of(each) for each in (elsewhere, too_late)] == [RefusalCode.NOT_AGREED] * 2
    used = do(
        ask_for_stranger, actor=fund.distributor, order=StrangerOrder(voucher.point_id, "0" * 16, StrangerReason.ILL)
    )
    assert isinstance(used, Refused)
    assert len(rows(select(StrangerAsked))) == 1
