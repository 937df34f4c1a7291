"""Counting a point's stock: what is more is booked at once, what is fewer waits for a second person."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.goods import Item, check_items
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.stock import Difference, MoveCause, why_not_counted
from aid.domain.words import _
from aid.models.goods import StockAct, StockActLine, WriteOffAnswer
from aid.services.goods import check_known
from aid.services.stock.moves import begin_act, finish_act, locked
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


@dataclass(frozen=True, slots=True)
class StockCounted:
    """A point's stock was counted; what is fewer than in the books waits for a second person."""

    act_id: UUID | None
    loss_id: UUID | None


def count(session: Session, *, actor: Actor, now: Instant, order: CountOrder) -> StockCounted:
    """Write down what was counted at a point, with a reason where the books differ.

    What is more is booked at once; what is fewer leaves the books when a second person agrees, as every loss.
    """
    actor.must(Permission.KEEP_POINT, point=order.point_id)
    check_items([Item(line.good, max(line.quantity, 1)) for line in order.lines])
    check_known(session, [Item(line.good, 1) for line in order.lines])
    if not order.lines:
        raise RuleBroken(_("Write at least one good that you counted."))
    places = sorted(range(len(order.lines)), key=lambda place: order.lines[place].good)  # all lock in one order
    found = [(order.lines[place], _booked(session, order, place)) for place in places]
    there = [(line, booked) for line, booked in found if line.quantity >= booked]
    missing = [(line, booked) for line, booked in found if line.quantity < booked]
    counted = _count_there(session, order.point_id, there, actor=actor, now=now) if there else None
    loss = _count_missing(session, order.point_id, missing, actor=actor, now=now) if missing else None
    return StockCounted(counted, loss)


def _booked(session: Session, order: CountOrder, place: int) -> int:
    """What the books say of a line's good, which nobody moves before the commit. Raises RuleBroken."""
    line = order.lines[place]
    booked = locked(session, order.point_id, line.good)
    if order.booked is not None and order.booked[place] != booked:
        raise RuleBroken(_("Goods came or went while you counted. Look at the numbers again."))
    if _is_lost(session, order.point_id, line.good):
        raise RuleBroken(
            _("%(good)s: a loss waits for a second person. It is answered first.", good=line.good), "lines"
        )
    if reason := why_not_counted(line.quantity, booked=booked, why=line.why):
        raise RuleBroken(reason, "lines")
    return booked


def _count_there(
    session: Session, point_id: UUID, found: Sequence[tuple[Counted, int]], *, actor: Actor, now: Instant
) -> UUID:
    act = begin_act(session, kind=MoveCause.COUNTED, point_id=point_id, actor=actor, now=now)
    lines = [
        StockActLine(
            act_id=act.id,
            good=line.good,
            quantity=line.quantity,
            booked=booked,
            why=line.why if line.quantity != booked else None,
        )
        for line, booked in found
    ]
    moves = [(point_id, line.good, line.quantity - booked) for line, booked in found if line.quantity != booked]
    return finish_act(session, act, lines, moves, act_code="stock.counted", now=now).act_id


def _count_missing(
    session: Session, point_id: UUID, found: Sequence[tuple[Counted, int]], *, actor: Actor, now: Instant
) -> UUID:
    """Ask that what was not found be written off, all of it at once."""
    act = begin_act(session, kind=MoveCause.WRITTEN_OFF, point_id=point_id, actor=actor, now=now)
    lines = [
        StockActLine(act_id=act.id, good=line.good, quantity=booked - line.quantity, booked=booked, why=line.why)
        for line, booked in found
    ]
    return finish_act(session, act, lines, [], act_code="stock.loss_reported", now=now).act_id


def _is_lost(session: Session, point_id: UUID, good: str) -> bool:
    """Whether a loss of this good at this point waits: it would be written off twice."""
    answered = exists().where(WriteOffAnswer.act_id == StockAct.id)
    waiting = (
        select(StockAct.id)
        .join(StockActLine, StockActLine.act_id == StockAct.id)
        .where(
            StockAct.kind == MoveCause.WRITTEN_OFF,
            StockAct.point_id == point_id,
            StockActLine.good == good,
            ~answered,
        )
    )
    return session.scalar(waiting.limit(1)) is not None
