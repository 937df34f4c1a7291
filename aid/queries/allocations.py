"""Allocations as people look at them: what is proposed, who voted how, what was decided. Family codes, no names."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.allocations import AllocationState
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.domain.quorum import RECUSAL_TITLES, Choice
from aid.domain.words import Message
from aid.models.allocations import Allocation, AllocationLine, AllocationVersion, Decision, Vote
from aid.models.fund import CommitteePolicy, Point, Purpose
from aid.models.ledger import Available
from aid.models.people import Person
from aid.models.programmes import Programme
from aid.queries.programmes import Sentences, sentences_of
from aid.vault.actor import Actor

PAGE = 50


@dataclass(frozen=True, slots=True)
class AllocationRow:
    """One allocation in a list."""

    id: UUID
    number: int
    state: AllocationState
    titles: Mapping[str, str]
    total: Money
    families: int
    proposed_at: datetime
    mine: Choice | None  # the reader's own vote on what is proposed now


@dataclass(frozen=True, slots=True)
class LineRow:
    """One family's line, by its code."""

    n: int
    code: str
    amount: Money
    point: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class VoteRow:
    """A member's latest word."""

    member_id: UUID
    member: str
    choice: Choice
    reason: Message | None
    cast_at: datetime


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """What the committee decided."""

    carried: bool
    decided_at: datetime
    notice_until: datetime | None


@dataclass(frozen=True, slots=True)
class AllocationPage:
    """What an allocation proposes now, and where the voting stands."""

    id: UUID
    number: int
    state: AllocationState
    version: int
    content_root: bytes
    programme_id: UUID
    purpose_id: UUID
    titles: Mapping[str, str]
    purpose: Mapping[str, str]
    sentences: Sentences
    total: Money
    available: Money
    families: int
    children: int
    unconfirmed: int
    not_eligible: int
    proposed_by_id: UUID
    proposed_by: str
    proposed_at: datetime
    quorum: int
    notice_hours: int
    votes: tuple[VoteRow, ...]
    decision: DecisionRow | None

    @property
    def is_open(self) -> bool:
        """Whether it waits for votes."""
        return self.state is AllocationState.PROPOSED

    @property
    def left(self) -> Money:
        """What is available once it is carried; below zero, it can't be."""
        return self.available - self.total

    @property
    def missing(self) -> Money | None:
        """What has to come in before it can be carried; nothing where there is enough."""
        return -self.left if self.left.minor < 0 else None

    @property
    def left_out(self) -> int:
        """Families that get nothing by it."""
        return self.unconfirmed + self.not_eligible

    def cast(self, choice: Choice) -> int:
        """How many members answered this."""
        return sum(vote.choice is choice for vote in self.votes)

    def by(self, member: UUID | None) -> VoteRow | None:
        """A member's own latest word."""
        return next((vote for vote in self.votes if vote.member_id == member), None)


def allocations(
    session: Session, *, actor: Actor, before: int | None = None, only_open: bool = False, size: int = PAGE
) -> tuple[AllocationRow, ...]:
    """Allocations as they stand now, the newest first; `before` is the last number already shown."""
    actor.must(Permission.SEE_ALLOCATIONS)
    wanted = _now().add_columns(Programme.titles).order_by(Allocation.number.desc()).limit(size)
    if only_open:
        wanted = wanted.where(Allocation.state == AllocationState.PROPOSED)
    if before is not None:
        wanted = wanted.where(Allocation.number < before)
    found = session.execute(wanted).all()
    mine = _own_votes(session, actor, [row.Allocation.id for row in found])
    return tuple(
        AllocationRow(
            id=allocation.id,
            number=allocation.number,
            state=allocation.state,
            titles=titles,
            total=Money(version.total_minor, version.currency),
            families=version.families,
            proposed_at=version.proposed_at,
            mine=mine.get((allocation.id, allocation.version)),
        )
        for allocation, version, titles in found
    )


def _now() -> Any:
    """Each allocation with what it proposes now."""
    return (
        select(Allocation, AllocationVersion)
        .join(
            AllocationVersion,
            (AllocationVersion.allocation_id == Allocation.id) & (AllocationVersion.version == Allocation.version),
        )
        .join(Programme, Programme.id == Allocation.programme_id)
    )


def _own_votes(session: Session, actor: Actor, ids: list[UUID]) -> dict[tuple[UUID, int], Choice]:
    votes = session.execute(
        select(Vote.allocation_id, Vote.version, Vote.choice)
        .where(Vote.member_id == actor.person_id, Vote.allocation_id.in_(ids))
        .order_by(Vote.number)
    )
    return {(allocation, version): choice for allocation, version, choice in votes}


def allocation(session: Session, *, actor: Actor, allocation_id: UUID) -> AllocationPage | None:
    """One allocation as it stands now, or None where there is none."""
    actor.must(Permission.SEE_ALLOCATIONS)
    found = session.execute(
        _now()
        .add_columns(Programme, Purpose.names, Person.handle, CommitteePolicy)
        .join(Purpose, Purpose.id == Allocation.purpose_id)
        .join(Person, Person.id == AllocationVersion.proposed_by_id)
        .join(CommitteePolicy, CommitteePolicy.version == AllocationVersion.policy_version)
        .where(Allocation.id == allocation_id)
    ).one_or_none()
    if found is None:
        return None
    row, version, programme, purpose, proposer, policy = found
    return AllocationPage(
        id=row.id,
        number=row.number,
        state=row.state,
        version=row.version,
        content_root=version.content_root,
        programme_id=programme.id,
        purpose_id=row.purpose_id,
        titles=programme.titles,
        purpose=purpose,
        sentences=sentences_of(programme),
        total=Money(version.total_minor, version.currency),
        available=available(session, purpose_id=row.purpose_id, currency=version.currency),
        families=version.families,
        children=version.children,
        unconfirmed=version.unconfirmed,
        not_eligible=version.not_eligible,
        proposed_by_id=version.proposed_by_id,
        proposed_by=proposer,
        proposed_at=version.proposed_at,
        quorum=policy.quorum,
        notice_hours=policy.notice_hours,
        votes=votes_on(session, allocation_id=row.id, version=row.version),
        decision=_decision(session, row.id),
    )


def available(session: Session, *, purpose_id: UUID, currency: str) -> Money:
    """Money of a purpose not yet promised."""
    minor = session.scalar(
        select(Available.amount_minor).where(Available.purpose_id == purpose_id, Available.currency == currency)
    )
    return Money(minor or 0, currency)


def votes_on(session: Session, *, allocation_id: UUID, version: int) -> tuple[VoteRow, ...]:
    """Each member's latest word on one version, in the order they were given."""
    found = session.execute(
        select(Vote, Person.handle)
        .join(Person, Person.id == Vote.member_id)
        .where(Vote.allocation_id == allocation_id, Vote.version == version)
        .order_by(Vote.cast_at)
    )
    latest = {vote.member_id: (vote, handle) for vote, handle in found}
    rows = [VoteRow(vote.member_id, handle, vote.choice, _why(vote), vote.cast_at) for vote, handle in latest.values()]
    return tuple(sorted(rows, key=lambda row: row.cast_at))


def _why(vote: Vote) -> Message | None:
    return RECUSAL_TITLES[vote.recusal_reason] if vote.recusal_reason else None


def _decision(session: Session, allocation_id: UUID) -> DecisionRow | None:
    found = session.execute(
        select(Decision.carried, Decision.decided_at, Decision.notice_until).where(
            Decision.allocation_id == allocation_id
        )
    ).one_or_none()
    return DecisionRow(*found) if found else None


def lines(
    session: Session, *, actor: Actor, allocation_id: UUID, after: int = 0, size: int | None = PAGE
) -> tuple[LineRow, ...]:
    """Lines of what is proposed now, by their numbers, after the last one already shown; all when `size` is None."""
    actor.must(Permission.SEE_ALLOCATIONS)
    found = session.execute(
        select(AllocationLine, Point.names)
        .join(
            Allocation, (Allocation.id == AllocationLine.allocation_id) & (Allocation.version == AllocationLine.version)
        )
        .join(Point, Point.id == AllocationLine.point_id)
        .where(Allocation.id == allocation_id, AllocationLine.n > after)
        .order_by(AllocationLine.n)
        .limit(size)
    )
    return tuple(
        LineRow(line.n, line.family_code, Money(line.amount_minor, line.currency), point) for line, point in found
    )
