"""The print log: who printed which papers, when and why, and what became of them; and one batch by itself."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, exists, func, select, true
from sqlalchemy.orm import Session

from aid.domain.allocations import ALLOCATION_KIND_TITLES
from aid.domain.paper_trail import END_TITLES, EndReason, ranges_of, span_of, written
from aid.domain.papers import FORMAT_TITLES, VoucherFormat
from aid.domain.permissions import Permission
from aid.domain.vouchers import CLOSED_STATES, ON_PAPER, REPRINT_REASON_TITLES, ReprintReason, VoucherState
from aid.domain.words import Message
from aid.models.allocations import Allocation
from aid.models.fund import Point
from aid.models.handovers import Handover, HandoverBatch, HandoverReceipt
from aid.models.people import Person
from aid.models.programmes import Programme
from aid.models.vouchers import Paper, PaperEnd, PrintBatch, Voucher
from aid.vault.actor import Actor

PAGE: Final = 30
ON_PAPER_AT_MOST: Final = 500
"""Press runs on a printed log: the latest."""


@dataclass(frozen=True, slots=True)
class LogRow:
    """One press run, and what became of its papers: together they are all of them."""

    batch_id: UUID
    number: int
    printed_at: datetime
    by: str  # a handle
    allocation_id: UUID
    allocation_number: int
    programme: Mapping[str, str] | Message
    point_id: UUID
    point: Mapping[str, str]
    reason: Message | None
    format: VoucherFormat | None
    papers: int
    numbers: tuple[str, ...]  # 000012–000018 and 000031
    good: int
    collected: int
    ended: int
    replaced: int  # by a newer paper
    closed: int  # with their vouchers, which expired or were cancelled

    @property
    def printed_on(self) -> Message | None:
        """On which paper, where that was written down."""
        return FORMAT_TITLES[self.format] if self.format else None

    @property
    def dead(self) -> int:
        """Papers that ended, or for which a newer one was printed."""
        return self.ended + self.replaced

    @property
    def worthless(self) -> int:
        """Papers with which nothing is collected any more."""
        return self.dead + self.closed

    @property
    def span(self) -> str:
        """From which number to which they go."""
        return span_of(self.numbers)


@dataclass(frozen=True, slots=True)
class PrintLog:
    """A page of press runs, the latest first."""

    rows: tuple[LogRow, ...]
    more_before: int | None
    point: Mapping[str, str] | None  # whose it is, where it was asked for
    allocation_number: int | None


@dataclass(frozen=True, slots=True)
class Ending:
    """Papers of a batch that ended in one act."""

    at: datetime
    by: str
    reason: Message
    papers: int
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Carried:
    """A pile that the batch, or what was left of it, went out with."""

    handover_id: UUID
    number: int
    at: datetime
    to: str
    papers: int
    is_waiting: bool
    is_taken_back: bool


@dataclass(frozen=True, slots=True)
class BatchPage:
    """One batch by itself."""

    row: LogRow
    endings: tuple[Ending, ...]
    piles: tuple[Carried, ...]


@dataclass(frozen=True, slots=True)
class PointChoice:
    """A point, by its names."""

    id: UUID
    names: Mapping[str, str]


def points(session: Session, *, actor: Actor) -> tuple[PointChoice, ...]:
    """The points of the fund, by code."""
    actor.must(Permission.SEE_VOUCHERS)
    return tuple(PointChoice(*row) for row in session.execute(select(Point.id, Point.names).order_by(Point.code)))


def print_log(
    session: Session,
    *,
    actor: Actor,
    allocation_id: UUID | None = None,
    point_id: UUID | None = None,
    before: int | None = None,
    size: int = PAGE,
) -> PrintLog:
    """Press runs of the fund, of a point or of an allocation, the latest first."""
    actor.must(Permission.SEE_VOUCHERS)
    wanted = [
        *([PrintBatch.allocation_id == allocation_id] if allocation_id else []),
        *([PrintBatch.point_id == point_id] if point_id else []),
        *([PrintBatch.number < before] if before is not None else []),
    ]
    found = _rows(session, and_(true(), *wanted), size=size + 1)
    rows = found[:size]
    return PrintLog(
        tuple(rows),
        rows[-1].number if len(found) > size else None,
        session.scalar(select(Point.names).where(Point.id == point_id)) if point_id else None,
        session.scalar(select(Allocation.number).where(Allocation.id == allocation_id)) if allocation_id else None,
    )


def batch_page(session: Session, *, actor: Actor, batch_id: UUID) -> BatchPage | None:
    """One batch with what became of its papers, or nothing."""
    actor.must(Permission.SEE_VOUCHERS)
    found = _rows(session, PrintBatch.id == batch_id, size=1)
    return BatchPage(found[0], _endings(session, batch_id), _piles(session, batch_id)) if found else None


def _rows(session: Session, wanted: ColumnElement[bool], *, size: int) -> list[LogRow]:
    columns = (PrintBatch, Allocation.number, Allocation.kind, Programme.titles, Point.names, Person.handle)
    found = session.execute(
        select(*columns)
        .join(Allocation, Allocation.id == PrintBatch.allocation_id)
        .outerjoin(Programme, Programme.id == Allocation.programme_id)
        .join(Point, Point.id == PrintBatch.point_id)
        .join(Person, Person.id == PrintBatch.printed_by_id)
        .where(wanted)
        .order_by(PrintBatch.number.desc())
        .limit(size)
    ).all()
    ids = [row[0].id for row in found]
    became, numbers = _became(session, ids), _numbers(session, ids)
    return [_row(row, became[row[0].id], numbers[row[0].id]) for row in found]


def _row(found: Any, became: Any, numbers: tuple[str, ...]) -> LogRow:
    batch, number, kind, titles, point, handle = found
    return LogRow(
        batch_id=batch.id,
        number=batch.number,
        printed_at=batch.printed_at,
        by=handle,
        allocation_id=batch.allocation_id,
        allocation_number=number,
        programme=titles or ALLOCATION_KIND_TITLES[kind],
        point_id=batch.point_id,
        point=point,
        reason=REPRINT_REASON_TITLES[ReprintReason(batch.reason)] if batch.reason else None,
        format=batch.format,
        papers=batch.papers,
        numbers=numbers,
        good=became.good,
        collected=became.collected,
        ended=became.ended,
        replaced=became.replaced,
        closed=became.closed,
    )


def _became(session: Session, ids: Sequence[UUID]) -> dict[UUID, Any]:
    """What became of each batch's papers, counted."""
    newest = Paper.number == Voucher.papers
    ended = exists().where(PaperEnd.paper_id == Paper.id)
    rows = (
        select(
            Paper.batch_id,
            _count(newest & Voucher.state.in_(ON_PAPER)).label("good"),
            _count(newest & (Voucher.state == VoucherState.COLLECTED)).label("collected"),
            _count(ended).label("ended"),
            _count(~newest & ~ended).label("replaced"),
            _count(newest & ~ended & Voucher.state.in_(CLOSED_STATES)).label("closed"),
        )
        .join(Voucher, Voucher.id == Paper.voucher_id)
        .where(Paper.batch_id.in_(ids))
        .group_by(Paper.batch_id)
    )
    return {row.batch_id: row for row in session.execute(rows)}


def _numbers(session: Session, ids: Sequence[UUID]) -> dict[UUID, tuple[str, ...]]:
    """The numbers of each batch's papers, as runs: the database puts neighbours together."""
    place = func.row_number().over(partition_by=Paper.batch_id, order_by=Voucher.serial)
    each = (
        select(Paper.batch_id, Voucher.serial, (Voucher.serial - place).label("run"))
        .join(Voucher, Voucher.id == Paper.voucher_id)
        .where(Paper.batch_id.in_(ids))
        .subquery()
    )
    runs = select(each.c.batch_id, func.min(each.c.serial), func.max(each.c.serial))
    found: defaultdict[UUID, list[tuple[int, int]]] = defaultdict(list)
    for batch_id, first, last in session.execute(runs.group_by(each.c.batch_id, each.c.run)):
        found[batch_id].append((first, last))
    return {batch_id: written(sorted(ends)) for batch_id, ends in found.items()}


def _endings(session: Session, batch_id: UUID) -> tuple[Ending, ...]:
    """The acts that ended papers of a batch, the latest first."""
    found = session.execute(
        select(PaperEnd.at, PaperEnd.reason, Person.handle, Voucher.serial)
        .join(Paper, Paper.id == PaperEnd.paper_id)
        .join(Voucher, Voucher.id == Paper.voucher_id)
        .join(Person, Person.id == PaperEnd.by_id)
        .where(Paper.batch_id == batch_id)
    )
    acts: defaultdict[tuple[datetime, EndReason, str], list[int]] = defaultdict(list)
    for at, reason, handle, serial in found:
        acts[at, reason, handle].append(serial)
    return tuple(
        Ending(at, handle, END_TITLES[reason], len(serials), written(ranges_of(serials)))
        for (at, reason, handle), serials in sorted(acts.items(), reverse=True)
    )


def _piles(session: Session, batch_id: UUID) -> tuple[Carried, ...]:
    found = session.execute(
        select(
            Handover.id, Handover.number, Handover.at, Person.handle, HandoverBatch.papers, HandoverReceipt.taken_back
        )
        .join(HandoverBatch, HandoverBatch.handover_id == Handover.id)
        .join(Person, Person.id == Handover.to_id)
        .outerjoin(HandoverReceipt, HandoverReceipt.handover_id == Handover.id)
        .where(HandoverBatch.batch_id == batch_id)
        .order_by(Handover.number.desc())
        .limit(PAGE)
    )
    return tuple(Carried(*row[:5], is_waiting=row[5] is None, is_taken_back=bool(row[5])) for row in found)


def _count(condition: ColumnElement[bool]) -> Any:
    return func.count(case((condition, 1)))
