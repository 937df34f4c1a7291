"""What a gift's code opens: the gift, without a name."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.figures.release import Release
from aid.domain.figures.since import Since, since
from aid.domain.money import Money
from aid.domain.months import Month
from aid.models.donations import Donation, DonationCorrection
from aid.models.fund import Purpose
from aid.models.ledger import Entry
from aid.models.thanks import GiftCode
from aid.queries.donations import amount_of, standing
from aid.queries.published_thanks import donation_of_code


@dataclass(frozen=True, slots=True)
class Gift:
    """One gift, as it stands now."""

    received_on: date
    booked_in: Month
    amount: Money
    purpose: Mapping[str, str]
    purpose_code: str
    corrected_at: datetime | None  # where it is not what it was when its code was printed

    def since(self, release: Release) -> Since:
        """What is told of its purpose, from the months on in which it is."""
        return since(release, purpose=self.purpose_code, month=self.booked_in, currency=self.amount.currency)


def gift_of_code(session: Session, *, code_hash: bytes) -> Gift | None:
    """The gift whose latest code this is; None where there is none, or nothing came of it."""
    donation_id = donation_of_code(session, code_hash=code_hash)
    if donation_id is None:
        return None
    wanted = select(Donation, Entry.posted_on).join(Entry, Entry.id == Donation.entry_id)
    donation, posted_on = session.execute(wanted.where(Donation.id == donation_id)).one()
    now = standing(session, [donation])[donation_id]
    if not now.amount.minor:
        return None
    purpose = session.get_one(Purpose, now.purpose_id)
    return Gift(
        received_on=donation.received_on,
        booked_in=Month.of(posted_on),
        amount=now.amount,
        purpose=purpose.names,
        purpose_code=purpose.code,
        corrected_at=_corrected_since(session, donation, code_hash, (now.amount, now.purpose_id)),
    )


def _corrected_since(
    session: Session, donation: Donation, code_hash: bytes, now: tuple[Money, UUID]
) -> datetime | None:
    """When the gift was corrected last, if its amount or purpose is another than when this code was printed."""
    wanted = select(DonationCorrection).where(DonationCorrection.donation_id == donation.id)
    rows = session.scalars(wanted.order_by(DonationCorrection.n)).all()
    printed = session.execute(select(GiftCode.made_at).where(GiftCode.hash == code_hash)).scalar_one()
    then = (amount_of(donation), donation.purpose_id)
    for row in rows:
        if row.corrected_at <= printed:
            then = (Money(row.amount_minor, row.currency), row.purpose_id)
    return rows[-1].corrected_at if then != now else None
