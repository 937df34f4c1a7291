"""Meetings as people look at them: what is on the agenda, who said what so far, and what is still open."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Exists, exists, func, select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.meetings import MeetingEnd, MeetingState, MeetingTimes, state_of
from aid.domain.permissions import Permission
from aid.models.meetings import (
    CalledOff,
    Meeting,
    MeetingInvitation,
    MeetingItem,
    Minutes,
)
from aid.models.people import Person
from aid.models.records import Record, RecordKind
from aid.queries.agenda import ItemRow, agenda_of
from aid.services.meetings import at_table
from aid.vault.actor import Actor

PAGE = 50


@dataclass(frozen=True, slots=True)
class MeetingRow:
    """One meeting in a list."""

    id: UUID
    number: int
    meets_at: datetime
    votes_until: datetime
    state: MeetingState
    items: int
    is_mine: bool  # the reader was invited


@dataclass(frozen=True, slots=True)
class Invited:
    """A member who was invited."""

    person_id: UUID
    handle: str
    at_table: bool


@dataclass(frozen=True, slots=True)
class MeetingPage:
    """A meeting, and all that gathers there."""

    id: UUID
    number: int
    meets_at: datetime
    votes_until: datetime
    state: MeetingState
    called_by: str
    has_place: bool
    invited: tuple[Invited, ...]
    items: tuple[ItemRow, ...]
    minutes_hash: bytes | None
    closed_at: datetime | None

    @property
    def is_over(self) -> bool:
        """Whether nothing in it changes any more."""
        return self.state in (MeetingState.CLOSED, MeetingState.CALLED_OFF)

    @property
    def open_items(self) -> tuple[ItemRow, ...]:
        """What waits for votes."""
        return tuple(item for item in self.items if item.is_open)

    @property
    def at_table(self) -> tuple[str, ...]:
        """Who sits at the table."""
        return tuple(one.handle for one in self.invited if one.at_table)

    @property
    def from_afar(self) -> tuple[str, ...]:
        """Who voted without sitting there."""
        return tuple(sorted({vote.member for item in self.items for vote in item.votes if not vote.at_table}))


def meetings(
    session: Session, *, actor: Actor, now: Instant, before: int | None = None, size: int = PAGE
) -> tuple[MeetingRow, ...]:
    """Meetings, the newest first; `before` is the last number already shown."""
    actor.must(Permission.SEE_ALLOCATIONS)
    items = select(func.count()).where(MeetingItem.meeting_id == Meeting.id).scalar_subquery()
    mine = exists().where(MeetingInvitation.meeting_id == Meeting.id, MeetingInvitation.person_id == actor.id)
    wanted = select(Meeting, _closed(), _off(), items, mine).order_by(Meeting.number.desc()).limit(size)
    if before is not None:
        wanted = wanted.where(Meeting.number < before)
    return tuple(
        MeetingRow(row.id, row.number, row.meets_at, row.votes_until, _state(row, closed, off, now), count, is_mine)
        for row, closed, off, count, is_mine in session.execute(wanted)
    )


def meeting(session: Session, *, actor: Actor, now: Instant, meeting_id: UUID) -> MeetingPage | None:
    """One meeting with everything on its agenda, or None where there is none."""
    actor.must(Permission.SEE_ALLOCATIONS)
    found = session.execute(
        select(Meeting, Person.handle, Minutes.hash, Minutes.at, _off())
        .join(Person, Person.id == Meeting.called_by_id)
        .outerjoin(Minutes, Minutes.meeting_id == Meeting.id)
        .where(Meeting.id == meeting_id)
    ).one_or_none()
    if found is None:
        return None
    row, called_by, minutes_hash, closed_at, off = found
    table = at_table(session, row.id)
    place = exists().where(Record.kind == RecordKind.PLACE, Record.row_id == row.id)
    return MeetingPage(
        id=row.id,
        number=row.number,
        meets_at=row.meets_at,
        votes_until=row.votes_until,
        state=_state(row, minutes_hash is not None, off, now),
        called_by=called_by,
        has_place=bool(session.scalar(select(place))),
        invited=_invited(session, row.id, table),
        items=agenda_of(session, row.id, table, at=now.instant),
        minutes_hash=minutes_hash,
        closed_at=closed_at,
    )


def _state(row: Meeting, closed: bool, off: bool, now: Instant) -> MeetingState:  # noqa: FBT001 - two columns of one row
    return state_of(
        MeetingTimes(row.meets_at, row.votes_until), MeetingEnd(is_closed=closed, is_called_off=off), now=now.instant
    )


def _closed() -> Exists:
    return exists().where(Minutes.meeting_id == Meeting.id)


def _off() -> Exists:
    return exists().where(CalledOff.meeting_id == Meeting.id)


def _invited(session: Session, meeting_id: UUID, table: frozenset[UUID]) -> tuple[Invited, ...]:
    found = session.execute(
        select(Person.id, Person.handle)
        .join(MeetingInvitation, MeetingInvitation.person_id == Person.id)
        .where(MeetingInvitation.meeting_id == meeting_id)
        .order_by(Person.handle)
    )
    return tuple(Invited(id_, handle, id_ in table) for id_, handle in found)
