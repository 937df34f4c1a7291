"""One's own password, phone, one-time codes and sign-ins: changed by the person alone, and never by anybody else."""

import secrets
from dataclasses import dataclass, field

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models.people import Person, PersonState, SignIn
from aid.services import audit
from aid.services.people import keep_bundle
from aid.services.sign_ins import Code, claim
from aid.vault.actor import Actor
from aid.vault.bundles import DEFAULT_COST, Argon2Cost, PrivateHalves, SealedBundle, seal_bundle

SEED = 20  # bytes that an authenticator app is given (RFC 4226 section 4)


@dataclass(frozen=True, slots=True)
class NewSeal:
    """A person's halves sealed anew; it takes the place of the very bundle that was opened for it."""

    before: bytes  # the salt of that one
    bundle: SealedBundle = field(repr=False)


@dataclass(frozen=True, slots=True)
class PasswordChanged:
    """From now on another password opens this person's keys."""


@dataclass(frozen=True, slots=True)
class PhoneChanged:
    """From now on another phone shows this person's codes."""


@dataclass(frozen=True, slots=True)
class SheetMade:
    """A new sheet of one-time codes holds, and no older one."""

    sheet: int


@dataclass(frozen=True, slots=True)
class SignInsEnded:
    """So many sign-ins ended."""

    count: int


def new_seed() -> bytes:
    """What a new phone makes its codes from."""
    return secrets.token_bytes(SEED)


def seal_anew(
    session: Session,
    *,
    actor: Actor,
    halves: PrivateHalves,
    password: str,
    seed: bytes | None = None,
    cost: Argon2Cost = DEFAULT_COST,
) -> NewSeal:
    """Seal one's halves under a password, with another phone's seed where one is given. Slow: before the write."""
    person = session.scalars(select(Person).where(Person.id == actor.id)).one()
    kept = PrivateHalves(halves.hpke, halves.ed25519, seed or halves.totp)
    return NewSeal(person.bundle_salt, seal_bundle(kept, password, person.id, cost))


def change_password(session: Session, *, actor: Actor, now: Instant, seal: NewSeal, stays: bytes) -> PasswordChanged:
    """Take another password. All sign-ins but this one (`stays`) end: whoever knew the old one is out."""
    person = _unchanged(session, actor=actor, seal=seal)
    keep_bundle(person, seal.bundle)
    _end(session, actor=actor, but=stays)
    audit.say(session, "person.password_changed", subject=person.id)
    return PasswordChanged()


def change_phone(
    session: Session, *, actor: Actor, now: Instant, seal: NewSeal, code: Code, first_step: int, stays: bytes
) -> PhoneChanged:
    """Take another phone: `code` is of the old one, or from paper; `first_step` is of the new one's first code.

    The printed codes belonged to the old phone: they end, and so do all other sign-ins. Raises RuleBroken.
    """
    person = _unchanged(session, actor=actor, seal=seal)
    claim(session, person_id=person.id, public=person.hpke_public, state=PersonState.ACTIVE, code=code)
    session.refresh(person)
    person.totp_step = max(person.totp_step, first_step)
    person.codes_sheet = person.codes_used = 0
    keep_bundle(person, seal.bundle)
    _end(session, actor=actor, but=stays)
    audit.say(session, "person.phone_changed", subject=person.id)
    return PhoneChanged()


def make_sheet(session: Session, *, actor: Actor, now: Instant) -> SheetMade:
    """Begin a new sheet of one-time codes; what is left of the old one holds no more."""
    person = _myself(session, actor=actor)
    person.codes_sheet, person.codes_used = person.codes_sheet + 1, 0
    audit.say(session, "person.codes_made", subject=person.id)
    return SheetMade(person.codes_sheet)


def end_sign_in(session: Session, *, actor: Actor, now: Instant, sign_in_id: bytes) -> SignInsEnded:
    """End one of one's own sign-ins; somebody else's is as good as none."""
    ended = _end(session, actor=actor, only=sign_in_id)
    if ended:
        audit.say(session, "person.sign_ins_ended", subject=actor.id)
    return SignInsEnded(ended)


def sign_out_everywhere(session: Session, *, actor: Actor, now: Instant) -> SignInsEnded:
    """End all of one's own sign-ins, this one too."""
    ended = _end(session, actor=actor)
    audit.say(session, "person.sign_ins_ended", subject=actor.id)
    return SignInsEnded(ended)


def _end(session: Session, *, actor: Actor, but: bytes | None = None, only: bytes | None = None) -> int:
    own = delete(SignIn).where(SignIn.person_id == actor.id)
    if but is not None:
        own = own.where(SignIn.id != but)
    if only is not None:
        own = own.where(SignIn.id == only)
    return int(session.execute(own).rowcount)  # type: ignore[attr-defined]


def _myself(session: Session, *, actor: Actor) -> Person:
    return session.scalars(select(Person).where(Person.id == actor.id).with_for_update()).one()


def _unchanged(session: Session, *, actor: Actor, seal: NewSeal) -> Person:
    """The person, if their keys are still sealed as they were when they were opened."""
    person = _myself(session, actor=actor)
    if person.bundle_salt != seal.before or person.state is not PersonState.ACTIVE:
        raise RuleBroken(_("Your password or phone was changed meanwhile. Sign in again and look what holds now."))
    return person
