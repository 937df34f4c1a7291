"""Counts of a point's day as they stand: which one counts, what differs, and what moved since."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from aid.domain.days.counting import (
    Counted,
    CountKind,
    CountState,
    Differs,
    Stubs,
    Told,
    is_large,
    state_of,
    why_not_begin,
)
from aid.domain.points import PointKind
from aid.domain.refusals import RuleBroken
from aid.domain.stock import MoveCause
from aid.domain.words import _
from aid.models.collections import Collection
from aid.models.day_counts import (
    DayCount,
    DayCountAnswer,
    DayCountCash,
    DayCountGood,
    DayCountReason,
    DayCountTold,
)
from aid.models.fund import Point
from aid.models.goods import StockAct, WriteOffAnswer
from aid.services.days.books import cash_at, given_on, mark_now, mark_of, stubs_at
from aid.services.fund_days import day_bounds


def hold_point(session: Session, point_id: UUID) -> None:
    """Of two who count, explain or sign at one point at once, one waits for the other's commit.

    Shops have no cash and no stock of the fund's: nobody counts there.
    """
    tables = select(Point.id).where(Point.id == point_id, Point.kind == PointKind.TABLE)
    held = tables.with_for_update(key_share=True)
    if session.scalar(held) is None:
        raise RuleBroken(_("Choose a point of the list."), "point")


def check_begin(session: Session, *, point_id: UUID, kind: CountKind, day: date, today: date) -> None:
    """Raise RuleBroken unless this end of this day may be counted now."""
    signed = newest_signed(session, point_id=point_id, day=day, kind=kind)
    reason = why_not_begin(
        kind,
        day,
        today=today,
        is_signed=signed is not None,
        moved_since=signed is not None and went_on_since(session, signed) > 0,
        went_on=_went_on(session, point_id, day),
    )
    if reason:
        raise RuleBroken(reason)


def _went_on(session: Session, point_id: UUID, day: date) -> bool:
    """Whether the point worked on a later day, or was counted then."""
    _first, after = day_bounds(session, day)
    later = exists().where(DayCount.point_id == point_id, DayCount.day > day)
    worked = exists().where(
        Collection.point_id == point_id, Collection.collected_at >= after, Collection.entered_at.is_(None)
    )
    return bool(session.scalar(select(later | worked)))


def refuse_while_lost(session: Session, point_id: UUID) -> None:
    """Raise RuleBroken while a loss of goods waits for an answer: it would leave the books twice."""
    if loss_waits(session, point_id):
        raise RuleBroken(_("A loss of goods of this point waits for a second person. It is answered first."))


def loss_waits(session: Session, point_id: UUID) -> bool:
    """Whether somebody reported a loss of goods here that nobody has answered."""
    answered = exists().where(WriteOffAnswer.act_id == StockAct.id)
    of_point = (StockAct.point_id == point_id) & (StockAct.kind == MoveCause.WRITTEN_OFF)
    return bool(session.scalar(select(exists().where(of_point, ~answered))))


def tries(session: Session, *, point_id: UUID, day: date, kind: CountKind) -> Sequence[DayCount]:
    """All counts of one end of a day, the first one first."""
    same = (DayCount.point_id == point_id, DayCount.day == day, DayCount.kind == kind)
    return session.scalars(select(DayCount).where(*same).order_by(DayCount.n)).all()


def is_latest(session: Session, row: DayCount) -> bool:
    """Whether nobody counted it again since."""
    same = (DayCount.point_id == row.point_id, DayCount.day == row.day, DayCount.kind == row.kind)
    return session.scalar(select(func.max(DayCount.n)).where(*same)) == row.n


def newest_signed(session: Session, *, point_id: UUID, day: date, kind: CountKind) -> DayCount | None:
    """The count of one end of a day that counts: the newest that two signed."""
    same = (DayCount.point_id == point_id, DayCount.day == day, DayCount.kind == kind)
    signed = select(DayCount).join(DayCountAnswer, DayCountAnswer.count_id == DayCount.id)
    return session.scalars(signed.where(*same, DayCountAnswer.agreed).order_by(DayCount.n.desc()).limit(1)).first()


def differences_of(session: Session, row: DayCount) -> tuple[Differs, ...]:
    """What was counted otherwise than the books said then; stubs are told apart."""
    money = session.scalars(select(DayCountCash).where(DayCountCash.count_id == row.id)).all()
    stock = session.scalars(select(DayCountGood).where(DayCountGood.count_id == row.id)).all()
    return _differs(money, stock)


def _differs(money: Sequence[DayCountCash], stock: Sequence[DayCountGood]) -> tuple[Differs, ...]:
    cash = (Differs(Counted.CASH, each.currency, each.counted_minor - each.booked_minor) for each in money)
    goods = (Differs(Counted.GOOD, each.good, each.counted - each.booked) for each in stock)
    return tuple(each for each in sorted((*cash, *goods), key=lambda each: (each.what, each.key)) if each.by)


def stubs_of(session: Session, row: DayCount) -> Stubs | None:
    """The stubs of a closing, and the numbers that the collections asked for then."""
    if row.stubs is None:
        return None
    return Stubs(row.stubs, stubs_at(session, row.point_id, row.day, mark_of(session, row)))


def told_of(session: Session, row: DayCount) -> tuple[Told, ...]:
    """Why it differs, as whoever counted said."""
    reasons = select(DayCountReason).where(DayCountReason.count_id == row.id)
    found = session.scalars(reasons.order_by(DayCountReason.what, DayCountReason.key))
    return tuple(Told(each.what, each.key, each.why) for each in found)


def state_of_count(session: Session, row: DayCount) -> CountState:
    """Where it stands."""
    answer = session.get(DayCountAnswer, row.id, populate_existing=True)
    differs = bool(differences_of(session, row)) or row.stubs != row.stubs_booked
    return state_of(
        is_latest=is_latest(session, row),
        agreed=answer.agreed if answer else None,
        differs=differs,
        is_told=session.get(DayCountTold, row.id) is not None,
    )


def is_large_count(session: Session, row: DayCount) -> bool:
    """Whether it differs by so much that a coordinator signs it."""
    return is_large(differences_of(session, row), told_of(session, row))


def has_moved(session: Session, row: DayCount) -> bool:
    """Whether cash, goods or collections of the point came or went since it was counted."""
    mark, now = mark_of(session, row), mark_now(session, row.point_id)
    cash, since = (cash_at(session, row.point_id, each.after_entry) for each in (mark, now))
    return cash != since or mark.moves != now.moves or went_on_since(session, row) > 0


def went_on_since(session: Session, row: DayCount) -> int:
    """How many collections of its day stand now and did not when it was counted, or the other way round.

    One of them is enough: a day that was closed is open again.
    """
    then, since = (
        {each.collection_id for each in given_on(session, row.point_id, row.day, mark) if each.stands}
        for mark in (mark_of(session, row), mark_now(session, row.point_id))
    )
    return len(then ^ since)
