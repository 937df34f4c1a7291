"""The committee as it is certified: who holds a seat at a moment, and with which key their word is signed.

A role alone gives no vote. The first certificate is the founding act's; each later one was signed by the committee
before it, and holds from a moment that it names.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.membership import NOT_CERTIFIED
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models.committee import Certificate
from aid.models.people import Person, PersonState, VotingKey
from aid.services.signing import SigningKey
from aid.vault.certificates import Committee
from aid.vault.failures import Tampered
from aid.vault.signatures import public_of, sign

KEY_NOT_CERTIFIED = _(
    "Your voting key is a new one, and the committee has not certified it yet, so nothing was signed. Another member "
    "proposes your new key under “Committee members”."
)


@dataclass(frozen=True, slots=True)
class Certified:
    """A certificate, and the committee that it says."""

    row: Certificate
    committee: Committee


@dataclass(frozen=True, slots=True)
class Signed:
    """A member's signature, and the row of the key it was given with."""

    key: VotingKey
    signature: bytes


def in_force(session: Session, *, at: datetime) -> Certified:
    """The certificate that held at this moment; the founding act's has held from the beginning."""
    row = session.scalars(_HELD, {"at": at}).one()
    return Certified(row, Committee.read(row.content))


_NEWEST = select(Certificate).order_by(Certificate.version.desc()).limit(1)
_HELD = _NEWEST.where((Certificate.version == 1) | (Certificate.effective_at <= bindparam("at")))
"""Asked before every vote: built once."""


def newest(session: Session) -> Certified:
    """The certificate that was made last, though it may not hold yet."""
    row = session.scalars(_NEWEST).one()
    return Certified(row, Committee.read(row.content))


def committee(session: Session, *, now: Instant) -> frozenset[UUID]:
    """Who is on the committee now: everyone with a certified seat who is not suspended."""
    return active_of(session, in_force(session, at=now.instant).committee)


def active_of(session: Session, committee: Committee) -> frozenset[UUID]:
    """Who of a committee is not suspended."""
    people = select(Person.id, Person.state).where(Person.id.in_(committee.by_id))
    return frozenset(id_ for id_, state in session.execute(people) if state is not PersonState.SUSPENDED)


def hold_seats(session: Session, committee: Committee) -> None:
    """Whoever is cut off just now is out before a count, or waits for its commit."""
    people = select(Person.id).where(Person.id.in_(committee.by_id)).order_by(Person.id)
    session.execute(people.with_for_update(read=True))


def sign_as_member(
    session: Session, *, member: UUID, committee: Committee, signing: SigningKey, message: bytes
) -> Signed:
    """Sign with the key that this committee names for its member.

    Raises RuleBroken for who has no seat in it or another key by now, and Tampered for a key that is not theirs.
    """
    seat = committee.by_id.get(member)
    if seat is None:
        raise RuleBroken(NOT_CERTIFIED)
    public = public_of(signing.private)
    keys = session.scalars(select(VotingKey).where(VotingKey.person_id == member)).all()
    key = next((key for key in keys if key.public == public), None)
    if key is None:
        raise Tampered("this voting key is not the member's")
    if public != seat.public:
        raise RuleBroken(KEY_NOT_CERTIFIED)
    return Signed(key, sign(signing.private, message))
