"""The committee: opening what a line rests on, and voting with a signature."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.allocations import VotingFacts, why_not_vote
from aid.domain.clock import Instant
from aid.domain.entitlement import Reason, describe
from aid.domain.families import CIRCUMSTANCE_TITLES, KINSHIP_TITLES, Facts
from aid.domain.ids import new_id
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.domain.quorum import Choice, Outcome, RecusalReason, why_reason_is_wrong
from aid.domain.refusals import RuleBroken
from aid.domain.words import Message, _
from aid.models.allocations import Allocation, AllocationLine, AllocationVersion, Vote
from aid.models.families import Erasure
from aid.models.fund import Point
from aid.models.records import RecordKind
from aid.services import audit, records, sightings
from aid.services.allocations import hash_of_line, lock_allocation, root_of
from aid.services.certificates import Certified, active_of, hold_seats, in_force, sign_as_member
from aid.services.certificates import committee as committee
from aid.services.decisions import NotEnough as NotEnough
from aid.services.decisions import decide
from aid.services.signing import SigningKey as SigningKey
from aid.services.signing import signing_key as signing_key
from aid.vault.actor import Actor
from aid.vault.content import facts_hash
from aid.vault.failures import Tampered
from aid.vault.votes import vote_message

PAGE = 50
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


@dataclass(frozen=True, slots=True)
class MemberLine:
    """One member of a family, as the committee sees them."""

    who: Message
    birth_year: int | None
    grade: int | None


@dataclass(frozen=True, slots=True)
class ReasonLine:
    """One part of an amount."""

    what: Message
    amount: Money


@dataclass(frozen=True, slots=True)
class OpenedLine:
    """What one family is to get, and the facts it rests on."""

    n: int
    code: str
    amount: Money
    point: Mapping[str, str]
    items: tuple[str, ...]
    members: tuple[MemberLine, ...]
    circumstances: tuple[Message, ...]
    reasons: tuple[ReasonLine, ...]
    is_erased: bool = False  # its family was erased, and with it what the line rests on


@dataclass(frozen=True, slots=True)
class OpenedLines:
    """A page of an allocation's lines."""

    lines: tuple[OpenedLine, ...]
    next_after: int | None

    @property
    def start(self) -> int:
        """The number of its first line."""
        return self.lines[0].n if self.lines else 1


# ---------------------------------------------------------------- looking


def open_lines(
    session: Session, *, actor: Actor, now: Instant, allocation_id: UUID, after: int = 0, size: int = PAGE
) -> OpenedLines:
    """Open a page of lines with the facts and reasons they rest on. No names. Call it by `look`.

    Raises Tampered where the facts are not those that the line was hashed with.
    """
    actor.must(Permission.VOTE)
    assert actor.person_id is not None, "only a person has keys"
    found = session.execute(
        select(AllocationLine, Point.names)
        .join(
            Allocation, (Allocation.id == AllocationLine.allocation_id) & (Allocation.version == AllocationLine.version)
        )
        .join(Point, Point.id == AllocationLine.point_id)
        .where(Allocation.id == allocation_id, AllocationLine.n > after)
        .order_by(AllocationLine.n)
        .limit(size + 1)
    ).all()
    rows = [(line, point) for line, point in found[:size]]
    ids = [line.id for line, _point in rows]
    opened = records.take_out_all(session, kind=RecordKind.LINE, row_ids=ids, keyring=actor.keyring)
    families = [line.family_id for line, _point in rows]
    sightings.saw(session, person_id=actor.person_id, families=families, what=RecordKind.LINE, why="vote", now=now)
    erased = frozenset(session.scalars(select(Erasure.family_id).where(Erasure.family_id.in_(families))))
    lines = tuple(
        _erased(line, point) if line.family_id in erased else _opened(line, point, opened[line.id])
        for line, point in rows
    )
    return OpenedLines(lines, lines[-1].n if len(found) > size else None)


def _erased(line: AllocationLine, point: Mapping[str, str]) -> OpenedLine:
    amount = Money(line.amount_minor, line.currency)
    return OpenedLine(line.n, line.family_code, amount, point, tuple(line.items), (), (), (), is_erased=True)


def _opened(line: AllocationLine, point: Mapping[str, str], record: Mapping[str, Any]) -> OpenedLine:
    why = {name: part for name, part in record.items() if name != "salt"}
    if facts_hash(record["salt"], why) != line.facts_hash or hash_of_line(line) != line.line_hash:
        raise Tampered("not the facts that this line was put to the vote with")
    facts = Facts.from_plain(record["facts"])
    reasons = [Reason.from_plain(reason) for reason in record["reasons"]]
    return OpenedLine(
        n=line.n,
        code=line.family_code,
        amount=Money(line.amount_minor, line.currency),
        point=point,
        items=tuple(line.items),
        members=tuple(
            MemberLine(KINSHIP_TITLES[member.kinship], member.birth_year, member.grade) for member in facts.members
        ),
        circumstances=tuple(CIRCUMSTANCE_TITLES[circumstance] for circumstance in sorted(facts.circumstances)),
        reasons=tuple(ReasonLine(describe(reason), Money(reason.minor, line.currency)) for reason in reasons),
    )


# ---------------------------------------------------------------- voting


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
