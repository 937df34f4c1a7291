"""Distribution days for tests: one of a single decision that was changed to be of all, and one that was cancelled."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from aid.domain.clock import Instant
from aid.domain.days.planning import CancelReason, Hours
from aid.domain.vouchers import OPEN_STATES
from aid.extensions import now as this_moment
from aid.models.vouchers import Voucher
from aid.services.days.planning import DayOrder, DayPlanned, cancel_day, plan_day
from tests.make import do, rows
from tests.make.fund import FoundedFund

TEN_TO_ONE = Hours(opens=600, closes=780, slot=30, tables=2, a_family=5)
"""Twelve families a slot, 72 in all."""


def order_of(
    point_id: UUID, day: date, hours: Hours = TEN_TO_ONE, *, leaves_out: bool = False, version: int = 0
) -> DayOrder:
    """A day as a coordinator would plan it."""
    return DayOrder(point_id=point_id, day=day, hours=hours, leaves_out=leaves_out, version=version)


def make_day(
    fund: FoundedFund, *, days: int = 1, point: str = "club", hours: Hours = TEN_TO_ONE, now: Instant | None = None
) -> DayPlanned:
    """A plan for all that waits at a point, so many days from now."""
    day = (now or this_moment()).today + timedelta(days=days)
    return do(plan_day, actor=fund.coordinator, now=now, order=order_of(fund.points[point], day, hours))


def make_days(fund: FoundedFund) -> None:
    """Tomorrow's day was of one decision, then of all; the one after it was cancelled, so that its families come."""
    off = make_day(fund, days=2)
    do(
        cancel_day,
        actor=fund.coordinator,
        point_id=off.point_id,
        day=off.day,
        version=1,
        reason=CancelReason.NOT_SAFE,
    )
    waits = select(Voucher.allocation_id).where(Voucher.point_id == off.point_id, Voucher.state.in_(OPEN_STATES))
    of_one = order_of(off.point_id, off.day - timedelta(days=1))
    chosen = frozenset(rows(waits.order_by(Voucher.serial).limit(1)))
    tomorrow = do(plan_day, actor=fund.coordinator, order=replace(of_one, decisions=chosen))
    wider = Hours(opens=540, closes=780, slot=30, tables=2, a_family=5)
    do(plan_day, actor=fund.coordinator, order=order_of(tomorrow.point_id, tomorrow.day, wider, version=1))
