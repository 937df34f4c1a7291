"""What follows a decision that makes no vouchers: invoices, payments and deliveries; cash sent to points. And the
rules that grants are given by.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from aid.domain.purchases import CashFault, Fault
from aid.models.base import Base, Permanent, kept_as


class GrantRulesVersion(Permanent, Base):
    """What the fund allows one family in grants. The newest version counts; a change is a new one."""

    __tablename__ = "grant_rules"
    __table_args__ = (CheckConstraint("version >= 1", name="from_one"),)

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    rules: Mapped[dict[str, Any]]  # as GrantRules.plain() writes them
    written_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[datetime]


class Invoice(Permanent, Base):
    """A supplier's invoice for a purchase. Who the supplier is stands sealed in the purchase's lines."""

    __tablename__ = "invoice"
    __table_args__ = (
        UniqueConstraint("allocation_id", "number"),
        CheckConstraint("amount_minor > 0", name="amount_positive"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    allocation_id: Mapped[UUID] = mapped_column(ForeignKey("allocation.id"), index=True)
    number: Mapped[str]
    dated: Mapped[date]
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(ForeignKey("currency.code"))
    written_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[datetime]


class Payment(Permanent, Base):
    """An invoice, paid in full from one of the fund's bank accounts."""

    __tablename__ = "payment"

    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoice.id"), primary_key=True)
    bank_id: Mapped[UUID] = mapped_column(ForeignKey("bank_account.id"))
    paid_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    paid_at: Mapped[datetime]
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("entry.id"), unique=True)


class PurchaseClosing(Permanent, Base):
    """A purchase that is over: what it did not use of the money set aside is free again."""

    __tablename__ = "purchase_closing"
    __table_args__ = (CheckConstraint("(freed_minor > 0) = (entry_id IS NOT NULL)", name="freed_by_entry"),)

    allocation_id: Mapped[UUID] = mapped_column(ForeignKey("allocation.id"), primary_key=True)
    freed_minor: Mapped[int]
    closed_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    closed_at: Mapped[datetime]
    entry_id: Mapped[UUID | None] = mapped_column(ForeignKey("entry.id"), unique=True)


class Delivery(Permanent, Base):
    """What a supplier really brought to a point on one day."""

    __tablename__ = "delivery"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    allocation_id: Mapped[UUID] = mapped_column(ForeignKey("allocation.id"), index=True)
    point_id: Mapped[UUID] = mapped_column(ForeignKey("point.id"), index=True)
    taken_in_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    taken_in_at: Mapped[datetime]


class DeliveryLine(Permanent, Base):
    """How many of what one line ordered came with a delivery, and why it was not what was still to come."""

    __tablename__ = "delivery_line"
    __table_args__ = (CheckConstraint("delivered >= 0", name="not_negative"),)

    delivery_id: Mapped[UUID] = mapped_column(ForeignKey("delivery.id"), primary_key=True)
    line_id: Mapped[UUID] = mapped_column(ForeignKey("allocation_line.id"), primary_key=True)
    delivered: Mapped[int]
    fault: Mapped[Fault | None] = kept_as(Fault)


class CashSending(Permanent, Base):
    """Money that left a bank account for a point's cash; one a line of a transfer."""

    __tablename__ = "cash_sending"

    line_id: Mapped[UUID] = mapped_column(ForeignKey("allocation_line.id"), primary_key=True)
    bank_id: Mapped[UUID] = mapped_column(ForeignKey("bank_account.id"))
    sent_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    sent_at: Mapped[datetime]
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("entry.id"), unique=True)


class CashArrival(Permanent, Base):
    """What a point counted of the money sent to it, and why something is missing."""

    __tablename__ = "cash_arrival"
    __table_args__ = (
        CheckConstraint("n >= 1", name="from_one"),
        CheckConstraint("(amount_minor > 0) = (entry_id IS NOT NULL)", name="booked_by_entry"),
        ForeignKeyConstraint(["line_id"], ["cash_sending.line_id"]),
    )

    line_id: Mapped[UUID] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    amount_minor: Mapped[int]
    fault: Mapped[CashFault | None] = kept_as(CashFault)
    counted_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    counted_at: Mapped[datetime]
    entry_id: Mapped[UUID | None] = mapped_column(ForeignKey("entry.id"), unique=True)
