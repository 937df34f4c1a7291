"""Donors, their donations, and the thanks they were given."""

from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from aid.domain.languages import Language
from aid.models.base import Base, Permanent, kept_as


class ThanksWay(StrEnum):
    """How a donation was acknowledged."""

    LETTER = "letter"


class Donor(Permanent, Base):
    """Who gave. Name and address are a sealed record of the donors' ring."""

    __tablename__ = "donor"
    mutable_columns = frozenset({"language"})

    id: Mapped[UUID] = mapped_column(primary_key=True)
    known_since: Mapped[datetime]
    language: Mapped[Language] = kept_as(Language)


class Donation(Permanent, Base):
    """What came."""

    __tablename__ = "donation"
    __table_args__ = (CheckConstraint("amount_minor > 0", name="amount_positive"),)
    later_columns = MappingProxyType({"bank_id": None})

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    donor_id: Mapped[UUID] = mapped_column(ForeignKey("donor.id"), index=True)
    purpose_id: Mapped[UUID] = mapped_column(ForeignKey("purpose.id"))
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(ForeignKey("currency.code"))
    bank_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))  # none: the fund had one account then
    received_on: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("entry.id"), unique=True)


class Thanks(Permanent, Base):
    """One acknowledgement of one donation."""

    __tablename__ = "thanks"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    donation_id: Mapped[UUID] = mapped_column(ForeignKey("donation.id"), unique=True)
    way: Mapped[ThanksWay] = kept_as(ThanksWay)
    language: Mapped[Language] = kept_as(Language)
    thanked_at: Mapped[datetime]
    thanked_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
