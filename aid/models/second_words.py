"""What one person may book alone of money at a bank, what waits for a second person's word, and that word."""

from datetime import date, datetime
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from aid.domain.line_ends import EndKind
from aid.domain.second_words import WordKind
from aid.models.base import Base, Permanent, kept_as


class MoneyBound(Permanent, Base):
    """How much of a currency one person may book alone within thirty days, from one moment on."""

    __tablename__ = "money_bound"
    __table_args__ = (
        CheckConstraint("version >= 1 AND after >= 0", name="counted"),
        CheckConstraint("most_minor >= 0", name="not_negative"),
    )
    later_columns = MappingProxyType({"small_minor": None})

    currency: Mapped[str] = mapped_column(ForeignKey("currency.code"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    most_minor: Mapped[int]
    small_minor: Mapped[int | None]  # at an account that holds little; none: as Komek begins
    after: Mapped[int]  # the number of what was judged last before
    set_at: Mapped[datetime]
    set_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))


class MoneyAsked(Permanent, Base):
    """What somebody wants booked and may not book alone: a fee, interest, or two lines set against each other."""

    __tablename__ = "money_asked"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        CheckConstraint("(kind = 'against') = (other_id IS NOT NULL AND end_kind IS NOT NULL)", name="against_a_line"),
        CheckConstraint("(kind = 'against') = (purpose_id IS NULL)", name="what_is_booked_has_a_purpose"),
        CheckConstraint("other_id IS NULL OR line_id IS NOT NULL", name="two_lines"),
        ForeignKeyConstraint(["bank_id", "currency"], ["account.id", "account.currency"], name="fk_money_asked_bank"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[WordKind] = kept_as(WordKind)
    bank_id: Mapped[UUID] = mapped_column(index=True)
    currency: Mapped[str]
    amount_minor: Mapped[int]
    purpose_id: Mapped[UUID | None] = mapped_column(ForeignKey("purpose.id"))
    line_id: Mapped[UUID | None] = mapped_column(ForeignKey("bank_line.id"), index=True)
    other_id: Mapped[UUID | None] = mapped_column(ForeignKey("bank_line.id"), index=True)  # the line that undoes it
    end_kind: Mapped[EndKind | None] = kept_as(EndKind)
    booked_on: Mapped[date]  # the bank's day
    reason: Mapped[str]
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))


class MoneyJudged(Permanent, Base):
    """What was booked of such things, in order, and whether on one person's word: by this it is proved."""

    __tablename__ = "money_judged"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        CheckConstraint("number >= 1 AND after_entry >= 0", name="counted"),
        ForeignKeyConstraint(["bank_id", "currency"], ["account.id", "account.currency"], name="fk_money_judged_bank"),
    )

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[WordKind] = kept_as(WordKind)
    cause_id: Mapped[UUID] = mapped_column(unique=True)  # the fee, the interest, the end of a line, the exchange
    bank_id: Mapped[UUID]
    currency: Mapped[str]
    amount_minor: Mapped[int]
    alone: Mapped[bool]
    after_entry: Mapped[int]  # the number of the last entry of the books when it was judged
    at: Mapped[datetime] = mapped_column(index=True)
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))


class MoneyAnswer(Permanent, Base):
    """A second person's word on what was asked for; where they agreed, what was booked."""

    __tablename__ = "money_answer"
    __table_args__ = (CheckConstraint("agrees = (judged_number IS NOT NULL)", name="what_is_agreed_is_booked"),)

    asked_id: Mapped[UUID] = mapped_column(ForeignKey("money_asked.id"), primary_key=True)
    agrees: Mapped[bool]
    reason: Mapped[str]
    judged_number: Mapped[int | None] = mapped_column(ForeignKey("money_judged.number"), unique=True)
    answered_at: Mapped[datetime]
    answered_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
