"""Proof that the committee decided: every vote was signed by its member, and every decision had its quorum.

A signature is given over the fund, the allocation's version and content root, the policy, the member, the choice and
the vote's number; so a vote can't be moved, counted twice or read as another. Decisions are counted anew, by the rule,
from the votes in the order they were cast and the committee as certificates and chain say it was; each vote's key is
the one that the certificate of its time names.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from uuid import UUID

from sqlalchemy import Select, bindparam, exists, select
from sqlalchemy.orm import Session

from aid.domain.quorum import Ballot, Choice, Outcome, outcome
from aid.models.allocations import AllocationVersion, Decision, Vote
from aid.models.fund import CommitteePolicy, Fund
from aid.models.people import VotingKey
from aid.services.committee import message_of
from aid.services.verification.certificates import Held, held, held_at, line_of, suspended_before
from aid.services.verification.findings import Finding
from aid.services.verification.reading import Unreadable, rows_of
from aid.vault.signatures import verify

DECIDED = ("allocation.carried", "allocation.rejected")


@dataclass(frozen=True, slots=True)
class Cast:
    """A vote, and the key that it names."""

    vote: Vote
    public: bytes
    holder: UUID


def prove_votes(session: Session) -> Iterator[Finding]:
    """Votes that their members did not sign, and decisions that they did not take."""
    fund = session.scalar(select(Fund.id))
    committees = held(session)
    for version in rows_of(session, AllocationVersion):
        if fund is None or isinstance(version, Unreadable):
            continue
        cast = _cast(session, version)
        yield from _policy(version, committees)
        yield from _votes(fund, version, cast, committees)
        yield from _decision(session, version, [each.vote for each in cast], committees)
    voted = exists().where(Vote.id == Decision.deciding_vote_id, Vote.allocation_id == Decision.allocation_id)
    for (id_,) in session.execute(select(Decision.id).where(~voted)):
        yield Finding("decision", str(id_), "no vote decided it")


def _cast(session: Session, version: AllocationVersion) -> list[Cast]:
    return [Cast(*row) for row in session.execute(_votes_on(), _named(version))]


@cache
def _votes_on() -> Select[Vote, bytes, UUID]:
    """The votes on a version, in the order they were cast, and the keys that they name."""
    return (
        select(Vote, VotingKey.public, VotingKey.person_id)
        .join(VotingKey, VotingKey.id == Vote.voting_key_id)
        .where(Vote.allocation_id == bindparam("allocation"), Vote.version == bindparam("version"))
        .order_by(Vote.cast_at, Vote.id)
        .execution_options(populate_existing=True)
    )


def _named(version: AllocationVersion) -> dict[str, UUID | int]:
    return {"allocation": version.allocation_id, "version": version.version}


def _policy(version: AllocationVersion, committees: Sequence[Held]) -> Iterator[Finding]:
    """An allocation is counted by the policy of its day: none is proposed under an easier one that is over."""
    at = held_at(committees, version.proposed_at)
    if at is None or version.policy_version != at.policy:
        item = f"{version.allocation_id}/{version.version}"
        yield Finding("allocation_version", item, "it was proposed under another policy than the committee's")


def _votes(
    fund: UUID, version: AllocationVersion, cast: Sequence[Cast], committees: Sequence[Held]
) -> Iterator[Finding]:
    given: Counter[UUID] = Counter()
    stepped_out: set[UUID] = set()
    for each in cast:
        vote = each.vote
        given[vote.member_id] += 1
        if not _is_certified(each, held_at(committees, vote.cast_at)):
            yield Finding("vote", str(vote.id), "no certificate of that time names its key for its member")
        if fault := _fault(fund, version, each, number=given[vote.member_id], may=vote.member_id not in stepped_out):
            yield Finding("vote", str(vote.id), fault)
        if vote.choice is Choice.RECUSAL:
            stepped_out.add(vote.member_id)


def _is_certified(cast: Cast, at: Held | None) -> bool:
    seat = at.committee.by_id.get(cast.vote.member_id) if at else None
    return seat is not None and seat.public == cast.public


def _fault(fund: UUID, version: AllocationVersion, cast: Cast, *, number: int, may: bool) -> str | None:
    vote = cast.vote
    message = message_of(fund, version, member=vote.member_id, choice=vote.choice, number=vote.number)
    if cast.holder != vote.member_id or not verify(cast.public, vote.signature, message):
        return "its member did not sign it"
    if vote.policy_version != version.policy_version:
        return "it names another policy than its allocation"
    if vote.number != number:
        return "one of its member's earlier votes is missing, or cast later"
    if vote.member_id == version.proposed_by_id:
        return "who proposed the allocation voted on it"
    return None if may else "its member had stepped out before"


# ---------------------------------------------------------------- decisions


def _decision(
    session: Session, version: AllocationVersion, votes: Sequence[Vote], committees: Sequence[Held]
) -> Iterator[Finding]:
    decision = session.scalars(_decision_on(), _named(version)).one_or_none()
    if decision is None:
        return
    policy = session.scalars(_policy_of(), {"version": version.policy_version}).one()
    members = _committee(session, decision, committees)
    for fault in _faults(decision, votes, version=version, policy=policy, members=members):
        yield Finding("decision", str(decision.id), fault)


@cache
def _decision_on() -> Select[Decision]:
    on = (Decision.allocation_id == bindparam("allocation"), Decision.version == bindparam("version"))
    return select(Decision).where(*on).execution_options(populate_existing=True)


@cache
def _policy_of() -> Select[CommitteePolicy]:
    return select(CommitteePolicy).where(CommitteePolicy.version == bindparam("version"))


def _faults(
    decision: Decision,
    votes: Sequence[Vote],
    *,
    version: AllocationVersion,
    policy: CommitteePolicy,
    members: frozenset[UUID],
) -> Iterator[str]:
    ballots = [Ballot(vote.member_id, vote.choice) for vote in votes]
    standing = outcome(ballots, members=members, proposer=version.proposed_by_id, quorum=policy.quorum)
    if standing is not (Outcome.CARRIED if decision.carried else Outcome.REJECTED):
        yield f"counted anew, its votes leave it {standing}"
    counted = Counter({vote.member_id: vote.choice for vote in votes if vote.member_id in members}.values())
    if (counted[Choice.YES], counted[Choice.NO], counted[Choice.RECUSAL]) != (
        decision.yes,
        decision.no,
        decision.recused,
    ):
        yield "it counts other votes than were cast"
    if not votes or (decision.deciding_vote_id, decision.decided_at) != (votes[-1].id, votes[-1].cast_at):
        yield "it did not fall with the last vote"
    notice = decision.decided_at + timedelta(hours=policy.notice_hours) if decision.carried else None
    if decision.notice_until != notice:
        yield "its notice is not as long as the policy says"


def _committee(session: Session, decision: Decision, committees: Sequence[Held]) -> frozenset[UUID]:
    """Who was on the committee when it decided: whoever had a certified seat then, and was not suspended."""
    at = held_at(committees, decision.decided_at)
    seq = line_of(session, DECIDED, decision.allocation_id)
    return frozenset(at.committee.by_id if at else ()) - suspended_before(session, seq)
