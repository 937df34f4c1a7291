"""Shops that take vouchers: what was agreed with them, their invoices, what of those agrees, and what was paid."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from aid.domain.shop_invoices import WithdrawnReason
from aid.domain.shops import Difference
from aid.models.base import Base, Permanent, kept_as

STANDS = text("NOT withdrawn")


def _once_while_it_stands(table: str, name: str, *columns: str) -> Index:
    """Nothing is on two invoices, but for those that were withdrawn."""
    name = f"ix_{table}_{name}_stands"
    return Index(name, *columns, unique=True, sqlite_where=STANDS, postgresql_where=STANDS)


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
    """A shop's invoice as it stands on paper, and what of it the fund owes; unless it was withdrawn."""

    __tablename__ = "shop_invoice"
    __table_args__ = (
        _once_while_it_stands("shop_invoice", "their_number", "point_id", "their_number"),
        UniqueConstraint("id", "written_by_id"),  # so that an approval can't be its writer's
        CheckConstraint("claimed_minor > 0", name="claimed_positive"),
        CheckConstraint("accepted_minor >= 0", name="accepted_not_negative"),
        CheckConstraint("accepted_minor <= claimed_minor", name="accepted_as_claimed_at_most"),
    )
    mutable_columns = frozenset({"withdrawn"})

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
    withdrawn: Mapped[bool] = mapped_column(default=False, server_default=false())


class ShopInvoiceLine(Permanent, Base):
    """A collection at a shop that is paid with this invoice, and with no other; or a loss by a paper list.

    Of an invoice that was withdrawn it is nothing any more: the collection is free for another.
    """

    __tablename__ = "shop_invoice_line"
    __table_args__ = (
        _once_while_it_stands("shop_invoice_line", "collection_id", "collection_id"),
        _once_while_it_stands("shop_invoice_line", "late_line_id", "late_line_id"),
        CheckConstraint("n >= 1", name="from_one"),
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        CheckConstraint("(collection_id IS NULL) <> (late_line_id IS NULL)", name="collection_or_loss"),
    )
    mutable_columns = frozenset({"withdrawn"})

    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("shop_invoice.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    collection_id: Mapped[UUID | None] = mapped_column(ForeignKey("collection.id"))
    late_line_id: Mapped[UUID | None] = mapped_column(ForeignKey("late_answer.line_id"))
    amount_minor: Mapped[int]
    withdrawn: Mapped[bool] = mapped_column(default=False, server_default=false())  # as its invoice


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


class ShopInvoiceApproval(Permanent, Base):
    """A second person compared an invoice with its paper, and agrees that it is paid."""

    __tablename__ = "shop_invoice_approval"
    __table_args__ = (
        CheckConstraint("approved_by_id <> taken_by_id", name="two_people"),
        ForeignKeyConstraint(
            ["invoice_id", "taken_by_id"],
            ["shop_invoice.id", "shop_invoice.written_by_id"],
            name="fk_shop_invoice_approval_taken_by",
        ),
    )

    invoice_id: Mapped[UUID] = mapped_column(primary_key=True)
    taken_by_id: Mapped[UUID]  # who took the invoice in
    approved_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    approved_at: Mapped[datetime]


class ShopInvoiceWithdrawal(Permanent, Base):
    """An invoice that is not paid after all; what it was for may be on another."""

    __tablename__ = "shop_invoice_withdrawal"

    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("shop_invoice.id"), primary_key=True)
    reason: Mapped[WithdrawnReason] = kept_as(WithdrawnReason)
    words: Mapped[str]  # for the fund's own people; mostly empty
    withdrawn_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    withdrawn_at: Mapped[datetime]


class ShopPayment(Permanent, Base):
    """What was accepted of an invoice, paid from one of the fund's bank accounts."""

    __tablename__ = "shop_payment"

    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("shop_invoice.id"), primary_key=True)
    bank_id: Mapped[UUID] = mapped_column(ForeignKey("bank_account.id"))
    paid_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    paid_at: Mapped[datetime]
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("entry.id"), unique=True)
