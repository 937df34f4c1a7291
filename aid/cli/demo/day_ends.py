"""The day after, a point of the sample fund is counted in the morning and in the evening; the evening's word waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from aid.cli.demo.people import key
from aid.domain.days.counting import CashReason, Counted, CountKind, Told
from aid.domain.days.pieces import faces
from aid.domain.permissions import Role
from aid.extensions import reading
from aid.models.fund import Point
from aid.perform import perform
from aid.services.days.books import cash_at, goods_now, last_entry
from aid.services.days.counting import DayCountOrder, ExplainOrder, count_day, explain_count
from aid.services.days.counts import loss_waits
from aid.services.days.signing import AnswerCountOrder, answer_count

if TYPE_CHECKING:
    from aid.cli.demo.story import Story

MISSING = 2_000_00
"""Tenge that nobody finds in the evening."""


def count_a_day(story: Story) -> None:
    """Opened and signed as the books say, but for what nobody had written down; closed with a note missing."""
    point = next(
        point
        for point in reading().scalars(select(Point).order_by(Point.code))
        if not loss_waits(reading(), point.id) and _cash(point) > 0
    )
    story.say(f"Counting the day of {point.names['en']}: opened by two, and its closing waits for a second person")
    keeper = next(user for user in story.with_role(Role.DISTRIBUTOR) if point.id in user.actor().points).actor()
    coordinator = story.the(Role.COORDINATOR).actor()
    opening = perform(key(), count_day, actor=keeper, now=story.now, order=_order(story, point, CountKind.OPENING))
    story.wait(minutes=5)
    signed = AnswerCountOrder(opening.count_id, agrees=True)
    perform(key(), answer_count, actor=coordinator, now=story.now, order=signed)
    story.wait(hours=3)
    order = _order(story, point, CountKind.CLOSING, missing=MISSING)
    closing = perform(key(), count_day, actor=keeper, now=story.now, order=order)
    why = (Told(Counted.CASH, "KZT", CashReason.WRONG_SUM_GIVEN),)
    perform(key(), explain_count, actor=keeper, now=story.now, order=ExplainOrder(closing.count_id, why))


def _cash(point: Point) -> int:
    return cash_at(reading(), point.id, last_entry(reading())).get("KZT", 0)


def _order(story: Story, point: Point, kind: CountKind, *, missing: int = 0) -> DayCountOrder:
    stock = goods_now(reading(), point.id)
    return DayCountOrder(
        point_id=point.id,
        day=story.now.today,
        kind=kind,
        cash={"KZT": _pieces(_cash(point) - missing)},
        goods={good: max(each.quantity, 0) for good, each in stock.items()},
        stubs=0 if kind is CountKind.CLOSING else None,
    )


def _pieces(minor: int) -> tuple[tuple[int, int], ...]:
    pieces = []
    for face in faces("KZT"):
        number, minor = divmod(minor, face)
        pieces.append((face, number))
    return tuple((face, number) for face, number in pieces if number)
