"""Sealing under new keys what is still under old ones, a step at a time, after somebody was cut off.

First the records' keys are wrapped anew, then families are made findable under the new index keys, then the marks of
imports, and donors and bank lines; and when nothing of a ring is left under its old keys, nobody keeps a copy of those
any more. Each step may be the last for today: whatever it left is found again. What is written meanwhile is under the
newest keys already.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, delete, false, func, insert, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, selectinload

from aid.domain.clock import Instant
from aid.domain.duplicates import terms_of
from aid.domain.families import Family
from aid.domain.permissions import Permission
from aid.models.families import Family as FamilyRow
from aid.models.families import FreshTokens, ImportMark, IndexToken
from aid.models.fund import Locality
from aid.models.people import Ring, RingEpoch, RingMembership
from aid.models.records import Record, RecordKind, Wrap
from aid.services import audit, family_index, records, token_rows
from aid.services.donors.resealing import find_givers_anew, still_old_givers
from aid.services.family_index import LocalityIndex, index_of
from aid.services.open_papers import need_old_keys
from aid.vault.actor import Actor
from aid.vault.failures import NoKey, Tampered
from aid.vault.rings import RingRef

STEP = 100


@dataclass(frozen=True, slots=True)
class Resealed:
    """What one step did. `goes_on`: there may be more; `damaged`: so many could not be opened and stay as they are."""

    done: int
    goes_on: bool
    damaged: int = 0


def reseal(session: Session, *, actor: Actor, now: Instant, size: int = STEP) -> Resealed:
    """Do one step, for the rings that the actor has both old and new keys of."""
    actor.must(Permission.ADMIT)
    newest = newest_of(session, actor=actor)
    damaged = 0
    for part in (_rewrap, _find_anew, _mark_anew, _givers_anew):
        done, failed = part(session, actor, newest, size)
        damaged += failed
        if done:
            audit.say(session, "records.resealed")
            return Resealed(done, goes_on=True, damaged=damaged)
    retired = [ring_id for ring_id, ref in sorted(newest.items()) if _retire(session, ring_id, ref.epoch)]
    for ring_id in retired:
        audit.say(session, "ring.retired", subject=ring_id)
    return Resealed(len(retired), goes_on=False, damaged=damaged)


def newest_of(session: Session, *, actor: Actor) -> dict[UUID, RingRef]:
    """The rings of which the actor holds old keys and the newest: what they can seal anew."""
    rings = {ref.ring_id for ref in actor.keyring.memberships}
    several = [ring_id for ring_id in rings if len(actor.keyring.refs(ring_id)) > 1]
    if not several:
        return {}
    latest = select(RingEpoch.ring_id, func.max(RingEpoch.epoch)).where(RingEpoch.ring_id.in_(several))
    refs = (RingRef(*row) for row in session.execute(latest.group_by(RingEpoch.ring_id)))
    return {ref.ring_id: ref for ref in refs if actor.keyring.holds(ref)}


# ---------------------------------------------------------------- records


def old_wraps(*, actor: Actor, newest: dict[UUID, RingRef]) -> ColumnElement[bool]:
    """Wraps under old keys that the actor can open."""
    old = (ref for ring_id, new in newest.items() for ref in actor.keyring.refs(ring_id) if ref != new)
    return or_(false(), *((Wrap.ring_id == ref.ring_id) & (Wrap.epoch == ref.epoch) for ref in old))


def _rewrap(session: Session, actor: Actor, newest: dict[UUID, RingRef], size: int) -> tuple[int, int]:
    damaged = 0
    for ids in _chunks(session, Wrap.record_id, old_wraps(actor=actor, newest=newest), size):
        locked = select(Record).where(Record.id.in_(ids)).order_by(Record.id).with_for_update()
        found = session.scalars(locked.options(selectinload(Record.wraps))).all()
        targets = records.targets(session, {wrap.ring_id for record in found for wrap in record.wraps})
        done = 0
        for record in found:
            behind = [targets[wrap.ring_id] for wrap in record.wraps if wrap.epoch < targets[wrap.ring_id].ref.epoch]
            try:
                if behind:
                    records.rewrap_row(record, keyring=actor.keyring, rings=behind)
            except (NoKey, Tampered):
                damaged += 1
            else:
                done += 1
        if done:
            return done, damaged
    return 0, damaged


# ---------------------------------------------------------------- how families are found


UNDER_INDEX_KEYS = (*token_rows.KINDS, ImportMark)
"""What is made under a locality's index key, and says under which epoch of it."""


def old_of(
    session: Session, kind: type[FreshTokens | IndexToken | ImportMark], newest: dict[UUID, RingRef]
) -> ColumnElement[bool]:
    """Tokens or marks that were made under an old key of their locality."""
    rows = session.execute(select(Locality.id, Locality.ring_id).where(Locality.ring_id.in_(newest)))
    old = ((kind.locality_id == id_) & (kind.epoch < newest[ring_id].epoch) for id_, ring_id in rows)
    return or_(false(), *old)


def _find_anew(session: Session, actor: Actor, newest: dict[UUID, RingRef], size: int) -> tuple[int, int]:
    token_rows.settle(session)
    damaged = 0
    for ids in _chunks(session, IndexToken.family_id, old_of(session, IndexToken, newest), size):
        opened, failed = _opened(session, actor, _homes(session, ids, FamilyRow.locality_id), RecordKind.FILE)
        damaged += failed
        if not opened:
            continue
        token_rows.delete_of(session, [family_id for family_id, *_rest in opened])
        whole = [(index, id_, terms_of(Family.from_plain(file))) for id_, index, file in opened if file is not None]
        family_index.add(session, whole)
        return len(opened), damaged
    return 0, damaged


def _mark_anew(session: Session, actor: Actor, newest: dict[UUID, RingRef], size: int) -> tuple[int, int]:
    """Marks whose terms were not kept (before there were such records) can't be made anew, and go."""
    damaged = 0
    for ids in _chunks(session, ImportMark.family_id, old_of(session, ImportMark, newest), size):
        opened, failed = _opened(session, actor, _homes(session, ids, ImportMark.locality_id), RecordKind.MARK)
        damaged += failed
        if not opened:
            continue
        session.execute(delete(ImportMark).where(ImportMark.family_id.in_([family_id for family_id, *_rest in opened])))
        rows = [
            {
                "locality_id": index.locality_id,
                "fingerprint": index.fingerprint(term),
                "family_id": id_,
                "epoch": index.epoch,
            }
            for id_, index, mark in opened
            if mark is not None
            for term in mark["terms"]
        ]
        if rows:
            session.execute(insert(ImportMark), rows)
        return len(opened), damaged
    return 0, damaged


def _givers_anew(session: Session, actor: Actor, newest: dict[UUID, RingRef], size: int) -> tuple[int, int]:
    return find_givers_anew(session, actor=actor, newest=newest, size=size)


Kept = dict[str, Any] | None
Opened = tuple[UUID, LocalityIndex, Kept]


def _homes(session: Session, ids: Sequence[UUID], locality: InstrumentedAttribute[UUID]) -> dict[UUID, UUID]:
    """Families, locked, with a locality: where they live; or of their marks, which stay where the list was brought."""
    locked = select(FamilyRow.id).where(FamilyRow.id.in_(ids)).order_by(FamilyRow.id).with_for_update()
    session.execute(locked)
    key = FamilyRow.id if locality.class_ is FamilyRow else ImportMark.family_id
    return {family_id: there for family_id, there in session.execute(select(key, locality).where(key.in_(ids)))}  # noqa: C416


def _opened(session: Session, actor: Actor, places: dict[UUID, UUID], kind: RecordKind) -> tuple[list[Opened], int]:
    """Families with their locality's index and one opened record; and how many could not be opened."""
    rings = {id_: ring for id_, ring in session.execute(select(Locality.id, Locality.ring_id))}  # noqa: C416
    indexes: dict[UUID, LocalityIndex] = {}
    homes: dict[UUID, LocalityIndex] = {}
    for family_id, locality_id in places.items():
        ring_id = rings[locality_id]
        if locality_id not in indexes:
            indexes[locality_id] = index_of(actor.keyring, locality_id=locality_id, ring_id=ring_id)
        homes[family_id] = indexes[locality_id]
    found = _readable(session, actor, list(homes), kind)
    damaged = [family_id for family_id in homes if family_id not in found]
    return [(family_id, homes[family_id], found[family_id]) for family_id in homes if family_id in found], len(damaged)


def _readable(session: Session, actor: Actor, ids: Sequence[UUID], kind: RecordKind) -> dict[UUID, Kept]:
    """What opens of these families' records, and None where there is no record; all at once if all of them do."""
    try:
        return dict.fromkeys(ids) | records.take_out_all(session, kind=kind, row_ids=ids, keyring=actor.keyring)
    except (NoKey, Tampered):
        if len(ids) == 1:
            return {}
    half = len(ids) // 2
    return _readable(session, actor, ids[:half], kind) | _readable(session, actor, ids[half:], kind)


# ---------------------------------------------------------------- the end of old keys


def _retire(session: Session, ring_id: UUID, epoch: int) -> bool:
    """Take everybody's copies of a ring's old keys away, if nothing needs them any more."""
    session.execute(select(Ring.id).where(Ring.id == ring_id).with_for_update())  # nobody writes meanwhile
    if any(session.scalar(question.limit(1)) is not None for question in _still_old(session, ring_id, epoch)):
        return False
    if need_old_keys(session, ring_id=ring_id, epoch=epoch):
        return False
    session.execute(delete(RingMembership).where(RingMembership.ring_id == ring_id, RingMembership.epoch < epoch))
    return True


def _still_old(session: Session, ring_id: UUID, epoch: int) -> Iterator[Select[UUID]]:
    here = select(Locality.id).where(Locality.ring_id == ring_id)
    yield select(Wrap.record_id).where(Wrap.ring_id == ring_id, Wrap.epoch < epoch)
    for kind in UNDER_INDEX_KEYS:
        yield select(kind.family_id).where(kind.locality_id.in_(here), kind.epoch < epoch)
    yield from still_old_givers(session, ring_id=ring_id, epoch=epoch)


def _chunks(
    session: Session, key: InstrumentedAttribute[UUID], fault: ColumnElement[bool], size: int
) -> Iterator[Sequence[UUID]]:
    """What is still to do, so many at a time, each once."""
    after: UUID | None = None
    while True:
        more = fault if after is None else fault & (key > after)
        ids = session.scalars(select(key).where(more).distinct().order_by(key).limit(size)).all()
        if not ids:
            return
        yield ids
        after = ids[-1]
