"""Opening and closing a point's day: what was counted, why it differs from the books, and the second person's word."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from aid.domain.days.counting import Counted, CountKind
from aid.models.base import Base, Permanent, kept_as


class DayCount(Permanent, Base):
    """One try of counting what a point has at one end of a day. The newest that two signed counts."""

    __tablename__ = "day_count"
    __table_args__ = (
        UniqueConstraint("point_id", "day", "kind", "n"),
        CheckConstraint("n >= 1", name="from_one"),
        CheckConstraint("after_entry >= 0", name="after_not_negative"),
        CheckConstraint("(kind = 'closing') = (stubs IS NOT NULL)", name="stubs_at_closing"),
        CheckConstraint("(stubs IS NULL) = (stubs_booked IS NULL)", name="stubs_beside"),
        CheckConstraint("stubs >= 0 AND stubs_booked >= 0", name="stubs_not_negative"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    point_id: Mapped[UUID] = mapped_column(ForeignKey("point.id"))
    day: Mapped[date]
    kind: Mapped[CountKind] = kept_as(CountKind)
    n: Mapped[int]
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    after_entry: Mapped[int]  # the number of the last entry of the books when it was counted
    stubs: Mapped[int | None]
    stubs_booked: Mapped[int | None]  # one a paper with which something was handed out on that day


class DayCountCash(Permanent, Base):
    """The cash of one currency, by notes and coins."""

    __tablename__ = "day_count_cash"
    __table_args__ = (CheckConstraint("counted_minor >= 0", name="not_negative"),)

    count_id: Mapped[UUID] = mapped_column(ForeignKey("day_count.id"), primary_key=True)
    currency: Mapped[str] = mapped_column(ForeignKey("currency.code"), primary_key=True)
    pieces: Mapped[list[str]]  # as `domain.days.pieces.Pieces.plain` writes them
    counted_minor: Mapped[int]
    booked_minor: Mapped[int]


class DayCountGood(Permanent, Base):
    """One good of the point's stock."""

    __tablename__ = "day_count_good"
    __table_args__ = (CheckConstraint("counted >= 0", name="not_negative"),)

    count_id: Mapped[UUID] = mapped_column(ForeignKey("day_count.id"), primary_key=True)
    good: Mapped[str] = mapped_column(primary_key=True)  # whole code
    counted: Mapped[int]
    booked: Mapped[int]
    moves: Mapped[int]  # how often it had come or gone when it was counted


class DayCountTold(Permanent, Base):
    """Whoever counted has said why it differs; from now on it waits for the second person."""

    __tablename__ = "day_count_told"

    count_id: Mapped[UUID] = mapped_column(ForeignKey("day_count.id"), primary_key=True)
    at: Mapped[datetime]


class DayCountReason(Permanent, Base):
    """Why one thing differs."""

    __tablename__ = "day_count_reason"

    count_id: Mapped[UUID] = mapped_column(ForeignKey("day_count_told.count_id"), primary_key=True)
    what: Mapped[Counted] = kept_as(Counted, primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)  # the currency, the good's whole code, the number on the stub
    why: Mapped[str]  # a code of `domain.days.counting.TITLES_OF`


class DayCountAnswer(Permanent, Base):
    """A second person's word on a count: signed, with which differences are booked; or refused."""

    __tablename__ = "day_count_answer"
    __table_args__ = (CheckConstraint("agreed OR act_id IS NULL", name="refused_moves_nothing"),)

    count_id: Mapped[UUID] = mapped_column(ForeignKey("day_count.id"), primary_key=True)
    agreed: Mapped[bool]
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    act_id: Mapped[UUID | None] = mapped_column(ForeignKey("stock_act.id"), unique=True)  # where goods differed


class DayCountBooking(Permanent, Base):
    """What a purpose bears of cash that was missing, or gets of cash that was found."""

    __tablename__ = "day_count_booking"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        ForeignKeyConstraint(
            ["count_id", "currency"],
            ["day_count_cash.count_id", "day_count_cash.currency"],
            name="fk_day_count_booking_cash",
        ),
    )

    count_id: Mapped[UUID] = mapped_column(ForeignKey("day_count_answer.count_id"), primary_key=True)
    currency: Mapped[str] = mapped_column(primary_key=True)
    purpose_id: Mapped[UUID] = mapped_column(ForeignKey("purpose.id"), primary_key=True)
    amount_minor: Mapped[int]
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("entry.id"), unique=True)
