"""Who acts: a person's roles, grounds and keys, loaded anew for every request."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.permissions import Role, permissions_of
from aid.models.fund import Locality, Point
from aid.models.people import Person, PersonState, RingMembership, SignIn
from aid.vault.actor import Actor
from aid.vault.cookies import SignInCookie
from aid.vault.failures import Tampered
from aid.vault.keyring import Keyring
from aid.vault.rings import RingRef


@dataclass(frozen=True, slots=True)
class SignInRow:
    """A living sign-in: who, with which keys, and what the session keeps."""

    actor: Actor
    state: PersonState
    seen_at: datetime
    jar: bytes | None
    locked: bool = False


def actor_of_sign_in(
    session: Session, *, cookie: SignInCookie, now: Instant, idle: timedelta, longest: timedelta
) -> SignInRow | None:
    """The person whose cookie this is, or nobody: unknown, idle too long, over the longest time, or suspended."""
    found = session.execute(
        select(SignIn, Person).join(Person, Person.id == SignIn.person_id).where(SignIn.id == cookie.row_id)
    ).one_or_none()
    if found is None:
        return None
    sign_in, person = found
    if now.instant - sign_in.seen_at > idle or now.instant - sign_in.started_at > longest:
        return None
    if person.state is PersonState.SUSPENDED:
        return None
    try:
        private = cookie.open_private(sign_in.private)
    except Tampered:  # the half that finds the row, with another half than it was given out with
        return None
    actor = actor_of(session, person, private=private)
    return SignInRow(actor, person.state, sign_in.seen_at, sign_in.jar, sign_in.locked)


def actor_of(session: Session, person: Person, *, private: bytes | None) -> Actor:
    """A person with the keys that their private half opens."""
    roles = frozenset(grant.role for grant in person.grants)
    everywhere = Role.COORDINATOR in roles
    return Actor(
        person_id=person.id,
        handle=person.handle,
        language=person.language,
        roles=roles,
        permissions=permissions_of(roles),
        localities=_all(session, Locality) if everywhere else frozenset(own.locality_id for own in person.localities),
        points=_all(session, Point) if everywhere else frozenset(own.point_id for own in person.points),
        keyring=Keyring(person.id, private, memberships_of(session, person.id)),
    )


def memberships_of(session: Session, person_id: UUID) -> dict[RingRef, bytes]:
    """The rings a person was admitted to, each sealed to their public half."""
    rows = session.scalars(select(RingMembership).where(RingMembership.person_id == person_id))
    return {RingRef(row.ring_id, row.epoch): row.sealed for row in rows}


def _all(session: Session, kind: type[Locality] | type[Point]) -> frozenset[UUID]:
    return frozenset(session.scalars(select(kind.id)))
