"""Stock of goods at points: moved with a cause, counted, carried, packed into kits, written off by two people."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.goods import Item, check_items
from aid.domain.ids import new_id
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.stock import LOSSES, Difference, MoveCause, why_not_counted, why_not_take
from aid.domain.words import _
from aid.models.fund import Point
from aid.models.goods import Stock, StockAct, StockActLine, StockMove, WriteOffAnswer
from aid.services import audit
from aid.services.goods import catalogue, check_known
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class Counted:
    """One good as it was counted, and why it is another number than in the books."""

    good: str
    quantity: int
    why: Difference | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CountOrder:
    """What somebody counted at a point. `booked` is what they were shown, in the same order."""

    point_id: UUID
    lines: tuple[Counted, ...]
    booked: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CarryOrder:
    """Goods to be carried from one point to another."""

    from_id: UUID
    to_id: UUID
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LossOrder:
    """Goods to be written off at a point, and why."""

    point_id: UUID
    item: Item
    why: Difference


@dataclass(frozen=True, slots=True)
class StockChanged:
    """Something was done with stock."""

    act_id: UUID


def move(
    session: Session,
    moves: Iterable[tuple[UUID, str, int]],
    *,
    cause: MoveCause,
    cause_id: UUID,
    by_id: UUID,
    now: Instant,
) -> list[StockMove]:
    """Write down that goods came to points or left them: (point, whole code, so many). Never refused.

    A rival that moves the same good at the same point waits for the commit.
    """
    made = []
    for point_id, good, quantity in sorted(moves, key=lambda moved: (moved[0].bytes, moved[1])):
        after, n = _change(session, point_id, good, quantity)
        made.append(
            StockMove(
                id=new_id(),
                point_id=point_id,
                good=good,
                n=n,
                quantity=quantity,
                after=after,
                cause=cause,
                cause_id=cause_id,
                by_id=by_id,
                at=now.instant,
            )
        )
    session.add_all(made)
    return made


def _change(session: Session, point_id: UUID, good: str, quantity: int) -> tuple[int, int]:
    changed = (
        update(Stock)
        .where(Stock.point_id == point_id, Stock.good == good)
        .values(quantity=Stock.quantity + quantity, moves=Stock.moves + 1)
        .returning(Stock.quantity, Stock.moves)
        .execution_options(synchronize_session=False)
    )
    found = session.execute(changed).one_or_none()
    if found is None:
        _begin(session, point_id, good)
        found = session.execute(changed).one()
    return found.quantity, found.moves


def _begin(session: Session, point_id: UUID, good: str) -> None:
    """A good that a point never had is there none times. A rival that begins it too waits for the commit."""
    dialect = import_module(f"sqlalchemy.dialects.{session.get_bind().dialect.name}")
    empty = dialect.insert(Stock).values(point_id=point_id, good=good, quantity=0, moves=0)
    session.execute(empty.on_conflict_do_nothing())


def count(session: Session, *, actor: Actor, now: Instant, order: CountOrder) -> StockChanged:
    """Write down what was counted at a point; where the books differ, the difference is booked with its reason."""
    act = _act(session, MoveCause.COUNTED, order.point_id, actor=actor, now=now)
    check_items([Item(line.good, max(line.quantity, 1)) for line in order.lines])
    check_known(session, [Item(line.good, 1) for line in order.lines])
    if not order.lines:
        raise RuleBroken(_("Write at least one good that you counted."))
    lines, moves = [], []
    for place, line in enumerate(order.lines):
        booked = _locked(session, order.point_id, line.good)
        if order.booked is not None and order.booked[place] != booked:
            raise RuleBroken(_("Goods came or went while you counted. Look at the numbers again."))
        if reason := why_not_counted(line.quantity, booked=booked, why=line.why):
            raise RuleBroken(reason, "lines")
        why = line.why if line.quantity != booked else None
        lines.append(StockActLine(act_id=act.id, good=line.good, quantity=line.quantity, booked=booked, why=why))
        if line.quantity != booked:
            moves.append((order.point_id, line.good, line.quantity - booked))
    return _done(session, act, lines, moves, act_code="stock.counted", now=now)


def carry(session: Session, *, actor: Actor, now: Instant, order: CarryOrder) -> StockChanged:
    """Carry goods from one point to another."""
    actor.must(Permission.MANAGE_STOCK)
    if order.from_id == order.to_id:
        raise RuleBroken(_("Choose two different points."), "to")
    act = _act(session, MoveCause.CARRIED, order.from_id, actor=actor, now=now, to=order.to_id)
    _check_there(session, order.from_id, order.items)
    out = [(order.from_id, item.good, -item.quantity) for item in order.items]
    into = [(order.to_id, item.good, item.quantity) for item in order.items]
    return _done(session, act, _lines(act, order.items), [*out, *into], act_code="stock.carried", now=now)


def pack(session: Session, *, actor: Actor, now: Instant, point_id: UUID, kits: Item) -> StockChanged:
    """Pack kits from their contents: those leave the stock, the kits come to it."""
    actor.must(Permission.KEEP_POINT, point=point_id)
    act = _act(session, MoveCause.PACKED, point_id, actor=actor, now=now)
    check_items([kits])
    check_known(session, [kits])
    contents = [Item.from_plain(plain) for plain in catalogue(session, [kits.code])[kits.code].contents]
    if not contents:
        raise RuleBroken(_("This is no kit: it has no contents."), "good")
    used = tuple(Item(item.good, item.quantity * kits.quantity) for item in contents)
    _check_there(session, point_id, used)
    moves = [*((point_id, item.good, -item.quantity) for item in used), (point_id, kits.good, kits.quantity)]
    return _done(session, act, _lines(act, (kits,)), moves, act_code="stock.packed", now=now)


def ask_to_write_off(session: Session, *, actor: Actor, now: Instant, order: LossOrder) -> StockChanged:
    """Ask that goods be written off. Nothing moves until a second person agrees."""
    if order.why not in LOSSES:
        raise RuleBroken(_("Choose what happened."), "why")
    act = _act(session, MoveCause.WRITTEN_OFF, order.point_id, actor=actor, now=now)
    _check_there(session, order.point_id, (order.item,))
    line = StockActLine(act_id=act.id, good=order.item.good, quantity=order.item.quantity, why=order.why)
    return _done(session, act, [line], [], act_code="stock.loss_reported", now=now)


def answer_write_off(session: Session, *, actor: Actor, now: Instant, act_id: UUID, agreed: bool) -> StockChanged:
    """A second person agrees that goods are written off, or not. Raises RuleBroken for who asked."""
    act = session.scalars(select(StockAct).where(StockAct.id == act_id).with_for_update()).one_or_none()
    if act is None or act.kind is not MoveCause.WRITTEN_OFF:
        raise RuleBroken(_("There is no such loss; choose one of the list."))
    actor.must(Permission.KEEP_POINT, point=act.point_id)
    assert actor.person_id is not None, "a person answers"
    if act.by_id == actor.person_id:
        raise RuleBroken(_("You reported this loss yourself: somebody else agrees to it."))
    if session.get(WriteOffAnswer, act_id) is not None:
        raise RuleBroken(_("Somebody has answered this already."))
    answer = WriteOffAnswer(act_id=act_id, agreed=agreed, by_id=actor.person_id, at=now.instant)
    session.add(answer)
    wanted = select(StockActLine).where(StockActLine.act_id == act_id).order_by(StockActLine.good)
    lines = session.scalars(wanted).all() if agreed else []
    for line in lines:
        _refuse_short(session, act.point_id, line.good, line.quantity)
    out = [(act.point_id, line.good, -line.quantity) for line in lines]
    moves = move(session, out, cause=act.kind, cause_id=act.id, by_id=actor.person_id, now=now)
    audit.say(session, "stock.written_off" if agreed else "stock.loss_refused", subject=act.id, made=[answer, *moves])
    return StockChanged(act.id)


# ---------------------------------------------------------------- what they share


def _act(
    session: Session, kind: MoveCause, point_id: UUID, *, actor: Actor, now: Instant, to: UUID | None = None
) -> StockAct:
    actor.must(Permission.KEEP_POINT, point=point_id)
    assert actor.person_id is not None, "a person does it"
    for point in (point_id, to):
        if point is not None and session.get(Point, point) is None:
            raise RuleBroken(_("Choose a point of the list."), "point")
    act = StockAct(id=new_id(), kind=kind, point_id=point_id, to_point_id=to, by_id=actor.person_id, at=now.instant)
    session.add(act)
    session.flush()
    return act


def _done(
    session: Session,
    act: StockAct,
    lines: Sequence[StockActLine],
    moves: Iterable[tuple[UUID, str, int]],
    *,
    act_code: str,
    now: Instant,
) -> StockChanged:
    session.add_all(lines)
    moved = move(session, moves, cause=act.kind, cause_id=act.id, by_id=act.by_id, now=now)
    audit.say(session, act_code, subject=act.id, made=[act, *lines, *moved])
    return StockChanged(act.id)


def _lines(act: StockAct, items: Iterable[Item]) -> list[StockActLine]:
    return [StockActLine(act_id=act.id, good=item.good, quantity=item.quantity) for item in items]


def _locked(session: Session, point_id: UUID, good: str) -> int:
    """How many the books say are there; nobody moves them before the commit."""
    there = select(Stock.quantity).where(Stock.point_id == point_id, Stock.good == good).with_for_update()
    booked = session.scalar(there)
    if booked is None:  # no row to lock: two who count it for the first time would both find none
        _begin(session, point_id, good)
        booked = session.execute(there).scalar_one()
    return booked


def _check_there(session: Session, point_id: UUID, items: Sequence[Item]) -> None:
    if not items:
        raise RuleBroken(_("Choose at least one good."), "items")
    check_items(items)
    check_known(session, items)
    for item in sorted(items, key=lambda item: item.good):
        _refuse_short(session, point_id, item.good, item.quantity)


def _refuse_short(session: Session, point_id: UUID, good: str, quantity: int) -> None:
    if reason := why_not_take(quantity, there=_locked(session, point_id, good)):
        raise RuleBroken(_("%(good)s: %(why)s", good=good, why=reason), "items")
