"""Taking an objection to the committee, once: the family does not accept the answer, or who would answer wrote it."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.ids import new_id
from aid.domain.objections import PassedCause, checked_words, due_on, why_not_hand_over, why_not_reopen
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.models.objections import Objection, ObjectionPassedOn
from aid.models.records import RecordKind
from aid.services import audit
from aid.services.objections.cases import facts_of, lock_case, put_words, wrote
from aid.services.objections.rules import days_in_force
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class PassedOn:
    """The committee has an objection before it, until a day."""

    objection_id: UUID
    number: int
    due_on: date


def reopen(session: Session, *, actor: Actor, now: Instant, objection_id: UUID, words: str) -> PassedOn:
    """Take an answered objection to the committee, because the family does not accept the answer. Once."""
    objection, family = lock_case(session, objection_id)
    actor.must(Permission.OPEN_OBJECTIONS, locality=family.locality_id)
    said = checked_words(words)
    if refusal := why_not_reopen(facts_of(session, objection)):
        raise RuleBroken(refusal)
    row = _pass(session, objection, PassedCause.REOPENED, actor=actor, now=now)
    put_words(session, words=said, kind=RecordKind.PROTEST, row_id=row.id, family=family, actor=actor)
    audit.say(session, "objection.reopened", subject=objection.id, made=[row])
    return PassedOn(objection.id, objection.number, row.due_on)


def hand_over(session: Session, *, actor: Actor, now: Instant, objection_id: UUID) -> PassedOn:
    """Give an objection to the committee, because it is against what oneself wrote. Raises RuleBroken."""
    objection, family = lock_case(session, objection_id)
    actor.must(Permission.ANSWER_OBJECTIONS, locality=family.locality_id)
    wrote_family = wrote(session, actor.person_id, family.id)
    if refusal := why_not_hand_over(facts_of(session, objection), objection.reason, wrote_family=wrote_family):
        raise RuleBroken(refusal)
    row = _pass(session, objection, PassedCause.OWN, actor=actor, now=now)
    audit.say(session, "objection.handed_over", subject=objection.id, made=[row])
    return PassedOn(objection.id, objection.number, row.due_on)


def _pass(
    session: Session, objection: Objection, cause: PassedCause, *, actor: Actor, now: Instant
) -> ObjectionPassedOn:
    assert actor.person_id is not None, "a person takes it there"
    row = ObjectionPassedOn(
        id=new_id(),
        objection_id=objection.id,
        cause=cause,
        due_on=due_on(now.today, days_in_force(session)),
        by_id=actor.person_id,
        at=now.instant,
    )
    session.add(row)
    session.flush()
    return row
