"""Families as pages show them: by code, without a name. Names stand in files, which are opened, not queried."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from aid.domain.families import FamilyState
from aid.domain.languages import Language
from aid.domain.permissions import Permission
from aid.models.families import Family, written_by
from aid.models.fund import Locality, Point
from aid.queries.timelines import Happening, of_family
from aid.vault.actor import Actor

PAGE = 50
COUNTED = 500
"""Of so many that wait longest it is told how many are one's own: the page is as quick in a large fund."""


@dataclass(frozen=True, slots=True)
class Place:
    """A locality or a point, to be chosen. A point stands in a locality."""

    id: UUID
    names: Mapping[str, str]
    locality: Mapping[str, str]
    here: bool  # in one of the actor's localities


@dataclass(frozen=True, slots=True)
class FamilyPage:
    """All that is known of a family in the clear."""

    id: UUID
    code: str
    state: FamilyState
    version: int
    locality_id: UUID
    locality: Mapping[str, str]
    point: Mapping[str, str]
    language: Language
    history: tuple[Happening, ...]  # the newest first
    is_own: bool  # the actor wrote it down, so another one confirms it


@dataclass(frozen=True, slots=True)
class WaitingFamily:
    """A family that somebody else is to confirm."""

    id: UUID
    code: str
    locality: Mapping[str, str]
    registered_at: datetime
    corrected: bool


@dataclass(frozen=True, slots=True)
class WaitingPage:
    """Those who waited longest; `after` goes on with the rest."""

    families: tuple[WaitingFamily, ...]
    after: UUID | None
    own: int  # that wait for somebody else, since the actor wrote them down


def family(session: Session, *, actor: Actor, code: str) -> FamilyPage | None:
    """One family by its code, or nothing if there is none in the actor's localities."""
    actor.must(Permission.SEE_FAMILIES)
    found = session.execute(
        select(Family, Locality.names, Point.names)
        .join(Locality, Locality.id == Family.locality_id)
        .join(Point, Point.id == Family.point_id)
        .where(Family.code == code)
    ).one_or_none()
    if found is None or not actor.may(Permission.SEE_FAMILIES, locality=found[0].locality_id):
        return None
    row, locality, point = found
    history = of_family(session, actor=actor, family_id=row.id)
    is_own = bool(session.scalar(select(written_by(actor.id)).where(Family.id == row.id)))
    return FamilyPage(
        row.id, row.code, row.state, row.version, row.locality_id, locality, point, row.language, history, is_own
    )


def waiting(session: Session, *, actor: Actor, after: UUID | None = None) -> WaitingPage:
    """Families of the actor's localities that wait for their word, those who waited longest first."""
    actor.must(Permission.CONFIRM_FAMILIES)
    here = (Family.state == FamilyState.REGISTERED) & Family.locality_id.in_(actor.localities)
    mine = written_by(actor.id)
    rows = (
        select(Family.id, Family.code, Locality.names, Family.registered_at, Family.version)
        .join(Locality, Locality.id == Family.locality_id)
        .where(here, ~mine)
        .order_by(Family.id)
        .limit(PAGE + 1)
    )
    if after:
        rows = rows.where(Family.id > after)
    found = [
        WaitingFamily(family_id, code, names, registered_at, version > 1)
        for family_id, code, names, registered_at, version in session.execute(rows)
    ]
    oldest = select(Family.id).where(here).order_by(Family.id).limit(COUNTED).subquery()
    own = session.scalar(select(func.count()).select_from(Family).where(Family.id.in_(select(oldest)), mine)) or 0
    return WaitingPage(tuple(found[:PAGE]), found[PAGE - 1].id if len(found) > PAGE else None, own)


@dataclass(frozen=True, slots=True)
class Places:
    """Where a family may live, and where it may collect."""

    localities: tuple[Place, ...]  # where the actor registers
    points: tuple[Place, ...]  # all of them, those of these localities first


def _every_place() -> Select[Any]:
    locality, point = Locality.__table__, Point.__table__
    joined = locality.outerjoin(point, point.c.locality_id == locality.c.id)
    columns = (locality.c.id, locality.c.names, point.c.id, point.c.names)
    return select(*columns).select_from(joined).order_by(locality.c.code, point.c.code)


_PLACES = _every_place()


def places(session: Session, *, actor: Actor) -> Places:
    """The same as `own_localities` and `points`, in one question."""
    rows = session.execute(_PLACES)
    own: dict[UUID, Place] = {}
    points: list[Place] = []
    for locality_id, locality, point_id, names in rows:
        here = locality_id in actor.localities
        if here:
            own[locality_id] = Place(locality_id, locality, locality, here=True)
        if names is not None:
            points.append(Place(point_id, names, locality, here=here))
    return Places(tuple(own.values()), tuple(sorted(points, key=lambda point: not point.here)))


def own_localities(session: Session, *, actor: Actor) -> list[Place]:
    """The localities where the actor registers."""
    rows = session.execute(select(Locality.id, Locality.names).where(Locality.id.in_(actor.localities)))
    return [Place(locality_id, names, names, here=True) for locality_id, names in rows.all()]


def localities(session: Session, *, actor: Actor) -> list[Place]:
    """All localities, the actor's first: a family may move to any."""
    rows = session.execute(select(Locality.id, Locality.names).order_by(Locality.code))
    every = [Place(id_, names, names, here=id_ in actor.localities) for id_, names in rows]
    return sorted(every, key=lambda place: not place.here)


def points(session: Session, *, actor: Actor) -> list[Place]:
    """All points, those of the actor's localities first."""
    rows = session.execute(
        select(Point.id, Point.names, Locality.names, Locality.id)
        .join(Locality, Locality.id == Point.locality_id)
        .order_by(Locality.code, Point.code)
    )
    every = [
        Place(point_id, names, locality, here=locality_id in actor.localities)
        for point_id, names, locality, locality_id in rows
    ]
    return sorted(every, key=lambda point: not point.here)
