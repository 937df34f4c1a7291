"""Opening what was said: where a meeting is, remarks, questions and answers. Who looked is recorded."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.meetings import HOLD_TITLES, QUESTION_TITLES
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.domain.refusals import NotAllowed
from aid.domain.rings import RingKind
from aid.domain.words import Message, _
from aid.models.allocations import AllocationLine
from aid.models.families import Erasure
from aid.models.meetings import LineQuestion, QuestionAnswer, Remark
from aid.models.people import Person, Ring
from aid.models.records import RecordKind
from aid.services import audit, records, sightings
from aid.services.discussion import must_answer
from aid.services.held_out import lines_held_out
from aid.vault.actor import Actor
from aid.vault.failures import NoKey


@dataclass(frozen=True, slots=True)
class RemarkRow:
    """A member's words on one version."""

    member: str
    at: datetime
    version: int
    words: str | None  # None for who has no key to them


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """A question about a line, and its answer. Who answered is not said: it would tell the locality."""

    id: UUID
    line_id: UUID
    code: str | None
    line: int
    version: int
    amount: Money
    reason: Message
    member: str
    at: datetime
    words: str | None
    answered_at: datetime | None
    answer: str | None
    is_erased: bool


@dataclass(frozen=True, slots=True)
class HeldRow:
    """A line that was held out."""

    code: str | None
    line: int
    version: int
    amount: Money
    reason: Message
    at: datetime

    @property
    def without_it(self) -> int:
        """The first version that does not have it."""
        return self.version + 1


@dataclass(frozen=True, slots=True)
class Said:
    """All that was said of a proposal."""

    remarks: tuple[RemarkRow, ...]
    questions: tuple[QuestionRow, ...]
    held: tuple[HeldRow, ...]
    is_open: bool  # whether the reader has the key to the words


@dataclass(frozen=True, slots=True)
class ToAnswer:
    """A question as who answers it reads it: a code, and no name."""

    id: UUID
    code: str | None
    line: int
    amount: Money
    items: tuple[str, ...]
    reason: Message
    at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class MeetingPlace:
    """Where a meeting is; nothing where that was not written down, or is forgotten."""

    place: str | None


def open_place(session: Session, *, actor: Actor, now: Instant, meeting_id: UUID) -> MeetingPlace:
    """Open where a meeting is. Call it by `look`. Raises NotAllowed and NoKey."""
    actor.must(Permission.SEE_ALLOCATIONS)
    if not _has_key(session, actor=actor):
        raise NotAllowed(_("Only the committee and the coordinators know where it meets."))
    found = records.take_out(session, kind=RecordKind.PLACE, row_id=meeting_id, keyring=actor.keyring)
    if found is not None:
        audit.say(session, "place.opened", subject=meeting_id)
    return MeetingPlace(found["place"] if found else None)


def open_said(session: Session, *, actor: Actor, now: Instant, allocation_id: UUID) -> Said:
    """Open what was said of a proposal, or count it for who has no key. Call it by `look`."""
    actor.must(Permission.SEE_ALLOCATIONS)
    is_open = _has_key(session, actor=actor)
    return Said(
        remarks=_remarks(session, allocation_id, actor=actor, is_open=is_open),
        questions=_questions(session, allocation_id, actor=actor, now=now, is_open=is_open),
        held=_held(session, allocation_id),
        is_open=is_open,
    )


def _has_key(session: Session, *, actor: Actor) -> bool:
    """Whether this person may read what members say: the committee and the coordinators."""
    return actor.keyring.has(session.execute(select(Ring.id).where(Ring.kind == RingKind.NEEDS)).scalar_one())


def _remarks(session: Session, allocation_id: UUID, *, actor: Actor, is_open: bool) -> tuple[RemarkRow, ...]:
    found = session.execute(
        select(Remark, Person.handle)
        .join(Person, Person.id == Remark.by_id)
        .where(Remark.allocation_id == allocation_id)
        .order_by(Remark.at, Remark.id)
    ).all()
    words = _words(session, RecordKind.REMARK, [row.id for row, _handle in found], actor=actor, is_open=is_open)
    if words:
        audit.say(session, "remark.opened", subject=allocation_id)
    return tuple(RemarkRow(handle, row.at, row.version, words.get(row.id)) for row, handle in found)


def _questions(
    session: Session, allocation_id: UUID, *, actor: Actor, now: Instant, is_open: bool
) -> tuple[QuestionRow, ...]:
    found = session.execute(
        select(LineQuestion, AllocationLine, Person.handle, QuestionAnswer.at, Erasure.family_id)
        .join(AllocationLine, AllocationLine.id == LineQuestion.line_id)
        .join(Person, Person.id == LineQuestion.by_id)
        .outerjoin(QuestionAnswer, QuestionAnswer.question_id == LineQuestion.id)
        .outerjoin(Erasure, Erasure.family_id == AllocationLine.family_id)
        .where(LineQuestion.allocation_id == allocation_id)
        .order_by(LineQuestion.at, LineQuestion.id)
    ).all()
    ids = [row.id for row, *_rest in found]
    asked = _words(session, RecordKind.QUESTION, ids, actor=actor, is_open=is_open)
    answered = _words(session, RecordKind.ANSWER, ids, actor=actor, is_open=is_open)
    for kind, opened in ((RecordKind.QUESTION, asked), (RecordKind.ANSWER, answered)):
        families = [line.family_id for row, line, *_rest in found if row.id in opened and line.family_id is not None]
        _saw(session, families, kind, why="vote", actor=actor, now=now)
    return tuple(
        QuestionRow(
            id=row.id,
            line_id=line.id,
            code=line.family_code,
            line=line.n,
            version=line.version,
            amount=Money(line.amount_minor, line.currency),
            reason=QUESTION_TITLES[row.reason],
            member=handle,
            at=row.at,
            words=asked.get(row.id),
            answered_at=answered_at,
            answer=answered.get(row.id),
            is_erased=erased is not None,
        )
        for row, line, handle, answered_at, erased in found
    )


def _held(session: Session, allocation_id: UUID) -> tuple[HeldRow, ...]:
    return tuple(
        HeldRow(
            code=line.family_code,
            line=line.n,
            version=line.version,
            amount=Money(line.amount_minor, line.currency),
            reason=HOLD_TITLES[held.reason],
            at=held.at,
        )
        for held, line in lines_held_out(session, allocation_id)
    )


def open_question(session: Session, *, actor: Actor, now: Instant, question_id: UUID) -> ToAnswer | None:
    """Open a question for who knows the family, or None where there is none. Call it by `look`."""
    found = session.execute(
        select(LineQuestion, AllocationLine)
        .join(AllocationLine, AllocationLine.id == LineQuestion.line_id)
        .where(LineQuestion.id == question_id)
    ).one_or_none()
    if found is None:
        return None
    question, line = found
    must_answer(session, actor=actor, family_id=line.family_id)
    record = records.take_out(session, kind=RecordKind.QUESTION, row_id=question.id, keyring=actor.keyring)
    if line.family_id is not None:
        _saw(session, [line.family_id], RecordKind.QUESTION, why="answer", actor=actor, now=now)
    return ToAnswer(
        id=question.id,
        code=line.family_code,
        line=line.n,
        amount=Money(line.amount_minor, line.currency),
        items=tuple(line.items),
        reason=QUESTION_TITLES[question.reason],
        at=question.at,
        words=record["words"] if record else "",
    )


def _words(session: Session, kind: RecordKind, ids: list[UUID], *, actor: Actor, is_open: bool) -> Mapping[UUID, str]:
    """The words of these rows; of an erased family's there are none any more."""
    if not is_open or not ids:
        return {}
    try:
        opened = records.take_out_all(session, kind=kind, row_ids=ids, keyring=actor.keyring)
    except NoKey:  # some are sealed under keys from before this person came
        if len(ids) == 1:
            return {}
        return {
            id_: words
            for each in ids
            for id_, words in _words(session, kind, [each], actor=actor, is_open=True).items()
        }
    return {row_id: record["words"] for row_id, record in opened.items()}


def _saw(session: Session, families: list[UUID], kind: RecordKind, *, why: str, actor: Actor, now: Instant) -> None:
    assert actor.person_id is not None, "only a person has keys"
    if families:
        sightings.saw(session, person_id=actor.person_id, families=families, what=kind, why=why, now=now)
