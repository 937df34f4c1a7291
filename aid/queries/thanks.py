"""Who waits to be thanked, the longest first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select, tuple_
from sqlalchemy.orm import Session, aliased

from aid.domain.donations import DonorDetails, ThanksWish
from aid.domain.mails import STANDING, why_no_mail_to
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.models.donations import Donation, Donor, Thanks, stands_for
from aid.models.fund import Purpose
from aid.models.thanks import ThanksMail
from aid.queries.donations import standing, taken_out
from aid.queries.donors import details_of
from aid.vault.actor import Actor

PAGE = 50
_GIVER = aliased(Donor)
"""Whoever stands for who gave."""


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
    language: str

    @property
    def has_mail(self) -> bool:
        """Whether a message can go to this donor."""
        return self.donor is not None and why_no_mail_to(self.donor.email) is None

    @property
    def wish(self) -> ThanksWish | None:
        """How they asked to be thanked, if anybody knows."""
        return self.donor.thanks if self.donor else None


@dataclass(frozen=True, slots=True)
class Backlog:
    """A page of what waits for thanks, the oldest first."""

    rows: tuple[WaitingRow, ...]
    count: int
    after: int | None  # number of the donation after which the next page begins


def untouched() -> ColumnElement[bool]:
    """Donations that wait for somebody to thank for them: nothing is on its way, and nothing in doubt."""
    on_its_way = exists().where(ThanksMail.donation_id == Donation.id, ThanksMail.state.in_(STANDING))
    return unthanked() & ~on_its_way


def unthanked() -> ColumnElement[bool]:
    """Donations that came and are not acknowledged, whether or not anybody has tried."""
    return ~exists().where(Thanks.donation_id == Donation.id) & ~taken_out()


def backlog(session: Session, *, actor: Actor, today: date, after: int | None = None, size: int = PAGE) -> Backlog:
    """A page of donations that wait for thanks, those that come after the one with the number `after`."""
    actor.must(Permission.THANK_DONORS)
    place = tuple_(Donation.received_on, Donation.number)
    waiting = untouched()
    statement = (
        select(Donation, Purpose.names, _GIVER.language)
        .join(Purpose, Purpose.id == Donation.purpose_id)
        .join(Donor, Donor.id == Donation.donor_id)
        .join(_GIVER, _GIVER.id == stands_for())
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
