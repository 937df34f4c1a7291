"""Panic: one press ends every sign-in and locks the fund, until two people with different roles turn their keys."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.custody import TWO_KEYS_WITHIN, why_not_open
from aid.domain.ids import new_id
from aid.domain.permissions import Permission, Role
from aid.domain.refusals import RuleBroken
from aid.domain.words import Message, _
from aid.models.custody import Lockdown, LockdownKey
from aid.models.fund import Fund
from aid.models.people import PersonState, RoleGrant, SignIn
from aid.queries.lockdowns import lockdown_in_force
from aid.services import audit
from aid.services.sign_ins import Code, claim
from aid.vault.actor import Actor

LOCKED = _("The fund is locked. Two people with different roles open it again.")


@dataclass(frozen=True, slots=True)
class Locked:
    """The fund is locked."""

    lockdown_id: UUID


@dataclass(frozen=True, slots=True)
class KeyTurned:
    """Somebody proved who they are at the locked page. `waits_until` says how long the other one has."""

    is_open: bool
    waits_until: datetime | None = None
    reason: Message | None = None  # why it did not open with a key turned before


def lock(session: Session, *, actor: Actor, now: Instant) -> Locked:
    """End all sign-ins, and serve and run nothing from now on. Who presses while it is locked changes nothing."""
    actor.must(Permission.LOCK_FUND)
    assert actor.id is not None, "the system does not panic"
    session.execute(select(Fund.id).with_for_update(key_share=True))  # of two who press at once, one waits
    session.execute(delete(SignIn))
    in_force = lockdown_in_force(session)
    if in_force is not None:
        return Locked(in_force)
    lockdown = Lockdown(id=new_id(), pressed_by_id=actor.id, at=now.instant, lifted_at=None)
    session.add(lockdown)
    audit.say(session, "fund.locked", subject=actor.id, made=[lockdown])
    return Locked(lockdown.id)


def turn_key(session: Session, *, actor: Actor, now: Instant, public: bytes, code: Code | None) -> KeyTurned:
    """Count a recognised person towards opening the fund, and open it with the second of different roles.

    Raises RuleBroken when it is not locked, or the code was used.
    """
    assert actor.id is not None, "a person turns a key"
    lockdown = session.scalar(select(Lockdown).where(Lockdown.lifted_at.is_(None)).with_for_update())
    if lockdown is None:
        raise RuleBroken(_("The fund is open. Sign in."))
    if code is None:
        raise RuleBroken(_("Who never signed in with a phone can't open the fund. Somebody else has to."))
    if claim(session, person_id=actor.id, public=public, state=PersonState.ACTIVE, code=code):
        audit.say(session, "person.signed_in_by_paper", subject=actor.id)
    key = LockdownKey(id=new_id(), lockdown_id=lockdown.id, person_id=actor.id, at=now.instant)
    session.add(key)
    others = _turned_lately(session, lockdown.id, besides=actor.id, now=now)
    reasons = [why_not_open(_roles(session, other), actor.roles) for other in others]
    if None not in reasons:
        audit.say(session, "lockdown.key_turned", subject=actor.id, made=[key])
        return KeyTurned(False, now.instant + TWO_KEYS_WITHIN, next(iter(reasons), None))
    lockdown.lifted_at = now.instant
    session.execute(delete(SignIn))  # one that began as it was being locked
    audit.say(session, "fund.opened", subject=lockdown.id, made=[key])
    return KeyTurned(True)


def _turned_lately(session: Session, lockdown_id: UUID, *, besides: UUID, now: Instant) -> list[UUID]:
    """Who else turned a key within the time that two people have."""
    turned = select(LockdownKey.person_id).where(
        LockdownKey.lockdown_id == lockdown_id,
        LockdownKey.person_id != besides,
        LockdownKey.at > now.instant - TWO_KEYS_WITHIN,
    )
    return list(session.scalars(turned.distinct()))


def _roles(session: Session, person_id: UUID) -> set[Role]:
    held = select(RoleGrant.role).where(RoleGrant.person_id == person_id, RoleGrant.ended_at.is_(None))
    return set(session.scalars(held))
