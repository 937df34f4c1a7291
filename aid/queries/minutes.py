"""What a meeting is printed from: ballot papers before it, minutes with the records of its decisions after it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.allocations import ALLOCATION_KIND_TITLES
from aid.domain.permissions import Permission
from aid.domain.words import Message
from aid.models.allocations import Allocation
from aid.models.audit import AuditLine
from aid.models.fund import Fund, Purpose
from aid.models.meetings import Meeting, MeetingInvitation, MeetingItem
from aid.models.meetings import Minutes as MinutesRow
from aid.models.people import Person
from aid.models.programmes import Programme
from aid.queries.agenda import ItemRow, agenda_of
from aid.queries.committee import RecordValues, record_of
from aid.services.meetings import at_table, end_of
from aid.vault.actor import Actor
from aid.vault.minutes import Minutes

CLOSED = "meeting.closed"


@dataclass(frozen=True, slots=True)
class FundOnPaper:
    """How the fund is called on paper."""

    names: Mapping[str, str]
    paper_titles: Mapping[str, str]
    demo: bool


@dataclass(frozen=True, slots=True)
class Subject:
    """What a proposal is called."""

    kind: Message
    titles: Mapping[str, str] | None
    purpose: Mapping[str, str] | None


@dataclass(frozen=True, slots=True)
class BallotValues:
    """What a meeting's ballot papers say."""

    fund: FundOnPaper
    number: int
    meets_at: datetime
    votes_until: datetime
    members: tuple[str, ...]  # handles
    items: tuple[ItemRow, ...]  # open ones
    subjects: Mapping[UUID, Subject]


@dataclass(frozen=True, slots=True)
class PrintedMinutes:
    """Minutes as they were made, what their proposals are called, and the records of what was decided."""

    fund: FundOnPaper
    minutes: Minutes
    hash: bytes
    audit_seq: int
    audit_hash: bytes
    subjects: Mapping[UUID, Subject]
    records: tuple[RecordValues, ...]


def ballots_of(session: Session, *, actor: Actor, meeting_id: UUID) -> BallotValues | None:
    """A meeting's ballot papers, or None where there is no such meeting, or it is over."""
    actor.must(Permission.HOLD_MEETINGS)
    meeting = session.get(Meeting, meeting_id)
    ended = end_of(session, meeting_id)
    if meeting is None or ended.is_closed or ended.is_called_off:
        return None
    invited = (
        select(Person.handle)
        .join(MeetingInvitation, MeetingInvitation.person_id == Person.id)
        .where(MeetingInvitation.meeting_id == meeting_id)
        .order_by(Person.handle)
    )
    items = agenda_of(session, meeting_id, at_table(session, meeting_id), at=meeting.meets_at)
    return BallotValues(
        fund=_fund(session),
        number=meeting.number,
        meets_at=meeting.meets_at,
        votes_until=meeting.votes_until,
        members=tuple(session.scalars(invited)),
        items=tuple(item for item in items if item.is_open),
        subjects=_subjects(session, meeting_id),
    )


def printed_minutes(session: Session, *, actor: Actor, meeting_id: UUID) -> PrintedMinutes | None:
    """A meeting's minutes and what is printed with them, or None where there are none yet."""
    actor.must(Permission.SEE_ALLOCATIONS)
    row = session.get(MinutesRow, meeting_id)
    if row is None:
        return None
    minutes = Minutes.read(row.content)
    line = session.execute(
        select(AuditLine.seq, AuditLine.hash).where(AuditLine.act == CLOSED, AuditLine.subject_id == meeting_id)
    ).one()
    decided = [item.allocation for item in minutes.items if item.decision]
    records = [record_of(session, actor=actor, allocation_id=id_) for id_ in decided]
    return PrintedMinutes(
        fund=_fund(session),
        minutes=minutes,
        hash=row.hash,
        audit_seq=line.seq,
        audit_hash=line.hash,
        subjects=_subjects(session, meeting_id),
        records=tuple(record for record in records if record is not None),
    )


def _fund(session: Session) -> FundOnPaper:
    return FundOnPaper(*session.execute(select(Fund.names, Fund.paper_titles, Fund.demo)).one())


def _subjects(session: Session, meeting_id: UUID) -> Mapping[UUID, Subject]:
    found = session.execute(
        select(Allocation.id, Allocation.kind, Programme.titles, Purpose.names)
        .join(MeetingItem, MeetingItem.allocation_id == Allocation.id)
        .outerjoin(Programme, Programme.id == Allocation.programme_id)
        .outerjoin(Purpose, Purpose.id == Allocation.purpose_id)
        .where(MeetingItem.meeting_id == meeting_id)
    )
    return {id_: Subject(ALLOCATION_KIND_TITLES[kind], titles, purpose) for id_, kind, titles, purpose in found}
