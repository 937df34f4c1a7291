"""Shops that take vouchers: what was agreed with them, their invoices, what of those agrees, and what was paid."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from aid.domain.shops import Difference
from aid.models.base import Base, Permanent, kept_as


class ShopAgreement(Permanent, Base):
    """What a shop gives for vouchers, and in which currency it is paid. The newest version counts."""

    __tablename__ = "shop_agreement"
    __table_args__ = (CheckConstraint("version >= 1", name="from_one"),)

    point_id: Mapped[UUID] = mapped_column(ForeignKey("point.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    currency: Mapped[str] = mapped_column(ForeignKey("currency.code"))
    may_buy: Mapped[dict[str, str]]  # by language; empty where anything may be bought
    may_not_buy: Mapped[dict[str, str]]
    written_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[datetime]


class ShopInvoice(Permanent, Base):
    """A shop's invoice as it stands on paper, and what of it the fund owes."""

    __tablename__ = "shop_invoice"
    __table_args__ = (
        UniqueConstraint("point_id", "their_number"),
        CheckConstraint("claimed_minor > 0", name="claimed_positive"),
        CheckConstraint("accepted_minor >= 0", name="accepted_not_negative"),
        CheckConstraint("accepted_minor <= claimed_minor", name="accepted_as_claimed_at_most"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    point_id: Mapped[UUID] = mapped_column(ForeignKey("point.id"))
    number: Mapped[int] = mapped_column(unique=True)  # the fund's own
    their_number: Mapped[str]  # as the shop wrote it
    dated: Mapped[date]
    up_to: Mapped[date]  # the last day of what it is for
    claimed_minor: Mapped[int]
    accepted_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(ForeignKey("currency.code"))
    has_list: Mapped[bool]  # of vouchers, the shop's own
    written_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[datetime]


class ShopInvoiceLine(Permanent, Base):
    """A collection at a shop that is paid with this invoice, and with no other; or a loss by a paper list."""

    __tablename__ = "shop_invoice_line"
    __table_args__ = (
        CheckConstraint("n >= 1", name="from_one"),
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        CheckConstraint("(collection_id IS NULL) <> (late_line_id IS NULL)", name="collection_or_loss"),
    )

    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("shop_invoice.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    collection_id: Mapped[UUID | None] = mapped_column(ForeignKey("collection.id"), unique=True)
    late_line_id: Mapped[UUID | None] = mapped_column(ForeignKey("late_answer.line_id"), unique=True)
    amount_minor: Mapped[int]


class ShopInvoiceDifference(Permanent, Base):
    """What the shop asks for and is not paid, or was collected there and is not asked for; and why."""

    __tablename__ = "shop_invoice_difference"
    __table_args__ = (
        CheckConstraint("n >= 1", name="from_one"),
        CheckConstraint("claimed_minor > 0", name="claimed_positive"),
        CheckConstraint("ours_minor >= 0", name="ours_not_negative"),
        CheckConstraint("claimed_minor IS NOT NULL OR ours_minor IS NOT NULL", name="of_somebody"),
    )

    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("shop_invoice.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    reason: Mapped[Difference] = kept_as(Difference)
    serial: Mapped[int | None]  # as the shop wrote it; none where it is about the whole sum
    claimed_minor: Mapped[int | None]
    ours_minor: Mapped[int | None]


class ShopPayment(Permanent, Base):
    """What was accepted of an invoice, paid from one of the fund's bank accounts."""

    __tablename__ = "shop_payment"

    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("shop_invoice.id"), primary_key=True)
    bank_id: Mapped[UUID] = mapped_column(ForeignKey("bank_account.id"))
    paid_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    paid_at: Mapped[datetime]
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("entry.id"), unique=True)
