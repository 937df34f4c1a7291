"""Keeping what a paper list says was handed out: as a collection with its true hour, or as a loss the fund bears."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from aid.domain import entries
from aid.domain.clock import Instant
from aid.domain.entries import EntryKind
from aid.domain.ids import new_id
from aid.domain.late import ListLine
from aid.domain.parts import Worth
from aid.domain.points import PointKind
from aid.domain.stock import MoveCause
from aid.domain.vouchers import OPEN_STATES, VoucherState
from aid.models.allocations import AllocationLine
from aid.models.base import Permanent
from aid.models.collections import Collection
from aid.models.fund import Point
from aid.models.late import LateLine, PointList
from aid.models.vouchers import Paper, Voucher
from aid.services import ledger
from aid.services.collections.parts import rest_of
from aid.services.stock import moves as stock_moves


@dataclass(frozen=True, slots=True)
class Late:
    """What was handed out by a list: where, by whom, when, and how much."""

    point_id: UUID
    handed_by_id: UUID
    at: datetime
    worth: Worth


def paper_at(session: Session, voucher: Voucher, listed: PointList) -> UUID | None:
    """With which paper of the list's point a voucher was collected: the list's, else the newest there, if any."""
    lines = (ListLine.from_plain(plain) for plain in listed.lines if plain.startswith(f"{voucher.serial} "))
    line = next(lines, None)
    papers = select(Paper.id).where(Paper.voucher_id == voucher.id, Paper.point_id == listed.point_id)
    if line is not None:
        return session.scalar(papers.where(Paper.number == line.paper))
    return session.scalar(papers.order_by(Paper.number.desc()).limit(1))


def keep(
    session: Session, voucher: Voucher, late: Late, *, paper_id: UUID, now: Instant
) -> tuple[UUID, list[Permanent]] | None:
    """Take a voucher that is locked, and book its collection; nothing where it is not open any more."""
    items = session.scalars(select(AllocationLine.items).where(AllocationLine.id == voucher.id)).one()
    whole = late.worth == rest_of(session, voucher, items)
    if not _claim(session, voucher, whole=whole):
        return None
    collection_id = new_id()
    made: list[Permanent] = []
    entry_id = None
    if late.worth.amount.minor:
        postings = entries.collected(voucher.purpose_id, late.point_id, late.worth.amount, kind=_kind(session, late))
        entry, transfers = ledger.post(session, postings, kind=EntryKind.COLLECTION, cause=collection_id, now=now)
        entry_id = entry.id
        made += [entry, *transfers]
    out = [(late.point_id, item.good, -item.quantity) for item in late.worth.items]
    by = late.handed_by_id
    made += stock_moves.move(session, out, cause=MoveCause.HANDED_OUT, cause_id=collection_id, by_id=by, now=now)
    collection = Collection(
        id=collection_id,
        voucher_id=voucher.id,
        turn=voucher.turns + 1,  # as it was before the claim
        paper_id=paper_id,
        point_id=late.point_id,
        handed_by_id=late.handed_by_id,
        collector=None,  # the list has no names
        stranger_id=None,
        collected_at=late.at,
        entered_at=now.instant,
        amount_minor=late.worth.amount.minor,
        items=late.worth.plain(),
        entry_id=entry_id,
    )
    session.add(collection)
    return collection_id, [collection, *made]


def lose(
    session: Session, line: LateLine, voucher: Voucher, late: Late, *, now: Instant
) -> tuple[UUID | None, Sequence[Permanent]]:
    """Book what was handed out without cover: the point's cash and stock agree, or what a shop is owed; and the
    purpose bears it.

    Raises NotEnoughMoney where the purpose has too little available.
    """
    made: list[Permanent] = []
    entry_id = None
    if late.worth.amount.minor:
        postings = entries.lost(voucher.purpose_id, late.point_id, late.worth.amount, kind=_kind(session, late))
        entry, transfers = ledger.post(session, postings, kind=EntryKind.LOSS, cause=line.id, now=now)
        entry_id = entry.id
        made += [entry, *transfers]
    out = [(late.point_id, item.good, -item.quantity) for item in late.worth.items]
    by = late.handed_by_id
    made += stock_moves.move(session, out, cause=MoveCause.LOST_BY_PAPER, cause_id=line.id, by_id=by, now=now)
    return entry_id, made


def _kind(session: Session, late: Late) -> PointKind:
    return session.get_one(Point, late.point_id).kind


def _claim(session: Session, voucher: Voucher, *, whole: bool) -> bool:
    """Take a voucher that is still open, whatever became of its paper since. A rival finds no row."""
    part = VoucherState.ISSUED if voucher.state is VoucherState.ISSUED else VoucherState.BEGUN
    claimed = (
        update(Voucher)
        .where(Voucher.id == voucher.id, Voucher.state.in_(OPEN_STATES), Voucher.turns == voucher.turns)
        .values(state=VoucherState.COLLECTED if whole else part, turns=Voucher.turns + 1)
        .execution_options(synchronize_session=False)
    )
    return bool(session.execute(claimed).rowcount)  # type: ignore[attr-defined]
