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
class Home:
    """Where a family lives and collects: the index it is found in, and the rings its records are sealed to."""

    locality_id: UUID
    point_id: UUID
    index: LocalityIndex
    locality: RingTarget
    point: RingTarget
    needs: RingTarget


def home_of(session: Session, *, actor: Actor, locality_id: UUID, point_id: UUID) -> Home:
    """The keys to write a family under. Raises RuleBroken for an unknown place, or for who lacks the locality's key."""
    locality, point = session.get(Locality, locality_id), session.get(Point, point_id)
    if locality is None:
        raise RuleBroken(_("Choose the locality where the family lives."), "locality")
    if point is None:
        raise RuleBroken(_("Choose the point where the family collects."), "point")
    index = index_of(actor.keyring, locality_id=locality.id, ring_id=locality.ring_id)
    needs = session.scalars(select(Ring.id).where(Ring.kind == RingKind.NEEDS)).one()
    rings = records.targets(session, [locality.ring_id, point.ring_id, needs])
    if index.epoch != rings[locality.ring_id].ref.epoch:  # a suspension came between this request and its write
        raise RuleBroken(records.NEW_KEYS)
    return Home(locality.id, point.id, index, rings[locality.ring_id], rings[point.ring_id], rings[needs])
