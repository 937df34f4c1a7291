"""The sample fund's distribution days: one that was held, one today, and one for which everything is to be brought."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from aid.cli.demo.people import key
from aid.domain.days.planning import Hours
from aid.domain.permissions import Role
from aid.domain.vouchers import ON_PAPER
from aid.extensions import reading
from aid.models.fund import Point
from aid.models.vouchers import Voucher
from aid.perform import perform
from aid.services.days.planning import DayOrder, plan_day

if TYPE_CHECKING:
    from aid.cli.demo.story import Story

TEN_TO_TWO = Hours(opens=10 * 60, closes=14 * 60, slot=30, tables=2, a_family=5)
"""Room for ninety-six families."""


def plan_to_hand_out(story: Story, point: Point, day: date) -> None:
    """A coordinator plans a day for all that waits at a point."""
    order = DayOrder(point_id=point.id, day=day, hours=TEN_TO_TWO, leaves_out=True)
    perform(key(), plan_day, actor=story.the(Role.COORDINATOR).actor(), now=story.now, order=order)


def plan_next_days(story: Story) -> None:
    """The points where most vouchers wait: one hands out today, the other tomorrow."""
    story.say("Planning two distribution days")
    waiting = select(Voucher.point_id, func.count().label("many")).where(Voucher.state.in_(ON_PAPER))
    most = waiting.group_by(Voucher.point_id).order_by(func.count().desc(), Voucher.point_id).limit(2)
    today = datetime.now(UTC).astimezone(story.zone).date()
    for days, point_id in enumerate(reading().scalars(most).all()):
        plan_to_hand_out(story, reading().get_one(Point, point_id), today + timedelta(days=days))
