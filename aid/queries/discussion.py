"""A proposal and its lines as they are talked about: by number and code, no names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aid.domain.allocations import ALLOCATION_KIND_TITLES, AllocationState
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.domain.words import Message
from aid.models.allocations import Allocation, AllocationLine, AllocationVersion
from aid.models.fund import Point
from aid.models.meetings import LineQuestion
from aid.models.programmes import Programme
from aid.vault.actor import Actor

MOST = 200
"""So many questioned lines can be held out on one page."""


@dataclass(frozen=True, slots=True)
class ProposalHead:
    """What a discussion is about."""

    id: UUID
    number: int
    kind: Message
    titles: Mapping[str, str] | None
    state: AllocationState
    version: int
    total: Money

    @property
    def is_open(self) -> bool:
        """Whether it waits for votes."""
        return self.state is AllocationState.PROPOSED


@dataclass(frozen=True, slots=True)
class QuestionedLine:
    """A line that a member wants to ask about."""

    id: UUID
    allocation_id: UUID
    number: int  # of the allocation
    n: int
    code: str | None
    amount: Money
    items: tuple[str, ...]
    point: Mapping[str, str]
    is_current: bool


@dataclass(frozen=True, slots=True)
class LineToHold:
    """A line that can be held out."""

    id: UUID
    n: int
    code: str | None
    amount: Money
    questions: int


def proposal_head(session: Session, *, actor: Actor, allocation_id: UUID) -> ProposalHead | None:
    """A proposal as it stands now, or None where there is none."""
    actor.must(Permission.SEE_ALLOCATIONS)
    found = session.execute(
        select(Allocation, AllocationVersion, Programme.titles)
        .join(
            AllocationVersion,
            (AllocationVersion.allocation_id == Allocation.id) & (AllocationVersion.version == Allocation.version),
        )
        .outerjoin(Programme, Programme.id == Allocation.programme_id)
        .where(Allocation.id == allocation_id)
    ).one_or_none()
    if found is None:
        return None
    row, version, titles = found
    return ProposalHead(
        id=row.id,
        number=row.number,
        kind=ALLOCATION_KIND_TITLES[row.kind],
        titles=titles,
        state=row.state,
        version=row.version,
        total=Money(version.total_minor, version.currency),
    )


def line_to_question(
    session: Session, *, actor: Actor, allocation_id: UUID, version: int, n: int
) -> QuestionedLine | None:
    """One line by its number in a version, or None where there is none."""
    actor.must(Permission.VOTE)
    found = session.execute(
        select(AllocationLine, Allocation, Point.names)
        .join(Allocation, Allocation.id == AllocationLine.allocation_id)
        .join(Point, Point.id == AllocationLine.point_id)
        .where(AllocationLine.allocation_id == allocation_id, AllocationLine.version == version, AllocationLine.n == n)
    ).one_or_none()
    if found is None:
        return None
    line, allocation, point = found
    return QuestionedLine(
        id=line.id,
        allocation_id=allocation.id,
        number=allocation.number,
        n=line.n,
        code=line.family_code,
        amount=Money(line.amount_minor, line.currency),
        items=tuple(line.items),
        point=point,
        is_current=line.version == allocation.version,
    )


def lines_to_hold(
    session: Session, *, actor: Actor, allocation_id: UUID, clicked: Sequence[int]
) -> tuple[LineToHold, ...]:
    """The lines of the present version that were questioned, in whatever version, and those that were named."""
    actor.must(Permission.PROPOSE)
    asked = (
        select(AllocationLine.family_id, AllocationLine.n, func.count().label("questions"))
        .join(LineQuestion, LineQuestion.line_id == AllocationLine.id)
        .where(LineQuestion.allocation_id == allocation_id)
        .group_by(AllocationLine.family_id, AllocationLine.n)
        .subquery()
    )
    same = (asked.c.family_id == AllocationLine.family_id) | (
        asked.c.family_id.is_(None) & AllocationLine.family_id.is_(None) & (asked.c.n == AllocationLine.n)
    )
    found = session.execute(
        select(AllocationLine, func.coalesce(asked.c.questions, 0))
        .join(
            Allocation, (Allocation.id == AllocationLine.allocation_id) & (Allocation.version == AllocationLine.version)
        )
        .outerjoin(asked, same)
        .where(Allocation.id == allocation_id, asked.c.questions.is_not(None) | AllocationLine.n.in_(clicked))
        .order_by(AllocationLine.n)
        .limit(MOST)
    )
    rows: dict[UUID, LineToHold] = {}
    for line, questions in found:
        before = rows[line.id].questions if line.id in rows else 0
        amount = Money(line.amount_minor, line.currency)
        rows[line.id] = LineToHold(line.id, line.n, line.family_code, amount, before + questions)
    return tuple(rows.values())
