"""Goods, grants and cash at the same moment: one of two gets what there is once, and what is missing is seen."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aid.domain.goods import Item
from aid.domain.quorum import Outcome
from aid.domain.refusals import RuleBroken
from aid.domain.stock import Difference
from aid.extensions import db
from aid.extensions import now as this_moment
from aid.models.allocations import AllocationLine
from aid.models.goods import StockMove
from aid.models.ledger import Available
from aid.models.vouchers import Voucher
from aid.queries.today.stock import below_zero
from aid.services.cash import ArrivalOrder, SendOrder, count_arrival, send_cash
from aid.services.collections.handing_out import Collected, collect
from aid.services.committee import NotEnough
from aid.services.grants import propose_grant
from aid.services.stock.counting import Counted, CountOrder, count
from aid.services.stock.deliveries import take_in
from aid.services.stock.keeping import LossOrder, answer_write_off, ask_to_write_off
from aid.services.verification import verify
from tests.make import do, rows
from tests.make.allocations import make_money, vote
from tests.make.families import make_family
from tests.make.fund import FoundedFund
from tests.make.goods import (
    a_delivery,
    a_grant,
    carried,
    in_stock,
    make_good,
    make_goods_round,
    make_purchase,
    make_rules,
    make_stock,
    make_transfer,
)
from tests.make.vouchers import MadeVoucher, digits_of, print_at
from tests.services.test_committee import all_at_once


def holds() -> None:
    with Session(db.engine) as session:
        assert [str(finding) for finding in verify(session)] == []


# ---------------------------------------------------------------- goods


def test_the_last_of_a_good_handed_out_twice_at_once_is_below_zero_and_the_coordinator_sees_it(
    app: Flask, fund: FoundedFund
) -> None:
    orders = [paper.order() for paper in goods_papers(fund, 2)]
    make_stock(fund, "notebook", 5)

    outcomes = all_at_once(app, [partial(do, collect, actor=fund.distributor, order=order) for order in orders])

    assert all(isinstance(outcome, Collected) for outcome in outcomes)
    assert list(rows(select(StockMove.after).order_by(StockMove.n))) == [5, 0, -5]
    with Session(db.engine) as session:
        assert below_zero(session, fund.coordinator, this_moment()).count == 1
    holds()


def test_a_loss_and_a_hand_out_at_once_take_the_last_of_a_good_once_or_are_seen(app: Flask, fund: FoundedFund) -> None:
    [paper] = goods_papers(fund, 1)
    make_stock(fund, "notebook", 5)
    loss = LossOrder(point_id=fund.points["club"], item=Item("notebook", 5), why=Difference.BURNT)
    lost = do(ask_to_write_off, actor=fund.distributor, order=loss).act_id

    actions: list[Callable[[], Any]] = [
        partial(do, collect, actor=fund.distributor, order=paper.order()),
        partial(do, answer_write_off, actor=fund.coordinator, act_id=lost, agreed=True),
    ]
    handed, agreed = all_at_once(app, actions)

    assert isinstance(handed, Collected)  # the mother is not sent away, the loss is looked at again
    assert in_stock(fund, "notebook") == (0 if isinstance(agreed, RuleBroken) else -5)
    holds()


def test_two_who_agree_to_one_loss_at_once_write_it_off_once(app: Flask, fund: FoundedFund) -> None:
    make_good(fund)
    make_stock(fund, "notebook", 5)
    loss = LossOrder(point_id=fund.points["club"], item=Item("notebook", 2), why=Difference.DAMAGED)
    lost = do(ask_to_write_off, actor=fund.distributor, order=loss).act_id

    twice = [partial(do, answer_write_off, actor=fund.coordinator, act_id=lost, agreed=True)] * 2
    outcomes = all_at_once(app, twice)

    assert refusals(outcomes) == 1
    assert in_stock(fund, "notebook") == 3
    holds()


def test_a_good_counted_for_the_first_time_by_two_at_once_is_there_once(app: Flask, fund: FoundedFund) -> None:
    make_good(fund)
    line = Counted("notebook", 5, Difference.NOT_WRITTEN_DOWN)
    order = CountOrder(point_id=fund.points["club"], lines=(line,), booked=(0,))

    outcomes = all_at_once(
        app, [partial(do, count, actor=actor, order=order) for actor in (fund.distributor, fund.coordinator)]
    )

    assert refusals(outcomes) == 1
    assert in_stock(fund, "notebook") == 5
    holds()


def test_a_delivery_that_two_take_in_at_once_is_in_stock_once(app: Flask, fund: FoundedFund) -> None:
    make_money(fund)
    make_good(fund)
    bought = carried(fund, make_purchase(fund, ("notebook", 10, 150_00, "club")))
    order = a_delivery(fund, bought, (10, None))

    outcomes = all_at_once(
        app, [partial(do, take_in, actor=actor, order=order) for actor in (fund.distributor, fund.coordinator)]
    )

    assert refusals(outcomes) == 1
    assert in_stock(fund, "notebook") == 10
    holds()


# ---------------------------------------------------------------- grants


def test_of_two_grants_proposed_at_once_one_fits_under_what_a_family_may_get(app: Flask, fund: FoundedFund) -> None:
    make_rules(fund)
    order = a_grant(fund, make_family(fund).family_id, minor=200_000_00)

    outcomes = all_at_once(app, [partial(do, propose_grant, actor=fund.coordinator, order=order)] * 2)

    assert refusals(outcomes) == 1
    holds()


def test_a_grant_decided_while_another_is_proposed_still_counts_against_the_cap(app: Flask, fund: FoundedFund) -> None:
    make_rules(fund)
    make_money(fund, purpose="general")
    order = a_grant(fund, make_family(fund).family_id, minor=200_000_00)
    first = do(propose_grant, actor=fund.coordinator, order=order).allocation_id
    for member in fund.members[:2]:
        vote(fund, member, first)

    actions: list[Callable[[], Any]] = [
        partial(vote, fund, fund.members[2], first),
        partial(do, propose_grant, actor=fund.coordinator, order=order),
    ]
    decided, proposed = all_at_once(app, actions)

    assert [getattr(decided, "decided", decided), isinstance(proposed, RuleBroken)] == [Outcome.CARRIED, True]
    holds()


def test_of_two_grants_decided_at_once_one_is_carried_where_there_is_money_for_one(
    app: Flask, fund: FoundedFund
) -> None:
    make_rules(fund)
    make_money(fund, purpose="general", minor=150_000_00)
    family = make_family(fund).family_id
    grants = [do(propose_grant, actor=fund.coordinator, order=a_grant(fund, family)).allocation_id for _each in "ab"]
    for grant in grants:
        for member in fund.members[:2]:
            vote(fund, member, grant)

    outcomes = all_at_once(app, [partial(vote, fund, fund.members[2], grant) for grant in grants])

    assert sum(isinstance(outcome, NotEnough) for outcome in outcomes) == 1
    assert rows(select(Available.amount_minor).where(Available.purpose_id == fund.purposes["general"])) == [30_000_00]
    assert rows(select(func.count()).select_from(Voucher)) == [1]
    holds()


# ---------------------------------------------------------------- cash for points


def test_cash_sent_and_counted_by_two_at_once_moves_once(app: Flask, fund: FoundedFund) -> None:
    make_money(fund)
    carried(fund, make_transfer(fund, ("club", 400_000_00)))
    [line] = rows(select(AllocationLine.id))
    sending = SendOrder(line_id=line, bank_id=fund.bank, value_on=this_moment().today)
    arrival = ArrivalOrder(line_id=line, minor=400_000_00)

    sent = all_at_once(app, [partial(do, send_cash, actor=fund.treasurer, order=sending)] * 2)
    counting = (fund.distributor, fund.coordinator)
    counted = all_at_once(app, [partial(do, count_arrival, actor=actor, order=arrival) for actor in counting])

    assert (refusals(sent), refusals(counted)) == (1, 1)
    holds()


def goods_papers(fund: FoundedFund, families: int) -> list[MadeVoucher]:
    """Printed vouchers for five notebooks each."""
    make_good(fund)
    for _each in range(families):
        make_family(fund)
    proposed = carried(fund, make_goods_round(fund))
    made = [
        MadeVoucher(row.id, row.serial, "", row.family_id, row.allocation_id, row.point_id)
        for row in rows(select(Voucher).where(Voucher.allocation_id == proposed.allocation_id))
    ]
    digits = digits_of(print_at(fund, made[0]))
    return [replace(each, digits=digits[each.serial]) for each in made]


def refusals(outcomes: Sequence[object]) -> int:
    """How many were told that it could not be done."""
    return sum(isinstance(outcome, RuleBroken) for outcome in outcomes)
