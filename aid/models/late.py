"""A day without network: lists that points print of their open vouchers, and what is written down from them later."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from aid.domain.late import Conflict, LateReason, Verdict
from aid.models.base import Base, Permanent, kept_as


class PointList(Permanent, Base):
    """A point's open vouchers on paper for one day: numbers and worth. Check words are on the paper alone."""

    __tablename__ = "point_list"
    __table_args__ = (CheckConstraint("vouchers >= 1", name="some"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    point_id: Mapped[UUID] = mapped_column(ForeignKey("point.id"), index=True)
    day: Mapped[date]  # the one day it is good for
    printed_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    printed_at: Mapped[datetime]
    vouchers: Mapped[int]
    lines: Mapped[list[str]]  # one a voucher, as `domain.late.ListLine.plain` writes it


class PointListClose(Permanent, Base):
    """All of a list is entered, and its paper destroyed."""

    __tablename__ = "point_list_close"

    list_id: Mapped[UUID] = mapped_column(ForeignKey("point_list.id"), primary_key=True)
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


class LateEntry(Permanent, Base):
    """Lines of a list, written down at once by one person, that another, or the same, had handed out by."""

    __tablename__ = "late_entry"
    __table_args__ = (CheckConstraint("lines >= 1", name="some"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    list_id: Mapped[UUID] = mapped_column(ForeignKey("point_list.id"), index=True)
    handed_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    entered_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    lines: Mapped[int]


class LateLine(Permanent, Base):
    """What the paper says of one voucher: it became a collection, or does not go together with the books."""

    __tablename__ = "late_line"
    __table_args__ = (
        UniqueConstraint("entry_id", "n"),
        CheckConstraint("n >= 1", name="from_one"),
        CheckConstraint("(conflict IS NULL) = (collection_id IS NOT NULL)", name="collection_or_conflict"),
        CheckConstraint("(amount_minor IS NULL) = (items IS NULL)", name="worth_known_or_not"),
        CheckConstraint("voucher_id IS NOT NULL OR amount_minor IS NULL", name="worth_of_voucher"),
        Index("ix_late_line_voucher_id", "voucher_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("late_entry.id"))
    n: Mapped[int]
    serial: Mapped[int]  # as it was typed
    voucher_id: Mapped[UUID | None] = mapped_column(ForeignKey("voucher.id"))  # none where no voucher has this number
    handed_at: Mapped[datetime]  # the hour on the paper
    amount_minor: Mapped[int | None]  # what was handed out by the paper; none where nobody knows its worth
    items: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    conflict: Mapped[Conflict | None] = kept_as(Conflict)
    collection_id: Mapped[UUID | None] = mapped_column(ForeignKey("collection.id"), unique=True)


class LateAnswer(Permanent, Base):
    """A coordinator's word on a line that does not go together with the books: paper or books are right.

    Where it was really handed out, what the voucher was still good for is a collection; the rest is a loss.
    """

    __tablename__ = "late_answer"
    __table_args__ = (
        CheckConstraint("loss_minor >= 0", name="loss_not_negative"),
        CheckConstraint("(loss_minor > 0) = (entry_id IS NOT NULL)", name="loss_has_entry"),
        CheckConstraint("(verdict = 'handed_out') = (reason IS NOT NULL)", name="handed_out_has_reason"),
        CheckConstraint(
            "verdict = 'handed_out' OR "
            "(collection_id IS NULL AND loss_minor = 0 AND CAST(loss_items AS VARCHAR) = '[]')",
            name="wrong_paper_moves_nothing",
        ),
    )

    line_id: Mapped[UUID] = mapped_column(ForeignKey("late_line.id"), primary_key=True)
    verdict: Mapped[Verdict] = kept_as(Verdict)
    reason: Mapped[LateReason | None] = kept_as(LateReason)
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    collection_id: Mapped[UUID | None] = mapped_column(ForeignKey("collection.id"), unique=True)
    loss_minor: Mapped[int]
    loss_items: Mapped[list[str]]
    entry_id: Mapped[UUID | None] = mapped_column(ForeignKey("entry.id"), unique=True)  # the loss of money
