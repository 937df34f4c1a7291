"""What is said of a proposal before its decision: remarks, questions on a line, answers, and what is held out."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aid.domain.allocations import AllocationState
from aid.domain.clock import Instant
from aid.domain.ids import new_id
from aid.domain.meetings import (
    HoldReason,
    QuestionReason,
    checked_words,
    why_not_answer,
    why_not_hold_out,
    why_not_open,
)
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models.allocations import Allocation, AllocationLine
from aid.models.families import Family
from aid.models.fund import Locality
from aid.models.meetings import HeldLine, LineQuestion, QuestionAnswer, Remark
from aid.models.records import RecordKind
from aid.services import audit, records
from aid.services.allocations import lock_allocation, repropose
from aid.services.certificates import committee
from aid.services.committee import COMPUTED_ANEW
from aid.services.meetings import needs_ring
from aid.vault.actor import Actor
from aid.vault.records import RingTarget


@dataclass(frozen=True, slots=True)
class QuestionOrder:
    """What a member doubts in a line, and their words."""

    line_id: UUID
    reason: QuestionReason
    words: str


@dataclass(frozen=True, slots=True)
class HoldOrder:
    """Lines that a proposal shall go on without, in the version that was looked at."""

    allocation_id: UUID
    version: int
    lines: frozenset[UUID]
    reason: HoldReason


@dataclass(frozen=True, slots=True)
class Remarked:
    """A member's words stand beside a proposal."""

    remark_id: UUID


@dataclass(frozen=True, slots=True)
class Asked:
    """A line is questioned."""

    question_id: UUID


@dataclass(frozen=True, slots=True)
class QuestionAnswered:
    """A question has its answer."""

    question_id: UUID


@dataclass(frozen=True, slots=True)
class HeldOut:
    """A proposal goes on without some lines, as this version."""

    allocation_id: UUID
    version: int
    lines: int


def remark(session: Session, *, actor: Actor, now: Instant, allocation_id: UUID, words: str) -> Remarked:
    """Say something about a proposal. The words may speak of families, so they are sealed for the committee."""
    member_id = _member(session, actor=actor, now=now)
    said = checked_words(words)
    allocation = lock_allocation(session, allocation_id)
    _refuse_decided(allocation.state)
    row = Remark(id=new_id(), allocation_id=allocation.id, version=allocation.version, by_id=member_id, at=now.instant)
    session.add(row)
    rings = [needs_ring(session)]
    records.put(session, {"words": said}, kind=RecordKind.REMARK, row_id=row.id, rings=rings, keyring=actor.keyring)
    audit.say(session, "remark.made", subject=allocation.id, made=[row])
    return Remarked(row.id)


def ask(session: Session, *, actor: Actor, now: Instant, order: QuestionOrder) -> Asked:
    """Question one line. The words go to the committee and to who knows the family."""
    member_id = _member(session, actor=actor, now=now)
    said = checked_words(order.words)
    line = session.get(AllocationLine, order.line_id)
    if line is None:
        raise RuleBroken(_("This line does not exist; choose one from the allocation."))
    allocation = lock_allocation(session, line.allocation_id)
    _refuse_decided(allocation.state)
    if line.version != allocation.version:
        raise RuleBroken(COMPUTED_ANEW)
    row = LineQuestion(
        id=new_id(),
        allocation_id=allocation.id,
        line_id=line.id,
        reason=order.reason,
        by_id=member_id,
        at=now.instant,
    )
    session.add(row)
    rings = [needs_ring(session), *_locality_ring(session, line.family_id)]
    records.put(
        session,
        {"words": said},
        kind=RecordKind.QUESTION,
        row_id=row.id,
        family_id=line.family_id,
        rings=rings,
        keyring=actor.keyring,
    )
    audit.say(session, "line.questioned", subject=allocation.id, made=[row])
    return Asked(row.id)


def answer(session: Session, *, actor: Actor, now: Instant, question_id: UUID, words: str) -> QuestionAnswered:
    """Answer a question about a family of one's own locality, by its code. Who asked learns nothing of who it is."""
    question = session.get(LineQuestion, question_id)
    if question is None:
        raise RuleBroken(_("This question does not exist; choose one from the list."))
    line = session.get_one(AllocationLine, question.line_id)
    must_answer(session, actor=actor, family_id=line.family_id)
    assert actor.person_id is not None, "a person answers"
    said = checked_words(words)
    allocation = lock_allocation(session, question.allocation_id)
    is_answered = session.get(QuestionAnswer, question.id) is not None
    if reason := why_not_answer(allocation.state, is_answered=is_answered):
        raise RuleBroken(reason)
    row = QuestionAnswer(question_id=question.id, by_id=actor.person_id, at=now.instant)
    session.add(row)
    records.put(
        session,
        {"words": said},
        kind=RecordKind.ANSWER,
        row_id=question.id,
        family_id=line.family_id,
        rings=[needs_ring(session)],
        keyring=actor.keyring,
    )
    audit.say(session, "question.answered", subject=allocation.id, made=[row])
    return QuestionAnswered(question.id)


def hold_out(session: Session, *, actor: Actor, now: Instant, order: HoldOrder) -> HeldOut:
    """Let a proposal go on without some of its lines, as a new version. Votes stay with the old one."""
    actor.must(Permission.PROPOSE)
    assert actor.person_id is not None, "a person holds out"
    allocation = lock_allocation(session, order.allocation_id)
    _refuse_decided(allocation.state)
    if allocation.version != order.version:
        raise RuleBroken(COMPUTED_ANEW)
    lines = _present(session, allocation, order.lines)
    in_all = select(func.count()).where(
        AllocationLine.allocation_id == allocation.id, AllocationLine.version == allocation.version
    )
    if reason := why_not_hold_out(chosen=len(lines), lines=session.scalar(in_all) or 0):
        raise RuleBroken(reason, "lines")
    rows = [
        HeldLine(
            line_id=line.id, allocation_id=allocation.id, reason=order.reason, by_id=actor.person_id, at=now.instant
        )
        for line in lines
    ]
    proposed = repropose(session, actor=actor, now=now, allocation_id=allocation.id, without=order.lines)
    session.add_all(rows)
    audit.say(session, "lines.held_out", subject=allocation.id, made=rows)
    return HeldOut(allocation.id, proposed.version, len(rows))


def must_answer(session: Session, *, actor: Actor, family_id: UUID | None) -> None:
    """Refuse who does not register in the family's locality; a line without a family is its proposer's to explain."""
    if family_id is None:
        actor.must(Permission.PROPOSE)
        return
    locality = session.execute(select(Family.locality_id).where(Family.id == family_id)).scalar_one()
    actor.must(Permission.REGISTER_FAMILIES, locality=locality)


def _present(session: Session, allocation: Allocation, ids: frozenset[UUID]) -> Sequence[AllocationLine]:
    wanted = select(AllocationLine).where(
        AllocationLine.allocation_id == allocation.id,
        AllocationLine.version == allocation.version,
        AllocationLine.id.in_(ids),
    )
    found = session.scalars(wanted.order_by(AllocationLine.n)).all()
    if len(found) != len(ids):
        raise RuleBroken(COMPUTED_ANEW)
    return found


def _member(session: Session, *, actor: Actor, now: Instant) -> UUID:
    """Who speaks: somebody with a seat on the committee."""
    actor.must(Permission.VOTE)
    assert actor.person_id is not None, "a person speaks"
    if actor.person_id not in committee(session, now=now):
        raise RuleBroken(_("Only who has a certified seat on the committee speaks about its proposals."))
    return actor.person_id


def _locality_ring(session: Session, family_id: UUID | None) -> list[RingTarget]:
    if family_id is None:
        return []
    ring = select(Locality.ring_id).join(Family, Family.locality_id == Locality.id).where(Family.id == family_id)
    id_ = session.execute(ring).scalar_one()
    return [records.targets(session, [id_])[id_]]


def _refuse_decided(state: AllocationState) -> None:
    if reason := why_not_open(state):
        raise RuleBroken(reason)
