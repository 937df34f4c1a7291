"""What is sealed of a family: its file, its facts and its slip, each for those who may open it."""

from uuid import UUID

from sqlalchemy.orm import Session

from aid.domain.families import Facts, Family, Slip, plain
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models.families import Family as FamilyRow
from aid.models.records import RecordKind
from aid.services import records
from aid.services.families.homes import Home, home_of
from aid.vault.actor import Actor
from aid.vault.failures import NoKey
from aid.vault.records import RingTarget


def seal_slip(session: Session, *, actor: Actor, row: FamilyRow) -> None:
    """Seal anew what the table needs to hand out: from the family's file, at the point where it collects now."""
    home = home_of(session, actor=actor, locality_id=row.locality_id, point_id=row.point_id)
    _seal_part(session, actor, row, RecordKind.SLIP, file_of(session, actor, row.id).slip(), _rings_of_slip(home))


def seal(session: Session, actor: Actor, home: Home, row: FamilyRow, family: Family) -> None:
    """Seal what is written of a family, each part for those who may open it; the slip as it is registered first."""
    _seal_part(session, actor, row, RecordKind.FILE, family, [home.locality])
    _seal_part(session, actor, row, RecordKind.FACTS, family.facts(), [home.locality, home.needs])
    if row.version == 1:
        _seal_part(session, actor, row, RecordKind.SLIP, family.slip(), _rings_of_slip(home))


def _rings_of_slip(home: Home) -> list[RingTarget]:
    return [home.locality, home.point]


def _seal_part(
    session: Session,
    actor: Actor,
    row: FamilyRow,
    kind: RecordKind,
    part: Family | Facts | Slip,
    rings: list[RingTarget],
) -> None:
    records.put(
        session,
        plain(part),
        kind=kind,
        row_id=row.id,
        family_id=row.id,
        version=row.version,
        rings=rings,
        keyring=actor.keyring,
    )


def file_of(session: Session, actor: Actor, family_id: UUID) -> Family:
    """A family's file, open. Raises RuleBroken for who has no key to it."""
    try:
        file = records.take_out(session, kind=RecordKind.FILE, row_id=family_id, keyring=actor.keyring)
    except NoKey:
        raise RuleBroken(_("You have no key to this locality yet. Ask a coordinator to admit you to it.")) from None
    if file is None:
        raise RuleBroken(_("This family's file was erased."))
    return Family.from_plain(file)
