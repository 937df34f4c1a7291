"""What points have in stock: how many of each good, how many of them are promised, and how they came and went."""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import String, cast, exists, func, select
from sqlalchemy.orm import Session

from aid.domain.goods import Item
from aid.domain.permissions import Permission
from aid.domain.stock import DIFFERENCE_TITLES, MOVE_TITLES, MoveCause
from aid.domain.vouchers import OPEN_STATES
from aid.domain.words import Message
from aid.models.allocations import AllocationLine
from aid.models.fund import Point
from aid.models.goods import Stock, StockAct, StockActLine, StockMove, WriteOffAnswer
from aid.models.people import Person
from aid.models.vouchers import Voucher
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
class LossRow:
    """Goods that somebody asks to write off."""

    act_id: UUID
    point: Mapping[str, str]
    said: str
    why: Message
    by_id: UUID
    by: str
    at: datetime


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
    promised = _promised(session, ids)
    words = GoodWords(catalogue(session))
    rows: defaultdict[UUID, list[StockRow]] = defaultdict(list)
    for point, good in there.keys() | promised.keys():
        name = words.name(good, actor.language)
        rows[point].append(StockRow(good, name, there.get((point, good), 0), promised[point, good]))
    return tuple(
        PointStock(point.id, point.names, tuple(sorted(rows[point.id], key=lambda row: row.name))) for point in points
    )


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
        select(StockAct, StockActLine, Point.names, Person.handle)
        .join(StockActLine, StockActLine.act_id == StockAct.id)
        .join(Point, Point.id == StockAct.point_id)
        .join(Person, Person.id == StockAct.by_id)
        .where(StockAct.kind == MoveCause.WRITTEN_OFF, ~exists().where(WriteOffAnswer.act_id == StockAct.id))
        .order_by(StockAct.at)
    ).all()
    words = GoodWords(catalogue(session)) if found else GoodWords({})
    return tuple(
        LossRow(
            act_id=act.id,
            point=point,
            said=words.say(Item(line.good, line.quantity), actor.language),
            why=DIFFERENCE_TITLES[line.why],
            by_id=act.by_id,
            by=handle,
            at=act.at,
        )
        for act, line, point, handle in found
        if line.why is not None and actor.may(Permission.KEEP_POINT, point=act.point_id)
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
    return promised
