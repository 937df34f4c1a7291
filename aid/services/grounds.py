"""Which rings a person's roles and places are given, whether or not somebody admitted them yet."""

from uuid import UUID

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from aid.domain.permissions import Role
from aid.domain.rings import RINGS_OF_ROLE, RingKind, Scope
from aid.models.fund import Locality, Point
from aid.models.people import PersonLocality, PersonPoint, Ring, RoleGrant


def rings_due(session: Session, person_id: UUID) -> set[UUID]:
    """The rings that a person's present roles and places are given."""
    held = select(RoleGrant.role).where(RoleGrant.person_id == person_id, RoleGrant.ended_at.is_(None))
    due: set[UUID] = set()
    for role in session.scalars(held):
        due |= set(session.scalars(select(Ring.id).where(_given_to(role, person_id))))
    return due


def _given_to(role: Role, person_id: UUID) -> ColumnElement[bool]:
    everywhere = [ground.kind for ground in RINGS_OF_ROLE[role] if ground.scope is Scope.ALL]
    given: ColumnElement[bool] = Ring.kind.in_(everywhere)
    for ground in RINGS_OF_ROLE[role]:
        if ground.scope is Scope.OWN:
            given = given | (_own_locality(person_id) if ground.kind is RingKind.LOCALITY else _own_point(person_id))
    return given


def _own_locality(person_id: UUID) -> ColumnElement[bool]:
    return exists().where(
        Locality.ring_id == Ring.id,
        PersonLocality.locality_id == Locality.id,
        PersonLocality.person_id == person_id,
        PersonLocality.ended_at.is_(None),
    )


def _own_point(person_id: UUID) -> ColumnElement[bool]:
    return exists().where(
        Point.ring_id == Ring.id,
        PersonPoint.point_id == Point.id,
        PersonPoint.person_id == person_id,
        PersonPoint.ended_at.is_(None),
    )
