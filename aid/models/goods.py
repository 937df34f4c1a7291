"""Goods that are handed out, where they are, and why each of them came or went."""

from datetime import date, datetime
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from aid.domain.stock import Difference, MoveCause
from aid.models.base import Base, Permanent, kept_as


class Good(Permanent, Base):
    """A good of the catalogue. A change is a new version; the newest one counts."""

    __tablename__ = "good"
    __table_args__ = (UniqueConstraint("code", "version"), CheckConstraint("version >= 1", name="from_one"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str]
    version: Mapped[int]
    names: Mapped[dict[str, str]]
    variants: Mapped[list[str]]  # grades, sizes; none where all are alike
    contents: Mapped[list[str]]  # of a kit, as Item.plain() writes them; none for what is no kit
    in_use: Mapped[bool]
    written_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[datetime]


class Stock(Base):
    """How many of one good a point has, after so many moves. `verify` proves that it is their sum."""

    __tablename__ = "stock"

    point_id: Mapped[UUID] = mapped_column(ForeignKey("point.id"), primary_key=True)
    good: Mapped[str] = mapped_column(primary_key=True)  # whole code: with the variant after a colon
    quantity: Mapped[int]  # below zero when more was handed out than was written down: shown in red
    moves: Mapped[int]


class StockMove(Permanent, Base):
    """Some of a good came to a point or left it. Each move says what was there after it."""

    __tablename__ = "stock_move"
    __table_args__ = (
        UniqueConstraint("point_id", "good", "n"),
        CheckConstraint("quantity <> 0", name="moves_something"),
        CheckConstraint("n >= 1", name="from_one"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    point_id: Mapped[UUID] = mapped_column(ForeignKey("point.id"))
    good: Mapped[str]
    n: Mapped[int]  # the first move of this good at this point is 1
    quantity: Mapped[int]  # below zero when it left
    after: Mapped[int]
    cause: Mapped[MoveCause] = kept_as(MoveCause)
    cause_id: Mapped[UUID] = mapped_column(index=True)  # the delivery, collection or act
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


class StockAct(Permanent, Base):
    """What somebody did with stock by itself: counted it, carried or packed it, or asks to write some off."""

    __tablename__ = "stock_act"
    __table_args__ = (
        CheckConstraint("(kind = 'carried') = (to_point_id IS NOT NULL)", name="carried_somewhere"),
        CheckConstraint("point_id <> to_point_id", name="two_points"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[MoveCause] = kept_as(MoveCause)
    point_id: Mapped[UUID] = mapped_column(ForeignKey("point.id"), index=True)
    to_point_id: Mapped[UUID | None] = mapped_column(ForeignKey("point.id"))
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


class StockActLine(Permanent, Base):
    """One good of such an act."""

    __tablename__ = "stock_act_line"
    __table_args__ = (
        CheckConstraint("quantity >= 0", name="not_negative"),
        CheckConstraint("booked IS NULL OR booked = quantity OR why IS NOT NULL", name="difference_has_reason"),
    )

    act_id: Mapped[UUID] = mapped_column(ForeignKey("stock_act.id"), primary_key=True)
    good: Mapped[str] = mapped_column(primary_key=True)
    quantity: Mapped[int]  # counted, carried, packed or to be written off
    booked: Mapped[int | None]  # what the books said when it was counted
    why: Mapped[Difference | None] = kept_as(Difference)


class WriteOffAnswer(Permanent, Base):
    """A second person's word on goods that somebody asks to write off."""

    __tablename__ = "write_off_answer"

    act_id: Mapped[UUID] = mapped_column(ForeignKey("stock_act.id"), primary_key=True)
    agreed: Mapped[bool]
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


class GoodsRelease(Permanent, Base):
    """A voucher for goods alone that nobody collected: its goods are promised no more. Money is freed by an entry."""

    __tablename__ = "goods_release"
    later_columns = MappingProxyType({"released_at": None})

    voucher_id: Mapped[UUID] = mapped_column(ForeignKey("voucher.id"), primary_key=True)
    released_on: Mapped[date]
    released_at: Mapped[datetime | None]  # none: only the day was written down then
