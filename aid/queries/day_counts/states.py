"""Where points' days stand: opened, closed, open again, and the counts that wait for a second person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from aid.domain.days.counting import STATE_TITLES, CountKind, CountState, state_of
from aid.domain.permissions import Permission
from aid.domain.points import PointKind
from aid.domain.words import Message
from aid.models.collections import Collection
from aid.models.day_counts import DayCount, DayCountAnswer, DayCountCash, DayCountGood, DayCountTold
from aid.models.fund import Point
from aid.models.ledger import Entry
from aid.models.people import Person
from aid.services.days.counts import went_on_since
from aid.services.fund_days import day_bounds, zone_of
from aid.vault.actor import Actor

SHOWN = 60
"""Counts of a list."""


@dataclass(frozen=True, slots=True)
class CountRow:
    """One try of counting one end of a day."""

    id: UUID
    point_id: UUID
    point: Mapping[str, str]
    day: date
    kind: CountKind
    n: int
    by_id: UUID
    by: str  # a handle, as all of these
    at: datetime
    state: CountState
    answered_by: str  # '' where nobody has
    answered_at: datetime | None

    @property
    def title(self) -> Message:
        """Where it stands, in words."""
        return STATE_TITLES[self.state]

    @property
    def is_opening(self) -> bool:
        """Whether it is the morning's."""
        return self.kind is CountKind.OPENING


@dataclass(frozen=True, slots=True)
class DayState:
    """Where one point's day stands. Openings and closings are the newest that two signed, else the newest try."""

    point_id: UUID
    point: Mapping[str, str]
    day: date
    opening: CountRow | None = None
    closing: CountRow | None = None
    handed_since: int = 0  # collections of the day that the signed closing did not know
    waiting: tuple[CountRow, ...] = ()  # counts that wait for a reason or a second person

    @property
    def is_opened(self) -> bool:
        """Whether two signed what was there before the point opened."""
        return self.opening is not None and self.opening.state is CountState.SIGNED

    @property
    def is_signed(self) -> bool:
        """Whether two signed a closing of it."""
        return self.closing is not None and self.closing.state is CountState.SIGNED

    @property
    def is_closed(self) -> bool:
        """Whether it is closed, and nothing was handed out since."""
        return self.is_signed and not self.handed_since

    @property
    def is_open_again(self) -> bool:
        """Whether something was handed out after it was closed: it is counted once more."""
        return self.is_signed and bool(self.handed_since)


def day_state(session: Session, *, actor: Actor, point_id: UUID, day: date) -> DayState:
    """Where one point's day stands, exactly: by the numbers of the books, not by the clock."""
    actor.must(Permission.SEE_STOCK, point=point_id)
    names = session.execute(select(Point.names).where(Point.id == point_id)).scalar_one()
    rows = count_rows(session, DayCount.point_id == point_id, DayCount.day == day)
    opening, closing = (_newest(rows, kind) for kind in CountKind)
    is_signed = closing is not None and closing.state is CountState.SIGNED
    since = went_on_since(session, session.get_one(DayCount, closing.id)) if closing and is_signed else 0
    return DayState(point_id, names, day, opening, closing, since, _waiting(rows))


def days_of(session: Session, *, actor: Actor, today: date) -> tuple[DayState, ...]:
    """Where today stands at the points that this person may see; shops keep no cash and no stock of the fund's."""
    points = points_counted(session, actor=actor)
    every = count_rows(session, DayCount.point_id.in_([point.id for point in points]), DayCount.day == today)
    of_point = {point.id: [row for row in every if row.point_id == point.id] for point in points}
    closed = {id_: _newest(rows, CountKind.CLOSING) for id_, rows in of_point.items()}
    signed = [row.id for row in closed.values() if row is not None and row.state is CountState.SIGNED]
    since = _handed_after(session, DayCount.id.in_(signed), today) if signed else {}
    return tuple(
        DayState(
            point.id,
            point.names,
            today,
            _newest(of_point[point.id], CountKind.OPENING),
            closed[point.id],
            since.get(point.id, 0),
            _waiting(of_point[point.id]),
        )
        for point in points
    )


def _waiting(rows: Sequence[CountRow]) -> tuple[CountRow, ...]:
    return tuple(row for row in rows if row.state in (CountState.WAITS, CountState.TO_EXPLAIN))


def points_counted(session: Session, *, actor: Actor, permission: Permission = Permission.SEE_STOCK) -> list[Point]:
    """The fund's own tables among a person's points."""
    actor.must(permission)
    tables = session.scalars(select(Point).where(Point.kind == PointKind.TABLE).order_by(Point.code))
    return [point for point in tables if actor.may(permission, point=point.id)]


def lately(session: Session, *, actor: Actor, today: date) -> tuple[CountRow, ...]:
    """The latest counts before today at the points that this person may see."""
    points = [point.id for point in points_counted(session, actor=actor)]
    earlier = (DayCount.point_id.in_(points), DayCount.day < today)
    return tuple(count_rows(session, *earlier, limit=SHOWN))


def waiting_rows(session: Session, *, actor: Actor) -> tuple[CountRow, ...]:
    """Counts that somebody else made at this person's points and that nobody answered, or counted again."""
    points = [point.id for point in points_counted(session, actor=actor, permission=Permission.KEEP_POINT)]
    open_ = DayCountAnswer.count_id.is_(None)
    rows = count_rows(session, DayCount.point_id.in_(points), DayCount.by_id != actor.person_id, open_)
    return tuple(row for row in rows if row.state is CountState.WAITS)


def count_rows(session: Session, *where: ColumnElement[bool], limit: int | None = None) -> list[CountRow]:
    """Counts, the latest first, each with where it stands."""
    found = session.execute(_counts().where(*where).order_by(DayCount.day.desc(), DayCount.at.desc()).limit(limit))
    return [_row(row) for row in found]


def _counts() -> Any:
    later, answerer = aliased(DayCount), aliased(Person)
    same = and_(later.point_id == DayCount.point_id, later.day == DayCount.day, later.kind == DayCount.kind)
    return (
        select(
            DayCount,
            Point.names,
            Person.handle,
            DayCountAnswer,
            answerer.handle.label("answerer"),
            exists().where(same, later.n > DayCount.n).label("is_over"),
            exists().where(DayCountTold.count_id == DayCount.id).label("is_told"),
            differs_at_all().label("differs"),
        )
        .join(Point, Point.id == DayCount.point_id)
        .join(Person, Person.id == DayCount.by_id)
        .outerjoin(DayCountAnswer, DayCountAnswer.count_id == DayCount.id)
        .outerjoin(answerer, answerer.id == DayCountAnswer.by_id)
    )


def differs_at_all() -> ColumnElement[bool]:
    """Whether anything was counted otherwise than the books said."""
    return or_(
        func.coalesce(DayCount.stubs, 0) != func.coalesce(DayCount.stubs_booked, 0),
        exists().where(DayCountCash.count_id == DayCount.id, DayCountCash.counted_minor != DayCountCash.booked_minor),
        exists().where(DayCountGood.count_id == DayCount.id, DayCountGood.counted != DayCountGood.booked),
    )


def _row(row: Any) -> CountRow:
    count, answer = row.DayCount, row.DayCountAnswer
    state = state_of(
        is_latest=not row.is_over,
        agreed=answer.agreed if answer else None,
        differs=bool(row.differs),
        is_told=bool(row.is_told),
    )
    return CountRow(
        id=count.id,
        point_id=count.point_id,
        point=row.names,
        day=count.day,
        kind=count.kind,
        n=count.n,
        by_id=count.by_id,
        by=row.handle,
        at=count.at,
        state=state,
        answered_by=row.answerer or "",
        answered_at=answer.at if answer else None,
    )


def _newest(rows: Sequence[CountRow], kind: CountKind) -> CountRow | None:
    """The newest that two signed; else the newest try."""
    of_kind = sorted((row for row in rows if row.kind is kind), key=lambda row: row.n, reverse=True)
    signed = next((row for row in of_kind if row.state is CountState.SIGNED), None)
    return signed or next(iter(of_kind), None)


def open_again_of(session: Session, *, actor: Actor, today: date) -> tuple[UUID, ...]:
    """Points of this person's that two closed today, and that handed something out since."""
    actor.must(Permission.KEEP_POINT)
    later, signed = aliased(DayCount), aliased(DayCountAnswer)
    same = and_(later.point_id == DayCount.point_id, later.day == DayCount.day, later.kind == DayCount.kind)
    newer = exists().where(same, later.n > DayCount.n, signed.count_id == later.id, signed.agreed)
    agreed = exists().where(DayCountAnswer.count_id == DayCount.id, DayCountAnswer.agreed)
    closed = and_(DayCount.day == today, DayCount.kind == CountKind.CLOSING, agreed, ~newer)
    points = _handed_after(session, closed, today)
    return tuple(point for point in sorted(points) if actor.may(Permission.KEEP_POINT, point=point))


def _handed_after(session: Session, closings: ColumnElement[bool], day: date) -> dict[UUID, int]:
    """How many collections came since these closings, at many points at once: goods alone go by the clock."""
    first, after = day_bounds(session, day)
    written = func.coalesce(Collection.entered_at, Collection.collected_at)
    later = or_(Entry.number > DayCount.after_entry, and_(Entry.number.is_(None), written > DayCount.at))
    found = session.execute(
        select(Collection.point_id, func.count())
        .join(DayCount, DayCount.point_id == Collection.point_id)
        .outerjoin(Entry, Entry.id == Collection.entry_id)
        .where(closings, Collection.collected_at >= first, Collection.collected_at < after, later)
        .group_by(Collection.point_id)
    )
    return {point: int(times) for point, times in found}


@dataclass(frozen=True, slots=True)
class LeftOpen:
    """A point that worked on a day, and was neither closed nor counted since."""

    point_id: UUID
    point: Mapping[str, str]
    day: date


def left_open_of(session: Session, *, actor: Actor, today: date, days: int = 7) -> tuple[LeftOpen, ...]:
    """Points of this person's that worked within the last days, and that nobody counted since."""
    actor.must(Permission.KEEP_POINT)
    zone = zone_of(session)
    return tuple(
        LeftOpen(point, names, at.astimezone(zone).date())
        for point, names, at in _left_open(session, today=today, days=days)
        if actor.may(Permission.KEEP_POINT, point=point)
    )


def _left_open(session: Session, *, today: date, days: int) -> list[tuple[UUID, Mapping[str, str], datetime]]:
    """(point, names, when something was last handed out there)."""
    first, _after = day_bounds(session, today)
    since, _end = day_bounds(session, today - timedelta(days=days))
    written = func.max(func.coalesce(Collection.entered_at, Collection.collected_at))
    worked = (
        select(Collection.point_id, func.max(Collection.collected_at).label("at"), written.label("written"))
        .where(Collection.collected_at >= since, Collection.collected_at < first)
        .group_by(Collection.point_id)
        .subquery()
    )
    counted = exists().where(
        DayCount.point_id == worked.c.point_id,
        DayCount.at > worked.c.written,
        DayCountAnswer.count_id == DayCount.id,
        DayCountAnswer.agreed,
    )
    found = session.execute(
        select(worked.c.point_id, Point.names, worked.c.at)
        .join(Point, Point.id == worked.c.point_id)
        .where(Point.kind == PointKind.TABLE, ~counted)
        .order_by(worked.c.at)
    )
    return [(point, names, at) for point, names, at in found]
