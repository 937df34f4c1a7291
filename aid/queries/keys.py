"""Who waits for keys: colleagues whose work needs rings that nobody has given them yet."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.permissions import Permission, Role
from aid.domain.rings import RINGS_OF_ROLE, RingKind, Scope
from aid.domain.words import Message
from aid.domain.work import RING_TITLES
from aid.models.fund import Locality, Point
from aid.models.people import (
    Person,
    PersonLocality,
    PersonPoint,
    PersonState,
    Ring,
    RingMembership,
    RoleGrant,
)
from aid.vault.actor import Actor
from aid.vault.signatures import fingerprint_of

Title = Message | Mapping[str, str]


@dataclass(frozen=True, slots=True)
class WaitsForKeys:
    """A colleague who opens less than their work needs."""

    person_id: UUID
    handle: str
    public: bytes
    fingerprint: str
    roles: tuple[Role, ...]
    mine: tuple[Title, ...]  # what the reader could give
    others: tuple[Title, ...]  # what somebody else has to give


def waiting_for_keys(session: Session, *, actor: Actor) -> list[WaitsForKeys]:
    """Who waits for keys, by handle; first those to whom the reader can give some."""
    actor.must(Permission.ADMIT)
    found = list(_waiting(session, actor=actor))
    return sorted(found, key=lambda waits: (not waits.mine, waits.handle))


def waits_for_keys(session: Session, *, actor: Actor, person_id: UUID) -> WaitsForKeys | None:
    """The same of one person; nothing where they have all they need."""
    return next((waits for waits in waiting_for_keys(session, actor=actor) if waits.person_id == person_id), None)


def lacks_keys(session: Session, *, actor: Actor) -> bool:
    """Whether the reader's own work needs rings that nobody gave them yet."""
    assert actor.id is not None, "the system has no work"
    return any(not actor.keyring.has(ring_id) for ring_id in due_of_everyone(session).get(actor.id, ()))


def _waiting(session: Session, *, actor: Actor) -> Iterator[WaitsForKeys]:
    due, held = due_of_everyone(session), defaultdict[UUID, set[UUID]](set)
    for person_id, ring_id in session.execute(select(RingMembership.person_id, RingMembership.ring_id)):
        held[person_id].add(ring_id)
    lacking = {person_id: rings - held[person_id] for person_id, rings in due.items() if rings - held[person_id]}
    titles = _titles(session) if lacking else {}
    people = select(Person).where(Person.id.in_(lacking), Person.state == PersonState.ACTIVE, Person.id != actor.id)
    for person in session.scalars(people):
        wanted = sorted(lacking[person.id])
        mine = tuple(titles[ring_id] for ring_id in wanted if actor.keyring.has(ring_id))
        others = tuple(titles[ring_id] for ring_id in wanted if not actor.keyring.has(ring_id))
        roles = tuple(sorted(grant.role for grant in person.grants))
        fingerprint = fingerprint_of(person.hpke_public)
        yield WaitsForKeys(person.id, person.handle, person.hpke_public, fingerprint, roles, mine, others)


def due_of_everyone(session: Session) -> dict[UUID, set[UUID]]:
    """The rings that everybody's present roles and places are given: the same as `rings_due`, for all at once."""
    of_kind = defaultdict[RingKind, set[UUID]](set)
    for ring_id, kind in session.execute(select(Ring.id, Ring.kind)):
        of_kind[kind].add(ring_id)
    own = {RingKind.LOCALITY: _own_localities(session), RingKind.POINT: _own_points(session)}
    due = defaultdict[UUID, set[UUID]](set)
    for person_id, role in session.execute(
        select(RoleGrant.person_id, RoleGrant.role).where(RoleGrant.ended_at.is_(None))
    ):
        for ground in RINGS_OF_ROLE[role]:
            due[person_id] |= of_kind[ground.kind] if ground.scope is Scope.ALL else own[ground.kind][person_id]
    return due


def _own_localities(session: Session) -> Mapping[UUID, set[UUID]]:
    own = select(PersonLocality.person_id, Locality.ring_id).join(Locality, Locality.id == PersonLocality.locality_id)
    found = defaultdict[UUID, set[UUID]](set)
    for person_id, ring_id in session.execute(own.where(PersonLocality.ended_at.is_(None))):
        found[person_id].add(ring_id)
    return found


def _own_points(session: Session) -> Mapping[UUID, set[UUID]]:
    own = select(PersonPoint.person_id, Point.ring_id).join(Point, Point.id == PersonPoint.point_id)
    found = defaultdict[UUID, set[UUID]](set)
    for person_id, ring_id in session.execute(own.where(PersonPoint.ended_at.is_(None))):
        found[person_id].add(ring_id)
    return found


def _titles(session: Session) -> dict[UUID, Title]:
    """What each ring opens, as people call it."""
    titles: dict[UUID, Title] = {}
    for place in (select(Locality.ring_id, Locality.names), select(Point.ring_id, Point.names)):
        titles.update((ring_id, names) for ring_id, names in session.execute(place))
    for ring_id, kind in session.execute(select(Ring.id, Ring.kind).where(Ring.kind.in_(RING_TITLES))):
        titles[ring_id] = RING_TITLES[kind]
    return titles
