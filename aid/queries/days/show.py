"""One day's plan: its slots by numbers, what printed papers say beside it, and which vouchers came since."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.days.planning import CANCEL_TITLES, Fit, Hours, Slot, clock, shown_ranges
from aid.domain.paper_trail import written
from aid.domain.permissions import Permission
from aid.domain.vouchers import OPEN_STATES
from aid.domain.words import Message, _
from aid.models.days import DayPlan
from aid.models.people import Person
from aid.models.vouchers import Voucher
from aid.queries import days as rows
from aid.queries.days import DayRow
from aid.queries.days.decisions import DayDecisionRow, chosen_for, rows_of
from aid.services.days.coming import coming, hours_of, numbers, planned
from aid.services.days.planning import DayOrder, draft
from aid.services.days.told import Told, told
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class SlotRow:
    """One slot: when, how many, and which numbers."""

    hours: str
    families: int
    vouchers: int
    runs: tuple[str, ...]  # as they are printed


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version of the plan."""

    at: datetime
    by: str  # a handle
    what: Message


@dataclass(frozen=True, slots=True)
class DayPage:
    """A day's plan by itself."""

    row: DayRow
    hours: Hours
    slots: tuple[SlotRow, ...]
    vouchers: int
    since: int  # vouchers that wait here and have no slot on any coming day, though their decision comes
    decisions: tuple[DayDecisionRow, ...]  # that were chosen; none where all come
    of_others: int  # vouchers of other decisions that wait here and have no slot on any coming day
    told: Told
    versions: tuple[VersionRow, ...]
    may_change: bool
    is_over: bool


@dataclass(frozen=True, slots=True)
class DraftPage:
    """What a plan would be, before it is saved."""

    slots: tuple[SlotRow, ...]
    fit: Fit
    closes: str  # when closing would give all of them room; empty where none would
    vouchers: int
    decisions: tuple[DayDecisionRow, ...]
    of_others: int
    other_days: int
    too_late: int
    told: Told


def show(session: Session, *, actor: Actor, now: Instant, point_id: UUID, day: date) -> DayPage | None:
    """A day at one's own point, where it was planned."""
    row = rows.one(session, actor=actor, point_id=point_id, day=day)
    plan = planned(session, point_id=point_id, day=day)
    if row is None or plan is None:
        return None
    is_over = day < now.today
    slots = [Slot(slot.families, tuple(numbers(slot.serials))) for slot in plan.slots]
    waiting, chosen = _waiting(session, point_id), chosen_for(session, plan.plan.id)
    without = set() if is_over or row.cancelled else _without_hour(session, point_id, now=now, day=day)
    mine = _waiting(session, point_id, Voucher.allocation_id.in_(chosen)) if chosen else waiting
    return DayPage(
        row=row,
        hours=plan.hours,
        slots=_slot_rows(slots, plan.hours, waiting),
        vouchers=sum(len(slot.serials) for slot in slots),
        since=len(without & mine),
        decisions=rows_of(session, point_id, chosen),
        of_others=len(without - mine),
        told=Told() if is_over else told(session, point_id=point_id, day=day, planned=plan.invited()),
        versions=_versions(session, point_id, day),
        may_change=not is_over and actor.may(Permission.PRINT_VOUCHERS, point=point_id),
        is_over=is_over,
    )


def drafted(session: Session, *, actor: Actor, now: Instant, order: DayOrder) -> DraftPage:
    """What a plan like this would be, and what it means for papers that are printed. Raises RuleBroken."""
    made = draft(session, actor=actor, now=now, order=order)
    hours = order.hours
    when = [(hours.invited(order.day, n), slot) for n, slot in enumerate(made.slots)]
    invited = {serial: each for each, slot in when for serial in slot.serials}
    return DraftPage(
        slots=_slot_rows(made.slots, hours, _waiting(session, order.point_id)),
        fit=made.fit,
        closes=f"{clock(made.fit.closes):%H:%M}" if made.fit.closes else "",
        vouchers=len(invited),
        decisions=rows_of(session, order.point_id, made.decisions),
        of_others=made.of_others,
        other_days=made.other_days,
        too_late=made.too_late,
        told=told(session, point_id=order.point_id, day=order.day, planned=invited),
    )


def order_of(session: Session, *, actor: Actor, point_id: UUID, day: date) -> DayOrder | None:
    """The plan that counts, as somebody would type it who changes it."""
    actor.must(Permission.PRINT_VOUCHERS, point=point_id)
    plan = planned(session, point_id=point_id, day=day)
    if plan is None:
        return None
    return DayOrder(
        point_id=point_id,
        day=day,
        hours=hours_of(plan.plan),
        leaves_out=plan.plan.left_out > 0,
        version=plan.plan.version,
        decisions=chosen_for(session, plan.plan.id),
    )


def _slot_rows(slots: Sequence[Slot], hours: Hours, waiting: set[int]) -> tuple[SlotRow, ...]:
    ranges = shown_ranges([slot.serials for slot in slots], waiting)
    return tuple(
        SlotRow(hours.during(n), slot.families, len(slot.serials), written(ranges[n])) for n, slot in enumerate(slots)
    )


def _without_hour(session: Session, point_id: UUID, *, now: Instant, day: date) -> set[int]:
    """Which vouchers could be collected here on that day and stand in no plan."""
    named = {serial for each in coming(session, point_id=point_id, today=now.today) for serial in each.slot_of()}
    return _waiting(session, point_id, Voucher.valid_until >= day) - named


def _waiting(session: Session, point_id: UUID, *where: ColumnElement[bool]) -> set[int]:
    """The numbers of all vouchers that wait here."""
    waiting = select(Voucher.serial).where(Voucher.point_id == point_id, Voucher.state.in_(OPEN_STATES), *where)
    return set(session.scalars(waiting))


def _versions(session: Session, point_id: UUID, day: date) -> tuple[VersionRow, ...]:
    found = session.execute(
        select(DayPlan, Person.handle)
        .join(Person, Person.id == DayPlan.by_id)
        .where(DayPlan.point_id == point_id, DayPlan.day == day)
        .order_by(DayPlan.version.desc())
    )
    return tuple(VersionRow(plan.at, handle, _told(plan)) for plan, handle in found)


def _told(plan: DayPlan) -> Message:
    if plan.cancelled:
        return _("Called off: %(reason)s", reason=CANCEL_TITLES[plan.cancelled])
    opens, closes, tables = f"{clock(plan.opens):%H:%M}", f"{clock(plan.closes):%H:%M}", plan.tables
    if plan.version == 1:
        return _("Planned: %(opens)s–%(closes)s, tables: %(tables)s", opens=opens, closes=closes, tables=tables)
    return _("Changed: %(opens)s–%(closes)s, tables: %(tables)s", opens=opens, closes=closes, tables=tables)
