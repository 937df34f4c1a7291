"""What points have in stock: how many of each good, how many of them are promised, and how they came and went."""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import Select, String, cast, exists, func, select
from sqlalchemy.orm import Session

from aid.domain.goods import Item, in_order
from aid.domain.permissions import Permission
from aid.domain.stock import DIFFERENCE_TITLES, MOVE_TITLES, MoveCause
from aid.domain.vouchers import OPEN_STATES
from aid.domain.words import Message
from aid.models.allocations import AllocationLine
from aid.models.fund import Point
from aid.models.goods import Stock, StockAct, StockActLine, StockMove, WriteOffAnswer
from aid.models.people import Person
from aid.models.vouchers import Voucher
from aid.services.collections.parts import STANDS, handings, items_of
from aid.services.goods import GoodWords, catalogue
from aid.vault.actor import Actor

PAGE = 50


@dataclass(frozen=True, slots=True)
class StockRow:
    """One good at a point."""

    good: str
    name: str
    quantity: int
    promised: int  # on vouchers that may still be collected
    lost: int = 0  # reported, and not agreed to yet

    @property
    def free(self) -> int:
        """How many are neither promised nor gone."""
        return self.quantity - self.promised

    @property
    def is_short(self) -> bool:
        """Whether more was handed out, or is promised, than is there."""
        return self.quantity < 0 or self.free < 0


@dataclass(frozen=True, slots=True)
class PointStock:
    """Everything at one point."""

    id: UUID
    names: Mapping[str, str]
    rows: tuple[StockRow, ...]


@dataclass(frozen=True, slots=True)
class MoveRow:
    """Some of a good came or went."""

    id: UUID
    at: datetime
    name: str
    quantity: int
    after: int
    cause: Message
    by: str


@dataclass(frozen=True, slots=True)
class LostRow:
    """One good of a loss; where it was found out by counting, what the books said and what was there."""

    said: str
    why: Message
    booked: int | None
    counted: int | None


@dataclass(frozen=True, slots=True)
class LossRow:
    """Goods that somebody asks to write off, all at once."""

    act_id: UUID
    point: Mapping[str, str]
    goods: tuple[LostRow, ...]
    by_id: UUID
    by: str
    at: datetime

    @property
    def was_counted(self) -> bool:
        """Whether a count found it out; else somebody reported one good."""
        return self.goods[0].booked is not None


def points_of(session: Session, *, actor: Actor, permission: Permission = Permission.SEE_STOCK) -> list[Point]:
    """The points where this person may do that."""
    actor.must(permission)
    points = session.scalars(select(Point).order_by(Point.code))
    return [point for point in points if actor.may(permission, point=point.id)]


def stocks(session: Session, *, actor: Actor, point_id: UUID | None = None) -> tuple[PointStock, ...]:
    """What is at the points that this person may see, or at one of them."""
    points = [point for point in points_of(session, actor=actor) if point_id in (None, point.id)]
    ids = [point.id for point in points]
    there = {
        (point, good): quantity
        for point, good, quantity in session.execute(
            select(Stock.point_id, Stock.good, Stock.quantity).where(Stock.point_id.in_(ids))
        )
    }
    promised, lost = _promised(session, ids), lost_at(session, ids)
    words = GoodWords(catalogue(session))
    rows: defaultdict[UUID, list[StockRow]] = defaultdict(list)
    for point, good in there.keys() | promised.keys():
        name = words.name(good, actor.language)
        rows[point].append(StockRow(good, name, there.get((point, good), 0), promised[point, good], lost[point, good]))
    by_name = {point: sorted(theirs, key=lambda row: in_order(row.name)) for point, theirs in rows.items()}
    return tuple(PointStock(point.id, point.names, tuple(by_name.get(point.id, ()))) for point in points)


def booked(session: Session, *, actor: Actor, point_id: UUID, goods: Sequence[str]) -> list[int]:
    """What the books say of these goods at a point, in the same order."""
    actor.must(Permission.SEE_STOCK, point=point_id)
    wanted = select(Stock.good, Stock.quantity).where(Stock.point_id == point_id, Stock.good.in_(goods))
    there = {good: quantity for good, quantity in session.execute(wanted)}  # noqa: C416
    return [there.get(good, 0) for good in goods]


def moves(
    session: Session, *, actor: Actor, point_id: UUID, before: UUID | None = None, good: str | None = None
) -> tuple[MoveRow, ...]:
    """How goods came to a point and left it, the latest first; `before` is the last one already shown."""
    actor.must(Permission.SEE_STOCK, point=point_id)
    wanted = (
        select(StockMove, Person.handle)
        .join(Person, Person.id == StockMove.by_id)
        .where(StockMove.point_id == point_id)
        .order_by(StockMove.id.desc())
        .limit(PAGE)
    )
    if before is not None:
        wanted = wanted.where(StockMove.id < before)
    if good is not None:
        wanted = wanted.where(StockMove.good == good)
    words = GoodWords(catalogue(session))
    return tuple(
        MoveRow(
            id=move.id,
            at=move.at,
            name=words.name(move.good, actor.language),
            quantity=move.quantity,
            after=move.after,
            cause=MOVE_TITLES[move.cause],
            by=handle,
        )
        for move, handle in session.execute(wanted)
    )


def losses(session: Session, *, actor: Actor) -> tuple[LossRow, ...]:
    """Losses that wait for a second person, at the points where this one may answer."""
    actor.must(Permission.KEEP_POINT)
    found = session.execute(
        _waiting(StockAct, StockActLine, Point.names, Person.handle)
        .join(Point, Point.id == StockAct.point_id)
        .join(Person, Person.id == StockAct.by_id)
        .order_by(StockAct.at, StockAct.id, StockActLine.good)
    ).all()
    words = GoodWords(catalogue(session)) if found else GoodWords({})
    mine = [row for row in found if actor.may(Permission.KEEP_POINT, point=row[0].point_id)]
    return tuple(_loss(list(of_act), words, actor) for _id, of_act in groupby(mine, key=lambda row: row[0].id))


def lost_at(session: Session, points: Sequence[UUID]) -> Counter[tuple[UUID, str]]:
    """How many of each good were reported lost at these points, and nobody answered yet."""
    sums = _waiting(StockAct.point_id, StockActLine.good, func.sum(StockActLine.quantity))
    found = session.execute(sums.where(StockAct.point_id.in_(points)).group_by(StockAct.point_id, StockActLine.good))
    return Counter({(point, good): int(quantity) for point, good, quantity in found})


def _waiting(*columns: Any) -> Select[Any]:
    """These columns of losses that nobody answered, a row for each good."""
    answered = exists().where(WriteOffAnswer.act_id == StockAct.id)
    lines = select(*columns).select_from(StockAct).join(StockActLine, StockActLine.act_id == StockAct.id)
    return lines.where(StockAct.kind == MoveCause.WRITTEN_OFF, ~answered)


def _loss(found: Sequence[Any], words: GoodWords, actor: Actor) -> LossRow:
    act, _line, point, handle = found[0]
    goods = tuple(_lost(line, words, actor) for _act, line, *_names in found)
    return LossRow(act_id=act.id, point=point, goods=goods, by_id=act.by_id, by=handle, at=act.at)


def _lost(line: StockActLine, words: GoodWords, actor: Actor) -> LostRow:
    assert line.why is not None, "a loss has a reason"
    return LostRow(
        said=words.say(Item(line.good, line.quantity), actor.language),
        why=DIFFERENCE_TITLES[line.why],
        booked=line.booked,
        counted=None if line.booked is None else line.booked - line.quantity,
    )


def _promised(session: Session, points: Sequence[UUID]) -> Counter[tuple[UUID, str]]:
    """How many of each good stand on vouchers that may still be collected."""
    said = cast(AllocationLine.items, String)
    found = session.execute(
        select(Voucher.point_id, func.max(said), func.count())
        .join(AllocationLine, AllocationLine.id == Voucher.id)
        .where(Voucher.state.in_(OPEN_STATES), Voucher.point_id.in_(points), said != "[]")
        .group_by(Voucher.point_id, said)
    )
    promised: Counter[tuple[UUID, str]] = Counter()
    for point, items, times in found:
        for item in map(Item.from_plain, json.loads(items)):
            promised[point, item.good] += item.quantity * times
    waits = Voucher.state.in_(OPEN_STATES) & (Voucher.turns > 0) & Voucher.point_id.in_(points)
    for row in session.execute(handings().add_columns(Voucher.point_id).where(waits, STANDS)):
        for item in map(Item.from_plain, items_of(row)):
            promised[row.point_id, item.good] -= item.quantity
    return promised
