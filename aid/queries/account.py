"""One's own sign-ins and one-time codes, as their owner sees them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.models.people import Person, SignIn
from aid.vault.actor import Actor
from aid.vault.one_time import CODES


@dataclass(frozen=True, slots=True)
class OwnSignIn:
    """One of one's own sign-ins. `which` names it in a form: the row's id, which opens nothing."""

    which: str
    kind: str  # 'phone'
    browser: str
    started_at: datetime
    seen_at: datetime
    is_this: bool


@dataclass(frozen=True, slots=True)
class Security:
    """Where one is signed in, and how many codes are left on the printed sheet; None where none was printed."""

    sign_ins: tuple[OwnSignIn, ...]
    codes_left: int | None


def own_security(
    session: Session, *, actor: Actor, now: Instant, this: bytes, idle: timedelta, longest: timedelta
) -> Security:
    """What one looks at to see whether somebody else is in."""
    person = session.scalars(select(Person).where(Person.id == actor.id)).one()
    living = select(SignIn).where(
        SignIn.person_id == actor.id,
        SignIn.seen_at >= now.instant - idle,
        SignIn.started_at >= now.instant - longest,
    )
    rows = session.scalars(living.order_by(SignIn.seen_at.desc(), SignIn.started_at))
    return Security(tuple(_own(row, this=this) for row in rows), codes_left(person))


def codes_left(person: Person) -> int | None:
    """How many codes of the sheet were not used yet."""
    return CODES - person.codes_used.bit_count() if person.codes_sheet else None


def _own(row: SignIn, *, this: bytes) -> OwnSignIn:
    kind, _space, browser = (row.device or "device").partition(" ")
    return OwnSignIn(row.id.hex(), kind, browser, row.started_at, row.seen_at, row.id == this)
