"""Signing in: recognising a person by password and phone, and the row that a cookie finds."""

import hmac
from base64 import b32encode
from collections import defaultdict, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import pyotp
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models.people import Person, PersonState, SignIn
from aid.queries.actors import actor_of
from aid.services import audit
from aid.services.people import bundle_of
from aid.vault.actor import Actor
from aid.vault.bundles import open_bundle, waste_time
from aid.vault.failures import WrongPassword

STEP = 30  # seconds that a code on the phone lives; one step early or late is forgiven
LONGEST = timedelta(hours=12)  # that a sign-in lives
WRONG_CODES, FOR_SO_LONG = 5, timedelta(minutes=15)
WRONG = _("The handle, password or code is wrong.")


@dataclass(frozen=True, slots=True)
class Recognised:
    """A person who proved who they are, and is not signed in yet."""

    actor: Actor
    state: PersonState
    public: bytes
    private: bytes = field(repr=False)
    step: int | None  # the code's step; none for a first password, which has no phone beside it


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new sign-in is there."""

    person_id: UUID


class Guesses:
    """Wrong codes with the right password, in this process: a million codes are few for who may try them all.

    Only who has the password can use up the guesses, so nobody else can lock a person out.
    """

    def __init__(self) -> None:
        self._at: dict[UUID, deque[datetime]] = defaultdict(lambda: deque(maxlen=WRONG_CODES))

    def note(self, person_id: UUID, *, now: Instant) -> None:
        """Somebody typed this person's password and a wrong code."""
        self._at[person_id].append(now.instant)

    def too_many(self, person_id: UUID, *, now: Instant) -> bool:
        """Whether no code is looked at for a while."""
        at = self._at.get(person_id, deque())
        return len(at) == WRONG_CODES and now.instant - at[0] < FOR_SO_LONG

    def forget(self) -> None:
        """Begin anew."""
        self._at.clear()


guesses = Guesses()


def recognise(session: Session, *, handle: str, password: str, code: str, now: Instant) -> Recognised:
    """Find out who this is. Raises RuleBroken with one text and after one Argon2, whatever was wrong; and Busy.

    Slow on purpose: never inside a write transaction.
    """
    person = session.scalar(select(Person).where(Person.handle == handle))
    if person is None:
        waste_time()
        raise RuleBroken(WRONG)
    try:
        halves = open_bundle(bundle_of(person), password, person.id)
    except WrongPassword:
        raise RuleBroken(WRONG) from None
    if person.state is PersonState.SUSPENDED:
        raise RuleBroken(WRONG)
    step = _step_of(person, halves.totp, code, now=now) if halves.totp else None
    return Recognised(
        actor_of(session, person, private=halves.hpke), person.state, person.hpke_public, halves.hpke, step
    )


def _step_of(person: Person, seed: bytes, code: str, *, now: Instant) -> int:
    """The step of a code that may still be used. Raises RuleBroken."""
    if guesses.too_many(person.id, now=now):
        raise RuleBroken(WRONG)
    step = matching_step(seed, code, now=now)
    if step is None:
        guesses.note(person.id, now=now)
    if step is None or step <= person.totp_step:
        raise RuleBroken(WRONG)
    return step


def matching_step(seed: bytes, code: str, *, now: Instant) -> int | None:
    """Which 30-second step this code belongs to, of the present one and its two neighbours; or none."""
    typed = "".join(code.split()).encode()
    phone = pyotp.TOTP(b32encode(seed).decode(), interval=STEP)
    present = int(now.instant.timestamp()) // STEP
    steps = (present - 1, present, present + 1)
    matching = [step for step in steps if hmac.compare_digest(phone.generate_otp(step).encode(), typed)]
    return matching[-1] if matching else None


def begin(
    session: Session, *, actor: Actor, now: Instant, public: bytes, step: int | None, row_id: bytes, private: bytes
) -> SignedIn:
    """Sign a recognised person in; `private` is sealed under the cookie. Raises RuleBroken.

    A code's step is accepted once and only forwards; and the keys must still be those that were opened.
    """
    assert actor.id is not None, "the system does not sign in"
    one = update(Person).where(Person.id == actor.id, Person.hpke_public == public)
    if step is None:
        claim = one.where(Person.state == PersonState.INVITED).values(totp_step=Person.totp_step)
    else:
        claim = one.where(Person.state == PersonState.ACTIVE, Person.totp_step < step).values(totp_step=step)
    if session.execute(claim.execution_options(synchronize_session=False)).rowcount != 1:  # type: ignore[attr-defined]
        raise RuleBroken(WRONG)
    moment = now.instant
    session.execute(delete(SignIn).where(SignIn.started_at < moment - LONGEST))  # dead already; nothing of them stays
    session.add(SignIn(id=row_id, person_id=actor.id, private=private, started_at=moment, seen_at=moment))
    audit.say(session, "person.signed_in", subject=actor.id)
    return SignedIn(actor.id)
