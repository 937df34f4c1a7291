"""What a person did last: their own lines of the audit trail, in words, codes and dates."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.words import Message
from aid.models.audit import AuditHead, AuditLine
from aid.queries.acts import ACTS
from aid.queries.audit import subjects_of
from aid.vault.actor import Actor

SHOWN = 10
LOOKED_THROUGH = 5_000
"""Lines of the trail, the newest: who did nothing among these did nothing lately."""
COMMONPLACE = ("person.signed_in", "person.language_chosen")


@dataclass(frozen=True, slots=True)
class Done:
    """One act of one's own."""

    at: datetime
    act: Message | str
    subject: Message | str  # '' where there is none


def done_by(session: Session, *, actor: Actor) -> tuple[Done, ...]:
    """The last ten acts, the newest first, but for signing in."""
    since = select(AuditHead.seq - LOOKED_THROUGH).scalar_subquery()
    lines = session.execute(
        select(AuditLine.at, AuditLine.act, AuditLine.subject_id)
        .where(AuditLine.actor_id == actor.person_id, AuditLine.seq > since, AuditLine.act.not_in(COMMONPLACE))
        .order_by(AuditLine.seq.desc())
        .limit(SHOWN)
    ).all()
    subjects = subjects_of(session, ids=[line.subject_id for line in lines if line.subject_id], actor=actor)
    return tuple(
        Done(at, ACTS.get(act, act), subjects.get(subject, "") if subject else "") for at, act, subject in lines
    )
