"""Counting what a point has at one end of its day, blind; and saying afterwards why it differs from the books.

A count is kept before the books are shown beside it. Who finds that they counted wrong counts again: each try stays.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.days.counting import CountKind, Told, why_not_told
from aid.domain.days.pieces import Pieces
from aid.domain.goods import MOST
from aid.domain.ids import new_id
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models.day_counts import (
    DayCount,
    DayCountAnswer,
    DayCountCash,
    DayCountGood,
    DayCountReason,
    DayCountTold,
)
from aid.services import audit
from aid.services.days.books import Mark, Stocked, cash_at, goods_now, last_entry, stubs_at
from aid.services.days.counts import (
    check_begin,
    differences_of,
    hold_point,
    is_latest,
    refuse_while_lost,
    stubs_of,
    tries,
)
from aid.vault.actor import Actor

MOST_STUBS = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCountOrder:
    """What somebody counted at a point: by currency (face, pieces), goods by whole code, and stubs at closing."""

    point_id: UUID
    day: date
    kind: CountKind
    cash: Mapping[str, tuple[tuple[int, int], ...]]
    goods: Mapping[str, int]
    stubs: int | None = None


@dataclass(frozen=True, slots=True)
class DayCounted:
    """A count is kept; it differs from the books in so many things."""

    count_id: UUID
    differences: int


@dataclass(frozen=True, slots=True)
class ExplainOrder:
    """Why a count differs from the books."""

    count_id: UUID
    reasons: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Explained:
    """A count waits for its second person."""

    count_id: UUID


def count_day(session: Session, *, actor: Actor, now: Instant, order: DayCountOrder) -> DayCounted:
    """Keep what was counted, and what the books say at that moment. Nothing moves yet. Raises RuleBroken."""
    actor.must(Permission.KEEP_POINT, point=order.point_id)
    assert actor.person_id is not None, "a person counts"
    hold_point(session, order.point_id)
    check_begin(session, point_id=order.point_id, kind=order.kind, day=order.day, today=now.today)
    refuse_while_lost(session, order.point_id)
    after, there = last_entry(session), goods_now(session, order.point_id)
    mark = Mark(after, {good: each.moves for good, each in there.items()})
    booked = cash_at(session, order.point_id, mark.after_entry)
    cash, goods = _cash(order, booked), _goods(order, there)
    row = DayCount(
        id=new_id(),
        point_id=order.point_id,
        day=order.day,
        kind=order.kind,
        n=1 + len(tries(session, point_id=order.point_id, day=order.day, kind=order.kind)),
        by_id=actor.person_id,
        at=now.instant,
        after_entry=mark.after_entry,
        stubs=_stubs(order),
        stubs_booked=_stubs_booked(session, order, mark),
    )
    session.add(row)
    session.flush()
    money = _cash_rows(row, cash, booked)
    stock = [
        DayCountGood(count_id=row.id, good=good, counted=number, booked=there[good].quantity, moves=mark.moves[good])
        for good, number in goods.items()
    ]
    session.add_all([*money, *stock])
    audit.say(session, "day.counted", subject=row.id, made=[row, *money, *stock])
    session.flush()
    return DayCounted(row.id, len(differences_of(session, row)) + (row.stubs != row.stubs_booked))


def explain_count(session: Session, *, actor: Actor, now: Instant, order: ExplainOrder) -> Explained:
    """Say of each difference why it is there; from then on a second person is waited for. Raises RuleBroken."""
    row = session.get(DayCount, order.count_id)
    if row is None or row.by_id != actor.person_id:
        raise RuleBroken(_("Whoever counted says why it differs."))
    actor.must(Permission.KEEP_POINT, point=row.point_id)
    hold_point(session, row.point_id)
    if session.get(DayCountTold, row.id) is not None:
        raise RuleBroken(_("This was explained already. If something is wrong, count again."))
    if session.get(DayCountAnswer, row.id) is not None or not is_latest(session, row):
        raise RuleBroken(_("This count is over: it was answered, or counted again."))
    differs, stubs = differences_of(session, row), stubs_of(session, row)
    if reason := why_not_told(order.reasons, differs=differs, stubs=stubs):
        raise RuleBroken(reason, "reasons")
    told = DayCountTold(count_id=row.id, at=now.instant)
    session.add(told)
    session.flush()
    reasons = [
        DayCountReason(count_id=row.id, what=each.what, key=each.key, why=each.why)
        for each in sorted(order.reasons, key=lambda each: (each.what, each.key))
    ]
    session.add_all(reasons)
    audit.say(session, "day.explained", subject=row.id, made=[told, *reasons])
    return Explained(row.id)


# ---------------------------------------------------------------- what was typed


def _cash(order: DayCountOrder, booked: Mapping[str, int]) -> dict[str, Pieces]:
    """The cash of each currency that the point has some in. Raises RuleBroken."""
    if strange := sorted(order.cash.keys() - booked.keys()):
        raise RuleBroken(_("This point has no cash in %(currency)s.", currency=strange[0]), "cash")
    return {currency: Pieces(currency, dict(order.cash.get(currency, ()))) for currency in sorted(booked)}


def _cash_rows(row: DayCount, cash: Mapping[str, Pieces], booked: Mapping[str, int]) -> list[DayCountCash]:
    return [
        DayCountCash(
            count_id=row.id,
            currency=currency,
            pieces=pieces.plain(),
            counted_minor=pieces.total.minor,
            booked_minor=booked[currency],
        )
        for currency, pieces in cash.items()
    ]


def _goods(order: DayCountOrder, there: Mapping[str, Stocked]) -> dict[str, int]:
    """A number for each good that the point ever had; what is not there by the books is none unless it was counted."""
    if order.goods.keys() - there.keys():
        raise RuleBroken(_("One of these goods was never at this point. Count it on the page of the stock."), "goods")
    for good, booked in there.items():
        if booked.quantity and good not in order.goods:
            raise RuleBroken(_("Count each good that is here: write 0 where there is none."), f"good-{good}")
        if not 0 <= order.goods.get(good, 0) <= MOST:
            raise RuleBroken(_("Write a quantity from 0 to %(most)s.", most=MOST), f"good-{good}")
    return {good: order.goods.get(good, 0) for good in sorted(there)}


def _stubs(order: DayCountOrder) -> int | None:
    if order.kind is CountKind.OPENING:
        return None
    if order.stubs is None or not 0 <= order.stubs <= MOST_STUBS:
        raise RuleBroken(_("Count the stubs of this day: write how many, and 0 if there are none."), "stubs")
    return order.stubs


def _stubs_booked(session: Session, order: DayCountOrder, mark: Mark) -> int | None:
    if order.kind is CountKind.OPENING:
        return None
    return len(stubs_at(session, order.point_id, order.day, mark))
