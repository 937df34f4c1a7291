"""Proof that the committee decided: every vote was signed by its member, and every decision had its quorum.

A signature is given over the fund, the allocation's version and content root, the policy, the member, the choice and
the vote's number; so a vote can't be moved, counted twice or read as another. Decisions are counted anew, by the rule,
from the votes in the order they were cast and the committee as the chain says it was.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from aid.domain.permissions import Role
from aid.domain.quorum import Ballot, Choice, Outcome, outcome
from aid.models.allocations import AllocationVersion, Decision, Vote
from aid.models.audit import AuditLine
from aid.models.fund import CommitteePolicy, Fund
from aid.models.people import RoleGrant, VotingKey
from aid.services.committee import message_of
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
    for version in rows_of(session, AllocationVersion):
        if fund is None or isinstance(version, Unreadable):
            continue
        cast = _cast(session, version)
        yield from _votes(fund, version, cast)
        yield from _decision(session, version, [each.vote for each in cast])
    voted = exists().where(Vote.id == Decision.deciding_vote_id, Vote.allocation_id == Decision.allocation_id)
    for (id_,) in session.execute(select(Decision.id).where(~voted)):
        yield Finding("decision", str(id_), "no vote decided it")


def _cast(session: Session, version: AllocationVersion) -> list[Cast]:
    found = session.execute(
        select(Vote, VotingKey.public, VotingKey.person_id)
        .join(VotingKey, VotingKey.id == Vote.voting_key_id)
        .where(Vote.allocation_id == version.allocation_id, Vote.version == version.version)
        .order_by(Vote.cast_at, Vote.id)
        .execution_options(populate_existing=True)
    )
    return [Cast(*row) for row in found]


def _votes(fund: UUID, version: AllocationVersion, cast: Sequence[Cast]) -> Iterator[Finding]:
    given: Counter[UUID] = Counter()
    stepped_out: set[UUID] = set()
    for each in cast:
        vote = each.vote
        given[vote.member_id] += 1
        if fault := _fault(fund, version, each, number=given[vote.member_id], may=vote.member_id not in stepped_out):
            yield Finding("vote", str(vote.id), fault)
        if vote.choice is Choice.RECUSAL:
            stepped_out.add(vote.member_id)


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


def _decision(session: Session, version: AllocationVersion, votes: Sequence[Vote]) -> Iterator[Finding]:
    decision = session.scalars(
        select(Decision)
        .where(Decision.allocation_id == version.allocation_id, Decision.version == version.version)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if decision is None:
        return
    policy = session.scalars(select(CommitteePolicy).where(CommitteePolicy.version == version.policy_version)).one()
    members = _committee(session, decision)
    for fault in _faults(decision, votes, version=version, policy=policy, members=members):
        yield Finding("decision", str(decision.id), fault)


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


def _committee(session: Session, decision: Decision) -> frozenset[UUID]:
    """Who was on the committee when it decided: whoever has the role, was invited before, and suspended not before."""
    decided = select(AuditLine.seq).where(AuditLine.act.in_(DECIDED), AuditLine.subject_id == decision.allocation_id)
    seq = session.scalars(decided.order_by(AuditLine.seq)).first() or 0
    members = session.scalars(select(RoleGrant.person_id).where(RoleGrant.role == Role.COMMITTEE_MEMBER))
    before = select(AuditLine.act, AuditLine.subject_id).where(
        AuditLine.act.in_(("person.invited", "person.suspended")), AuditLine.seq < seq
    )
    acts = {(act, person) for act, person in session.execute(before)}
    return frozenset(
        member for member in members if ("person.invited", member) in acts and ("person.suspended", member) not in acts
    )
