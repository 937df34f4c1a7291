"""Admitting a colleague: somebody who holds keys seals them to a colleague whose work needs them.

The giver compares the fingerprint of the colleague's keys by voice: else a server that was changed could put its own
key in between.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models.people import Person, PersonState, Ring, RingEpoch, RingMembership
from aid.queries.actors import memberships_of
from aid.services import audit, rings
from aid.services.grounds import rings_due
from aid.vault.actor import Actor
from aid.vault.keyring import Keyring


@dataclass(frozen=True, slots=True)
class Admitted:
    """So many rings were given; so many wait for somebody else who holds them."""

    person_id: UUID
    given: int
    missing: int


def admit(session: Session, *, actor: Actor, now: Instant, person_id: UUID, public: bytes) -> Admitted:
    """Give a colleague every ring that their work needs and the actor holds, with all its epochs. Raises RuleBroken.

    `public` is the key whose fingerprint was compared. Who held a ring only until its owner came leaves it.
    """
    actor.must(Permission.ADMIT)
    assert actor.id is not None, "the system holds no keys"
    person = session.scalar(select(Person).where(Person.id == person_id).with_for_update())
    if person is None or person.id == actor.id:
        raise RuleBroken(_("There is no such person."))
    if person.state is not PersonState.ACTIVE:
        raise RuleBroken(_("This person has no keys of their own yet: they sign in first."))
    if person.hpke_public != public:
        raise RuleBroken(_("This person made new keys meanwhile. Compare the new fingerprint with them."))
    due = rings_due(session, person.id)
    keyring = present_keyring(session, actor=actor, ring_ids=due)
    given = {ring_id for ring_id in sorted(due) if give(session, keyring, ring_id, person)}
    if not given:
        raise RuleBroken(_("You hold no keys that this person still waits for."))
    handed_over = given - rings_due(session, actor.id)
    epochs = rings.leave(session, person_id=actor.id, ring_ids=handed_over, now=now) if handed_over else []
    audit.say(session, "person.admitted", subject=person.id, made=epochs)
    return Admitted(person.id, len(given), len(due - given - _held(session, person.id)))


def present_keyring(session: Session, *, actor: Actor, ring_ids: set[UUID]) -> Keyring:
    """The actor's keys as they are while no ring gets new ones. Raises RuleBroken."""
    locked = select(Ring.id).where(Ring.id.in_(ring_ids)).order_by(Ring.id).with_for_update()
    session.execute(locked).all()
    own = memberships_of(session, actor.id) if actor.id else {}
    keyring = Keyring(actor.id, actor.keyring.private, own)
    latest = select(RingEpoch.ring_id, func.max(RingEpoch.epoch)).where(RingEpoch.ring_id.in_(ring_ids))
    for ring_id, epoch in session.execute(latest.group_by(RingEpoch.ring_id)):
        if keyring.has(ring_id) and keyring.refs(ring_id)[0].epoch != epoch:
            raise RuleBroken(_("Your own keys are not the newest. Ask another coordinator to admit you again."))
    return keyring


def give(session: Session, keyring: Keyring, ring_id: UUID, person: Person) -> bool:
    """Seal every epoch that the person lacks; whether there was one to give."""
    theirs = select(RingMembership.epoch)
    held = set(session.scalars(theirs.where(RingMembership.ring_id == ring_id, RingMembership.person_id == person.id)))
    lacking = [ref for ref in keyring.refs(ring_id) if ref.epoch not in held]
    for ref in lacking:
        rings.admit(session, keys=keyring.ring(ref), person_id=person.id, public=person.hpke_public)
    session.flush()
    return bool(lacking)


def _held(session: Session, person_id: UUID) -> set[UUID]:
    return set(session.scalars(select(RingMembership.ring_id).where(RingMembership.person_id == person_id)))
