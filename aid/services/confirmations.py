"""A second person's word that a family is real: who wrote it down may not give it."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.confirmations import why_not_confirm
from aid.domain.families import ChangeKind, FamilyState
from aid.domain.ids import new_id
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models.families import Confirmation, FamilyVersion
from aid.models.families import Family as FamilyRow
from aid.services import audit
from aid.services.families import let_be_found, lock_family, seal_slip
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The family is real, as it stands in this version."""

    family_id: UUID
    code: str


def confirm(session: Session, *, actor: Actor, now: Instant, family_id: UUID, version: int) -> Confirmed:
    """Vouch that a family is real, as it was read in this version."""
    family = lock_family(session, family_id)
    actor.must(Permission.CONFIRM_FAMILIES, locality=family.locality_id)
    if family.version != version:
        raise RuleBroken(_("This family was changed while you read it. Open its file again and compare it anew."))
    touched = _touched_by(session, family)
    if refusal := why_not_confirm(actor_id=actor.person_id, touched_by=touched, state=family.state):
        raise RuleBroken(refusal)

    confirmation = Confirmation(
        id=new_id(), family_id=family.id, version=version, by_id=actor.person_id, at=now.instant
    )
    session.add(confirmation)
    family.state, family.confirmed_version = FamilyState.CONFIRMED, version
    if version > 1:
        seal_slip(session, actor=actor, row=family)
        let_be_found(session, actor=actor, row=family)
    audit.say(session, "family.confirmed", subject=family.id, made=[confirmation])
    return Confirmed(family.id, family.code)


def _touched_by(session: Session, family: FamilyRow) -> set[UUID]:
    """Who registered the family, or changed it since it was last confirmed; not who only corrected its phone."""
    return set(session.scalars(_TOUCHED, {"family": family.id, "since": family.confirmed_version or 0}))


_TOUCHED = select(FamilyVersion.by_id).where(
    FamilyVersion.family_id == bindparam("family"),
    (FamilyVersion.version == 1)
    | ((FamilyVersion.version > bindparam("since")) & (FamilyVersion.kind != ChangeKind.CONTACT)),
)
