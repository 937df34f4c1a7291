"""Proof of what became of papers: those that ended, those that went to another point, and piles that were counted.

A voucher whose newest paper ended waits for the printer; each paper is of the point where its voucher was then; and of
a pile each batch was counted once, by who was to receive it.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, and_, case, exists, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from aid.domain.paper_trail import runs_of
from aid.domain.vouchers import OPEN_STATES, VoucherState
from aid.models.fund import Point
from aid.models.handovers import Handover, HandoverBatch, HandoverCount, HandoverReceipt
from aid.models.records import Record, RecordKind, Wrap
from aid.models.vouchers import Paper, PaperEnd, PrintBatch, Voucher, VoucherMove
from aid.services.verification.faults import Fault, faults_found, those
from aid.services.verification.findings import Finding, named
from aid.services.verification.reading import Unreadable, rows_of


def prove_papers(session: Session) -> Iterator[Finding]:
    """Papers that are worth what they may not be, vouchers that came to a point by no move, piles that don't add up."""
    yield from faults_found(session, _ends, _moves, _slips, _piles, _counts)
    yield from _numbers(session)


def newest_ended() -> ColumnElement[bool]:
    """Whether a voucher's newest paper ended, so that the voucher waits for the printer."""
    return exists().where(Paper.voucher_id == Voucher.id, Paper.number == Voucher.papers, PaperEnd.paper_id == Paper.id)


def point_of_paper() -> ScalarSelect[Any]:
    """Where a paper's voucher was collected when it was printed: where it was issued, or where it had gone last."""
    gone = select(VoucherMove.to_point_id).where(
        VoucherMove.voucher_id == Paper.voucher_id, VoucherMove.papers < Paper.number
    )
    last = gone.order_by(VoucherMove.n.desc()).limit(1).correlate(Paper).scalar_subquery()
    its = aliased(Voucher)
    where = select(func.coalesce(last, its.issued_point_id)).where(its.id == Paper.voucher_id)
    return where.correlate(Paper).scalar_subquery()


def _ends() -> Iterator[Fault]:
    open_ = Voucher.state.in_(OPEN_STATES)
    waits = Voucher.state == VoucherState.ISSUED
    ended = newest_ended()
    yield those(Voucher.id, open_ & ended & ~waits, "its newest paper ended, and still it may be collected with it")
    idle = waits & (Voucher.papers > 0) & ~ended
    yield those(Voucher.id, idle, "it waits for the printer, though its newest paper did not end")
    moved = exists().where(VoucherMove.voucher_id == Paper.voucher_id, VoucherMove.papers == Paper.number)
    of_move = select(PaperEnd.paper_id).join(Paper, Paper.id == PaperEnd.paper_id)
    yield Fault(of_move.where((PaperEnd.reason == "moved") & ~moved), "paper_end", "its voucher went nowhere then")


def _moves() -> Iterator[Fault]:
    before = aliased(VoucherMove)
    came_from = case(
        (VoucherMove.n == 1, _issued_at()),
        else_=select(before.to_point_id)
        .where(before.voucher_id == VoucherMove.voucher_id, before.n == VoucherMove.n - 1)
        .scalar_subquery(),
    )
    astray = select(VoucherMove.voucher_id).where(VoucherMove.from_point_id.is_distinct_from(came_from))
    yield Fault(astray, "voucher_move", "it does not begin where the voucher was")
    last = select(VoucherMove.to_point_id).where(VoucherMove.voucher_id == Voucher.id)
    last = last.order_by(VoucherMove.n.desc()).limit(1)
    is_at = func.coalesce(last.scalar_subquery(), Voucher.issued_point_id)
    yield those(Voucher.id, Voucher.point_id != is_at, "it is collected at a point where no move brought it")


def _issued_at() -> ScalarSelect[Any]:
    return select(Voucher.issued_point_id).where(Voucher.id == VoucherMove.voucher_id).scalar_subquery()


def _slips() -> Iterator[Fault]:
    """Who hands out there can read who collects."""
    readable = exists().where(
        Record.kind == RecordKind.SLIP,
        Record.row_id == Voucher.family_id,
        Wrap.record_id == Record.id,
        Wrap.ring_id == Point.ring_id,
        Point.id == Voucher.point_id,
    )
    moved = Voucher.point_id != Voucher.issued_point_id
    unread = moved & Voucher.state.in_(OPEN_STATES) & ~readable
    yield those(Voucher.id, unread, "it went to a point where nobody can read who collects")


def _piles() -> Iterator[Fault]:
    elsewhere = exists().where(
        HandoverBatch.handover_id == Handover.id,
        PrintBatch.id == HandoverBatch.batch_id,
        or_(PrintBatch.point_id != Handover.point_id, HandoverBatch.papers > PrintBatch.papers),
    )
    yield those(Handover.id, elsewhere, "it holds papers of another point, or more than were printed")
    empty = ~exists().where(HandoverBatch.handover_id == Handover.id)
    yield those(Handover.id, empty, "it holds nothing")
    other, its, theirs = aliased(Handover), aliased(HandoverBatch), aliased(HandoverBatch)
    counted_by_then = exists().where(HandoverReceipt.handover_id == other.id, HandoverReceipt.at <= Handover.at)
    twice = exists().where(
        its.handover_id == Handover.id,
        theirs.batch_id == its.batch_id,
        theirs.handover_id == other.id,
        other.number < Handover.number,
        ~counted_by_then,
    )
    yield those(Handover.id, twice, "a batch of it was on its way already")


def _numbers(session: Session) -> Iterator[Finding]:
    """Each pile's list says as many numbers as it holds papers, all of its batch."""
    of_batch = select(func.count()).select_from(Paper).join(Voucher, Voucher.id == Paper.voucher_id)
    for row in rows_of(session, HandoverBatch):
        if isinstance(row, Unreadable):
            continue
        runs = runs_of(row.serials)
        said = or_(false(), *(Voucher.serial.between(first, last) for first, last in runs))
        there = session.scalar(of_batch.where(Paper.batch_id == row.batch_id, said))
        if not row.papers == there == sum(last - first + 1 for first, last in runs):
            yield Finding("handover_batch", named((row.handover_id, row.batch_id)), "its numbers are not its papers")


def _counts() -> Iterator[Fault]:
    by = case((HandoverReceipt.taken_back, Handover.from_id), else_=Handover.to_id)
    right = exists().where(Handover.id == HandoverReceipt.handover_id, by == HandoverReceipt.by_id)
    yield those(HandoverReceipt.handover_id, ~right, "somebody else counted it than was to receive it")
    counted = exists().where(
        HandoverCount.handover_id == HandoverBatch.handover_id, HandoverCount.batch_id == HandoverBatch.batch_id
    )
    uneven = exists().where(
        HandoverBatch.handover_id == HandoverReceipt.handover_id,
        or_(and_(HandoverReceipt.taken_back, counted), and_(~HandoverReceipt.taken_back, ~counted)),
    )
    yield those(HandoverReceipt.handover_id, uneven, "not each of its batches was counted once")
    silent = (
        select(HandoverCount.handover_id)
        .join(
            HandoverBatch,
            (HandoverBatch.handover_id == HandoverCount.handover_id)
            & (HandoverBatch.batch_id == HandoverCount.batch_id),
        )
        .where((HandoverCount.papers != HandoverBatch.papers) == HandoverCount.reason.is_(None))
    )
    yield Fault(silent, "handover_count", "its difference has no reason, or its reason no difference")
