"""What a gift's code opens: the gift, without a name."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.figures.release import Release
from aid.domain.figures.since import Since, since
from aid.domain.money import Money
from aid.domain.months import Month
from aid.models.donations import Donation
from aid.models.fund import Purpose
from aid.models.ledger import Entry
from aid.queries.donations import standing
from aid.queries.published_thanks import donation_of_code


@dataclass(frozen=True, slots=True)
class Gift:
    """One gift, as it stands now."""

    received_on: date
    booked_in: Month
    amount: Money
    purpose: Mapping[str, str]
    purpose_code: str

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
    return Gift(donation.received_on, Month.of(posted_on), now.amount, purpose.names, purpose.code)
