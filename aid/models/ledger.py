"""The ledger: entries of one or more transfers, each from a debit to a credit account in one currency."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from aid.domain.entries import AccountKind, BankHolder, EntryKind
from aid.models.base import Base, Permanent, kept_as


class Currency(Permanent, Base):
    """A currency the fund keeps accounts in, ISO 4217."""

    __tablename__ = "currency"

    code: Mapped[str] = mapped_column(primary_key=True)
    digits: Mapped[int]  # of its smallest unit


class Account(Permanent, Base):
    """Where money is, or what it is for."""

    __tablename__ = "account"
    __table_args__ = (UniqueConstraint("id", "currency"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)  # kind, whose it is, currency: one account each
    kind: Mapped[AccountKind] = kept_as(AccountKind)
    purpose_id: Mapped[UUID | None] = mapped_column(ForeignKey("purpose.id"))
    point_id: Mapped[UUID | None] = mapped_column(ForeignKey("point.id"))
    currency: Mapped[str] = mapped_column(ForeignKey("currency.code"))


class BankAccount(Permanent, Base):
    """One of the fund's bank accounts: an account of the ledger by the same id, and whose name it is in."""

    __tablename__ = "bank_account"
    __table_args__ = (
        CheckConstraint("(holder = 'trustee') = (trustee_id IS NOT NULL)", name="a_trustee_is_somebody"),
        ForeignKeyConstraint(["id", "currency"], ["account.id", "account.currency"], name="fk_bank_account_account"),
    )
    mutable_columns = frozenset({"closed_at"})

    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    names: Mapped[dict[str, str]]
    currency: Mapped[str]
    holder: Mapped[BankHolder] = kept_as(BankHolder)
    trustee_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    iban: Mapped[str | None]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class BankFee(Permanent, Base):
    """What a bank took from an account for keeping it."""

    __tablename__ = "bank_fee"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        ForeignKeyConstraint(["bank_id", "currency"], ["account.id", "account.currency"], name="fk_bank_fee_bank"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    bank_id: Mapped[UUID]
    purpose_id: Mapped[UUID] = mapped_column(ForeignKey("purpose.id"))
    currency: Mapped[str]
    amount_minor: Mapped[int]
    charged_on: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("entry.id"), unique=True)


class BankInterest(Permanent, Base):
    """What a bank gave for money that lay on an account."""

    __tablename__ = "bank_interest"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        ForeignKeyConstraint(["bank_id", "currency"], ["account.id", "account.currency"], name="fk_bank_interest_bank"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    bank_id: Mapped[UUID]
    purpose_id: Mapped[UUID] = mapped_column(ForeignKey("purpose.id"))
    currency: Mapped[str]
    amount_minor: Mapped[int]
    paid_on: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("entry.id"), unique=True)


class Entry(Permanent, Base):
    """One event of money. It says how many transfers it has, so that none can be added."""

    __tablename__ = "entry"
    __table_args__ = (CheckConstraint("transfers >= 1", name="has_transfers"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    kind: Mapped[EntryKind] = kept_as(EntryKind)
    cause_id: Mapped[UUID] = mapped_column(index=True)  # what it was made for
    posted_on: Mapped[date]  # the fund's day
    value_on: Mapped[date]  # the bank's day
    posted_at: Mapped[datetime]
    transfers: Mapped[int]
    corrects_id: Mapped[UUID | None] = mapped_column(ForeignKey("entry.id"))


class Transfer(Permanent, Base):
    """An amount from a debit to a credit account of the same currency: it can't be unbalanced."""

    __tablename__ = "transfer"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        CheckConstraint("debit_id <> credit_id", name="two_accounts"),
        CheckConstraint("n >= 1", name="from_one"),
        ForeignKeyConstraint(["debit_id", "currency"], ["account.id", "account.currency"], name="fk_transfer_debit"),
        ForeignKeyConstraint(["credit_id", "currency"], ["account.id", "account.currency"], name="fk_transfer_credit"),
    )

    entry_id: Mapped[UUID] = mapped_column(ForeignKey("entry.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    debit_id: Mapped[UUID] = mapped_column(index=True)
    credit_id: Mapped[UUID] = mapped_column(index=True)
    currency: Mapped[str]
    amount_minor: Mapped[int]


class Available(Base):
    """Money of a purpose not yet promised: the one number that is guarded. `verify` proves it equals its transfers."""

    __tablename__ = "available"
    __table_args__ = (CheckConstraint("amount_minor >= 0", name="never_overspent"),)

    purpose_id: Mapped[UUID] = mapped_column(ForeignKey("purpose.id"), primary_key=True)
    currency: Mapped[str] = mapped_column(ForeignKey("currency.code"), primary_key=True)
    amount_minor: Mapped[int]
