"""Where a family lives and collects, and the keys it is written under."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import CompoundSelect, Select, bindparam, func, literal, select, union_all
from sqlalchemy.orm import Session

from aid.domain.refusals import RuleBroken
from aid.domain.rings import RingKind
from aid.domain.words import _
from aid.models.fund import Locality, Point
from aid.models.people import Ring, RingEpoch
from aid.services import records
from aid.services.family_index import LocalityIndex, index_of
from aid.services.holding import hold
from aid.vault.actor import Actor
from aid.vault.records import RingTarget
from aid.vault.rings import RingRef


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
    place = _place(session, locality_id=locality_id, point_id=point_id)
    index = index_of(actor.keyring, locality_id=locality_id, ring_id=place.locality.ref.ring_id)
    if index.epoch != place.locality.ref.epoch:  # a suspension came between this request and its write
        raise RuleBroken(records.NEW_KEYS)
    return Home(locality_id, point_id, place.locality, place.point, place.needs, index)


def place_of(session: Session, *, actor: Actor, locality_id: UUID, point_id: UUID) -> Place:
    """The same for who may have no key there: what they seal they can't read back, and no index is theirs to write."""
    place = _place(session, locality_id=locality_id, point_id=point_id)
    if actor.keyring.has(place.locality.ref.ring_id):
        return home_of(session, actor=actor, locality_id=locality_id, point_id=point_id)
    return place


def _place(session: Session, *, locality_id: UUID, point_id: UUID) -> Place:
    """A place with the newest keys of its rings, in one question. Raises RuleBroken for what there is not."""
    wanted = {"locality": locality_id, "point": point_id}
    hold(session, _HELD, wanted)
    rows = session.execute(_NEWEST, wanted)
    found = {part: RingTarget(RingRef(ring_id, epoch), public) for part, ring_id, epoch, public in rows}
    if "locality" not in found:
        raise RuleBroken(_("Choose the locality where the family lives."), "locality")
    if "point" not in found:
        raise RuleBroken(_("Choose the point where the family collects."), "point")
    return Place(locality_id, point_id, found["locality"], found["point"], found["needs"])


def _rings() -> CompoundSelect[str, UUID]:
    """The rings of a place, each with what it is there."""
    locality, point, ring = Locality.__table__.c, Point.__table__.c, Ring.__table__.c
    return union_all(
        select(literal("locality").label("part"), locality.ring_id).where(locality.id == bindparam("locality")),
        select(literal("point"), point.ring_id).where(point.id == bindparam("point")),
        select(literal("needs"), ring.id).where(ring.kind == RingKind.NEEDS),
    )


def _newest() -> Select[Any]:
    """Part, ring, newest epoch and its public half."""
    rings, of_ring, later = _rings().subquery(), RingEpoch.__table__.c, RingEpoch.__table__.alias().c
    newest = select(func.max(later.epoch)).where(later.ring_id == of_ring.ring_id).scalar_subquery()
    columns = (rings.c.part, of_ring.ring_id, of_ring.epoch, of_ring.public)
    return select(*columns).where(of_ring.ring_id == rings.c.ring_id, of_ring.epoch == newest)


_HELD = records.held(select(_rings().subquery().c.ring_id))
_NEWEST = _newest()
