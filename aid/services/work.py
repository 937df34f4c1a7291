"""Somebody's work changes: roles, localities and points are given and taken, and keys go with them.

What is given now opens nothing before a colleague admits them; what is taken ends at their next request, and the keys
that went with it are made anew.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.ids import new_id
from aid.domain.permissions import Permission, Role
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.domain.work import NEVER_NOBODY, Work, why_nobody_left, why_not_change, why_not_this_work
from aid.models.base import Permanent
from aid.models.people import (
    Person,
    PersonLocality,
    PersonPoint,
    PersonState,
    RingMembership,
    RoleGrant,
    WorkChange,
)
from aid.services import audit, rings
from aid.services.grounds import rings_due
from aid.vault.actor import Actor

Grant = RoleGrant | PersonLocality | PersonPoint


@dataclass(frozen=True, slots=True)
class WorkChanged:
    """A person works otherwise from now on."""

    person_id: UUID
    changes: int


def change_work(session: Session, *, actor: Actor, now: Instant, person_id: UUID, work: Work) -> WorkChanged:
    """Give and take roles and places until this is a person's work. Raises RuleBroken."""
    actor.must(Permission.MANAGE_PEOPLE)
    assert actor.id is not None, "the system changes nobody's work"
    person = _locked(session, person_id)
    if person.id == actor.id:
        raise RuleBroken(_("You can't change your own work. Another administrator does it."))
    if person.state is PersonState.SUSPENDED:
        raise RuleBroken(_("This person is suspended. A coordinator reinstates them first."))
    before, after = work_of(person), work.where_needed()
    if refusal := why_not_this_work(after) or why_not_change(before.roles, after.roles):
        raise RuleBroken(refusal)
    for role in NEVER_NOBODY:
        if role in before.roles - after.roles and _only_one(session, role, person.id):
            raise RuleBroken(why_nobody_left(role))
    due_before = rings_due(session, person.id)
    made = [row for change in _changes(before, after) for row in _apply(session, person, change, by=actor.id, now=now)]
    if not made:
        raise RuleBroken(_("Nothing was changed: this is their work already."))
    made += _give_back_keys(session, person, due_before, now=now)
    audit.say(session, "person.work_changed", subject=person.id, made=made)
    return WorkChanged(person.id, sum(isinstance(row, WorkChange) for row in made))


def work_of(person: Person) -> Work:
    """What somebody works as and where, now."""
    return Work(
        frozenset(grant.role for grant in person.grants),
        frozenset(own.locality_id for own in person.localities),
        frozenset(own.point_id for own in person.points),
    )


@dataclass(frozen=True, slots=True)
class _Change:
    """One thing given or taken."""

    role: Role | None = None
    locality_id: UUID | None = None
    point_id: UUID | None = None
    ends: bool = False


def _changes(before: Work, after: Work) -> Iterator[_Change]:
    """What is taken, and then what is given."""
    for ends, old, new in ((True, before, after), (False, after, before)):
        yield from (_Change(role=role, ends=ends) for role in sorted(old.roles - new.roles))
        yield from (_Change(locality_id=place, ends=ends) for place in sorted(old.localities - new.localities))
        yield from (_Change(point_id=place, ends=ends) for place in sorted(old.points - new.points))


def _apply(session: Session, person: Person, change: _Change, *, by: UUID, now: Instant) -> list[Permanent]:
    row = WorkChange(
        id=new_id(),
        person_id=person.id,
        role=change.role,
        locality_id=change.locality_id,
        point_id=change.point_id,
        ends=change.ends,
        by_id=by,
        at=now.instant,
    )
    session.add(row)
    there = _grant(session, person.id, change)
    if there is not None:
        there.ended_at = now.instant if change.ends else None
        session.flush()
        return [row]
    grant = _new_grant(person.id, change, now=now)
    session.add(grant)
    session.flush()
    return [row, grant]


def _grant(session: Session, person_id: UUID, change: _Change) -> Grant | None:
    """The row of what was given once, whether or not it ended."""
    if change.role is not None:
        return session.get(RoleGrant, (person_id, change.role))
    if change.locality_id is not None:
        return session.get(PersonLocality, (person_id, change.locality_id))
    return session.get(PersonPoint, (person_id, change.point_id))


def _new_grant(person_id: UUID, change: _Change, *, now: Instant) -> Grant:
    if change.role is not None:
        return RoleGrant(person_id=person_id, role=change.role, granted_at=now.instant)
    if change.locality_id is not None:
        return PersonLocality(person_id=person_id, locality_id=change.locality_id)
    return PersonPoint(person_id=person_id, point_id=change.point_id)


def _give_back_keys(session: Session, person: Person, due_before: set[UUID], *, now: Instant) -> list[Permanent]:
    """Rings that were due and are no more: they leave, and those who stay get new keys. Raises RuleBroken."""
    no_more = due_before - rings_due(session, person.id)
    others = select(RingMembership.ring_id).where(RingMembership.person_id != person.id)
    theirs = select(RingMembership.ring_id).where(RingMembership.person_id == person.id)
    alone = theirs.where(RingMembership.ring_id.in_(no_more), RingMembership.ring_id.not_in(others))
    if session.scalar(alone.limit(1)) is not None:
        raise RuleBroken(_("Nobody else holds the keys that go with this work. Let somebody else be admitted first."))
    return list(rings.leave(session, person_id=person.id, ring_ids=no_more, now=now))


def _only_one(session: Session, role: Role, person_id: UUID) -> bool:
    """Whether nobody else who may work has this role."""
    others = select(func.count()).select_from(RoleGrant).join(Person, Person.id == RoleGrant.person_id)
    count = session.scalar(
        others.where(
            RoleGrant.role == role,
            RoleGrant.ended_at.is_(None),
            Person.state == PersonState.ACTIVE,
            Person.id != person_id,
        )
    )
    return not count


def _locked(session: Session, person_id: UUID) -> Person:
    person = session.scalar(select(Person).where(Person.id == person_id).with_for_update())
    if person is None:
        raise RuleBroken(_("There is no such person."))
    return person
