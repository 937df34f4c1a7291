"""The committee: voting with a signature, on lines that members have opened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.allocations import VotingFacts, why_not_vote
from aid.domain.clock import Instant
from aid.domain.ids import new_id
from aid.domain.permissions import Permission
from aid.domain.quorum import Choice, Outcome, RecusalReason, why_reason_is_wrong
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models.allocations import Allocation, AllocationLine, AllocationVersion, Vote
from aid.services import audit
from aid.services.allocations import lock_allocation, root_of
from aid.services.certificates import Certified, active_of, hold_seats, in_force, sign_as_member
from aid.services.certificates import committee as committee
from aid.services.decisions import NotEnough as NotEnough
from aid.services.decisions import decide
from aid.services.lines.opened import open_lines as open_lines
from aid.services.signing import SigningKey as SigningKey
from aid.services.signing import signing_key as signing_key
from aid.vault.actor import Actor
from aid.vault.failures import Tampered
from aid.vault.votes import vote_message

COMPUTED_ANEW = _("This allocation was computed anew after you opened it. Look at what it says now, then vote on that.")


@dataclass(frozen=True, slots=True, kw_only=True)
class VoteOrder:
    """A member's answer to exactly what they saw."""

    allocation_id: UUID
    version: int
    content_root: bytes
    choice: Choice
    reason: RecusalReason | None = None


@dataclass(frozen=True, slots=True)
class Voted:
    """A vote stands, and where the decision stands with it."""

    vote_id: UUID
    decided: Outcome


def cast_vote(session: Session, *, actor: Actor, now: Instant, order: VoteOrder, signing: SigningKey) -> Voted:
    """Sign and store a member's vote; with the deciding one, reserve the money and make the vouchers, or reject.

    Raises RuleBroken when something else is proposed by now than the member saw, and NotEnough.
    """
    actor.must(Permission.VOTE)
    assert actor.person_id is not None, "a person votes"
    allocation = lock_allocation(session, order.allocation_id)
    version = session.get_one(AllocationVersion, (allocation.id, allocation.version))
    _refuse_changed(session, allocation, version, order)
    earlier = _votes(session, version)
    at = _after(earlier, now.instant)
    certified = in_force(session, at=at)
    hold_seats(session, certified.committee)
    members = active_of(session, certified.committee)
    own = [vote for vote in earlier if vote.member_id == actor.person_id]
    voting = VotingFacts(
        state=allocation.state,
        is_member=actor.person_id in members,
        is_proposer=version.proposed_by_id == actor.person_id,
        has_recused=any(vote.choice is Choice.RECUSAL for vote in own),
    )
    if reason := why_not_vote(voting):
        raise RuleBroken(reason)
    if reason := why_reason_is_wrong(order.choice, order.reason):
        raise RuleBroken(reason, "reason")
    vote = _signed(
        session, version, certified, order, member=actor.person_id, number=len(own) + 1, at=at, signing=signing
    )
    session.add(vote)
    session.flush()
    audit.say(session, "vote.cast", subject=allocation.id, made=[vote])
    return Voted(vote.id, decide(session, allocation, version, [*earlier, vote], members, now=now))


def _refuse_changed(session: Session, allocation: Allocation, version: AllocationVersion, order: VoteOrder) -> None:
    if (allocation.version, version.content_root) != (order.version, order.content_root):
        raise RuleBroken(COMPUTED_ANEW)
    if root_of(version, _lines(session, version)) != version.content_root:
        raise Tampered("the lines are not those that were put to the vote")


def _lines(session: Session, version: AllocationVersion) -> Sequence[AllocationLine]:
    wanted = (AllocationLine.allocation_id == version.allocation_id) & (AllocationLine.version == version.version)
    return session.scalars(select(AllocationLine).where(wanted)).all()


def _votes(session: Session, version: AllocationVersion) -> list[Vote]:
    """The votes on one version, in the order they were cast."""
    wanted = (Vote.allocation_id == version.allocation_id) & (Vote.version == version.version)
    return list(session.scalars(select(Vote).where(wanted).order_by(Vote.cast_at)))


def _after(earlier: Sequence[Vote], moment: datetime) -> datetime:
    """Each vote is later than the one before it, whatever the clocks of two servers say: their order decides."""
    return max([moment, *(vote.cast_at + timedelta(microseconds=1) for vote in earlier)])


def _signed(
    session: Session,
    version: AllocationVersion,
    certified: Certified,
    order: VoteOrder,
    *,
    member: UUID,
    number: int,
    at: datetime,
    signing: SigningKey,
) -> Vote:
    message = message_of(certified.committee.fund, version, member=member, choice=order.choice, number=number)
    signed = sign_as_member(session, member=member, committee=certified.committee, signing=signing, message=message)
    return Vote(
        id=new_id(),
        allocation_id=version.allocation_id,
        version=version.version,
        member_id=member,
        number=number,
        choice=order.choice,
        recusal_reason=order.reason,
        policy_version=version.policy_version,
        voting_key_id=signed.key.id,
        signature=signed.signature,
        cast_at=at,
    )


def message_of(fund: UUID, version: AllocationVersion, *, member: UUID, choice: Choice, number: int) -> bytes:
    """What a member signs who votes on this version."""
    return vote_message(
        fund=fund,
        allocation=version.allocation_id,
        version=version.version,
        content_root=version.content_root,
        policy_version=version.policy_version,
        member=member,
        choice=choice.value,
        number=number,
    )
