"""Who acts: a person's roles, grounds and keys, loaded anew for every request."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CompoundSelect,
    LargeBinary,
    Select,
    String,
    Uuid,
    bindparam,
    cast,
    exists,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.languages import Language
from aid.domain.permissions import Role, permissions_of
from aid.models.fund import Locality, Point
from aid.models.people import (
    Person,
    PersonLocality,
    PersonPoint,
    PersonState,
    RingMembership,
    RoleGrant,
    SignIn,
)
from aid.models.ready import Ready
from aid.queries.lockdowns import IS_LOCKED
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
    fund_locked: bool = False


def actor_of_sign_in(
    session: Session, *, cookie: SignInCookie, now: Instant, idle: timedelta, longest: timedelta
) -> SignInRow | None:
    """The person whose cookie this is, or nobody: unknown, idle too long, over the longest time, or suspended."""
    row = _SIGN_IN.first(session, {"row_id": cookie.row_id})
    if row is None:
        return None
    found = _Living(*row)
    if now.instant - found.seen_at > idle or now.instant - found.started_at > longest:
        return None
    if found.state is PersonState.SUSPENDED:
        return None
    try:
        private = cookie.open_private(found.private)
    except Tampered:  # the half that finds the row, with another half than it was given out with
        return None
    actor = actor_of(session, found, private=private)
    return SignInRow(actor, found.state, found.seen_at, found.jar, found.locked, found.fund_locked)


class Known(Protocol):
    """A person's row, or as much of it as an actor needs."""

    @property
    def id(self) -> UUID: ...

    @property
    def handle(self) -> str: ...

    @property
    def language(self) -> Language: ...


def actor_of(session: Session, person: Known, *, private: bytes | None) -> Actor:
    """A person with the keys that their private half opens: roles, places and rings, in one question."""
    held: dict[str, list[Any]] = {part: [] for part in ("role", "locality", "point", "ring")}
    for part, role, place, epoch, sealed in _WORK.rows(session, {"person": person.id}):
        held[part].append(
            Role(role) if part == "role" else place if part != "ring" else (RingRef(place, epoch), sealed)
        )
    roles = frozenset(held["role"])
    return Actor(
        person_id=person.id,
        handle=person.handle,
        language=person.language,
        roles=roles,
        permissions=permissions_of(roles),
        localities=frozenset(held["locality"]),
        points=frozenset(held["point"]),
        keyring=Keyring(person.id, private, dict(held["ring"])),
    )


class _Living(NamedTuple):
    """A sign-in's row and its person's, as `_sign_in` asks for them."""

    private: bytes
    started_at: datetime
    seen_at: datetime
    jar: bytes | None
    locked: bool
    id: UUID
    handle: str
    language: Language
    state: PersonState
    fund_locked: bool


def _sign_in() -> Select[Any]:
    """A sign-in with its person, and whether the fund is locked."""
    sign_in, person = SignIn.__table__.c, Person.__table__.c
    columns = (sign_in.private, sign_in.started_at, sign_in.seen_at, sign_in.jar, sign_in.locked)
    theirs = (person.id, person.handle, person.language, person.state)
    return select(*columns, *theirs, IS_LOCKED.label("fund_locked")).where(
        person.id == sign_in.person_id, sign_in.id == bindparam("row_id")
    )


def _work() -> CompoundSelect[Any]:
    """Rows of (part, role, place or ring, epoch, sealed). A coordinator works everywhere."""
    granted, own, at, ring = (kind.__table__.c for kind in (RoleGrant, PersonLocality, PersonPoint, RingMembership))
    theirs = bindparam("person", type_=Uuid())
    grants = (granted.person_id == theirs) & granted.ended_at.is_(None)
    everywhere = exists().where(grants, granted.role == Role.COORDINATOR)
    no_role, no_place = cast(null(), String), cast(null(), Uuid())
    no_epoch, not_sealed = cast(null(), BigInteger), cast(null(), LargeBinary)

    def places(part: str, ids: Any) -> Select[Any]:
        return select(literal(part), no_role, ids, no_epoch, not_sealed)

    rings = (literal("ring"), no_role, ring.ring_id, ring.epoch, ring.sealed)
    return union_all(
        select(literal("role"), cast(granted.role, String), no_place, no_epoch, not_sealed).where(grants),
        places("locality", own.locality_id).where(own.person_id == theirs, own.ended_at.is_(None), ~everywhere),
        places("locality", Locality.__table__.c.id).where(everywhere),
        places("point", at.point_id).where(at.person_id == theirs, at.ended_at.is_(None), ~everywhere),
        places("point", Point.__table__.c.id).where(everywhere),
        select(*rings).where(ring.person_id == theirs),
    )


_SIGN_IN, _WORK = Ready(_sign_in()), Ready(_work())
"""Asked by every request: built once."""


def memberships_of(session: Session, person_id: UUID) -> dict[RingRef, bytes]:
    """The rings a person was admitted to, each sealed to their public half."""
    rows = select(RingMembership.ring_id, RingMembership.epoch, RingMembership.sealed)
    rows = rows.where(RingMembership.person_id == person_id)
    return {RingRef(ring_id, epoch): sealed for ring_id, epoch, sealed in session.execute(rows)}
