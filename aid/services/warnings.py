"""Noting that families were warned of an account in wrong hands."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models.custody import Suspension, WarnedFamily
from aid.models.families import Family
from aid.services import audit
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class NotedWarned:
    """So many families are newly noted as warned."""

    families: int


def note_warned(
    session: Session, *, actor: Actor, now: Instant, suspension_id: UUID, family_ids: tuple[UUID, ...]
) -> NotedWarned:
    """Note that these families were warned; whom somebody warned already stays as noted. Raises RuleBroken."""
    actor.must(Permission.SEE_EXPOSURE)
    suspension = session.scalar(select(Suspension).where(Suspension.id == suspension_id).with_for_update())
    if suspension is None:
        raise RuleBroken(_("There is no such list."))
    if not family_ids:
        raise RuleBroken(_("Tick the families that were warned."))
    done = set(session.scalars(select(WarnedFamily.family_id).where(WarnedFamily.suspension_id == suspension_id)))
    known: set[UUID] = set()
    for start in range(0, len(family_ids), 500):
        known |= set(session.scalars(select(Family.id).where(Family.id.in_(family_ids[start : start + 500]))))
    rows = [
        WarnedFamily(suspension_id=suspension_id, family_id=family_id, by_id=actor.id, at=now.instant)
        for family_id in sorted(known - done)
    ]
    session.add_all(rows)
    if rows:
        audit.say(session, "family.warned", subject=suspension.person_id, made=rows)
    return NotedWarned(len(rows))
