"""Moves of stock: goods come to points or leave them with a cause, one after the other, and never unnoticed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.ids import new_id
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.stock import MoveCause
from aid.domain.words import _
from aid.models.fund import Point
from aid.models.goods import Stock, StockAct, StockActLine, StockMove
from aid.services import audit
from aid.vault.actor import Actor


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


def locked(session: Session, point_id: UUID, good: str) -> int:
    """How many the books say are there; nobody moves them before the commit."""
    there = select(Stock.quantity).where(Stock.point_id == point_id, Stock.good == good).with_for_update()
    booked = session.scalar(there)
    if booked is None:  # no row to lock: two who count it for the first time would both find none
        _begin(session, point_id, good)
        booked = session.execute(there).scalar_one()
    return booked


def begin_act(
    session: Session, *, kind: MoveCause, point_id: UUID, actor: Actor, now: Instant, to: UUID | None = None
) -> StockAct:
    """What somebody does with stock at a point of theirs, before its goods are named."""
    actor.must(Permission.KEEP_POINT, point=point_id)
    assert actor.person_id is not None, "a person does it"
    for point in (point_id, to):
        if point is not None and session.get(Point, point) is None:
            raise RuleBroken(_("Choose a point of the list."), "point")
    act = StockAct(id=new_id(), kind=kind, point_id=point_id, to_point_id=to, by_id=actor.person_id, at=now.instant)
    session.add(act)
    session.flush()
    return act


def finish_act(
    session: Session,
    act: StockAct,
    lines: Sequence[StockActLine],
    moves: Iterable[tuple[UUID, str, int]],
    *,
    act_code: str,
    now: Instant,
) -> StockChanged:
    """Write down the goods of an act and move them."""
    session.add_all(lines)
    moved = move(session, moves, cause=act.kind, cause_id=act.id, by_id=act.by_id, now=now)
    audit.say(session, act_code, subject=act.id, made=[act, *lines, *moved])
    return StockChanged(act.id)
