"""One objection as its page shows it, and what it may be about or decided at. What was said is opened, not queried."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from aid.domain.allocations import AllocationKind, AllocationState
from aid.domain.clock import Instant
from aid.domain.languages import Language
from aid.domain.objections import WAITING, CaseFacts, ObjectionReason, ObjectionState, PassedCause, Reply
from aid.domain.permissions import Permission
from aid.models.allocations import Allocation, AllocationLine, AllocationVersion
from aid.models.families import Family
from aid.models.fund import Locality
from aid.models.meetings import CalledOff, Meeting
from aid.models.objections import Objection, ObjectionAnswer
from aid.models.people import Person
from aid.models.programmes import Programme
from aid.queries.objections import cases, facts_in
from aid.services.objections.cases import wrote
from aid.services.objections.reading import may_see
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """An answer, without its words."""

    n: int
    id: UUID
    reply: Reply
    at: datetime
    by: str
    meeting_id: UUID | None
    meeting: int | None


@dataclass(frozen=True, slots=True)
class ObjectionPage:
    """One objection, and what was done about it."""

    id: UUID
    number: int
    family_id: UUID
    code: str
    language: Language
    locality: Mapping[str, str] | None  # None for the committee
    reason: ObjectionReason
    facts: CaseFacts
    opened_at: datetime
    opened_by: str | None
    due_on: date
    is_overdue: bool
    cause: PassedCause | None
    passed_at: datetime | None
    allocation_id: UUID | None
    allocation: int | None
    titles: Mapping[str, str] | None
    answers: tuple[GivenAnswer, ...]
    is_own: bool  # the reader wrote the family down

    @property
    def state(self) -> ObjectionState:
        """How far it has come."""
        return self.facts.state

    @property
    def first(self) -> GivenAnswer | None:
        """The coordinator's answer."""
        return next((answer for answer in self.answers if answer.n == 1), None)

    @property
    def final(self) -> GivenAnswer | None:
        """The committee's."""
        return next((answer for answer in self.answers if answer.n == 2), None)


@dataclass(frozen=True, slots=True)
class HeldMeeting:
    """A meeting that may have decided on an objection."""

    id: UUID
    number: int
    meets_at: datetime


@dataclass(frozen=True, slots=True)
class ListRow:
    """A list that an objection may be about."""

    id: UUID
    number: int
    titles: Mapping[str, str] | None  # none for a grant
    proposed_at: datetime


def latest_lists(session: Session, *, actor: Actor, family_id: UUID) -> tuple[ListRow, ...]:
    """The last rounds, and the last grants to this family."""
    actor.must(Permission.OPEN_OBJECTIONS)
    own = exists().where(AllocationLine.allocation_id == Allocation.id, AllocationLine.family_id == family_id)
    found = session.execute(
        select(Allocation.id, Allocation.number, Programme.titles, AllocationVersion.proposed_at)
        .join(AllocationVersion, (AllocationVersion.allocation_id == Allocation.id) & (AllocationVersion.version == 1))
        .outerjoin(Programme, Programme.id == Allocation.programme_id)
        .where(Allocation.state != AllocationState.WITHDRAWN, or_(Allocation.kind == AllocationKind.ROUND, own))
        .order_by(Allocation.number.desc())
        .limit(20)
    )
    return tuple(ListRow(*row) for row in found)


def objection(session: Session, *, actor: Actor, now: Instant, objection_id: UUID) -> ObjectionPage | None:
    """One objection, or None where there is none that this reader may see."""
    actor.must(Permission.SEE_OBJECTIONS)
    found = session.execute(
        cases()
        .add_columns(Family, Locality.names, Person.handle, Allocation.number, Programme.titles)
        .join(Locality, Locality.id == Family.locality_id)
        .join(Person, Person.id == Objection.opened_by_id)
        .outerjoin(Allocation, Allocation.id == Objection.allocation_id)
        .outerjoin(Programme, Programme.id == Allocation.programme_id)
        .where(Objection.id == objection_id)
    ).one_or_none()
    if found is None:
        return None
    row, family, passed = found.Objection, found.Family, found.ObjectionPassedOn
    if not may_see(actor=actor, locality_id=family.locality_id, is_passed_on=passed is not None):
        return None
    facts, here = facts_in(found), actor.may(Permission.OPEN_OBJECTIONS)
    due = passed.due_on if passed else row.due_on
    return ObjectionPage(
        id=row.id,
        number=row.number,
        family_id=family.id,
        code=family.code,
        language=family.language,
        locality=found.names if here else None,
        reason=row.reason,
        facts=facts,
        opened_at=row.opened_at,
        opened_by=found.handle if here else None,
        due_on=due,
        is_overdue=facts.state in WAITING and due < now.today,
        cause=passed.cause if passed else None,
        passed_at=passed.at if passed else None,
        allocation_id=row.allocation_id,
        allocation=found.number,
        titles=found.titles,
        answers=_answers(session, row.id),
        is_own=wrote(session, actor.id, family.id),
    )


def held_meetings(session: Session, *, actor: Actor, now: Instant) -> tuple[HeldMeeting, ...]:
    """The last meetings that took place."""
    actor.must(Permission.VOTE)
    found = session.execute(
        select(Meeting.id, Meeting.number, Meeting.meets_at)
        .outerjoin(CalledOff, CalledOff.meeting_id == Meeting.id)
        .where(CalledOff.meeting_id.is_(None), Meeting.meets_at <= now.instant)
        .order_by(Meeting.number.desc())
        .limit(10)
    )
    return tuple(HeldMeeting(*row) for row in found)


def _answers(session: Session, objection_id: UUID) -> tuple[GivenAnswer, ...]:
    found = session.execute(
        select(ObjectionAnswer, Person.handle, Meeting.number)
        .join(Person, Person.id == ObjectionAnswer.by_id)
        .outerjoin(Meeting, Meeting.id == ObjectionAnswer.meeting_id)
        .where(ObjectionAnswer.objection_id == objection_id)
        .order_by(ObjectionAnswer.n)
    )
    return tuple(
        GivenAnswer(row.n, row.id, Reply(row.outcome, row.remedy, row.refusal), row.at, handle, row.meeting_id, meeting)
        for row, handle, meeting in found
    )
