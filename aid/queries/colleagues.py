"""Everybody who works with the fund, by handle only: for whoever has to cut one of them off in a hurry."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.permissions import Permission, Role
from aid.models.people import Person, PersonState, RoleGrant
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class Colleague:
    """One person, as every colleague knows them."""

    id: UUID
    handle: str
    is_suspended: bool
    is_last_coordinator: bool


def colleagues(session: Session, *, actor: Actor) -> list[Colleague]:
    """All but the person who asks, by handle."""
    actor.must(Permission.REPORT_COLLEAGUE)
    coordinators = _coordinators(session)
    people = select(Person.id, Person.handle, Person.state).where(Person.id != actor.id).order_by(Person.handle)
    return [
        Colleague(id_, handle, state is PersonState.SUSPENDED, coordinators == {id_})
        for id_, handle, state in session.execute(people)
    ]


def colleague(session: Session, *, actor: Actor, person_id: UUID) -> Colleague | None:
    """One of them, or None."""
    return next((one for one in colleagues(session, actor=actor) if one.id == person_id), None)


def _coordinators(session: Session) -> set[UUID]:
    """Who can still reinstate somebody."""
    at_work = select(RoleGrant.person_id).join(Person, Person.id == RoleGrant.person_id)
    at_work = at_work.where(
        RoleGrant.role == Role.COORDINATOR, RoleGrant.ended_at.is_(None), Person.state == PersonState.ACTIVE
    )
    return set(session.scalars(at_work))
