"""Money on its way between the fund's accounts, what arrived of it, and what was decided about the rest."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from aid.domain.remittances import DifferenceKind
from aid.models.base import Base, Permanent, kept_as


class Remittance(Permanent, Base):
    """Money that left one account for another. What is still in transit is guarded; `verify` proves it."""

    __tablename__ = "remittance"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        CheckConstraint("left_minor >= 0 AND left_minor <= amount_minor", name="no_more_than_was_sent"),
        CheckConstraint("from_bank_id <> to_bank_id", name="two_accounts"),
        ForeignKeyConstraint(
            ["from_bank_id", "currency"], ["account.id", "account.currency"], name="fk_remittance_from_bank"
        ),
        ForeignKeyConstraint(
            ["to_bank_id", "currency"], ["account.id", "account.currency"], name="fk_remittance_to_bank"
        ),
    )
    mutable_columns = frozenset({"left_minor"})

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    from_bank_id: Mapped[UUID]
    to_bank_id: Mapped[UUID]
    currency: Mapped[str]
    amount_minor: Mapped[int]
    left_minor: Mapped[int]  # neither arrived nor explained
    reference: Mapped[str | None]  # of the bank
    sent_on: Mapped[date]
    sent_at: Mapped[datetime]
    sent_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("entry.id"), unique=True)


class RemittanceReceipt(Permanent, Base):
    """What arrived of a remittance, as another person than the sender confirmed it."""

    __tablename__ = "remittance_receipt"
    __table_args__ = (CheckConstraint("amount_minor > 0", name="amount_positive"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    remittance_id: Mapped[UUID] = mapped_column(ForeignKey("remittance.id"), index=True)
    amount_minor: Mapped[int]
    received_on: Mapped[date]
    received_at: Mapped[datetime]
    received_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("entry.id"), unique=True)


class RemittanceDecision(Permanent, Base):
    """What a third person decided about the part that did not arrive. What is still missing stays in transit."""

    __tablename__ = "remittance_decision"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        CheckConstraint("(kind = 'charges') = (entry_id IS NOT NULL)", name="charges_are_booked"),
        CheckConstraint("(kind = 'charges') = (purpose_id IS NOT NULL)", name="a_purpose_bears_charges"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    remittance_id: Mapped[UUID] = mapped_column(ForeignKey("remittance.id"), index=True)
    kind: Mapped[DifferenceKind] = kept_as(DifferenceKind)
    amount_minor: Mapped[int]
    purpose_id: Mapped[UUID | None] = mapped_column(ForeignKey("purpose.id"))
    reason: Mapped[str]
    decided_at: Mapped[datetime]
    decided_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    entry_id: Mapped[UUID | None] = mapped_column(ForeignKey("entry.id"), unique=True)
