"""When somebody is asked to come with a voucher, as the plans of a point's coming days say now, or said before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.days.planning import Hours, Invited
from aid.domain.paper_trail import runs_of
from aid.models.days import DayPlan, DaySlot


@dataclass(frozen=True, slots=True)
class Planned:
    """A day's plan that counts, with the numbers of each of its slots."""

    plan: DayPlan
    slots: tuple[DaySlot, ...]

    @property
    def hours(self) -> Hours:
        """When the point is open, and in which slots."""
        return hours_of(self.plan)

    def slot_of(self) -> dict[int, int]:
        """In which slot each number is."""
        return {serial: slot.n for slot in self.slots for serial in numbers(slot.serials)}

    def invited(self) -> dict[int, Invited]:
        """When each number is asked for."""
        hours, day = self.hours, self.plan.day
        when = [(hours.invited(day, slot.n), slot) for slot in self.slots]
        return {serial: invited for invited, slot in when for serial in numbers(slot.serials)}


def numbers(plain: Sequence[str]) -> list[int]:
    """A slot's numbers, in order, as its row keeps them."""
    return [serial for first, last in runs_of(plain) for serial in range(first, last + 1)]


def hours_of(plan: DayPlan) -> Hours:
    """The hours of a plan."""
    return Hours(plan.opens, plan.closes, plan.slot, plan.tables, plan.a_family)


def planned(session: Session, *, point_id: UUID, day: date) -> Planned | None:
    """The plan of a day that counts; nothing where the day was not planned."""
    mine = select(DayPlan).where(DayPlan.point_id == point_id, DayPlan.day == day)
    plan = session.scalars(mine.order_by(DayPlan.version.desc()).limit(1)).one_or_none()
    return Planned(plan, _slots(session, plan.id)) if plan else None


def coming(session: Session, *, point_id: UUID, today: date, at: datetime | None = None) -> list[Planned]:
    """The plans of today and the days to come that take place, by day; as they were at that moment."""
    wanted = select(DayPlan).where(DayPlan.point_id == point_id, DayPlan.day >= today)
    wanted = wanted if at is None else wanted.where(DayPlan.at <= at)
    newest = {plan.day: plan for plan in session.scalars(wanted.order_by(DayPlan.day, DayPlan.version))}
    return _with_slots(session, [plan for plan in newest.values() if not plan.cancelled])


def invitations(session: Session, *, point_id: UUID, today: date, at: datetime | None = None) -> dict[int, Invited]:
    """When each number that a plan has is asked for at this point, today or later."""
    return _first_of(coming(session, point_id=point_id, today=today, at=at))


def invitations_of_then(
    session: Session, *, point_id: UUID, moments: Mapping[datetime, date]
) -> dict[datetime, dict[int, Invited]]:
    """What `invitations` said at several moments, each with its day: all plans of the point are read at once."""
    every = session.scalars(select(DayPlan).where(DayPlan.point_id == point_id).order_by(DayPlan.day, DayPlan.version))
    plans = _with_slots(session, list(every))
    found = {}
    for at, today in moments.items():
        newest = {each.plan.day: each for each in plans if each.plan.day >= today and each.plan.at <= at}
        found[at] = _first_of([each for each in newest.values() if not each.plan.cancelled])
    return found


def invited_with(session: Session, *, point_id: UUID, serial: int, now: Instant) -> Invited | None:
    """When this voucher is asked for here. Asked at the table, for each family: nothing more is read than is needed."""
    for each in coming(session, point_id=point_id, today=now.today):
        for slot in each.slots:
            if any(first <= serial <= last for first, last in runs_of(slot.serials)):
                return each.hours.invited(each.plan.day, slot.n)
    return None


def _first_of(plans: Sequence[Planned]) -> dict[int, Invited]:
    """When each number is asked for first."""
    found: dict[int, Invited] = {}
    for each in plans:
        found = {**each.invited(), **found}
    return found


def _with_slots(session: Session, plans: Sequence[DayPlan]) -> list[Planned]:
    slots: dict[UUID, list[DaySlot]] = {plan.id: [] for plan in plans}
    mine = select(DaySlot).where(DaySlot.plan_id.in_(slots)).order_by(DaySlot.plan_id, DaySlot.n)
    for slot in session.scalars(mine):
        slots[slot.plan_id].append(slot)
    return [Planned(plan, tuple(slots[plan.id])) for plan in plans]


def _slots(session: Session, plan_id: UUID) -> tuple[DaySlot, ...]:
    return tuple(session.scalars(select(DaySlot).where(DaySlot.plan_id == plan_id).order_by(DaySlot.n)))
