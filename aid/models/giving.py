"""What donors are offered on the public page, references for their payments, and campaigns that gifts are given for."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from aid.models.base import Base, Permanent


class Campaign(Permanent, Base):
    """A fund-raising campaign. Until it is ended, donors may name it."""

    __tablename__ = "campaign"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    names: Mapped[dict[str, str]]
    opened_at: Mapped[datetime]
    opened_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))


class CampaignEnd(Permanent, Base):
    """A campaign is over."""

    __tablename__ = "campaign_end"

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    ended_at: Mapped[datetime]
    ended_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))


class GiveOffer(Permanent, Base):
    """What the public page is to offer, as somebody asks for it. It is shown once a second person agrees."""

    __tablename__ = "give_offer"
    __table_args__ = (CheckConstraint("n >= 1", name="from_one"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(unique=True)
    purposes: Mapped[list[str]]  # their ids, in the order in which they are offered
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))


class GiveAccount(Permanent, Base):
    """An account that the page shows to everybody: in whose name, as the bank knows it."""

    __tablename__ = "give_account"
    __table_args__ = (CheckConstraint("n >= 1", name="from_one"), UniqueConstraint("offer_id", "bank_id"))

    offer_id: Mapped[UUID] = mapped_column(ForeignKey("give_offer.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    bank_id: Mapped[UUID] = mapped_column(ForeignKey("bank_account.id"))
    iban: Mapped[str]  # the account's own, as it stood in the books
    holder: Mapped[str]
    bic: Mapped[str | None] = mapped_column(String(11))


class GiveAnswer(Permanent, Base):
    """A second person's word on what the page is to offer."""

    __tablename__ = "give_answer"

    offer_id: Mapped[UUID] = mapped_column(ForeignKey("give_offer.id"), primary_key=True)
    agrees: Mapped[bool]
    answered_at: Mapped[datetime]
    answered_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))


class GiveEnd(Permanent, Base):
    """The page was switched off."""

    __tablename__ = "give_end"

    offer_id: Mapped[UUID] = mapped_column(ForeignKey("give_offer.id"), primary_key=True)
    ended_at: Mapped[datetime]
    ended_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))


class GiftReference(Base):
    """A number for the text of a payment, given out once and to a stranger. The row stays: no number comes again.

    What its donor wrote is a sealed record of the donors' ring, which is deleted after `erased_on` if no gift came.
    Strangers make these rows, so the audit trail does not carry them; what a gift rests on is `ReferenceGift`.
    """

    __tablename__ = "gift_reference"
    __table_args__ = (
        CheckConstraint("length(code) = 10", name="ten_digits"),
        CheckConstraint("erased_on > last_day", name="erased_later"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(10), unique=True)
    asked_at: Mapped[datetime] = mapped_column(index=True)
    last_day: Mapped[date]  # until then it is to be used; a gift that comes later is told to be late
    erased_on: Mapped[date] = mapped_column(index=True)


class ReferenceGift(Permanent, Base):
    """A donation that came under a reference. A standing order brings many."""

    __tablename__ = "reference_gift"

    donation_id: Mapped[UUID] = mapped_column(ForeignKey("donation.id"), primary_key=True)
    reference_id: Mapped[UUID] = mapped_column(ForeignKey("gift_reference.id"), index=True)
    campaign_id: Mapped[UUID | None] = mapped_column(ForeignKey("campaign.id"), index=True)
