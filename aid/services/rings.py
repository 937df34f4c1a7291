"""Rings: making one, admitting a member, and making it anew when a member leaves."""

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.ids import new_id
from aid.domain.permissions import RingKind
from aid.models.people import Person, Ring, RingEpoch, RingMembership
from aid.vault.rings import RingKeys, new_ring, seal_ring


@dataclass(frozen=True, slots=True)
class MadeRing:
    """A ring's rows and, for the length of this act, its keys."""

    ring: Ring
    epoch: RingEpoch
    keys: RingKeys = field(repr=False)


def make(session: Session, *, kind: RingKind, now: Instant) -> MadeRing:
    """A new ring in its first epoch, with nobody in it yet."""
    ring = Ring(id=new_id(), kind=kind, made_at=now.instant)
    session.add(ring)
    session.flush()
    keys = new_ring(ring.id)
    return MadeRing(ring, _epoch(session, keys, now=now), keys)


def admit(session: Session, *, keys: RingKeys, person_id: UUID, public: bytes) -> None:
    """Let a person into a ring; only who holds its keys can do that."""
    ref = keys.ref
    sealed = seal_ring(keys, public, person_id)
    session.add(RingMembership(person_id=person_id, ring_id=ref.ring_id, epoch=ref.epoch, sealed=sealed))


def rotate_without(session: Session, *, person_id: UUID, now: Instant) -> list[RingEpoch]:
    """Take a person out of every ring, and give each a new epoch that those who stay can open."""
    held = set(session.scalars(select(RingMembership.ring_id).where(RingMembership.person_id == person_id)))
    session.execute(delete(RingMembership).where(RingMembership.person_id == person_id))
    return [_next_epoch(session, ring_id, now=now) for ring_id in sorted(held)]


def _next_epoch(session: Session, ring_id: UUID, *, now: Instant) -> RingEpoch:
    session.execute(select(Ring.id).where(Ring.id == ring_id).with_for_update())  # of two rotations, one waits
    last = session.scalar(select(func.max(RingEpoch.epoch)).where(RingEpoch.ring_id == ring_id)) or 0
    keys = new_ring(ring_id, last + 1)
    row = _epoch(session, keys, now=now)
    staying = select(Person.id, Person.hpke_public).join(RingMembership, RingMembership.person_id == Person.id)
    for person_id, public in session.execute(staying.where(RingMembership.ring_id == ring_id).distinct()):
        admit(session, keys=keys, person_id=person_id, public=public)
    return row


def _epoch(session: Session, keys: RingKeys, *, now: Instant) -> RingEpoch:
    row = RingEpoch(ring_id=keys.ref.ring_id, epoch=keys.ref.epoch, public=keys.public, made_at=now.instant)
    session.add(row)
    session.flush()
    return row
