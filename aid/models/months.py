"""The months of the fund's books, and how each was closed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from aid.models.base import Base, Permanent


class BookMonth(Base):
    """A month in which something was booked: the row that postings share and that closing takes for itself."""

    __tablename__ = "book_month"

    month: Mapped[str] = mapped_column(primary_key=True)  # 2026-08


class MonthClosing(Permanent, Base):
    """A month that is closed, for good, and what every account held at its end."""

    __tablename__ = "month_closing"

    month: Mapped[str] = mapped_column(ForeignKey("book_month.month"), primary_key=True)
    entries: Mapped[int]  # booked in it
    balances: Mapped[bytes]  # SHA-256 over every account's balance at its end
    closed_at: Mapped[datetime]
    closed_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
