"""Questions about lines: those that wait for an answer, and what of meetings waits for whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import Session

from aid.domain.allocations import AllocationState
from aid.domain.clock import Instant
from aid.domain.meetings import QUESTION_TITLES
from aid.domain.permissions import Permission
from aid.domain.words import Message
from aid.models.allocations import Allocation, AllocationLine, Vote
from aid.models.families import Family
from aid.models.fund import Locality
from aid.models.meetings import (
    CalledOff,
    LineQuestion,
    Meeting,
    MeetingInvitation,
    MeetingItem,
    Minutes,
    PaperBallot,
    QuestionAnswer,
)
from aid.vault.actor import Actor

PAGE = 50


@dataclass(frozen=True, slots=True)
class WaitingQuestion:
    """A question that waits for who knows the family."""

    id: UUID
    code: str | None
    locality: Mapping[str, str] | None
    number: int  # of the allocation
    reason: Message
    at: datetime


@dataclass(frozen=True, slots=True)
class Waits:
    """So many wait, the oldest since this moment."""

    count: int
    since: datetime | None


def waiting_questions(
    session: Session, *, actor: Actor, after: UUID | None = None, size: int = PAGE
) -> tuple[WaitingQuestion, ...]:
    """Open questions about families of the reader's localities, the oldest first; `after` is the last one shown."""
    actor.must(Permission.REGISTER_FAMILIES)
    wanted = (
        _open(select(LineQuestion, AllocationLine.family_code, Locality.names, Allocation.number))
        .outerjoin(Locality, Locality.id == Family.locality_id)
        .where(_mine_to_answer(actor))
        .order_by(LineQuestion.id)
        .limit(size)
    )
    if after is not None:
        wanted = wanted.where(LineQuestion.id > after)
    return tuple(
        WaitingQuestion(row.id, code, locality, number, QUESTION_TITLES[row.reason], row.at)
        for row, code, locality, number in session.execute(wanted)
    )


def to_answer(session: Session, *, actor: Actor) -> Waits:
    """Questions that this person can answer."""
    return _waits(session, _open(_how_many()).where(_mine_to_answer(actor)))


def asked_by_me(session: Session, *, actor: Actor) -> Waits:
    """This member's own questions that have no answer yet."""
    return _waits(session, _open(_how_many()).where(LineQuestion.by_id == actor.id))


def papers_to_sign(session: Session, *, actor: Actor) -> Waits:
    """What this member marked on paper, and has not signed: it does not count."""
    newer = PaperBallot.__table__.alias("newer")
    replaced = exists().where(
        newer.c.meeting_id == PaperBallot.meeting_id,
        newer.c.allocation_id == PaperBallot.allocation_id,
        newer.c.version == PaperBallot.version,
        newer.c.member_id == PaperBallot.member_id,
        newer.c.number > PaperBallot.number,
    )
    signed = exists().where(
        Vote.allocation_id == PaperBallot.allocation_id,
        Vote.version == PaperBallot.version,
        Vote.member_id == PaperBallot.member_id,
    )
    wanted = (
        select(func.count(), func.min(PaperBallot.at))
        .join(Allocation, (Allocation.id == PaperBallot.allocation_id) & (Allocation.version == PaperBallot.version))
        .where(PaperBallot.member_id == actor.id, Allocation.state == AllocationState.PROPOSED, ~replaced, ~signed)
    )
    return _waits(session, wanted)


def meetings_ahead(session: Session, *, actor: Actor) -> Waits:
    """Meetings that this member is invited to and that are not over; `since` is when the next one is."""
    invited = exists().where(MeetingInvitation.meeting_id == Meeting.id, MeetingInvitation.person_id == actor.id)
    return _waits(session, select(func.count(), func.min(Meeting.meets_at)).where(_going_on(), invited))


def meetings_overdue(session: Session, *, now: Instant) -> Waits:
    """Meetings that wait for their minutes: the deadline is over, or nothing of them is open any more."""
    still_open = exists().where(
        MeetingItem.meeting_id == Meeting.id,
        Allocation.id == MeetingItem.allocation_id,
        Allocation.state == AllocationState.PROPOSED,
    )
    over = (Meeting.votes_until <= now.instant) | ((Meeting.meets_at <= now.instant) & ~still_open)
    return _waits(session, select(func.count(), func.min(Meeting.votes_until)).where(_going_on(), over))


def _going_on() -> ColumnElement[bool]:
    return ~exists().where(Minutes.meeting_id == Meeting.id) & ~exists().where(CalledOff.meeting_id == Meeting.id)


def _how_many() -> Select[int, datetime | None]:
    return select(func.count(LineQuestion.id), func.min(LineQuestion.at))


def _open(wanted: Select) -> Select:  # type: ignore[type-arg]
    """Questions without an answer, about proposals that wait for votes."""
    answered = exists().where(QuestionAnswer.question_id == LineQuestion.id)
    return (
        wanted.select_from(LineQuestion)
        .join(AllocationLine, AllocationLine.id == LineQuestion.line_id)
        .join(Allocation, Allocation.id == LineQuestion.allocation_id)
        .outerjoin(Family, Family.id == AllocationLine.family_id)
        .where(Allocation.state == AllocationState.PROPOSED, ~answered)
    )


def _mine_to_answer(actor: Actor) -> ColumnElement[bool]:
    """Of one's own localities; who proposes explains lines that have no family too."""
    here: ColumnElement[bool] = (
        AllocationLine.family_id.is_not(None)
        if actor.everywhere(Permission.REGISTER_FAMILIES)
        else Family.locality_id.in_(actor.localities)
    )
    return or_(here, AllocationLine.family_id.is_(None)) if actor.may(Permission.PROPOSE) else here


def _waits(session: Session, wanted: Select) -> Waits:  # type: ignore[type-arg]
    count, since = session.execute(wanted).one()
    return Waits(count, since)
