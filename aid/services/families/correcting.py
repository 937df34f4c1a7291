"""Correcting what was written of a family."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.families import Family, FamilyState, check_family
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models.families import FamilyVersion
from aid.services import audit, family_index
from aid.services.families.homes import home_of
from aid.services.families.rows import lock_family
from aid.services.families.sealing import file_of, seal
from aid.services.provisional import must_be_whole
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class Correction:
    """A family as it should read. `version` is the one that was corrected."""

    family_id: UUID
    version: int
    point_id: UUID
    family: Family


@dataclass(frozen=True, slots=True)
class Corrected:
    """The family reads anew, and waits to be confirmed again."""

    family_id: UUID
    code: str
    version: int


def correct(session: Session, *, actor: Actor, now: Instant, order: Correction) -> Corrected:
    """Write a family's next version. Who confirmed it confirmed another one, so it waits again.

    Until then the slip stays as it was confirmed: nobody alone names who collects what others granted.
    """
    row = lock_family(session, order.family_id)
    actor.must(Permission.REGISTER_FAMILIES, locality=row.locality_id)
    must_be_whole(session)
    check_family(order.family, now.today)
    home = home_of(session, actor=actor, locality_id=row.locality_id, point_id=order.point_id)
    if row.version != order.version:
        raise RuleBroken(_("This family was changed meanwhile. Open its file again and make your correction there."))
    if row.state is FamilyState.WITHDRAWN:
        raise RuleBroken(_("This family is withdrawn: nothing can be corrected in it."))
    if order.point_id == row.point_id and file_of(session, actor, row.id) == order.family:
        raise RuleBroken(_("Nothing is different from what is written already."))

    row.version, row.state = row.version + 1, FamilyState.REGISTERED
    row.point_id, row.language = order.point_id, order.family.language
    version = FamilyVersion(family_id=row.id, version=row.version, by_id=actor.person_id, at=now.instant)
    session.add(version)
    seal(session, actor, home, row, order.family)
    family_index.replace(session, home.index, row.id, order.family)
    audit.say(session, "family.corrected", subject=row.id, made=[version])
    return Corrected(row.id, row.code, row.version)
