"""Where a family lives and collects, and the keys it is written under."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from aid.domain.refusals import RuleBroken
from aid.domain.rings import RingKind
from aid.domain.words import _
from aid.models.fund import Locality, Point
from aid.models.people import Ring
from aid.services import records
from aid.services.family_index import LocalityIndex, index_of
from aid.vault.actor import Actor
from aid.vault.records import RingTarget


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Where a family lives and collects, and the rings its records are sealed to."""

    locality_id: UUID
    point_id: UUID
    locality: RingTarget
    point: RingTarget
    needs: RingTarget


@dataclass(frozen=True, slots=True, eq=False)
class Home(Place):
    """A place whose keys the actor has: with the index in which a family is found there."""

    index: LocalityIndex


def home_of(session: Session, *, actor: Actor, locality_id: UUID, point_id: UUID) -> Home:
    """The keys to write a family under. Raises RuleBroken for an unknown place, or for who lacks the locality's key."""
    rings = _rings(session, locality_id=locality_id, point_id=point_id)
    index = index_of(actor.keyring, locality_id=locality_id, ring_id=rings.locality)
    place = _place(session, rings, locality_id=locality_id, point_id=point_id)
    if index.epoch != place.locality.ref.epoch:  # a suspension came between this request and its write
        raise RuleBroken(records.NEW_KEYS)
    return Home(locality_id, point_id, place.locality, place.point, place.needs, index)


def place_of(session: Session, *, actor: Actor, locality_id: UUID, point_id: UUID) -> Place:
    """The same for who may have no key there: what they seal they can't read back, and no index is theirs to write."""
    rings = _rings(session, locality_id=locality_id, point_id=point_id)
    if actor.keyring.has(rings.locality):
        return home_of(session, actor=actor, locality_id=locality_id, point_id=point_id)
    return _place(session, rings, locality_id=locality_id, point_id=point_id)


@dataclass(frozen=True, slots=True)
class _Rings:
    """By id."""

    locality: UUID
    point: UUID
    needs: UUID


def _asked_rings() -> Select[UUID | None, UUID | None, UUID]:
    locality, point, ring = Locality.__table__.c, Point.__table__.c, Ring.__table__.c
    of_locality = select(locality.ring_id).where(locality.id == bindparam("locality")).scalar_subquery()
    of_point = select(point.ring_id).where(point.id == bindparam("point")).scalar_subquery()
    return select(of_locality, of_point, ring.id).where(ring.kind == RingKind.NEEDS)


_RINGS = _asked_rings()


def _rings(session: Session, *, locality_id: UUID, point_id: UUID) -> _Rings:
    """The rings of a place, in one question. Raises RuleBroken for what there is not."""
    locality, point, needs = session.execute(_RINGS, {"locality": locality_id, "point": point_id}).one()
    if locality is None:
        raise RuleBroken(_("Choose the locality where the family lives."), "locality")
    if point is None:
        raise RuleBroken(_("Choose the point where the family collects."), "point")
    return _Rings(locality, point, needs)


def _place(session: Session, rings: _Rings, *, locality_id: UUID, point_id: UUID) -> Place:
    targets = records.targets(session, [rings.locality, rings.point, rings.needs])
    return Place(locality_id, point_id, targets[rings.locality], targets[rings.point], targets[rings.needs])
