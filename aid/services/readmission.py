"""Re-admission by recovery shares: who is named begins anew, with the keys of their work opened from the copies."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.custody import ResetReason
from aid.domain.permissions import Role
from aid.domain.refusals import RuleBroken
from aid.domain.rings import RingKind
from aid.domain.words import Message, _
from aid.models.custody import Lockdown
from aid.models.people import Person, PersonState, Ring, RingEpoch, RoleGrant
from aid.models.recovery import RecoveryCopy, RecoveryKey
from aid.services import audit, rings
from aid.services.grounds import rings_due
from aid.services.people import Invitation, reset_keys
from aid.vault import hpke
from aid.vault.actor import Actor
from aid.vault.rings import RECOVERY_ID, RingKeys, RingRef, open_ring


@dataclass(frozen=True, slots=True)
class Readmitted:
    """A person may sign in with a first password; so many ring epochs are theirs, and so many the shares don't open."""

    person_id: UUID
    given: int
    lacking: int


def readmit(session: Session, *, actor: Actor, now: Instant, invitation: Invitation, private: bytes) -> Readmitted:
    """Give a person a first password and every ring of their work, by the recovery key's private half.

    Only the system does this, on a copy of the fund. Raises RuleBroken.
    """
    assert actor.id is None, "recovery is done by shares, not by a person"
    generation = generation_of(session, hpke.public_of(private))
    reset_keys(
        session,
        actor=actor,
        now=now,
        person_id=invitation.person_id,
        invitation=invitation,
        reason=ResetReason.RECOVERED,
    )
    given = lacking = 0
    for keys in _opened(session, _due(session, invitation.person_id), generation=generation, private=private):
        if keys is None:
            lacking += 1
        else:
            rings.admit(session, keys=keys, person_id=invitation.person_id, public=invitation.public)
            given += 1
    audit.say(session, "recovery.readmitted", subject=invitation.person_id)
    _unlock(session, now=now)
    return Readmitted(invitation.person_id, given, lacking)


def _unlock(session: Session, *, now: Instant) -> None:
    """Open a copy of a locked fund: whoever begins anew has no phone yet to turn a key with."""
    lockdown = session.scalar(select(Lockdown).where(Lockdown.lifted_at.is_(None)).with_for_update())
    if lockdown is not None:
        lockdown.lifted_at = now.instant
        audit.say(session, "recovery.opened", subject=lockdown.id)


def generation_of(session: Session, public: bytes) -> int:
    """Which recovery key these shares are of. Raises RuleBroken for those of another fund, or of a later day."""
    found = session.scalar(select(RecoveryKey.generation).where(RecoveryKey.public == public))
    if found is None:
        raise RuleBroken(
            _("These shares are of another fund, or they were made after this copy of it. Take a newer backup.")
        )
    return found


def who_may_return(session: Session, handle: str) -> UUID:
    """The person of this handle, if shares may let them begin anew. Raises RuleBroken."""
    person = session.scalars(select(Person).where(Person.handle == handle)).one_or_none()
    if person is None:
        raise RuleBroken(_("Nobody here is called %(handle)s.", handle=handle))
    if person.state is PersonState.SUSPENDED:
        raise RuleBroken(_why_not_suspended(handle))
    return person.id


def _why_not_suspended(handle: str) -> Message:
    return _(
        "%(handle)s is cut off. Name another coordinator; or name an administrator, who gives somebody that role.",
        handle=handle,
    )


def _due(session: Session, person_id: UUID) -> set[UUID]:
    """The rings of their work; a coordinator's too that are a treasurer's, while there is none at work."""
    due = rings_due(session, person_id)
    at_work = exists().where(
        RoleGrant.role == Role.TREASURER,
        RoleGrant.ended_at.is_(None),
        Person.id == RoleGrant.person_id,
        Person.state != PersonState.SUSPENDED,
    )
    coordinates = exists().where(
        RoleGrant.role == Role.COORDINATOR, RoleGrant.ended_at.is_(None), RoleGrant.person_id == person_id
    )
    if session.scalar(select(~at_work & coordinates)):
        due |= set(session.scalars(select(Ring.id).where(Ring.kind == RingKind.DONORS)))
    return due


def _opened(session: Session, due: set[UUID], *, generation: int, private: bytes) -> Iterator[RingKeys | None]:
    """Every epoch of these rings, opened; None for one that this recovery key has no copy of."""
    copies = {
        RingRef(copy.ring_id, copy.epoch): copy.sealed
        for copy in session.scalars(select(RecoveryCopy).where(RecoveryCopy.generation == generation))
    }
    epochs = select(RingEpoch.ring_id, RingEpoch.epoch).where(RingEpoch.ring_id.in_(due))
    for ring_id, epoch in session.execute(epochs.order_by(RingEpoch.ring_id, RingEpoch.epoch)):
        ref = RingRef(ring_id, epoch)
        yield open_ring(copies[ref], private, ref, RECOVERY_ID) if ref in copies else None
