"""Where a family lives and collects, and the keys it is written under."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.permissions import RingKind
from aid.domain.refusals import RuleBroken
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
    locality, point = _rows(session, locality_id=locality_id, point_id=point_id)
    index = index_of(actor.keyring, locality_id=locality.id, ring_id=locality.ring_id)
    place = _place(session, locality, point)
    if index.epoch != place.locality.ref.epoch:  # a suspension came between this request and its write
        raise RuleBroken(records.NEW_KEYS)
    return Home(locality.id, point.id, place.locality, place.point, place.needs, index)


def place_of(session: Session, *, actor: Actor, locality_id: UUID, point_id: UUID) -> Place:
    """The same for who may have no key there: what they seal they can't read back, and no index is theirs to write."""
    locality, point = _rows(session, locality_id=locality_id, point_id=point_id)
    if actor.keyring.has(locality.ring_id):
        return home_of(session, actor=actor, locality_id=locality_id, point_id=point_id)
    return _place(session, locality, point)


def _rows(session: Session, *, locality_id: UUID, point_id: UUID) -> tuple[Locality, Point]:
    locality, point = session.get(Locality, locality_id), session.get(Point, point_id)
    if locality is None:
        raise RuleBroken(_("Choose the locality where the family lives."), "locality")
    if point is None:
        raise RuleBroken(_("Choose the point where the family collects."), "point")
    return locality, point


def _place(session: Session, locality: Locality, point: Point) -> Place:
    needs = session.scalars(select(Ring.id).where(Ring.kind == RingKind.NEEDS)).one()
    rings = records.targets(session, [locality.ring_id, point.ring_id, needs])
    return Place(locality.id, point.id, rings[locality.ring_id], rings[point.ring_id], rings[needs])
