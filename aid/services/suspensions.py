"""Cutting a person off from the next request on, and letting them come back.

Any colleague does the first, and nobody waits for somebody with another role; only a coordinator does the second.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.custody import CUT_OFF_WITHIN, ResetReason, SuspensionReason, why_not_cut_off
from aid.domain.ids import new_id
from aid.domain.jobs import JobState
from aid.domain.outcomes import transient
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models.audit import AuditLine
from aid.models.custody import Reinstatement, Suspension
from aid.models.jobs import Job
from aid.models.people import Person, PersonState, RingMembership, SignIn
from aid.services import audit, rings
from aid.services.admissions import give, present_keyring
from aid.services.grounds import rings_due
from aid.services.imports.lists import forget_lists_of
from aid.services.people import Invitation, reset_keys
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class Suspended:
    """A person was cut off, and this is the suspension that tells whom it exposed."""

    person_id: UUID
    suspension_id: UUID


@dataclass(frozen=True, slots=True)
class Reinstated:
    """A person may work again. `rings_missing` are those that somebody else has to admit them to.

    `fresh` is lost when the answer is only repeated: then no first password was made this time.
    """

    person_id: UUID
    rings_missing: int
    fresh: int | None = transient()


def suspend(session: Session, *, actor: Actor, now: Instant, person_id: UUID, reason: SuspensionReason) -> Suspended:
    """Cut a person off: sign-ins end, their jobs stop, and their rings get new keys in the same act. Raises RuleBroken.

    What a request of theirs is writing just now is waited for; whatever begins later finds the new keys, and them out.
    """
    actor.must(Permission.REPORT_COLLEAGUE)
    assert actor.id is not None, "the system accuses nobody"
    person = _locked(session, person_id)
    if person.id == actor.id:
        raise RuleBroken(_("You can't suspend yourself. Ask any colleague to do it."))
    if person.state is PersonState.SUSPENDED:
        raise RuleBroken(_("This person is suspended already."))
    if refusal := why_not_cut_off(actor.roles, lately=_cut_off_lately(session, by_id=actor.id, now=now)):
        raise RuleBroken(refusal)
    person.state = PersonState.SUSPENDED
    session.execute(delete(SignIn).where(SignIn.person_id == person.id))
    forget_lists_of(session, person_id=person.id)
    _stop_jobs(session, person_id=person.id, now=now)
    epochs = rings.rotate_without(session, person_id=person.id, now=now)
    suspension = Suspension(id=new_id(), person_id=person.id, by_id=actor.id, reason=reason, at=now.instant)
    session.add(suspension)
    audit.say(session, "person.suspended", subject=person.id, made=[suspension, *epochs])
    return Suspended(person.id, suspension.id)


def _locked(session: Session, person_id: UUID) -> Person:
    """The person's row, once nobody writes in their name any more."""
    person = session.scalar(select(Person).where(Person.id == person_id).with_for_update())
    if person is None:
        raise RuleBroken(_("There is no such person."))
    return person


def _cut_off_lately(session: Session, *, by_id: UUID, now: Instant) -> int:
    theirs = select(func.count()).select_from(Suspension)
    return session.scalar(theirs.where(Suspension.by_id == by_id, Suspension.at > now.instant - CUT_OFF_WITHIN)) or 0


def _stop_jobs(session: Session, *, person_id: UUID, now: Instant) -> None:
    """Nothing runs in the name of somebody who was cut off; what is running finds its row taken away."""
    theirs = update(Job).where(Job.asked_by_id == person_id, Job.state.in_((JobState.WAITING, JobState.RUNNING)))
    session.execute(theirs.values(state=JobState.STOPPED, ended_at=now.instant, lease_until=None))


# ---------------------------------------------------------------- coming back


def reinstate(
    session: Session, *, actor: Actor, now: Instant, person_id: UUID, invitation: Invitation | None = None
) -> Reinstated:
    """Let a suspended person work again. Raises RuleBroken.

    Without an invitation their keys are as good as before, and they get the rings of this coordinator back at once.
    With one they begin anew, and are admitted to each ring by somebody who is in it.
    """
    actor.must(Permission.REINSTATE)
    assert actor.id is not None, "the system reinstates nobody"
    person = _locked(session, person_id)
    if person.state is not PersonState.SUSPENDED:
        raise RuleBroken(_("This person is not suspended."))
    reinstatement = Reinstatement(suspension_id=_latest(session, person.id), by_id=actor.id, at=now.instant)
    session.add(reinstatement)
    audit.say(session, "person.reinstated", subject=person.id, made=[reinstatement])
    if invitation is not None:
        reset_keys(
            session, actor=actor, now=now, person_id=person.id, invitation=invitation, reason=ResetReason.REINSTATED
        )
        return Reinstated(person.id, len(rings_due(session, person.id)), fresh=1)
    person.state = PersonState.ACTIVE if _has_own_keys(session, person.id) else PersonState.INVITED
    return Reinstated(person.id, _give_back(session, actor=actor, person=person), fresh=1)


def _latest(session: Session, person_id: UUID) -> UUID:
    latest = select(Suspension.id).where(Suspension.person_id == person_id).order_by(Suspension.at.desc())
    return session.scalars(latest.limit(1)).one()


def _has_own_keys(session: Session, person_id: UUID) -> bool:
    """Whether they chose a password of their own since they last began."""
    begun = ("person.invited", "person.enrolled", "person.keys_reset")
    of_theirs = select(AuditLine.act).where(AuditLine.subject_id == person_id, AuditLine.act.in_(begun))
    return session.scalar(of_theirs.order_by(AuditLine.seq.desc()).limit(1)) == "person.enrolled"


def _give_back(session: Session, *, actor: Actor, person: Person) -> int:
    """Give every ring that is due to them and that the actor is in, in all epochs; say how many others there are."""
    due = rings_due(session, person.id)
    keyring = present_keyring(session, actor=actor, ring_ids=due)
    for ring_id in sorted(due):
        give(session, keyring, ring_id, person)
    theirs = select(RingMembership.ring_id).where(RingMembership.person_id == person.id)
    return len(due - set(session.scalars(theirs)))
