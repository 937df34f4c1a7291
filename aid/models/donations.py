"""Donors, their donations, and the thanks they were given."""

from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, ForeignKeyConstraint, String, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from aid.models.base import Base, Permanent, kept_as


class ThanksWay(StrEnum):
    """How a donation was acknowledged."""

    LETTER = "letter"
    EMAIL = "email"
    PUBLISHED = "published"
    NOT_WISHED = "not_wished"  # the donor wished no thanks, and was spared them


class Donor(Permanent, Base):
    """Who gave. Name and address are a sealed record of the donors' ring.

    Of two that were merged, one points to the other: its gifts are the other's, and nothing of it is lost.
    """

    __tablename__ = "donor"
    mutable_columns = frozenset({"language", "version", "merged_into_id"})

    id: Mapped[UUID] = mapped_column(primary_key=True)
    known_since: Mapped[datetime]
    language: Mapped[str] = mapped_column(String(40))  # one of Komek's, or one that the fund wrote a text in
    version: Mapped[int] = mapped_column(default=1)
    merged_into_id: Mapped[UUID | None] = mapped_column(ForeignKey("donor.id"), index=True)


def stands_for() -> ColumnElement[UUID]:
    """Whose gifts a donor's are by now: theirs, or those of whom they were merged into."""
    return func.coalesce(Donor.merged_into_id, Donor.id)


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


class DonationCorrection(Permanent, Base):
    """What a donation really was: the entry made for it is undone, and a new one made where money came at all."""

    __tablename__ = "donation_correction"
    __table_args__ = (
        UniqueConstraint("donation_id", "n"),
        CheckConstraint("n >= 1", name="from_one"),
        CheckConstraint("amount_minor >= 0", name="amount_not_negative"),
        CheckConstraint("(amount_minor > 0) = (entry_id IS NOT NULL)", name="what_came_is_booked"),
        ForeignKeyConstraint(
            ["bank_id", "currency"], ["account.id", "account.currency"], name="fk_donation_correction_bank"
        ),
    )
    later_columns = MappingProxyType({"takes_away": None})

    id: Mapped[UUID] = mapped_column(primary_key=True)
    donation_id: Mapped[UUID] = mapped_column(ForeignKey("donation.id"))
    n: Mapped[int]  # the how-manieth of this donation
    purpose_id: Mapped[UUID] = mapped_column(ForeignKey("purpose.id"))
    bank_id: Mapped[UUID]
    currency: Mapped[str]
    amount_minor: Mapped[int]  # 0 where nothing came, or it went back
    reason: Mapped[str]
    takes_away: Mapped[bool | None]  # so it needs a second person's word; none: nobody was asked for one then
    corrects_id: Mapped[UUID] = mapped_column(ForeignKey("entry.id"), unique=True)  # the entry that is undone
    counter_id: Mapped[UUID] = mapped_column(ForeignKey("entry.id"), unique=True)
    entry_id: Mapped[UUID | None] = mapped_column(ForeignKey("entry.id"), unique=True)
    corrected_at: Mapped[datetime]
    corrected_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))


class CorrectionAsked(Permanent, Base):
    """A correction that takes money off an account, as somebody asks for it. It is booked on a second person's word."""

    __tablename__ = "correction_asked"
    __table_args__ = (
        UniqueConstraint("donation_id", "n"),
        CheckConstraint("n >= 1 AND seen >= 0", name="counted"),
        CheckConstraint("amount_minor >= 0", name="amount_not_negative"),
        ForeignKeyConstraint(
            ["bank_id", "currency"], ["account.id", "account.currency"], name="fk_correction_asked_bank"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    donation_id: Mapped[UUID] = mapped_column(ForeignKey("donation.id"))
    n: Mapped[int]  # the how-manieth that was asked for of this donation
    seen: Mapped[int]  # how many corrections it had then
    purpose_id: Mapped[UUID] = mapped_column(ForeignKey("purpose.id"))
    bank_id: Mapped[UUID]
    currency: Mapped[str]
    amount_minor: Mapped[int]
    reason: Mapped[str]
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))


class CorrectionAnswer(Permanent, Base):
    """A second person's word on such a correction; where they agreed, the correction that was booked."""

    __tablename__ = "correction_answer"
    __table_args__ = (CheckConstraint("agrees = (correction_id IS NOT NULL)", name="what_is_agreed_is_booked"),)

    asked_id: Mapped[UUID] = mapped_column(ForeignKey("correction_asked.id"), primary_key=True)
    agrees: Mapped[bool]
    reason: Mapped[str]
    correction_id: Mapped[UUID | None] = mapped_column(ForeignKey("donation_correction.id"), unique=True)
    answered_at: Mapped[datetime]
    answered_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))


class Thanks(Permanent, Base):
    """One acknowledgement of one donation."""

    __tablename__ = "thanks"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    donation_id: Mapped[UUID] = mapped_column(ForeignKey("donation.id"), unique=True)
    way: Mapped[ThanksWay] = kept_as(ThanksWay)
    language: Mapped[str] = mapped_column(String(40))
    thanked_at: Mapped[datetime]
    thanked_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
