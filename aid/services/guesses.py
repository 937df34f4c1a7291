"""Wrong passwords and codes are counted, for each device that signed in before, and together for all strangers.

So strangers who guess slow only strangers. The rows say neither who was guessed at nor from where.
"""

from dataclasses import dataclass

from sqlalchemy import Insert, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.guesses import FORGOTTEN, seconds_left
from aid.models.people import Device, Guess, Person
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class Counted:
    """A wrong try was counted."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Whether somebody may try now: not before so many seconds are over."""

    seconds: int


@dataclass(frozen=True, slots=True)
class Forgotten:
    """Wrong tries before the right one count no more."""


def is_known(session: Session, *, handle: str, device_id: bytes) -> bool:
    """Whether this person signed in with this device before."""
    known = select(Device.id).join(Person, Person.id == Device.person_id)
    return session.scalar(known.where(Device.id == device_id, Person.handle == handle)) is not None


def seconds_to_wait(session: Session, *, guess_id: bytes, now: Instant) -> int:
    """How long nobody is listened to here; 0: one may try."""
    row = session.execute(select(Guess.failures, Guess.last_at).where(Guess.id == guess_id)).one_or_none()
    return seconds_left(row.failures, last_at=row.last_at, now=now.instant) if row else 0


def any_wrong(session: Session, *, guess_id: bytes) -> bool:
    """Whether there is anything to forget."""
    return session.scalar(select(Guess.id).where(Guess.id == guess_id)) is not None


def count_wrong(session: Session, *, actor: Actor, now: Instant, guess_id: bytes) -> Counted:
    """Count a wrong try. Those of yesterday are forgotten, everybody's."""
    session.execute(delete(Guess).where(Guess.last_at < now.instant - FORGOTTEN))
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    first: Insert = dialect.insert(Guess).values(id=guess_id, failures=1, last_at=now.instant)
    again = {"failures": Guess.failures + 1, "last_at": now.instant}
    session.execute(first.on_conflict_do_update(index_elements=[Guess.id], set_=again))  # type: ignore[attr-defined]
    return Counted()


def forget(session: Session, *, actor: Actor, now: Instant, guess_id: bytes) -> Forgotten:
    """Begin to count anew after the right answer."""
    session.execute(delete(Guess).where(Guess.id == guess_id))
    return Forgotten()


def take_turn(session: Session, *, actor: Actor, now: Instant, guess_id: bytes) -> Turn:
    """Count a try before anybody knows whether it is right; of many at once each waits for the one before it."""
    session.execute(delete(Guess).where(Guess.last_at < now.instant - FORGOTTEN))
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    first: Insert = dialect.insert(Guess).values(id=guess_id, failures=0, last_at=now.instant)
    session.execute(first.on_conflict_do_nothing())  # type: ignore[attr-defined]
    row = session.scalars(select(Guess).where(Guess.id == guess_id).with_for_update()).one()
    wait = seconds_left(row.failures, last_at=row.last_at, now=now.instant)
    if not wait:
        row.failures, row.last_at = row.failures + 1, now.instant
    return Turn(wait)


def give_turn_back(session: Session, *, actor: Actor, now: Instant, guess_id: bytes) -> Forgotten:
    """A try that was right does not count. Those before it do: whoever has one code gains nothing for guessing."""
    fewer = update(Guess).where(Guess.id == guess_id, Guess.failures > 0).values(failures=Guess.failures - 1)
    session.execute(fewer)
    return Forgotten()
