"""What a meeting can be called for, and whom it can be called with."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.allocations import AllocationKind, AllocationState
from aid.domain.clock import Instant
from aid.domain.permissions import Permission
from aid.models.allocations import Allocation
from aid.models.people import Person
from aid.models.programmes import Programme
from aid.services.certificates import committee
from aid.vault.actor import Actor

MOST = 100


@dataclass(frozen=True, slots=True)
class OpenProposal:
    """A proposal that waits for votes."""

    id: UUID
    number: int
    kind: AllocationKind
    titles: Mapping[str, str] | None  # a round's programme


def open_proposals(session: Session, *, actor: Actor) -> tuple[OpenProposal, ...]:
    """Everything that waits for votes, the oldest first."""
    actor.must(Permission.HOLD_MEETINGS)
    found = session.execute(
        select(Allocation.id, Allocation.number, Allocation.kind, Programme.titles)
        .outerjoin(Programme, Programme.id == Allocation.programme_id)
        .where(Allocation.state == AllocationState.PROPOSED)
        .order_by(Allocation.number)
        .limit(MOST)
    )
    return tuple(OpenProposal(*row) for row in found)


def members_to_invite(session: Session, *, actor: Actor, now: Instant) -> tuple[tuple[UUID, str], ...]:
    """Who has a certified seat now and is not suspended, by handle."""
    actor.must(Permission.HOLD_MEETINGS)
    people = select(Person.id, Person.handle).where(Person.id.in_(committee(session, now=now)))
    return tuple((id_, handle) for id_, handle in session.execute(people.order_by(Person.handle)))
