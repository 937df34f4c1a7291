"""Sealing and opening records: visible calls, with a keyring in hand."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple, cast
from uuid import UUID

from sqlalchemy import Select, Table, bindparam, delete, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from aid.domain.ids import new_id
from aid.domain.words import _
from aid.models.people import Ring, RingEpoch
from aid.models.ready import Ready
from aid.models.records import Record, RecordKind, Wrap
from aid.services.bulk import put_rows
from aid.services.holding import hold
from aid.vault.keyring import Keyring
from aid.vault.records import (
    Context,
    RingTarget,
    SealedRecord,
    Seals,
    open_written,
    rewrap,
    seal_record,
)
from aid.vault.records import Wrap as VaultWrap
from aid.vault.rings import RingRef

CHUNK = 2_000  # rows in one statement

NEW_KEYS = _(
    "The keys of this place were changed a moment ago. Send the form again; "
    "if that does not help, ask a coordinator to admit you."
)
"""For who began before a suspension and would write under keys that somebody else has by now."""


def targets(session: Session, ring_ids: Iterable[UUID]) -> dict[UUID, RingTarget]:
    """The latest epoch's public half of each ring: what is written now is sealed to it.

    No ring gets new keys before this is committed: what is written after a suspension is under the new ones.
    """
    wanted = set(ring_ids)
    hold(session, held(wanted))
    rows = session.execute(_LATEST, {"rings": list(wanted)})
    return {ring_id: RingTarget(RingRef(ring_id, epoch), public) for ring_id, epoch, public in rows}


def held(ring_ids: Select[UUID] | Collection[UUID]) -> Select[UUID]:
    """Rings that get no new keys before the commit."""
    return select(Ring.id).where(Ring.id.in_(ring_ids)).order_by(Ring.id).with_for_update(read=True)


def _latest() -> Select[Any]:
    """The newest epoch of some rings."""
    epoch = RingEpoch.__table__.c
    newest = (
        select(epoch.ring_id, func.max(epoch.epoch).label("epoch"))
        .where(epoch.ring_id.in_(bindparam("rings", expanding=True)))
        .group_by(epoch.ring_id)
        .subquery()
    )
    is_newest = (newest.c.ring_id == epoch.ring_id) & (newest.c.epoch == epoch.epoch)
    return select(epoch.ring_id, epoch.epoch, epoch.public).where(is_newest)


_LATEST = _latest()
_INSERT_RECORD, _INSERT_WRAP = Record.__table__.insert(), Wrap.__table__.insert()  # type: ignore[attr-defined]
_RECORDS, _WRAPS = cast(Table, Record.__table__), cast(Table, Wrap.__table__)


def put(
    session: Session,
    value: Mapping[str, Any],
    *,
    kind: RecordKind,
    row_id: UUID,
    family_id: UUID | None = None,
    version: int = 1,
    rings: Sequence[RingTarget],
    keyring: Keyring,
) -> None:
    """Seal a value as a row's record, for the rings entitled. A second version takes the place of the first."""
    part = Part(kind, value, rings)
    put_parts(session, [part], row_id=row_id, family_id=family_id, version=version, keyring=keyring)


@dataclass(frozen=True, slots=True)
class Part:
    """One of the records of one row."""

    kind: RecordKind
    value: Mapping[str, Any]
    rings: Sequence[RingTarget]


def put_parts(
    session: Session, parts: Sequence[Part], *, row_id: UUID, family_id: UUID | None, version: int, keyring: Keyring
) -> None:
    """Seal several records of one row, each for its rings, in as few statements as one would take."""
    session.flush()  # the row they belong to is there before them
    if version > 1:
        theirs = Record.kind.in_([part.kind for part in parts]) & (Record.row_id == row_id)
        session.execute(delete(Record).where(theirs))
    sealed = [
        _Sealed(
            part.kind,
            row_id,
            family_id,
            version,
            seal_record(dict(part.value), Context(part.kind.value, row_id, family_id, version), part.rings, keyring),
        )
        for part in parts
    ]
    _insert(session, sealed)


class New(NamedTuple):
    """A value to be sealed as a row's first record, for the rings entitled."""

    row_id: UUID
    family_id: UUID | None
    written: bytes  # the value, as `canonical` writes it
    rings: Sequence[RingTarget]


def put_all(session: Session, new: Iterable[New], *, kind: RecordKind, keyring: Keyring) -> None:
    """Seal many rows' first records and insert them in bulk, some thousands at a time."""
    session.flush()  # the rows they belong to are there before them
    remaining = iter(new)
    while chunk := list(islice(remaining, CHUNK)):
        blobs: list[tuple[Any, ...]] = []
        wraps: list[tuple[Any, ...]] = []
        seals: dict[tuple[int, ...], Seals] = {}  # by their rings: few rows have rings of their own
        for row_id, family_id, written, rings in chunk:
            targets = tuple(map(id, rings))  # the chunk holds them
            of_rings = seals.get(targets)
            if of_rings is None:
                of_rings = seals[targets] = Seals(kind.value, rings, keyring)
            blob, keys = of_rings.seal(written, row_id, family_id)
            place = new_id()
            blobs.append((place, kind, row_id, family_id, 1, blob))
            for (ref, way), key in zip(of_rings.wraps, keys, strict=True):
                wraps.append((place, ref.ring_id, ref.epoch, way.value, key))
        put_rows(session, _RECORDS, ("id", "kind", "row_id", "family_id", "version", "blob"), blobs)
        put_rows(session, _WRAPS, ("record_id", "ring_id", "epoch", "way", "key"), wraps)


@dataclass(frozen=True, slots=True)
class _Sealed:
    """What is to be inserted of one record."""

    kind: RecordKind
    row_id: UUID
    family_id: UUID | None
    version: int
    record: SealedRecord


def _insert(session: Session, sealed: Sequence[_Sealed]) -> None:
    blobs: list[dict[str, Any]] = []
    wraps: list[dict[str, Any]] = []
    for each in sealed:
        place = new_id()
        named = {"kind": each.kind, "row_id": each.row_id, "family_id": each.family_id, "version": each.version}
        blobs.append({"id": place, **named, "blob": each.record.blob})
        wraps += [
            {"record_id": place, "ring_id": w.ref.ring_id, "epoch": w.ref.epoch, "way": w.way, "key": w.key}
            for w in each.record.wraps
        ]
    connection = session.connection()
    connection.execute(_INSERT_RECORD, blobs)
    connection.execute(_INSERT_WRAP, wraps)


def take_out(session: Session, *, kind: RecordKind, row_id: UUID, keyring: Keyring) -> dict[str, Any] | None:
    """Open one row's record, or None where there is none. Raises NoKey for who is not in its rings."""
    found = _ONE.rows(session, {"kind": kind, "row_id": row_id})
    if not found:
        return None
    family_id, version, blob = found[0][:3]
    wraps = [VaultWrap(RingRef(ring_id, epoch), way, key) for *_its, ring_id, epoch, way, key in found if ring_id]
    value: dict[str, Any]
    value, _written = open_written(blob, wraps, Context(kind.value, row_id, family_id, version), keyring)
    return value


def take_out_all(
    session: Session, *, kind: RecordKind, row_ids: Sequence[UUID], keyring: Keyring
) -> dict[UUID, dict[str, Any]]:
    """Open the records of many rows, in chunks that both databases accept."""
    taken = take_out_written(session, kind=kind, row_ids=row_ids, keyring=keyring)
    return {row_id: value for row_id, value, _written in taken}


def take_out_written(
    session: Session, *, kind: RecordKind, row_ids: Sequence[UUID], keyring: Keyring
) -> Iterator[tuple[UUID, dict[str, Any], bytes]]:
    """The same one by one, each value also as it was written: what is hashed or sealed again is not written again."""
    for start in range(0, len(row_ids), 500):
        wanted = {"kind": kind, "row_ids": list(row_ids[start : start + 500])}
        wraps: defaultdict[UUID, list[VaultWrap]] = defaultdict(list)
        for record_id, ring_id, epoch, way, key in session.execute(_WRAPS_WRITTEN, wanted):
            wraps[record_id].append(VaultWrap(RingRef(ring_id, epoch), way, key))
        for id_, row_id, family_id, version, blob in session.execute(_WRITTEN, wanted):
            context = Context(kind.value, row_id, family_id, version)
            yield row_id, *open_written(blob, wraps[id_], context, keyring)


def _of_rows(*columns: InstrumentedAttribute[Any]) -> Select[Any]:
    """What stands in the records of some rows, or in their wraps. Asked whenever something is opened: built once."""
    wanted = (Record.kind == bindparam("kind")) & Record.row_id.in_(bindparam("row_ids", expanding=True))
    return select(*columns).where(wanted)


_WRITTEN = _of_rows(Record.id, Record.row_id, Record.family_id, Record.version, Record.blob)
_WRAPS_WRITTEN = _of_rows(Wrap.record_id, Wrap.ring_id, Wrap.epoch, Wrap.way, Wrap.key).join(
    Record, Record.id == Wrap.record_id
)


def _one() -> Ready:
    """One row's record, once for each of its wraps."""
    record, wrap = _RECORDS.c, _WRAPS.c
    both = _RECORDS.outerjoin(_WRAPS, wrap.record_id == record.id)
    columns = (record.family_id, record.version, record.blob, wrap.ring_id, wrap.epoch, wrap.way, wrap.key)
    its = (record.kind == bindparam("kind")) & (record.row_id == bindparam("row_id"))
    return Ready(select(*columns).select_from(both).where(its))


_ONE = _one()


def open_row(record: Record, *, keyring: Keyring) -> dict[str, Any]:
    """Open a record that was loaded with its wraps."""
    value: dict[str, Any]
    value, _written = open_written(record.blob, _wraps_of(record), _context_of(record), keyring)
    return value


def rewrap_row(record: Record, *, keyring: Keyring, rings: Sequence[RingTarget]) -> None:
    """Give these rings the record's key under their newest epoch. Raises NoKey and Tampered."""
    fresh = rewrap(record.blob, _wraps_of(record), _context_of(record), keyring, rings)
    new = {wrap.ref.ring_id: wrap for wrap in fresh}
    for wrap in record.wraps:
        if found := new.get(wrap.ring_id):
            wrap.epoch, wrap.way, wrap.key = found.ref.epoch, found.way, found.key


def let_open(record: Record, *, keyring: Keyring, rings: Sequence[RingTarget]) -> None:
    """Let these rings open a record, and no other from now on. Raises NoKey and Tampered."""
    entitled = {target.ref.ring_id for target in rings}
    known = {wrap.ring_id for wrap in record.wraps}
    new = [target for target in rings if target.ref.ring_id not in known]
    fresh = rewrap(record.blob, _wraps_of(record), _context_of(record), keyring, new) if new else ()
    stay = [wrap for wrap in record.wraps if wrap.ring_id in entitled]
    record.wraps = stay + [
        Wrap(record_id=record.id, ring_id=wrap.ref.ring_id, epoch=wrap.ref.epoch, way=wrap.way, key=wrap.key)
        for wrap in fresh
    ]


def _context_of(record: Record) -> Context:
    return Context(record.kind.value, record.row_id, record.family_id, record.version)


def _wraps_of(record: Record) -> tuple[VaultWrap, ...]:
    return tuple(VaultWrap(RingRef(wrap.ring_id, wrap.epoch), wrap.way, wrap.key) for wrap in record.wraps)  # type: ignore[arg-type]
