"""What the books say a point has, at a moment that can be found again: after which entry, and after which moves.

Entries and moves of stock are numbered under a lock that lasts until their commit: whatever has a smaller number was
there, and whatever has a larger one was not. So a count says which number was the last, and anybody can look it up.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session, aliased

from aid.domain.entries import AccountKind
from aid.models.collections import Collection, CollectionUndo
from aid.models.day_counts import DayCount, DayCountGood
from aid.models.fund import Fund
from aid.models.goods import Stock, StockMove
from aid.models.ledger import Account, Entry, Transfer
from aid.models.vouchers import Voucher
from aid.services.fund_days import day_bounds

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment of the books: the last entry, and of each of the point's goods how often it had come or gone."""

    after_entry: int
    moves: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Given:
    """Something that was handed out on a day, as far as the books had it at a mark."""

    collection_id: UUID
    paper_id: UUID
    serial: int
    turn: int
    is_late: bool  # entered from a paper list
    is_known: bool  # the books had it
    is_undone: bool  # and had it taken back

    @property
    def stands(self) -> bool:
        """Whether the books had it, and nobody had taken it back."""
        return self.is_known and not self.is_undone


@dataclass(frozen=True, slots=True)
class Stocked:
    """How many of a good the books say are there, after so many moves."""

    quantity: int
    moves: int


def last_entry(session: Session) -> int:
    """The number of the last entry of the books."""
    return int(session.scalar(select(func.coalesce(func.max(Entry.number), 0))) or 0)


def goods_now(session: Session, point_id: UUID) -> dict[str, Stocked]:
    """Every good that a point ever had, as the books stand, by whole code."""
    found = select(Stock.good, Stock.quantity, Stock.moves).where(Stock.point_id == point_id).order_by(Stock.good)
    return {good: Stocked(quantity, times) for good, quantity, times in session.execute(found)}


def mark_now(session: Session, point_id: UUID) -> Mark:
    """The books as they stand."""
    after = last_entry(session)
    return Mark(after, {good: each.moves for good, each in goods_now(session, point_id).items()})


def mark_of(session: Session, count: DayCount) -> Mark:
    """The books as they stood when this was counted."""
    moves = select(DayCountGood.good, DayCountGood.moves).where(DayCountGood.count_id == count.id)
    return Mark(count.after_entry, {good: times for good, times in session.execute(moves)})  # noqa: C416


def cash_at(session: Session, point_id: UUID, after_entry: int) -> dict[str, int]:
    """A point's cash after this entry, by currency: each in which it ever had some, and the fund's own."""
    moved = case((Transfer.debit_id == Account.id, Transfer.amount_minor), else_=-Transfer.amount_minor)
    found = session.execute(
        select(Account.currency, func.sum(moved))
        .join(Transfer, (Transfer.debit_id == Account.id) | (Transfer.credit_id == Account.id))
        .join(Entry, Entry.id == Transfer.entry_id)
        .where(Account.kind == AccountKind.CASH, Account.point_id == point_id, Entry.number <= after_entry)
        .group_by(Account.currency)
    )
    own = session.execute(select(Fund.currency)).scalar_one()
    return {own: 0} | {currency: int(minor) for currency, minor in found}


def goods_at(session: Session, point_id: UUID, mark: Mark) -> dict[str, int]:
    """How many of each good were there after so many moves."""
    goods, times = list(mark.moves), sorted(set(mark.moves.values()))
    moves = select(StockMove.good, StockMove.n, StockMove.after).where(
        StockMove.point_id == point_id, StockMove.good.in_(goods), StockMove.n.in_(times)
    )
    after = {(good, n): there for good, n, there in session.execute(moves)}
    return {good: after.get((good, n), 0) for good, n in mark.moves.items()}


def given_on(session: Session, point_id: UUID, day: date, mark: Mark) -> list[Given]:
    """What was handed out at a point on a day, by its true hour, and what the books had of it at a mark."""
    first, after = day_bounds(session, day)
    on_day = (Collection.point_id == point_id, Collection.collected_at >= first, Collection.collected_at < after)
    return _given(session, mark, *on_day)


def stubs_at(session: Session, point_id: UUID, day: date, mark: Mark) -> frozenset[int]:
    """The numbers on the stubs that a point should have of a day.

    One for each paper with which something was handed out, and not taken back, for the first time: the stub is torn
    off then, and a paper that is given back for its rest has none left.
    """
    given = [each for each in given_on(session, point_id, day, mark) if each.stands]
    again = _torn_before(session, day, {each.paper_id for each in given if each.turn > 1}, mark)
    return frozenset(each.serial for each in given if each.paper_id not in again)


def _torn_before(session: Session, day: date, papers: set[UUID], mark: Mark) -> set[UUID]:
    """Which of these papers had lost their stub on an earlier day."""
    if not papers:
        return set()
    first, _after = day_bounds(session, day)
    before = _given(session, mark, Collection.paper_id.in_(papers), Collection.collected_at < first)
    return {each.paper_id for each in before if each.stands}


def _given(session: Session, mark: Mark, *where: ColumnElement[bool]) -> list[Given]:
    booked, unbooked = aliased(Entry), aliased(Entry)
    found: Sequence[Any] = session.execute(
        select(Collection, Voucher.serial, booked.number, CollectionUndo.id, unbooked.number)
        .join(Voucher, Voucher.id == Collection.voucher_id)
        .outerjoin(booked, booked.id == Collection.entry_id)
        .outerjoin(CollectionUndo, CollectionUndo.collection_id == Collection.id)
        .outerjoin(unbooked, unbooked.id == CollectionUndo.entry_id)
        .where(*where)
        .order_by(Voucher.serial, Collection.turn)
    ).all()
    goods_alone = [row[0].id for row in found if row[2] is None] + [row[3] for row in found if row[3] and not row[4]]
    moved = _moved(session, goods_alone, mark)
    return [
        Given(
            collection_id=collection.id,
            paper_id=collection.paper_id,
            serial=serial,
            turn=collection.turn,
            is_late=collection.entered_at is not None,
            is_known=_is_known(number, collection.id, mark, moved),
            is_undone=undo_id is not None and _is_known(counter, undo_id, mark, moved),
        )
        for collection, serial, number, undo_id, counter in found
    ]


def _moved(session: Session, causes: Sequence[UUID], mark: Mark) -> set[UUID]:
    """Which of these had moved goods by then."""
    moved: set[UUID] = set()
    for start in range(0, len(causes), CHUNK):
        moves = select(StockMove.cause_id, StockMove.good, StockMove.n)
        some = session.execute(moves.where(StockMove.cause_id.in_(causes[start : start + CHUNK])))
        moved |= {cause for cause, good, n in some if n <= mark.moves.get(good, 0)}
    return moved


def _is_known(number: int | None, cause: UUID, mark: Mark, moved: Set[UUID]) -> bool:
    """Whether the books had it: by its entry; what was goods alone by its moves."""
    return cause in moved if number is None else number <= mark.after_entry
