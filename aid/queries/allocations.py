"""Allocations as people look at them: what is proposed, who voted how, what was decided. Family codes, no names."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.allocations import ALLOCATION_KIND_TITLES, GIVES_VOUCHERS, AllocationKind, AllocationState
from aid.domain.grants import GrantRules, describe_rules
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.domain.quorum import RECUSAL_TITLES, Choice
from aid.domain.words import Message, _
from aid.models.allocations import Allocation, AllocationLine, AllocationVersion, Decision, Vote
from aid.models.fund import CommitteePolicy, Point, Purpose
from aid.models.ledger import Available
from aid.models.people import Person
from aid.models.programmes import Programme
from aid.models.purchases import GrantRulesVersion
from aid.queries.programmes import Sentences, names_of, sentences_of
from aid.services.goods import words_for
from aid.vault.actor import Actor

PAGE = 50
NO_PURPOSE = _("The same money in another place")


@dataclass(frozen=True, slots=True)
class AllocationRow:
    """One allocation in a list."""

    id: UUID
    number: int
    kind: AllocationKind
    state: AllocationState
    titles: Mapping[str, str] | Message  # a round's programme, or what kind of allocation it is
    total: Money
    families: int
    proposed_at: datetime
    mine: Choice | None  # the reader's own vote on what is proposed now


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line: for a family by its code, or for a point."""

    n: int
    code: str | None
    amount: Money
    point: Mapping[str, str]
    items: tuple[str, ...] = ()


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
    kind: AllocationKind
    state: AllocationState
    version: int
    content_root: bytes
    programme_id: UUID | None
    purpose_id: UUID | None
    titles: Mapping[str, str] | Message
    purpose: Mapping[str, str] | Message
    sentences: Sentences | None  # a round's rule
    rules: tuple[Message, ...]  # what a grant is given by
    total: Money
    available: Money | None  # none where nothing is spent
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
    def left(self) -> Money | None:
        """What is available once it is carried; below zero, it can't be."""
        return self.available - self.total if self.available else None

    @property
    def missing(self) -> Money | None:
        """What has to come in before it can be carried; nothing where there is enough."""
        return -self.left if self.left and self.left.minor < 0 else None

    @property
    def makes_vouchers(self) -> bool:
        """Whether families collect it."""
        return self.kind in GIVES_VOUCHERS

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
            kind=allocation.kind,
            state=allocation.state,
            titles=titles or ALLOCATION_KIND_TITLES[allocation.kind],
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
        .outerjoin(Programme, Programme.id == Allocation.programme_id)
    )


def _whole() -> Any:
    """Each allocation with all that its page tells of it."""
    return (
        _now()
        .add_columns(Programme, Purpose.names, Person.handle, CommitteePolicy, GrantRulesVersion.rules)
        .outerjoin(Purpose, Purpose.id == Allocation.purpose_id)
        .outerjoin(GrantRulesVersion, GrantRulesVersion.version == AllocationVersion.grant_rules_version)
        .join(Person, Person.id == AllocationVersion.proposed_by_id)
        .join(CommitteePolicy, CommitteePolicy.version == AllocationVersion.policy_version)
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
    found = session.execute(_whole().where(Allocation.id == allocation_id)).one_or_none()
    if found is None:
        return None
    row, version, programme, purpose, proposer, policy, rules = found
    return AllocationPage(
        id=row.id,
        number=row.number,
        kind=row.kind,
        state=row.state,
        version=row.version,
        content_root=version.content_root,
        programme_id=row.programme_id,
        purpose_id=row.purpose_id,
        titles=programme.titles if programme else ALLOCATION_KIND_TITLES[row.kind],
        purpose=purpose or NO_PURPOSE,
        sentences=sentences_of(programme, names_of(session), basis=version.basis) if programme else None,
        rules=tuple(describe_rules(GrantRules.from_plain(rules))) if rules else (),
        total=Money(version.total_minor, version.currency),
        available=available(session, purpose_id=row.purpose_id, currency=version.currency) if row.purpose_id else None,
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
    ).all()
    words = words_for(session, {plain for line, _point in found for plain in line.items})
    return tuple(
        LineRow(
            line.n,
            line.family_code,
            Money(line.amount_minor, line.currency),
            point,
            words.say_all(line.items, actor.language),
        )
        for line, point in found
    )
