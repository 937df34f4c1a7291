"""Money that became money of another currency, at which rate, and who looked at the rate."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from aid.domain.exchanges import ExchangeState
from aid.models.base import Base, Permanent, kept_as


class Exchange(Permanent, Base):
    """One exchange. Its entry is there once it is booked: at once, or when a second person agreed to its rate."""

    __tablename__ = "exchange"
    __table_args__ = (
        CheckConstraint("bought_minor > 0", name="bought_positive"),
        CheckConstraint("sold_currency <> bought_currency", name="two_currencies"),
        CheckConstraint("charges_minor >= 0", name="charges_not_negative"),
        CheckConstraint("(charges_minor > 0) = (charges_currency IS NOT NULL)", name="charges_have_a_currency"),
        ForeignKeyConstraint(
            ["from_bank_id", "sold_currency"], ["account.id", "account.currency"], name="fk_exchange_from_bank"
        ),
        ForeignKeyConstraint(
            ["to_bank_id", "bought_currency"], ["account.id", "account.currency"], name="fk_exchange_to_bank"
        ),
    )
    mutable_columns = frozenset({"state"})

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    from_bank_id: Mapped[UUID]
    to_bank_id: Mapped[UUID]
    sold_currency: Mapped[str]
    bought_minor: Mapped[int]
    bought_currency: Mapped[str]
    charges_minor: Mapped[int]
    charges_currency: Mapped[str | None] = mapped_column(ForeignKey("currency.code"))
    source: Mapped[str]  # whose rate it is compared with
    source_rate: Mapped[str]  # digits and a point: so much of the other currency for 1 of `source_base`
    source_base: Mapped[str] = mapped_column(ForeignKey("currency.code"))
    exchanged_on: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    state: Mapped[ExchangeState] = kept_as(ExchangeState)


class ExchangePart(Permanent, Base):
    """What one purpose gave and got in an exchange."""

    __tablename__ = "exchange_part"
    __table_args__ = (CheckConstraint("sold_minor > 0 AND bought_minor > 0 AND charges_minor >= 0", name="amounts"),)

    exchange_id: Mapped[UUID] = mapped_column(ForeignKey("exchange.id"), primary_key=True)
    purpose_id: Mapped[UUID] = mapped_column(ForeignKey("purpose.id"), primary_key=True)
    sold_minor: Mapped[int]
    bought_minor: Mapped[int]
    charges_minor: Mapped[int]


class ExchangeAnswer(Permanent, Base):
    """A second person's word on an exchange whose rate is off."""

    __tablename__ = "exchange_answer"

    exchange_id: Mapped[UUID] = mapped_column(ForeignKey("exchange.id"), primary_key=True)
    agrees: Mapped[bool]
    reason: Mapped[str]
    answered_at: Mapped[datetime]
    answered_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
