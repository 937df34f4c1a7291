"""What members say of an objection among themselves, before it is answered."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.ids import new_id
from aid.domain.objections import checked_words, why_committee_may_not_answer
from aid.domain.refusals import RuleBroken
from aid.models.objections import ObjectionRemark
from aid.models.records import RecordKind
from aid.services import audit
from aid.services.objections.answering import must_sit
from aid.services.objections.cases import facts_of, lock_case, put_words
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class Remarked:
    """A member's words stand beside an objection."""

    remark_id: UUID


def remark(session: Session, *, actor: Actor, now: Instant, objection_id: UUID, words: str) -> Remarked:
    """Say something about an objection before the committee, sealed for its members. Raises RuleBroken."""
    must_sit(session, actor=actor, now=now)
    assert actor.person_id is not None, "a person speaks"
    objection, family = lock_case(session, objection_id)
    said = checked_words(words)
    if refusal := why_committee_may_not_answer(facts_of(session, objection)):
        raise RuleBroken(refusal)
    row = ObjectionRemark(id=new_id(), objection_id=objection.id, by_id=actor.person_id, at=now.instant)
    session.add(row)
    session.flush()
    put_words(session, words=said, kind=RecordKind.COUNSEL, row_id=row.id, family=family, actor=actor, for_all=False)
    audit.say(session, "objection.remarked", subject=objection.id, made=[row])
    return Remarked(row.id)
