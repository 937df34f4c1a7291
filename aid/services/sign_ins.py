"""Signing in: recognising a person by password and phone, and the row that a cookie finds."""

import hmac
from base64 import b32encode
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import pyotp
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.refusals import WrongGuess as WrongGuess
from aid.domain.words import _
from aid.models.people import Device, Person, PersonState, SignIn
from aid.queries.actors import actor_of
from aid.services import audit
from aid.services.first_keys import first_password_of
from aid.services.people import bundle_of
from aid.vault.actor import Actor
from aid.vault.bundles import PrivateHalves, open_bundle, waste_time
from aid.vault.failures import WrongPassword
from aid.vault.one_time import DIGITS, place_of

STEP = 30  # seconds that a code on the phone lives; one step early or late is forgiven
LONGEST = timedelta(hours=12)  # that a sign-in lives
KNOWN_FOR = timedelta(days=365)  # that a device is remembered after it was last seen
WRONG = _("The handle, password or code is wrong.")


@dataclass(frozen=True, slots=True)
class OneTimeCode:
    """One code of a printed sheet, which replaces the phone once."""

    sheet: int
    place: int


Code = int | OneTimeCode
"""A code that was right: the phone's, by its 30-second step, or one from paper."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """A person who proved who they are, and is not signed in yet."""

    actor: Actor
    state: PersonState
    public: bytes
    private: bytes = field(repr=False)
    step: Code | None  # what proved that the phone or the paper is theirs; none for a first password, without a phone


@dataclass(frozen=True, slots=True)
class Browser:
    """The browser that a sign-in begins on: its own long cookie, and the words its owner knows it by."""

    id: bytes
    words: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new sign-in is there."""

    person_id: UUID


def recognise(session: Session, *, handle: str, password: str, code: str, now: Instant) -> Recognised:
    """Find out who this is. Raises WrongGuess with one text and after one Argon2, whatever was wrong; and Busy.

    Slow on purpose: never inside a write transaction.
    """
    person = session.scalar(select(Person).where(Person.handle == handle))
    if person is None:
        waste_time()
        raise WrongGuess(WRONG)
    try:
        spelled = first_password_of(password) if person.state is PersonState.INVITED else password
        halves = open_bundle(bundle_of(person), spelled, person.id)
    except WrongPassword:
        raise WrongGuess(WRONG) from None
    if person.state is PersonState.SUSPENDED:
        raise WrongGuess(WRONG)
    step = right_code(person, halves.totp, code, now=now) if halves.totp else None
    return Recognised(
        actor_of(session, person, private=halves.hpke), person.state, person.hpke_public, halves.hpke, step
    )


def open_own(session: Session, *, actor: Actor, password: str) -> PrivateHalves:
    """What the password of somebody who is signed in opens. Raises WrongGuess and Busy; never inside a write."""
    person = session.scalars(select(Person).where(Person.id == actor.id)).one()
    try:
        return open_bundle(bundle_of(person), password, person.id)
    except WrongPassword:
        raise WrongGuess(_("This is not your password."), field="present") from None


def right_code(person: Person, seed: bytes, code: str, *, now: Instant) -> Code:
    """The step of a code of the phone, or the place of a code on paper, that may still be used. Raises WrongGuess."""
    typed = "".join(code.split())
    if len(typed) == DIGITS:
        place = place_of(seed, person.codes_sheet, typed)
        if place is not None and not person.codes_used & (1 << place):
            return OneTimeCode(person.codes_sheet, place)
        raise WrongGuess(WRONG)
    step = matching_step(seed, typed, now=now)
    if step is None or step <= person.totp_step:
        raise WrongGuess(WRONG)
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
    session: Session,
    *,
    actor: Actor,
    now: Instant,
    public: bytes,
    step: Code | None,
    row_id: bytes,
    private: bytes,
    browser: Browser | None = None,
) -> SignedIn:
    """Sign a recognised person in; `private` is sealed under the cookie. Raises RuleBroken.

    A code is accepted once, a phone's only forwards; and the keys must still be those that were opened.
    """
    assert actor.id is not None, "the system does not sign in"
    state = PersonState.INVITED if step is None else PersonState.ACTIVE
    claimed = claim(session, person_id=actor.id, public=public, state=state, code=step)
    moment = now.instant
    session.execute(delete(SignIn).where(SignIn.started_at < moment - LONGEST))  # dead already; nothing of them stays
    row = SignIn(id=row_id, person_id=actor.id, private=private, started_at=moment, seen_at=moment)
    session.add(row)
    if browser is not None:
        row.device, row.device_id = browser.words, browser.id
        _remember(session, browser, person_id=actor.id, now=now)
    audit.say(session, "person.signed_in_by_paper" if claimed else "person.signed_in", subject=actor.id)
    return SignedIn(actor.id)


def claim(session: Session, *, person_id: UUID, public: bytes, state: PersonState, code: Code | None) -> bool:
    """Use a code up, before anybody else does; whether it was one from paper. Raises WrongGuess."""
    one = update(Person).where(Person.id == person_id, Person.hpke_public == public, Person.state == state)
    match code:
        case None:
            used = one.values(totp_step=Person.totp_step)
        case OneTimeCode(sheet, place):
            unused = one.where(Person.codes_sheet == sheet, Person.codes_used.bitwise_and(1 << place) == 0)
            used = unused.values(codes_used=Person.codes_used.bitwise_or(1 << place))
        case step:
            used = one.where(Person.totp_step < step).values(totp_step=step)
    if session.execute(used.execution_options(synchronize_session=False)).rowcount != 1:  # type: ignore[attr-defined]
        raise WrongGuess(WRONG)
    return isinstance(code, OneTimeCode)


def _remember(session: Session, browser: Browser, *, person_id: UUID, now: Instant) -> None:
    """From now on this device is none of the strangers."""
    session.execute(delete(Device).where(Device.seen_at < now.instant - KNOWN_FOR))
    session.merge(Device(id=browser.id, person_id=person_id, seen_at=now.instant))
