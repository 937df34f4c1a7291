"""The plan of a distribution day, of which decisions it is, and which vouchers come in which of its slots."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from aid.domain.days.planning import CancelReason
from aid.models.base import Base, Permanent, kept_as


class DayPlan(Permanent, Base):
    """One version of a point's day. The newest counts; one with a reason says that the day does not take place."""

    __tablename__ = "day_plan"
    __table_args__ = (
        UniqueConstraint("point_id", "day", "version"),
        CheckConstraint("version >= 1", name="from_one"),
        CheckConstraint("closes > opens", name="opens_first"),
        CheckConstraint("slot >= 1 AND tables >= 1 AND a_family >= 1", name="work_is_done"),
        CheckConstraint("left_out >= 0", name="left_out_not_negative"),
        CheckConstraint("cancelled IS NULL OR version > 1", name="planned_before_cancelled"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    point_id: Mapped[UUID] = mapped_column(ForeignKey("point.id"))
    day: Mapped[date]
    version: Mapped[int]
    opens: Mapped[int]  # in minutes from midnight, on the fund's clock
    closes: Mapped[int]
    slot: Mapped[int]  # minutes of a slot
    tables: Mapped[int]
    a_family: Mapped[int]  # minutes that one family takes at a table
    left_out: Mapped[int]  # families that had no room: they come on another day
    cancelled: Mapped[CancelReason | None] = kept_as(CancelReason)
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


class DaySlot(Permanent, Base):
    """Who comes in one slot: how many families, and the numbers of their vouchers."""

    __tablename__ = "day_slot"
    __table_args__ = (
        CheckConstraint("n >= 0", name="from_nought"),
        CheckConstraint("families >= 0", name="not_negative"),
    )

    plan_id: Mapped[UUID] = mapped_column(ForeignKey("day_plan.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # the first is 0
    families: Mapped[int]
    serials: Mapped[list[str]]  # as `domain.paper_trail.plain_runs` writes them


class DayDecision(Permanent, Base):
    """One of the decisions whose vouchers come, where the planner chose among them. Without any, all come."""

    __tablename__ = "day_decision"

    plan_id: Mapped[UUID] = mapped_column(ForeignKey("day_plan.id"), primary_key=True)
    allocation_id: Mapped[UUID] = mapped_column(ForeignKey("allocation.id"), primary_key=True)
