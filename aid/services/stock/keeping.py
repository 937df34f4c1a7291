"""Stock of goods at points: moved with a cause, counted, carried, packed into kits, written off by two people."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.goods import Item, check_items
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.stock import LOSSES, Difference, MoveCause, why_not_take
from aid.domain.words import _
from aid.models.goods import StockAct, StockActLine, WriteOffAnswer
from aid.services import audit
from aid.services.goods import catalogue, check_known
from aid.services.stock.moves import StockChanged, begin_act, finish_act, locked, move
from aid.vault.actor import Actor


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


def carry(session: Session, *, actor: Actor, now: Instant, order: CarryOrder) -> StockChanged:
    """Carry goods from one point to another."""
    actor.must(Permission.MANAGE_STOCK)
    if order.from_id == order.to_id:
        raise RuleBroken(_("Choose two different points."), "to")
    act = begin_act(session, kind=MoveCause.CARRIED, point_id=order.from_id, actor=actor, now=now, to=order.to_id)
    _check_there(session, order.from_id, order.items)
    out = [(order.from_id, item.good, -item.quantity) for item in order.items]
    into = [(order.to_id, item.good, item.quantity) for item in order.items]
    return finish_act(session, act, _lines(act, order.items), [*out, *into], act_code="stock.carried", now=now)


def pack(session: Session, *, actor: Actor, now: Instant, point_id: UUID, kits: Item) -> StockChanged:
    """Pack kits from their contents: those leave the stock, the kits come to it."""
    actor.must(Permission.KEEP_POINT, point=point_id)
    act = begin_act(session, kind=MoveCause.PACKED, point_id=point_id, actor=actor, now=now)
    check_items([kits])
    check_known(session, [kits])
    contents = [Item.from_plain(plain) for plain in catalogue(session, [kits.code])[kits.code].contents]
    if not contents:
        raise RuleBroken(_("This is no kit: it has no contents."), "good")
    used = tuple(Item(item.good, item.quantity * kits.quantity) for item in contents)
    _check_there(session, point_id, used)
    moves = [*((point_id, item.good, -item.quantity) for item in used), (point_id, kits.good, kits.quantity)]
    return finish_act(session, act, _lines(act, (kits,)), moves, act_code="stock.packed", now=now)


def ask_to_write_off(session: Session, *, actor: Actor, now: Instant, order: LossOrder) -> StockChanged:
    """Ask that goods be written off. Nothing moves until a second person agrees."""
    if order.why not in LOSSES:
        raise RuleBroken(_("Choose what happened."), "why")
    act = begin_act(session, kind=MoveCause.WRITTEN_OFF, point_id=order.point_id, actor=actor, now=now)
    _check_there(session, order.point_id, (order.item,))
    line = StockActLine(act_id=act.id, good=order.item.good, quantity=order.item.quantity, why=order.why)
    return finish_act(session, act, [line], [], act_code="stock.loss_reported", now=now)


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


def _check_there(session: Session, point_id: UUID, items: Sequence[Item]) -> None:
    if not items:
        raise RuleBroken(_("Choose at least one good."), "items")
    check_items(items)
    check_known(session, items)
    for item in sorted(items, key=lambda item: item.good):
        _refuse_short(session, point_id, item.good, item.quantity)


def _refuse_short(session: Session, point_id: UUID, good: str, quantity: int) -> None:
    if reason := why_not_take(quantity, there=locked(session, point_id, good)):
        raise RuleBroken(_("%(good)s: %(why)s", good=good, why=reason), "items")


def _lines(act: StockAct, items: Iterable[Item]) -> list[StockActLine]:
    return [StockActLine(act_id=act.id, good=item.good, quantity=item.quantity) for item in items]
