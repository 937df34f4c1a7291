"""Planning a distribution day at a point: who comes in which slot. A change is a new version; so is its cancelling.

A voucher stands in one coming day's plan at most: who is left out of one day has room on the next.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.days.planning import (
    CancelReason,
    Fit,
    Hours,
    Slot,
    check_hours,
    fit_of,
    in_turn,
    spread,
    why_not_plan,
)
from aid.domain.ids import new_id
from aid.domain.paper_trail import plain_runs
from aid.domain.permissions import Permission
from aid.domain.refusals import Refusals, RuleBroken
from aid.domain.vouchers import OPEN_STATES
from aid.domain.words import _
from aid.models.days import DayDecision, DayPlan, DaySlot
from aid.models.fund import Point
from aid.models.vouchers import Voucher
from aid.services import audit
from aid.services.days.coming import coming
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOrder:
    """A day as a coordinator plans it. `version` is the one it changes; 0 for a new day."""

    point_id: UUID
    day: date
    hours: Hours
    leaves_out: bool  # who has no room comes on another day
    version: int = 0
    decisions: frozenset[UUID] = frozenset()  # whose vouchers come; none: those of all


@dataclass(frozen=True, slots=True)
class DayPlanned:
    """A version of the plan stands."""

    plan_id: UUID
    point_id: UUID
    day: date
    version: int


@dataclass(frozen=True, slots=True)
class Drafted:
    """What a plan would be: its slots, and whether all have room."""

    slots: tuple[Slot, ...]
    fit: Fit
    other_days: int  # vouchers of the point that are planned for another day
    too_late: int  # vouchers whose last day is before this day
    of_others: int  # vouchers of decisions that were not chosen
    decisions: frozenset[UUID]  # that were chosen, and have vouchers here


def plan_day(session: Session, *, actor: Actor, now: Instant, order: DayOrder) -> DayPlanned:
    """Plan a day, or change its plan. Raises RuleBroken where families have no room and are not left out."""
    assert actor.person_id is not None, "a person plans"
    newest = _newest(session, actor=actor, now=now, point_id=order.point_id, day=order.day, version=order.version)
    drafted = draft(session, actor=actor, now=now, order=order)
    if not drafted.fit.families:
        raise RuleBroken(_("No voucher waits at this point that could be collected on this day."), "day")
    if not drafted.fit.is_whole and not order.leaves_out:
        raise RuleBroken(_("Not all families have room. Give them room, or let them come on another day."))
    plan = DayPlan(
        id=new_id(),
        point_id=order.point_id,
        day=order.day,
        version=newest.version + 1 if newest else 1,
        opens=order.hours.opens,
        closes=order.hours.closes,
        slot=order.hours.slot,
        tables=order.hours.tables,
        a_family=order.hours.a_family,
        left_out=drafted.fit.left_out,
        cancelled=None,
        by_id=actor.person_id,
        at=now.instant,
    )
    slots = [
        DaySlot(plan_id=plan.id, n=n, families=slot.families, serials=plain_runs(slot.serials))
        for n, slot in enumerate(drafted.slots)
    ]
    chosen = [DayDecision(plan_id=plan.id, allocation_id=each) for each in sorted(drafted.decisions)]
    return _keep(session, plan, [*slots, *chosen], act_code="day.changed" if newest else "day.planned")


def cancel_day(
    session: Session, *, actor: Actor, now: Instant, point_id: UUID, day: date, version: int, reason: CancelReason
) -> DayPlanned:
    """Let a planned day not take place. Vouchers stay good until their last day. Raises RuleBroken."""
    assert actor.person_id is not None, "a person cancels"
    newest = _newest(session, actor=actor, now=now, point_id=point_id, day=day, version=version)
    if newest is None or newest.cancelled:
        raise RuleBroken(_("There is no plan of this day that could be called off."))
    plan = DayPlan(
        id=new_id(),
        point_id=point_id,
        day=day,
        version=newest.version + 1,
        opens=newest.opens,
        closes=newest.closes,
        slot=newest.slot,
        tables=newest.tables,
        a_family=newest.a_family,
        left_out=0,
        cancelled=reason,
        by_id=actor.person_id,
        at=now.instant,
    )
    return _keep(session, plan, [], act_code="day.cancelled")


def draft(session: Session, *, actor: Actor, now: Instant, order: DayOrder) -> Drafted:
    """What a plan like this would be. Raises RuleBroken beside its field."""
    actor.must(Permission.PRINT_VOUCHERS, point=order.point_id)
    refusals = Refusals()
    with refusals:
        if reason := why_not_plan(order.day, today=now.today):
            raise RuleBroken(reason, "day")
    with refusals:
        check_hours(order.hours)
    refusals.tell()
    waiting = session.execute(
        select(Voucher.serial, Voucher.family_id, Voucher.valid_until, Voucher.allocation_id)
        .where(Voucher.point_id == order.point_id, Voucher.state.in_(OPEN_STATES))
        .order_by(Voucher.serial)
    ).all()
    chosen = [row for row in waiting if not order.decisions or row.allocation_id in order.decisions]
    if waiting and not chosen:
        raise RuleBroken(_("No voucher of these decisions waits here any more."), "decisions")
    elsewhere = _on_other_days(session, order, today=now.today)
    in_time = [row for row in chosen if row.valid_until >= order.day]
    families = in_turn((row.serial, row.family_id) for row in in_time if row.serial not in elsewhere)
    return Drafted(
        slots=tuple(spread(families, order.hours)),
        fit=fit_of(len(families), order.hours),
        other_days=sum(row.serial in elsewhere for row in in_time),
        too_late=len(chosen) - len(in_time),
        of_others=len(waiting) - len(chosen),
        decisions=order.decisions & {row.allocation_id for row in chosen},
    )


def _on_other_days(session: Session, order: DayOrder, *, today: date) -> set[int]:
    """Numbers that are planned for another day of this point, today or later."""
    plans = coming(session, point_id=order.point_id, today=today)
    return {serial for each in plans if each.plan.day != order.day for serial in each.slot_of()}


def _newest(session: Session, *, actor: Actor, now: Instant, point_id: UUID, day: date, version: int) -> DayPlan | None:
    """The plan that counts, once nobody else plans this point. Raises RuleBroken where another was seen."""
    actor.must(Permission.PRINT_VOUCHERS, point=point_id)
    if reason := why_not_plan(day, today=now.today):
        raise RuleBroken(reason, "day")
    session.get_one(Point, point_id, with_for_update=True)
    mine = select(DayPlan).where(DayPlan.point_id == point_id, DayPlan.day == day)
    newest = session.scalars(mine.order_by(DayPlan.version.desc()).limit(1)).one_or_none()
    if newest is not None and not version and not newest.cancelled:
        raise RuleBroken(_("This day is planned already. Change its plan."), "day")
    if version and (newest is None or newest.version != version):
        raise RuleBroken(_("Someone changed this plan meanwhile. Look at it again."))
    return newest


def _keep(session: Session, plan: DayPlan, parts: Sequence[DaySlot | DayDecision], *, act_code: str) -> DayPlanned:
    session.add(plan)
    session.flush()
    session.add_all(parts)
    audit.say(session, act_code, subject=plan.id, made=[plan, *parts])
    return DayPlanned(plan.id, plan.point_id, plan.day, plan.version)
