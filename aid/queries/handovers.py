"""Piles of papers that go from hand to hand: what waits to be counted, what was counted, and one by itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, aliased

from aid.domain.money import Money
from aid.domain.paper_trail import COUNT_TITLES, CountReason, runs_of, span_of, written
from aid.domain.permissions import Permission
from aid.domain.words import Message
from aid.models.allocations import Allocation
from aid.models.fund import Fund, Point
from aid.models.handovers import Handover, HandoverBatch, HandoverCount, HandoverReceipt
from aid.models.people import Person
from aid.models.vouchers import Paper, PrintBatch, Voucher
from aid.queries.ready_papers import paper_worth
from aid.vault.actor import Actor

PAGE = 30


@dataclass(frozen=True, slots=True)
class PileRow:
    """One pile of a list."""

    handover_id: UUID
    number: int
    point: Mapping[str, str]
    at: datetime
    giver: str
    receiver: str
    papers: int
    counted: int | None  # none before it was counted
    is_taken_back: bool
    is_mine_to_count: bool

    @property
    def missing(self) -> int:
        """So many fewer were counted than given; below zero where there were more."""
        return 0 if self.counted is None else self.papers - self.counted

    @property
    def surplus(self) -> int:
        """So many more were counted than given."""
        return max(-self.missing, 0)


@dataclass(frozen=True, slots=True)
class PileLine:
    """One batch of a pile."""

    batch_id: UUID
    number: int
    allocation_number: int
    numbers: tuple[str, ...]
    papers: int
    amount: Money
    counted: int | None
    reason: Message | None

    @property
    def span(self) -> str:
        """From which number to which they go."""
        return span_of(self.numbers)


@dataclass(frozen=True, slots=True)
class PilePage:
    """One pile by itself, or on paper."""

    row: PileRow
    titles: Mapping[str, str]
    demo: bool
    lines: tuple[PileLine, ...]
    answered_at: datetime | None
    answered_by: str
    is_mine_to_take_back: bool

    @property
    def papers(self) -> int:
        """All papers of it."""
        return sum(line.papers for line in self.lines)

    @property
    def amount(self) -> Money:
        """What they are worth together."""
        return Money(sum(line.amount.minor for line in self.lines), self.lines[0].amount.currency)


def piles(session: Session, *, actor: Actor, before: int | None = None) -> tuple[PileRow, ...]:
    """The piles that this person may see, the latest first."""
    wanted = _mine(actor) if before is None else _mine(actor) & (Handover.number < before)
    return tuple(_row(row, actor) for row in session.execute(_piles().where(wanted).limit(PAGE)))


def pile(session: Session, *, actor: Actor, handover_id: UUID) -> PilePage | None:
    """One pile with its batches, or nothing."""
    found = session.execute(_piles().where(_mine(actor), Handover.id == handover_id)).one_or_none()
    if found is None:
        return None
    fund = session.scalars(select(Fund)).one()
    by = session.scalar(
        select(Person.handle)
        .join(HandoverReceipt, HandoverReceipt.by_id == Person.id)
        .where(HandoverReceipt.handover_id == handover_id)
    )
    return PilePage(
        row=_row(found, actor),
        titles=fund.paper_titles,
        demo=fund.demo,
        lines=_lines(session, handover_id),
        answered_at=found.answered_at,
        answered_by=by or "",
        is_mine_to_take_back=found.from_id == actor.id and found.answered_at is None,
    )


def _mine(actor: Actor) -> ColumnElement[bool]:
    """Those of one's own points; all, for who works at every point."""
    actor.must(Permission.KEEP_POINT)
    if actor.everywhere(Permission.KEEP_POINT):
        return Handover.id.is_not(None)
    return or_(Handover.point_id.in_(actor.points), Handover.to_id == actor.id)


def _piles() -> Any:
    giver, receiver = aliased(Person), aliased(Person)
    given = select(func.sum(HandoverBatch.papers)).where(HandoverBatch.handover_id == Handover.id).scalar_subquery()
    counted = select(func.sum(HandoverCount.papers)).where(HandoverCount.handover_id == Handover.id).scalar_subquery()
    return (
        select(
            Handover.id,
            Handover.number,
            Handover.at,
            Handover.from_id,
            Handover.to_id,
            Point.names,
            giver.handle.label("giver"),
            receiver.handle.label("receiver"),
            given.label("given"),
            counted.label("counted"),
            HandoverReceipt.taken_back,
            HandoverReceipt.at.label("answered_at"),
        )
        .join(Point, Point.id == Handover.point_id)
        .join(giver, giver.id == Handover.from_id)
        .join(receiver, receiver.id == Handover.to_id)
        .outerjoin(HandoverReceipt, HandoverReceipt.handover_id == Handover.id)
        .order_by(Handover.number.desc())
    )


def _row(found: Any, actor: Actor) -> PileRow:
    return PileRow(
        handover_id=found.id,
        number=found.number,
        point=found.names,
        at=found.at,
        giver=found.giver,
        receiver=found.receiver,
        papers=int(found.given),
        counted=None if found.counted is None else int(found.counted),
        is_taken_back=bool(found.taken_back),
        is_mine_to_count=found.answered_at is None and found.to_id == actor.id,
    )


def _lines(session: Session, handover_id: UUID) -> tuple[PileLine, ...]:
    found = session.execute(
        select(HandoverBatch, PrintBatch.number, Allocation.number, HandoverCount.papers, HandoverCount.reason)
        .join(PrintBatch, PrintBatch.id == HandoverBatch.batch_id)
        .join(Allocation, Allocation.id == PrintBatch.allocation_id)
        .outerjoin(
            HandoverCount,
            (HandoverCount.handover_id == HandoverBatch.handover_id)
            & (HandoverCount.batch_id == HandoverBatch.batch_id),
        )
        .where(HandoverBatch.handover_id == handover_id)
        .order_by(PrintBatch.number)
    ).all()
    return tuple(_line(session, *row) for row in found)


def _line(
    session: Session, of: HandoverBatch, number: int, allocation: int, counted: int | None, reason: CountReason | None
) -> PileLine:
    runs = runs_of(of.serials)
    said = or_(*(Voucher.serial.between(first, last) for first, last in runs))
    worth = session.execute(
        select(func.sum(paper_worth()), func.max(Voucher.currency))
        .join(Paper, Paper.voucher_id == Voucher.id)
        .where(Paper.batch_id == of.batch_id, said)
    ).one()
    return PileLine(
        batch_id=of.batch_id,
        number=number,
        allocation_number=allocation,
        numbers=written(runs),
        papers=of.papers,
        amount=Money(int(worth[0]), worth[1]),
        counted=counted,
        reason=COUNT_TITLES[reason] if reason else None,
    )
