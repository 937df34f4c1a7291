"""Answering an objection: a coordinator first; a member for the committee, where it came before it."""

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.ids import new_id
from aid.domain.objections import (
    Reply,
    ReplyOutcome,
    check_reply,
    checked_words,
    why_committee_may_not_answer,
    why_not_answer,
)
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models.families import Family
from aid.models.meetings import CalledOff, Meeting
from aid.models.objections import Objection, ObjectionAnswer
from aid.models.records import RecordKind
from aid.services import audit
from aid.services.certificates import committee
from aid.services.objections.cases import facts_of, lock_case, put_words, wrote
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class ReplyOrder:
    """An answer, and words to the family that are sealed; of the committee, perhaps the meeting that decided it."""

    objection_id: UUID
    reply: Reply
    words: str = field(default="", repr=False)
    meeting_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """An objection has its answer."""

    objection_id: UUID
    number: int
    outcome: ReplyOutcome


def answer(session: Session, *, actor: Actor, now: Instant, order: ReplyOrder) -> Answered:
    """Answer an objection as a coordinator; never one against what oneself wrote of the family. Raises RuleBroken."""
    objection, family = lock_case(session, order.objection_id)
    actor.must(Permission.ANSWER_OBJECTIONS, locality=family.locality_id)
    wrote_family = wrote(session, actor.person_id, family.id)
    if refusal := why_not_answer(facts_of(session, objection), objection.reason, wrote_family=wrote_family):
        raise RuleBroken(refusal)
    return _answered(session, objection, family, order, n=1, actor=actor, now=now)


def answer_for_committee(session: Session, *, actor: Actor, now: Instant, order: ReplyOrder) -> Answered:
    """Answer an objection that came before the committee, as one of its members. Raises RuleBroken."""
    must_sit(session, actor=actor, now=now)
    objection, family = lock_case(session, order.objection_id)
    if refusal := why_committee_may_not_answer(facts_of(session, objection)):
        raise RuleBroken(refusal)
    if order.meeting_id is not None:
        _check_meeting(session, order.meeting_id, now=now)
    return _answered(session, objection, family, order, n=2, actor=actor, now=now)


def must_sit(session: Session, *, actor: Actor, now: Instant) -> None:
    """Refuse who has no certified seat on the committee."""
    actor.must(Permission.VOTE)
    if actor.person_id not in committee(session, now=now):
        raise RuleBroken(_("Only who has a certified seat on the committee answers for it."))


def _answered(
    session: Session, objection: Objection, family: Family, order: ReplyOrder, *, n: int, actor: Actor, now: Instant
) -> Answered:
    assert actor.person_id is not None, "a person answers"
    said = checked_words(order.words, needed=False)
    check_reply(order.reply, said)
    row = ObjectionAnswer(
        id=new_id(),
        objection_id=objection.id,
        n=n,
        outcome=order.reply.outcome,
        remedy=order.reply.remedy,
        refusal=order.reply.refusal,
        meeting_id=order.meeting_id if n == 2 else None,
        by_id=actor.person_id,
        at=now.instant,
    )
    session.add(row)
    session.flush()
    if said:
        put_words(session, words=said, kind=RecordKind.REPLY, row_id=row.id, family=family, actor=actor)
    audit.say(session, "objection.answered", subject=objection.id, made=[row])
    return Answered(objection.id, objection.number, row.outcome)


def _check_meeting(session: Session, meeting_id: UUID, *, now: Instant) -> None:
    meeting = session.get(Meeting, meeting_id)
    if meeting is None or session.scalar(select(CalledOff.meeting_id).where(CalledOff.meeting_id == meeting_id)):
        raise RuleBroken(_("This meeting did not take place; choose another one."), "meeting")
    if now.instant < meeting.meets_at:
        raise RuleBroken(_("This meeting has not begun yet."), "meeting")
