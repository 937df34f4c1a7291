"""Opening a family's file, with a reason that is written down."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from uuid import UUID

from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.families import Family, FamilyState
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.words import Message, _
from aid.models.families import Family as FamilyRow
from aid.models.records import RecordKind
from aid.services import sightings
from aid.services.families.sealing import file_of
from aid.vault.actor import Actor

WHY_OPENED: Mapping[str, Message] = MappingProxyType(
    {
        "correct": _("To correct what is written"),
        "life": _("Somebody came or went: birth, marriage, departure, death"),
        "split": _("Part of it becomes a family of its own"),
        "move": _("It moves to another place or point"),
        "join": _("It becomes one with another family"),
        "return": _("It comes back to the fund"),
        "family_asks": _("The family asks what is written of it"),
        "duplicate": _("It may be the same as another family"),
        "objection": _("To answer an objection"),
        "warn": _("To warn the family"),
        "confirm": _("To confirm that the family is real"),
    }
)
"""Why a file is opened, as its sighting remembers it."""


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A family's file, open in front of somebody."""

    family_id: UUID
    code: str
    version: int
    state: FamilyState
    locality_id: UUID
    point_id: UUID
    family: Family = field(repr=False)


def open_file(session: Session, *, actor: Actor, now: Instant, family_id: UUID, why: str) -> OpenedFile:
    """Open a family's file. That it was seen, by whom and why, is written down first: for `look`."""
    row = session.get(FamilyRow, family_id)
    if row is None or actor.person_id is None:
        raise RuleBroken(_("There is no such family."))
    actor.must(Permission.OPEN_FILES, locality=row.locality_id)
    if why not in WHY_OPENED:
        raise RuleBroken(_("Say why you open the file."), "why")
    family = file_of(session, actor=actor, family_id=row.id)
    sightings.saw(session, person_id=actor.person_id, families=[row.id], what=RecordKind.FILE, why=why, now=now)
    return OpenedFile(row.id, row.code, row.version, row.state, row.locality_id, row.point_id, family)
