"""Who waits to be thanked, the longest first; and what a letter of thanks says."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from aid.domain.donations import DonorDetails
from aid.domain.languages import Language
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.models.donations import Donation, Donor, Thanks
from aid.models.fund import Fund, Purpose
from aid.queries.donations import standing, taken_out
from aid.queries.donors import details_of
from aid.vault.actor import Actor

PAGE = 50


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """A donation nobody has thanked for yet."""

    id: UUID
    number: int
    received_on: date
    days: int  # it has waited
    amount: Money
    purpose: Mapping[str, str]
    donor: DonorDetails | None
    language: Language


@dataclass(frozen=True, slots=True)
class Backlog:
    """A page of what waits for thanks, the oldest first."""

    rows: tuple[WaitingRow, ...]
    count: int
    after: int | None  # number of the donation after which the next page begins


@dataclass(frozen=True, slots=True)
class LetterFacts:
    """What the letter of a thanked donation says, in its language."""

    number: int
    fund_names: Mapping[str, str]
    demo: bool
    donor_name: str | None
    amount: Money
    purpose: Mapping[str, str]
    received_on: date
    language: Language
    thanked_at: datetime


def backlog(session: Session, *, actor: Actor, today: date, after: int | None = None, size: int = PAGE) -> Backlog:
    """A page of donations that wait for thanks, those that come after the one with the number `after`."""
    actor.must(Permission.THANK_DONORS)
    place = tuple_(Donation.received_on, Donation.number)
    waiting = ~select(Thanks.id).where(Thanks.donation_id == Donation.id).exists() & ~taken_out()
    statement = (
        select(Donation, Purpose.names, Donor.language)
        .join(Purpose, Purpose.id == Donation.purpose_id)
        .join(Donor, Donor.id == Donation.donor_id)
        .where(waiting)
        .order_by(Donation.received_on, Donation.number)
    )
    last = session.scalar(select(Donation).where(Donation.number == after)) if after else None
    if last:
        statement = statement.where(place > (last.received_on, last.number))
    found = session.execute(statement.limit(size + 1)).all()
    shown = found[:size]
    donors = details_of(session, actor=actor, donor_ids=[row.donor_id for row, _purpose, _language in shown])
    stands = standing(session, [row for row, _purpose, _language in shown])
    return Backlog(
        rows=tuple(
            WaitingRow(
                id=row.id,
                number=row.number,
                received_on=row.received_on,
                days=max(0, (today - row.received_on).days),
                amount=stands[row.id].amount,
                purpose=stands[row.id].purpose or purpose,
                donor=donors.get(row.donor_id),
                language=language,
            )
            for row, purpose, language in shown
        ),
        count=session.execute(select(func.count()).select_from(Donation).where(waiting)).scalar_one(),
        after=shown[-1].Donation.number if len(found) > size else None,
    )


def letter_facts(session: Session, *, actor: Actor, donation_id: UUID) -> LetterFacts | None:
    """What the letter of a donation says, once it is thanked; else None."""
    actor.must(Permission.THANK_DONORS)
    found = session.execute(
        select(Donation, Thanks, Purpose.names, Fund)
        .join(Thanks, Thanks.donation_id == Donation.id)
        .join(Purpose, Purpose.id == Donation.purpose_id)
        .join(Fund, Fund.sole == 1)
        .where(Donation.id == donation_id)
    ).one_or_none()
    if found is None:
        return None
    row, thanks, purpose, fund = found
    stands = standing(session, [row])[row.id]
    donor = details_of(session, actor=actor, donor_ids=[row.donor_id]).get(row.donor_id)
    return LetterFacts(
        number=row.number,
        fund_names=fund.names,
        demo=fund.demo,
        donor_name=donor.paper_name if donor else None,
        amount=stands.amount,
        purpose=stands.purpose or purpose,
        received_on=row.received_on,
        language=thanks.language,
        thanked_at=thanks.thanked_at,
    )
