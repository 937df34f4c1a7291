"""What waits for the committee's word, and what the coordinator waits for from it."""

from typing import Any

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from aid.domain.allocations import AllocationState
from aid.domain.clock import Instant
from aid.domain.words import _, n_
from aid.models.allocations import Allocation, AllocationVersion, Vote
from aid.queries.committee_changes import waiting_to_sign
from aid.queries.today.waiting import Waiting, oldest
from aid.vault.actor import Actor


def to_vote_on(session: Session, actor: Actor, _now: Instant) -> Waiting:
    """Allocations that wait for this member's word."""
    answered = exists().where(
        Vote.allocation_id == Allocation.id, Vote.version == Allocation.version, Vote.member_id == actor.id
    )
    found = oldest(session, _proposed().where(~answered, AllocationVersion.proposed_by_id != actor.id))
    title = n_("allocation to vote on", "allocations to vote on", found.count)
    page = "committee.show" if found.count == 1 else "committee.index"
    return Waiting(page, found.count, title, None, found.since, values=found.alone("allocation_id"))


def before_it(session: Session, _actor: Actor, _now: Instant) -> Waiting:
    """Allocations that the committee has not decided yet."""
    found = oldest(session, _proposed())
    title = n_("allocation is before the committee", "allocations are before the committee", found.count)
    return Waiting("allocations.index", found.count, title, None, found.since, patience=7)


def to_sign(session: Session, actor: Actor, now: Instant) -> Waiting:
    """Changes of the committee that this member can sign or complete."""
    waiting = waiting_to_sign(session, actor=actor, now=now)
    title = n_("change of the committee to sign", "changes of the committee to sign", len(waiting))
    hint = _("It is about who decides. Compare the fingerprint by voice.")
    return Waiting("membership.index", len(waiting), title, hint, min(waiting, default=None))


def _proposed() -> Select[Any, Any]:
    """When each was put to the vote as it stands, and its id."""
    put = (AllocationVersion.allocation_id == Allocation.id) & (AllocationVersion.version == Allocation.version)
    rows = select(AllocationVersion.proposed_at, Allocation.id).join(AllocationVersion, put)
    return rows.where(Allocation.state == AllocationState.PROPOSED)
