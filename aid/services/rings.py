"""Rings: making one, admitting a member, and making it anew when a member leaves."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import Row, delete, func, select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.ids import new_id
from aid.domain.rings import RingKind
from aid.models.people import Person, Ring, RingEpoch, RingMembership
from aid.models.recovery import RecoveryCopy, RecoveryKey
from aid.vault.rings import RECOVERY_ID, RingKeys, new_ring, seal_ring


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


def seal_to_recovery(session: Session, *, keys: RingKeys, generation: int, public: bytes) -> None:
    """Give one generation of the recovery key its copy of a ring."""
    ref = keys.ref
    sealed = seal_ring(keys, public, RECOVERY_ID)
    session.add(RecoveryCopy(ring_id=ref.ring_id, epoch=ref.epoch, generation=generation, sealed=sealed))


def generations_in_force(session: Session) -> Sequence[RecoveryKey]:
    """The recovery key that was confirmed last, and the one made since that still waits for its shares."""
    newest = select(func.max(RecoveryKey.generation)).scalar_subquery()
    whole = RecoveryKey.confirmed_at.is_not(None)
    last_whole = select(func.max(RecoveryKey.generation)).where(whole).scalar_subquery()
    in_force = select(RecoveryKey).where(RecoveryKey.generation.in_((newest, last_whole)))
    return session.scalars(in_force.order_by(RecoveryKey.generation)).all()


def rotate_without(session: Session, *, person_id: UUID, now: Instant) -> list[RingEpoch]:
    """Take a person out of every ring, and give each a new epoch that those who stay can open.

    A ring that nobody else is in stays as it is: with its last copy, everything sealed to it would be lost for good.
    """
    held = session.scalars(select(RingMembership.ring_id).where(RingMembership.person_id == person_id))
    return leave(session, person_id=person_id, ring_ids=set(held), now=now)


def leave(session: Session, *, person_id: UUID, ring_ids: Collection[UUID], now: Instant) -> list[RingEpoch]:
    """Take a person out of these rings, as `rotate_without` does out of all."""
    held = select(RingMembership.ring_id).where(RingMembership.person_id == person_id)
    others = select(RingMembership.ring_id).where(RingMembership.person_id != person_id)
    left = held.where(RingMembership.ring_id.in_(ring_ids), RingMembership.ring_id.in_(others))
    shared = set(session.scalars(left))
    own = (RingMembership.person_id == person_id) & RingMembership.ring_id.in_(shared)
    session.execute(delete(RingMembership).where(own))
    return [_next_epoch(session, ring_id, now=now) for ring_id in sorted(shared)]


def _next_epoch(session: Session, ring_id: UUID, *, now: Instant) -> RingEpoch:
    session.execute(select(Ring.id).where(Ring.id == ring_id).with_for_update())  # of two rotations, one waits
    last = session.scalar(select(func.max(RingEpoch.epoch)).where(RingEpoch.ring_id == ring_id)) or 0
    keys = new_ring(ring_id, last + 1)
    row = _epoch(session, keys, now=now)
    for person_id, public in _staying(session, ring_id):
        admit(session, keys=keys, person_id=person_id, public=public)
    return row


def _staying(session: Session, ring_id: UUID) -> Sequence[Row[UUID, bytes]]:
    """A ring's members with their public halves, locked: who enrols just now takes another one."""
    members = select(RingMembership.person_id).where(RingMembership.ring_id == ring_id)
    people = select(Person.id, Person.hpke_public).where(Person.id.in_(members)).order_by(Person.id)
    return session.execute(people.with_for_update(read=True)).all()


def _epoch(session: Session, keys: RingKeys, *, now: Instant) -> RingEpoch:
    row = RingEpoch(ring_id=keys.ref.ring_id, epoch=keys.ref.epoch, public=keys.public, made_at=now.instant)
    session.add(row)
    session.flush()
    for key in generations_in_force(session):
        seal_to_recovery(session, keys=keys, generation=key.generation, public=key.public)
    return row
