"""What is sealed of a family: its file, its facts and its slip, each for those who may open it."""

from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session, selectinload

from aid.domain.families import Family, plain
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models.families import Family as FamilyRow
from aid.models.fund import Point
from aid.models.records import Record, RecordKind, Wrap
from aid.services import records
from aid.services.families.homes import Place, place_of
from aid.services.families.open_aid import points_that_wait
from aid.vault.actor import Actor
from aid.vault.failures import NoKey
from aid.vault.records import RingTarget


def seal_slip(session: Session, *, actor: Actor, row: FamilyRow) -> None:
    """Seal anew what the table needs to hand out: from the family's file, where it collects now and aid still waits."""
    place = place_of(session, actor=actor, locality_id=row.locality_id, point_id=row.point_id)
    slip = file_of(session, actor=actor, family_id=row.id).slip()
    records.put(
        session,
        plain(slip),
        kind=RecordKind.SLIP,
        row_id=row.id,
        family_id=row.id,
        version=row.version,
        rings=rings_of_slip(session, place, row.id),
        keyring=actor.keyring,
    )


def wrap_slip(session: Session, *, actor: Actor, family_id: UUID) -> None:
    """Let those open a family's slip who hand something out to it now, and nobody else. Raises RuleBroken."""
    row = session.get_one(FamilyRow, family_id)
    place = place_of(session, actor=actor, locality_id=row.locality_id, point_id=row.point_id)
    slip = select(Record).options(selectinload(Record.wraps)).with_for_update()
    record = session.scalars(slip.where(Record.kind == RecordKind.SLIP, Record.row_id == row.id)).one_or_none()
    if record is None:
        raise RuleBroken(_("This family's file was erased."))
    try:
        records.let_open(record, keyring=actor.keyring, rings=rings_of_slip(session, place, row.id))
    except NoKey:
        raise RuleBroken(NO_KEY) from None


def seal(session: Session, *, actor: Actor, place: Place, row: FamilyRow, family: Family) -> None:
    """Seal what is written of a family, each part for those who may open it; the slip as it is registered first."""
    parts = [
        records.Part(RecordKind.FILE, plain(family), [place.locality]),
        records.Part(RecordKind.FACTS, plain(family.facts()), [place.locality, place.needs]),
    ]
    if row.version == 1:
        parts.append(records.Part(RecordKind.SLIP, plain(family.slip()), [place.locality, place.point]))
    records.put_parts(session, parts, row_id=row.id, family_id=row.id, version=row.version, keyring=actor.keyring)


def rings_of_slip(session: Session, place: Place, family_id: UUID) -> list[RingTarget]:
    """The family's locality and point, and every other point where aid waits for it: it is handed out there."""
    others = points_that_wait(session, family_id) - {place.point_id}
    rings = session.scalars(select(Point.ring_id).where(Point.id.in_(others)).order_by(Point.code)).all()
    return [place.locality, place.point, *records.targets(session, rings).values()]


def hand_over(session: Session, *, actor: Actor, place: Place, row: FamilyRow, left: UUID) -> None:
    """Seal for a new place what is not written anew there: the slip as it was confirmed, what lines rest on, questions.

    `left` is the ring of the locality it left. Each gets another key: who had the old one learns nothing from now on.
    """
    opens = exists().where(Wrap.record_id == Record.id, Wrap.ring_id == left)
    theirs = select(Record).options(selectinload(Record.wraps))
    theirs = theirs.where(Record.family_id == row.id, Record.kind != RecordKind.MARK, opens)
    for record in session.scalars(theirs.order_by(Record.id)).all():
        rings = _rings_there(session, record, place, left)
        value = _opened(session, actor, record)
        session.execute(delete(Record).where(Record.id == record.id))
        session.expunge(record)
        records.put(
            session,
            value,
            kind=record.kind,
            row_id=record.row_id,
            family_id=row.id,
            version=record.version,
            rings=rings,
            keyring=actor.keyring,
        )


def _rings_there(session: Session, record: Record, place: Place, left: UUID) -> list[RingTarget]:
    if record.kind is RecordKind.SLIP:
        return rings_of_slip(session, place, record.row_id)
    stay = [wrap.ring_id for wrap in record.wraps if wrap.ring_id not in (left, place.locality.ref.ring_id)]
    return [place.locality, *records.targets(session, stay).values()]


def _opened(session: Session, actor: Actor, record: Record) -> dict[str, Any]:
    try:
        opened = records.take_out_all(session, kind=record.kind, row_ids=[record.row_id], keyring=actor.keyring)
    except NoKey:
        raise RuleBroken(NO_KEY) from None
    return opened[record.row_id]


NO_KEY = _("You have no key to this locality yet. Ask a coordinator to admit you to it.")


def file_of(session: Session, *, actor: Actor, family_id: UUID) -> Family:
    """A family's file, open. Raises RuleBroken for who has no key to it."""
    try:
        file = records.take_out(session, kind=RecordKind.FILE, row_id=family_id, keyring=actor.keyring)
    except NoKey:
        raise RuleBroken(NO_KEY) from None
    if file is None:
        raise RuleBroken(_("This family's file was erased."))
    return Family.from_plain(file)
