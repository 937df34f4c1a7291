"""Correcting what was written of a family."""

from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.families import ChangeKind, Family, FamilyState, check_family
from aid.domain.families.changes import is_contact_only
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models.families import Family as FamilyRow
from aid.services import audit
from aid.services.families.homes import home_of
from aid.services.families.rows import lock_family
from aid.services.families.sealing import file_of
from aid.services.families.writing import Change, write_next
from aid.services.provisional import must_be_whole
from aid.vault.actor import Actor


class ChangedMeanwhile(RuleBroken):
    """Somebody wrote a newer version of the family than the one that was corrected."""

    def __init__(self) -> None:
        super().__init__(_("This family was changed meanwhile. Open its file again and make your correction there."))


@dataclass(frozen=True, slots=True)
class Correction:
    """A family as it should read. `version` is the one that was corrected."""

    family_id: UUID
    version: int
    point_id: UUID
    family: Family


@dataclass(frozen=True, slots=True)
class Corrected:
    """The family reads anew, and waits to be confirmed again, if what was confirmed is not what it reads now."""

    family_id: UUID
    code: str
    version: int
    waits: bool = True


def correct(session: Session, *, actor: Actor, now: Instant, order: Correction) -> Corrected:
    """Write a family's next version. Raises ChangedMeanwhile for who corrected an older one.

    What its file remembers stays: it is written when something happens, not corrected.
    """
    row = lock_family(session, order.family_id)
    actor.must(Permission.REGISTER_FAMILIES, locality=row.locality_id)
    must_be_whole(session)
    check_family(order.family, now.today)
    home = home_of(session, actor=actor, locality_id=row.locality_id, point_id=order.point_id)
    check_open(row, order.version)
    was = file_of(session, actor=actor, family_id=row.id)
    family = replace(order.family, history=was.history)
    stays = order.point_id == row.point_id
    if stays and was == family:
        raise RuleBroken(_("Nothing is different from what is written already."))

    kind = ChangeKind.CONTACT if stays and is_contact_only(was, family) else ChangeKind.WRITTEN
    made = write_next(session, actor=actor, now=now, row=row, change=Change(kind, home, family))
    audit.say(session, "family.corrected", subject=row.id, made=made)
    return Corrected(row.id, row.code, row.version, waits=row.state is not FamilyState.CONFIRMED)


def check_open(row: FamilyRow, version: int) -> None:
    """Refuse to write over what somebody else wrote meanwhile, or of a family that left."""
    if row.version != version:
        raise ChangedMeanwhile
    if row.state is FamilyState.WITHDRAWN:
        raise RuleBroken(_("This family is withdrawn: nothing can be corrected in it."))
