"""What is sealed of a family: its file, its facts and its slip, each for those who may open it."""

from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, selectinload

from aid.domain.families import Facts, Family, Slip, plain
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models.families import Family as FamilyRow
from aid.models.fund import Point
from aid.models.records import Record, RecordKind
from aid.services import records
from aid.services.families.homes import Place, place_of
from aid.services.families.open_aid import points_that_wait
from aid.vault.actor import Actor
from aid.vault.failures import NoKey
from aid.vault.records import RingTarget


def seal_slip(session: Session, *, actor: Actor, row: FamilyRow) -> None:
    """Seal anew what the table needs to hand out: from the family's file, where it collects now and aid still waits."""
    place = place_of(session, actor=actor, locality_id=row.locality_id, point_id=row.point_id)
    slip = file_of(session, actor, row.id).slip()
    _seal_part(session, actor, row, RecordKind.SLIP, slip, rings_of_slip(session, place, row.id))


def seal(session: Session, actor: Actor, place: Place, row: FamilyRow, family: Family) -> None:
    """Seal what is written of a family, each part for those who may open it; the slip as it is registered first."""
    _seal_part(session, actor, row, RecordKind.FILE, family, [place.locality])
    _seal_part(session, actor, row, RecordKind.FACTS, family.facts(), [place.locality, place.needs])
    if row.version == 1:
        _seal_part(session, actor, row, RecordKind.SLIP, family.slip(), [place.locality, place.point])


def rings_of_slip(session: Session, place: Place, family_id: UUID) -> list[RingTarget]:
    """The family's locality and point, and every other point where aid waits for it: it is handed out there."""
    others = points_that_wait(session, family_id) - {place.point_id}
    rings = session.scalars(select(Point.ring_id).where(Point.id.in_(others)).order_by(Point.code)).all()
    return [place.locality, place.point, *records.targets(session, rings).values()]


def hand_over(session: Session, *, actor: Actor, place: Place, row: FamilyRow) -> None:
    """Seal for a new place what is not written anew there: the slip as it was confirmed, and what lines rest on.

    Each gets another key: who had the old one learns nothing of what is written from now on.
    """
    theirs = select(Record).options(selectinload(Record.wraps)).where(Record.family_id == row.id)
    kinds = {
        RecordKind.SLIP: rings_of_slip(session, place, row.id),
        RecordKind.LINE: [place.needs, place.locality],
    }
    for record in session.scalars(theirs.where(Record.kind.in_(kinds)).order_by(Record.id)).all():
        value = _opened(record, actor)
        session.execute(delete(Record).where(Record.id == record.id))
        session.expunge(record)
        records.put(
            session,
            value,
            kind=record.kind,
            row_id=record.row_id,
            family_id=record.family_id,
            version=record.version,
            rings=kinds[record.kind],
            keyring=actor.keyring,
        )


def _opened(record: Record, actor: Actor) -> dict[str, object]:
    try:
        return records.open_row(record, keyring=actor.keyring)
    except NoKey:
        raise RuleBroken(NO_KEY) from None


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


NO_KEY = _("You have no key to this locality yet. Ask a coordinator to admit you to it.")


def file_of(session: Session, actor: Actor, family_id: UUID) -> Family:
    """A family's file, open. Raises RuleBroken for who has no key to it."""
    try:
        file = records.take_out(session, kind=RecordKind.FILE, row_id=family_id, keyring=actor.keyring)
    except NoKey:
        raise RuleBroken(NO_KEY) from None
    if file is None:
        raise RuleBroken(_("This family's file was erased."))
    return Family.from_plain(file)
