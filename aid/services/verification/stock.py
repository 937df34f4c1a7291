"""Proof that stock is the sum of its moves, and that each move is what its delivery, collection or act says.

Stock below zero breaks no rule: it is told apart, as a shortfall.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aid.domain.goods import Item
from aid.domain.stock import MoveCause
from aid.models.allocations import AllocationLine
from aid.models.collections import Collection, CollectionUndo
from aid.models.goods import Good, Stock, StockAct, StockActLine, StockMove, WriteOffAnswer
from aid.models.late import LateLine
from aid.models.purchases import Delivery, DeliveryLine
from aid.services.collections.parts import handings, items_of
from aid.services.verification.findings import Finding, named
from aid.services.verification.late import lost_goods
from aid.services.verification.reading import CHUNK, Unreadable, chunks, rows_of

Moved = Counter[tuple[UUID, UUID, str]]
"""So many, by what caused it, where, and of which good."""


def prove_stock(session: Session) -> Iterator[Finding]:
    """Stock that is not the sum of its moves, and moves that nothing caused."""
    yield from _chains(session)
    yield from _caused(session)
    yield from _second_persons(session)


def _chains(session: Session) -> Iterator[Finding]:
    """Each move follows the one before it; the last one says what is there."""
    ends: dict[tuple[UUID, str], tuple[int, int]] = {}
    moves = select(StockMove).order_by(StockMove.point_id, StockMove.good, StockMove.n)
    for move in session.scalars(moves.execution_options(yield_per=CHUNK, populate_existing=True)):
        n, there = ends.get((move.point_id, move.good), (0, 0))
        if (move.n, move.after) != (n + 1, there + move.quantity):
            yield Finding("stock_move", str(move.id), "it does not follow from the move before it")
        ends[move.point_id, move.good] = move.n, move.after
    for stock in rows_of(session, Stock):
        if isinstance(stock, Unreadable):
            yield Finding("stock", stock.key, "it can't be read")
            continue
        says = (stock.moves, stock.quantity)
        if ends.pop((stock.point_id, stock.good), (0, 0)) != says:
            yield Finding("stock", named((stock.point_id, stock.good)), "it is not the sum of its moves")
    for key in sorted(ends, key=str):
        yield Finding("stock", named(key), "it is gone, but has moves")


def _caused(session: Session) -> Iterator[Finding]:
    """For each cause, what it asks for against what was moved; a chunk of causes at a time."""
    asks_of: tuple[tuple[Any, Callable[[Session, Sequence[UUID]], Moved]], ...] = (
        (Delivery, _of_deliveries),
        (Collection, _of_collections),
        (CollectionUndo, _of_undone),
        (LateLine, lost_goods),
        (StockAct, _of_acts),
    )
    for kind, asks in asks_of:
        readable = (row for row in rows_of(session, kind) if not isinstance(row, Unreadable))
        for some in chunks(readable):
            ids = [row.id for row in some]
            asked, moved = asks(session, ids), _moved(session, ids)
            for cause, point, good in sorted(asked.keys() | moved.keys(), key=str):
                if asked[cause, point, good] != moved[cause, point, good]:
                    yield Finding(kind.__tablename__, str(cause), f"it did not move {good} as it says")
    yield from _orphans(session)


def _orphans(session: Session) -> Iterator[Finding]:
    others = (Collection, CollectionUndo, LateLine, StockAct)
    causes = select(Delivery.id).union_all(*(select(kind.id) for kind in others))
    for (id_,) in session.execute(select(StockMove.id).where(StockMove.cause_id.not_in(causes))):
        yield Finding("stock_move", str(id_), "nothing caused it")
    for kind, cause in (
        (Delivery, MoveCause.DELIVERED),
        (Collection, MoveCause.HANDED_OUT),
        (CollectionUndo, MoveCause.TAKEN_BACK),
        (LateLine, MoveCause.LOST_BY_PAPER),
    ):
        of = select(kind.id)
        wrong = select(StockMove.id).where((StockMove.cause == cause) != StockMove.cause_id.in_(of))
        for (id_,) in session.execute(wrong):
            yield Finding("stock_move", str(id_), "it names another cause than it has")


def _moved(session: Session, ids: Sequence[UUID]) -> Moved:
    sums = (
        select(StockMove.cause_id, StockMove.point_id, StockMove.good, func.sum(StockMove.quantity))
        .where(StockMove.cause_id.in_(ids))
        .group_by(StockMove.cause_id, StockMove.point_id, StockMove.good)
    )
    return Counter({(cause, point, good): int(quantity) for cause, point, good, quantity in session.execute(sums)})


def _of_deliveries(session: Session, ids: Sequence[UUID]) -> Moved:
    found = session.execute(
        select(Delivery.id, Delivery.point_id, AllocationLine.items, DeliveryLine.delivered)
        .join(DeliveryLine, DeliveryLine.delivery_id == Delivery.id)
        .join(AllocationLine, AllocationLine.id == DeliveryLine.line_id)
        .where(Delivery.id.in_(ids))
    )
    asked: Moved = Counter()
    for id_, point, items, delivered in found:
        asked[id_, point, Item.from_plain(items[0]).good] += delivered
    return asked


def _of_collections(session: Session, ids: Sequence[UUID]) -> Moved:
    found = handings().add_columns(Collection.id, Collection.point_id).where(Collection.id.in_(ids))
    return _asked_for(session.execute(found), -1)


def _of_undone(session: Session, ids: Sequence[UUID]) -> Moved:
    """What was taken back is there again."""
    found = handings().join(CollectionUndo, CollectionUndo.collection_id == Collection.id)
    undone = found.add_columns(CollectionUndo.id, Collection.point_id).where(CollectionUndo.id.in_(ids))
    return _asked_for(session.execute(undone), 1)


def _asked_for(found: Iterable[Any], sign: int) -> Moved:
    asked: Moved = Counter()
    for row in found:
        for item in map(Item.from_plain, items_of(row)):
            asked[row.id, row.point_id, item.good] += sign * item.quantity
    return asked


def _of_acts(session: Session, ids: Sequence[UUID]) -> Moved:
    found = session.execute(
        select(StockAct, StockActLine, WriteOffAnswer.agreed)
        .join(StockActLine, StockActLine.act_id == StockAct.id)
        .outerjoin(WriteOffAnswer, WriteOffAnswer.act_id == StockAct.id)
        .where(StockAct.id.in_(ids))
        .execution_options(populate_existing=True)
    )
    asked: Moved = Counter()
    for act, line, agreed in found:
        for point, good, quantity in _asked_by(session, act, line, agreed=bool(agreed)):
            asked[act.id, point, good] += quantity
    return asked


def _asked_by(session: Session, act: StockAct, line: StockActLine, *, agreed: bool) -> Iterator[tuple[Any, str, int]]:
    match act.kind:
        case MoveCause.COUNTED:
            yield act.point_id, line.good, line.quantity - (line.booked or 0)
        case MoveCause.CARRIED:
            yield act.point_id, line.good, -line.quantity
            yield act.to_point_id, line.good, line.quantity
        case MoveCause.WRITTEN_OFF if agreed:
            yield act.point_id, line.good, -line.quantity
        case MoveCause.PACKED:
            yield act.point_id, line.good, line.quantity
            for item in _contents(session, line.good, act):
                yield act.point_id, item.good, -item.quantity * line.quantity


def _contents(session: Session, code: str, act: StockAct) -> list[Item]:
    """What a kit held when it was packed."""
    then = select(Good.contents).where(Good.code == code, Good.written_at <= act.at).order_by(Good.version.desc())
    return [Item.from_plain(plain) for plain in session.scalars(then.limit(1)).one_or_none() or []]


def _second_persons(session: Session) -> Iterator[Finding]:
    own = (
        select(WriteOffAnswer.act_id)
        .join(StockAct, StockAct.id == WriteOffAnswer.act_id)
        .where((StockAct.by_id == WriteOffAnswer.by_id) | (StockAct.kind != MoveCause.WRITTEN_OFF))
    )
    for (id_,) in session.execute(own):
        yield Finding("write_off_answer", str(id_), "who reported the loss agreed to it alone")
