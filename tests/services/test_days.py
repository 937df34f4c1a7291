"""Planning a distribution day: who comes in which slot, one day at a time, and never in somebody else's stead."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.days.planning import CancelReason, Hours
from aid.domain.refusals import NotAllowed, RuleBroken
from aid.domain.vouchers import VoucherState
from aid.extensions import db
from aid.extensions import now as this_moment
from aid.models.days import DayPlan, DaySlot
from aid.services.collections.handing_out import collect
from aid.services.days.coming import invitations, numbers
from aid.services.days.planning import DayPlanned, cancel_day, draft, plan_day
from aid.services.days.told import told
from aid.services.verification import verify
from tests.make import do, rows
from tests.make.days import make_day, order_of
from tests.make.forging import forge, forging, found
from tests.make.fund import FoundedFund
from tests.make.one_database import app as app
from tests.make.vouchers import make_vouchers, print_at

SMALL = Hours(opens=600, closes=660, slot=30, tables=1, a_family=30)
"""Two families, one a slot."""


def slots() -> list[set[int]]:
    """The numbers of the latest plan's slots."""
    newest = select(DayPlan.id).order_by(DayPlan.id.desc()).limit(1).scalar_subquery()
    return [set(numbers(plain)) for plain in rows(select(DaySlot.serials).where(DaySlot.plan_id == newest))]


def test_all_that_waits_is_planned_once_and_what_was_collected_is_not(fund: FoundedFund) -> None:
    first, *others = make_vouchers(fund, 4)
    do(collect, actor=fund.distributor, order=first.order())

    make_day(fund)

    assert [len(slot) for slot in slots()] == [1, 0, 1, 0, 1, 0]
    assert set().union(*slots()) == {other.serial for other in others}
    with Session(db.engine) as session:
        assert list(verify(session)) == []


def test_a_family_with_several_vouchers_comes_once(fund: FoundedFund) -> None:
    make_vouchers(fund, 2)
    make_vouchers(fund, 1)  # the two get a second one

    make_day(fund, hours=replace(SMALL, closes=690))

    one, two, three = slots()
    assert (len(one), len(two), len(three)) == (2, 2, 1)


def test_who_has_no_room_is_refused_or_left_for_another_day_which_has_them_and_nobody_else(fund: FoundedFund) -> None:
    made = make_vouchers(fund, 3)
    day = this_moment().today + timedelta(days=1)
    order = order_of(fund.points["club"], day, SMALL)

    with pytest.raises(RuleBroken, match="Not all families have room"):
        do(plan_day, actor=fund.coordinator, order=order)
    do(plan_day, actor=fund.coordinator, order=replace(order, leaves_out=True))
    with Session(db.engine) as session:
        second = draft(session, actor=fund.coordinator, now=this_moment(), order=replace(order, day=day + timedelta(1)))

    assert [slot.serials for slot in second.slots] == [(made[2].serial,), ()]
    assert (second.other_days, second.fit.is_whole) == (2, True)


def test_a_day_may_be_of_some_decisions_and_the_others_wait_for_another(fund: FoundedFund) -> None:
    first = make_vouchers(fund, 2)
    second = make_vouchers(fund, 1)  # the two get a second one
    order = order_of(fund.points["club"], this_moment().today + timedelta(days=1))
    of_second = replace(order, decisions=frozenset({second[0].allocation_id}))

    do(plan_day, actor=fund.coordinator, order=of_second)

    assert [len(slot) for slot in slots()] == [1, 0, 1, 0, 1, 0]
    assert not set().union(*slots()) & {voucher.serial for voucher in first}
    make_day(fund, days=2)
    assert set().union(*slots()) == {voucher.serial for voucher in first}
    with pytest.raises(RuleBroken, match="of these decisions"):
        do(plan_day, actor=fund.coordinator, order=replace(order, version=1, decisions=frozenset({fund.bank})))
    with Session(db.engine) as session:
        assert list(verify(session)) == []


def test_of_two_who_plan_at_once_the_second_is_told(fund: FoundedFund) -> None:
    make_vouchers(fund, 1)
    plan = make_day(fund)
    seen = order_of(plan.point_id, plan.day, version=1)

    with pytest.raises(RuleBroken, match="planned already"):
        do(plan_day, actor=fund.coordinator, order=replace(seen, version=0))
    assert do(plan_day, actor=fund.coordinator, order=seen).version == 2
    with pytest.raises(RuleBroken, match="meanwhile"):
        do(plan_day, actor=fund.coordinator, order=seen)


def test_a_cancelled_days_families_may_come_on_another_day_and_it_may_be_planned_again(fund: FoundedFund) -> None:
    [voucher] = make_vouchers(fund, 1)
    plan = make_day(fund)

    cancel(fund, plan, version=1)
    with pytest.raises(RuleBroken, match="no plan of this day"):
        cancel(fund, plan, version=2)

    make_day(fund, days=2)
    assert voucher.serial in set().union(*slots())
    with pytest.raises(RuleBroken, match="No voucher waits"):
        do(plan_day, actor=fund.coordinator, order=order_of(plan.point_id, plan.day))


def test_what_printed_papers_say_is_told_beside_another_plan(fund: FoundedFund) -> None:
    make_vouchers(fund, 2)  # printed before there was any plan
    plan = make_day(fund)
    [waits] = make_vouchers(fund, 1, state=VoucherState.ISSUED)
    do(plan_day, actor=fund.coordinator, order=order_of(plan.point_id, plan.day, version=1))
    print_at(fund, waits)

    assert told_of(fund, plan) == (3, 2, 0), "those three of the second allocation say their hour"
    later = Hours(opens=900, closes=1080, slot=30, tables=2, a_family=5)
    do(plan_day, actor=fund.coordinator, order=order_of(plan.point_id, plan.day, later, version=2))
    assert told_of(fund, plan) == (0, 2, 3)
    cancel(fund, plan, version=3)
    assert told_of(fund, plan) == (0, 0, 3), "they still name the day"


def test_verify_names_plans_that_were_forged(fund: FoundedFund) -> None:
    make_vouchers(fund, 3)
    elsewhere, *_others = make_vouchers(fund, 1, point="school-5")
    order = order_of(fund.points["club"], this_moment().today + timedelta(days=1))
    plan = do(plan_day, actor=fund.coordinator, order=replace(order, leaves_out=True))
    make_vouchers(fund, 9)
    later = make_day(fund, days=2)  # of thirteen families, three a slot
    sound = {
        "plan": plan.plan_id.hex,
        "later": later.plan_id.hex,
        "other": str(fund.treasurer.person_id).replace("-", ""),
    }
    of_plan, first = "plan_id = :plan", "(SELECT serials FROM day_slot WHERE plan_id = :plan AND n = 0)"

    for statement, says in (
        (f"UPDATE day_slot SET serials = {first}, families = 1 WHERE {of_plan} AND n = 1", "comes twice, or is none"),
        (f"UPDATE day_slot SET serials = {first} WHERE plan_id = :later AND n = 0", "asked for on another day"),
        (f"UPDATE day_slot SET serials = '[\"000999\"]' WHERE {of_plan} AND n = 0", "or is none"),
        (f"UPDATE day_slot SET serials = '[\"{elsewhere.serial}\"]' WHERE {of_plan} AND n = 0", "at another point"),
        (f"UPDATE day_slot SET families = 4 WHERE {of_plan} AND n = 0", "spread otherwise"),
        (f"UPDATE day_slot SET n = 7 WHERE {of_plan} AND n = 5", "not those of its hours"),
        ("UPDATE day_plan SET a_family = 30, tables = 1, slot = 15 WHERE id = :plan", "nobody could be served"),
        ("UPDATE day_plan SET a_family = 30, tables = 1 WHERE id = :later", "than it has room for"),
        (
            "UPDATE voucher SET family_id = (SELECT family_id FROM voucher ORDER BY serial LIMIT 1)",
            "a family comes twice",
        ),
        ("UPDATE voucher SET valid_until = '2020-01-01'", "good only until an earlier day"),
        ("UPDATE day_plan SET left_out = 1", "though there was room"),
        ("UPDATE day_plan SET cancelled = 'other', version = 2", "comes though it was cancelled"),
        ("UPDATE day_plan SET version = 3", "no version was before it"),
        ("UPDATE day_plan SET at = '2020-01-01 00:00:00.000000'", "far off"),
        ("UPDATE day_plan SET by_id = :other", "no coordinator then"),
    ):
        with forging() as session:
            values = {name: value for name, value in sound.items() if f":{name}" in statement}
            assert forge(session, statement, **values), statement
            assert any(says in str(finding) for finding in found(session, "days")), statement
    with Session(db.engine) as session:
        assert list(verify(session)) == []


def cancel(fund: FoundedFund, plan: DayPlanned, *, version: int) -> None:
    do(
        cancel_day,
        actor=fund.coordinator,
        point_id=plan.point_id,
        day=plan.day,
        version=version,
        reason=CancelReason.NO_CASH,
    )


def told_of(fund: FoundedFund, plan: DayPlanned) -> tuple[int, int, int]:
    """How many printed vouchers say the hour of the newest plan, none, and another."""
    with Session(db.engine) as session:
        invited = invitations(session, point_id=plan.point_id, today=this_moment().today)
        found = told(session, point_id=plan.point_id, day=plan.day, planned=invited)
    return found.right, found.silent, found.other


def test_a_day_that_is_over_and_one_that_is_far_are_not_planned(fund: FoundedFund) -> None:
    make_vouchers(fund, 1)

    for days, words in ((-1, "over"), (61, "at most 60 days")):
        with pytest.raises(RuleBroken, match=words):
            make_day(fund, days=days)
    with pytest.raises(RuleBroken, match="No voucher waits"):
        make_day(fund, days=45)  # after the last day on their paper


def test_who_hands_out_plans_nothing(fund: FoundedFund) -> None:
    make_vouchers(fund, 1)

    with pytest.raises(NotAllowed):
        do(plan_day, actor=fund.distributor, order=order_of(fund.points["club"], this_moment().today))
