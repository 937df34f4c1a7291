"""Distribution days as pages show them: which are planned, one day's plan, its packing, and how it goes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from aid.domain.days.planning import CANCEL_TITLES, clock
from aid.domain.permissions import Permission
from aid.domain.words import Message
from aid.models.days import DayPlan, DaySlot
from aid.models.fund import Point
from aid.models.people import Person
from aid.vault.actor import Actor

PAGE = 30


@dataclass(frozen=True, slots=True)
class DayRow:
    """A day at a point, by the newest version of its plan."""

    point_id: UUID
    point: Mapping[str, str]
    day: date
    version: int
    opens: str
    closes: str
    tables: int
    families: int
    left_out: int
    cancelled: Message | None
    by: str  # a handle

    @property
    def hours(self) -> str:
        """From when to when: 10:00–13:00."""
        return f"{self.opens}–{self.closes}"


@dataclass(frozen=True, slots=True)
class Days:
    """The days of one's points: today's, those to come, and one page of those that are over, the latest first."""

    today: tuple[DayRow, ...]
    coming: tuple[DayRow, ...]
    past: tuple[DayRow, ...]
    more_before: date | None


def days(session: Session, *, actor: Actor, today: date, before: date | None = None) -> Days:
    """The days of one's points."""
    coming = _rows(session, newest_of(actor=actor).where(DayPlan.day >= today).order_by(DayPlan.day, Point.code))
    past = newest_of(actor=actor).where(DayPlan.day < min(before or today, today))
    over = _rows(session, past.order_by(DayPlan.day.desc(), Point.code).limit(PAGE + 1))
    return Days(
        today=tuple(row for row in coming if row.day == today),
        coming=tuple(row for row in coming if row.day > today),
        past=over[:PAGE],
        more_before=over[PAGE - 1].day if len(over) > PAGE else None,
    )


def one(session: Session, *, actor: Actor, point_id: UUID, day: date) -> DayRow | None:
    """The day of one's point, where it was planned."""
    found = _rows(session, newest_of(actor=actor).where(DayPlan.point_id == point_id, DayPlan.day == day))
    return found[0] if found else None


def newest_of(*, actor: Actor) -> Select[Any]:
    """The newest version of each day's plan, at one's own points."""
    actor.must(Permission.KEEP_POINT)
    newest = (
        select(DayPlan.point_id, DayPlan.day, func.max(DayPlan.version).label("version"))
        .group_by(DayPlan.point_id, DayPlan.day)
        .subquery()
    )
    families = select(func.coalesce(func.sum(DaySlot.families), 0)).where(DaySlot.plan_id == DayPlan.id)
    wanted = (
        select(DayPlan, Point.names, Person.handle, families.scalar_subquery().label("families"))
        .join(
            newest,
            (newest.c.point_id == DayPlan.point_id)
            & (newest.c.day == DayPlan.day)
            & (newest.c.version == DayPlan.version),
        )
        .join(Point, Point.id == DayPlan.point_id)
        .join(Person, Person.id == DayPlan.by_id)
    )
    return wanted if actor.everywhere(Permission.KEEP_POINT) else wanted.where(DayPlan.point_id.in_(actor.points))


def _rows(session: Session, wanted: Select[Any]) -> tuple[DayRow, ...]:
    return tuple(row_of(found) for found in session.execute(wanted))


def row_of(found: Any) -> DayRow:
    """A row of `newest_of`."""
    plan: DayPlan = found.DayPlan
    return DayRow(
        point_id=plan.point_id,
        point=found.names,
        day=plan.day,
        version=plan.version,
        opens=f"{clock(plan.opens):%H:%M}",
        closes=f"{clock(plan.closes):%H:%M}",
        tables=plan.tables,
        families=int(found.families),
        left_out=plan.left_out,
        cancelled=CANCEL_TITLES[plan.cancelled] if plan.cancelled else None,
        by=found.handle,
    )
