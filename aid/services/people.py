"""People: inviting someone, their first sign-in with keys of their own, and beginning anew."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.custody import ResetReason
from aid.domain.ids import new_id
from aid.domain.languages import Language
from aid.domain.permissions import Permission, Role
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models.base import Permanent
from aid.models.custody import KeyReset
from aid.models.people import (
    Draft,
    Person,
    PersonLocality,
    PersonPoint,
    PersonState,
    Ring,
    RingMembership,
    RoleGrant,
    SignIn,
    VotingKey,
)
from aid.models.records import RecordKind
from aid.models.recovery import RecoveryCopy, RecoveryKey
from aid.services import audit, records, rings
from aid.services.first_keys import Invitation as Invitation
from aid.services.first_keys import NewKeys as NewKeys
from aid.services.first_keys import bundle_of as bundle_of
from aid.services.first_keys import first_password as first_password
from aid.services.first_keys import prepare_invitation as prepare_invitation
from aid.services.first_keys import prepare_keys as prepare_keys
from aid.services.imports.lists import forget_lists_of
from aid.vault.actor import Actor
from aid.vault.bundles import SealedBundle
from aid.vault.failures import NoKey
from aid.vault.keyring import Keyring
from aid.vault.records import RingTarget
from aid.vault.rings import RingKeys, RingRef, open_ring, seal_ring


@dataclass(frozen=True, slots=True)
class TakenSeat:
    """Someone who was there when the fund was founded, and has keys of their own from the first moment."""

    handle: str
    person_id: UUID
    keys: NewKeys
    totp_step: int = 0


@dataclass(frozen=True, slots=True)
class Invited:
    """A person's rows, before they were written down in the audit chain."""

    person: Person
    made: tuple[Permanent, ...]


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A person now has keys of their own."""

    person_id: UUID


@dataclass(frozen=True, slots=True)
class KeysReset:
    """A person begins anew with a first password, and without a ring."""

    person_id: UUID


@dataclass(frozen=True, slots=True)
class Spoken:
    """A person chose a language."""

    language: Language


def invite(
    session: Session,
    *,
    now: Instant,
    invitation: Invitation,
    name: str | None,
    language: Language,
    roles: Iterable[Role],
    localities: Iterable[UUID],
    points: Iterable[UUID],
    keys: Iterable[RingKeys],
    staff: RingTarget,
) -> Invited:
    """Write down a new person: roles, grounds, rings, and the name sealed to the staff ring. The caller audits."""
    bundle = invitation.bundle
    person = Person(
        id=invitation.person_id,
        handle=invitation.handle,
        joined_at=now.instant,
        language=language,
        state=PersonState.INVITED,
        hpke_public=invitation.public,
    )
    keep_bundle(person, bundle)
    session.add(person)
    session.flush()
    made: list[Permanent] = [
        *(RoleGrant(person_id=person.id, role=role, granted_at=now.instant) for role in sorted(roles)),
        *(PersonLocality(person_id=person.id, locality_id=locality) for locality in sorted(localities)),
        *(PersonPoint(person_id=person.id, point_id=point) for point in sorted(points)),
    ]
    session.add_all(made)
    for ring in keys:
        rings.admit(session, keys=ring, person_id=person.id, public=invitation.public)
    if name:
        value = {"name": name.strip()}
        nobody = Keyring.empty()
        records.put(session, value, kind=RecordKind.STAFF, row_id=person.id, rings=[staff], keyring=nobody)
    return Invited(person, (person, *made))


def seat(
    session: Session,
    *,
    now: Instant,
    taken: TakenSeat,
    name: str | None,
    language: Language,
    roles: Iterable[Role],
    localities: Iterable[UUID],
    points: Iterable[UUID],
    keys: Iterable[RingKeys],
    staff: RingTarget,
) -> Invited:
    """Write down someone who sat at the founding: as `invite`, but at work at once. The caller audits."""
    first = Invitation(taken.handle, taken.person_id, taken.keys.public, taken.keys.bundle, "")
    seated = invite(
        session,
        now=now,
        invitation=first,
        name=name,
        language=language,
        roles=roles,
        localities=localities,
        points=points,
        keys=keys,
        staff=staff,
    )
    seated.person.state, seated.person.totp_step = PersonState.ACTIVE, taken.totp_step
    return seated


def voting_keys(session: Session, *, seat: TakenSeat, now: Instant) -> list[VotingKey]:
    """The voting key that someone brought to their seat, if their seat is on the committee. The caller audits."""
    if seat.keys.voting_public is None:
        return []
    key = VotingKey(id=new_id(), person_id=seat.person_id, public=seat.keys.voting_public, made_at=now.instant)
    session.add(key)
    return [key]


def enrol(session: Session, *, actor: Actor, now: Instant, keys: NewKeys) -> Enrolled:
    """Take a person's own keys in place of the first ones, and move their rings to them. Raises RuleBroken.

    The first password opens nothing any more, and every sign-in of theirs ends.
    """
    person = _myself(session, actor=actor)
    if person.state is not PersonState.INVITED:
        raise RuleBroken(_("You have keys of your own already. Sign in with your own password."))
    assert (keys.voting_public is not None) == (Role.COMMITTEE_MEMBER in actor.roles), "only members vote"
    _move_rings(session, person, private=actor.keyring.private, public=keys.public)
    person.hpke_public, person.state = keys.public, PersonState.ACTIVE
    keep_bundle(person, keys.bundle)
    session.execute(delete(SignIn).where(SignIn.person_id == person.id))
    made = []
    if keys.voting_public is not None:
        made.append(VotingKey(id=new_id(), person_id=person.id, public=keys.voting_public, made_at=now.instant))
        session.add_all(made)
    audit.say(session, "person.enrolled", subject=person.id, made=made)
    return Enrolled(person.id)


def reset_keys(
    session: Session, *, actor: Actor, now: Instant, person_id: UUID, invitation: Invitation, reason: ResetReason
) -> KeysReset:
    """Let a person begin anew: a first password, no ring, no sign-in. Raises RuleBroken.

    What only they could open is lost unless recovery shares open it, so without those it is refused. Who was suspended
    is reinstated before. `invitation` is made by `prepare_invitation(handle, person_id=…)`.
    """
    person = session.scalar(select(Person).where(Person.id == person_id).with_for_update())
    if person is None or invitation.person_id != person.id:
        raise RuleBroken(_("There is no such person."))
    _may_reset(session, actor=actor, person=person, reason=reason)
    _refuse_losing_rings(session, person_id=person.id)
    session.execute(delete(RingMembership).where(RingMembership.person_id == person.id))
    session.execute(delete(SignIn).where(SignIn.person_id == person.id))
    session.execute(delete(Draft).where(Draft.person_id == person.id))  # sealed to keys that are gone
    forget_lists_of(session, person_id=person.id)
    person.hpke_public, person.state = invitation.public, PersonState.INVITED
    person.codes_sheet = person.codes_used = 0
    keep_bundle(person, invitation.bundle)
    reset = KeyReset(id=new_id(), person_id=person.id, by_id=actor.id, reason=reason, at=now.instant)
    session.add(reset)
    audit.say(session, "person.keys_reset", subject=person.id, made=[reset])
    return KeysReset(person.id)


def _may_reset(session: Session, *, actor: Actor, person: Person, reason: ResetReason) -> None:
    match reason:
        case ResetReason.LOST_PASSWORD:
            actor.must(Permission.MANAGE_PEOPLE)
        case ResetReason.REINSTATED:
            actor.must(Permission.REINSTATE)
        case ResetReason.RECOVERED:
            assert actor.id is None, "recovery is done by shares, not by a person"
    if person.id == actor.id:
        raise RuleBroken(_("You can't take your own keys away. Another administrator does it."))
    if person.state is PersonState.SUSPENDED and reason is not ResetReason.REINSTATED:
        raise RuleBroken(_("This person is suspended. A coordinator reinstates them first."))


def _refuse_losing_rings(session: Session, *, person_id: UUID) -> None:
    """A ring that only this person is in has to have a copy under a recovery key that people hold on paper."""
    held = select(RingMembership.ring_id).where(RingMembership.person_id == person_id)
    others = select(RingMembership.ring_id).where(RingMembership.person_id != person_id)
    copies = select(RecoveryCopy.ring_id).join(RecoveryKey, RecoveryKey.generation == RecoveryCopy.generation)
    kept = copies.where(RecoveryKey.confirmed_at.is_not(None))
    lost = select(Ring.id).where(Ring.id.in_(held), Ring.id.not_in(others), Ring.id.not_in(kept))
    if session.scalar(lost.limit(1)) is not None:
        raise RuleBroken(
            _(
                "Nobody else can open what this person holds keys for, and no recovery shares are there yet: it would "
                "be lost for good. Let somebody else be admitted first, or make recovery shares."
            )
        )


def speak(session: Session, *, actor: Actor, now: Instant, language: Language) -> Spoken:
    """Remember which language a person reads."""
    _myself(session, actor=actor).language = language
    audit.say(session, "person.language_chosen", subject=actor.id)
    return Spoken(language)


def _myself(session: Session, *, actor: Actor) -> Person:
    return session.scalars(select(Person).where(Person.id == actor.id).with_for_update()).one()


def keep_bundle(person: Person, bundle: SealedBundle) -> None:
    """Let this bundle take the place of the person's old one."""
    person.bundle_salt, person.bundle = bundle.salt, bundle.sealed
    person.bundle_time, person.bundle_memory_kib = bundle.cost.time, bundle.cost.memory_kib
    person.bundle_lanes = bundle.cost.lanes


def _move_rings(session: Session, person: Person, *, private: bytes | None, public: bytes) -> None:
    """Open every ring of a person with the old private half, and seal it to the new public one."""
    if private is None:
        raise NoKey("keys are moved by who holds them")
    held = select(RingMembership).where(RingMembership.person_id == person.id).with_for_update()
    for membership in session.scalars(held):
        keys = open_ring(membership.sealed, private, RingRef(membership.ring_id, membership.epoch), person.id)
        membership.sealed = seal_ring(keys, public, person.id)
