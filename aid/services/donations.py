"""Donations booked by hand: who gave, what came, and the fund's money that grew by it."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.donations import DonorDetails, check_donor, check_gift
from aid.domain.entries import EntryKind, donated
from aid.domain.ids import new_id
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models.donations import Donation
from aid.models.fund import Purpose
from aid.services import audit, counters, ledger
from aid.services.banks import bank_in_use
from aid.services.donors.entering import enter_donor, known_donor
from aid.services.provisional import must_be_whole
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class DonationOrder:
    """A donation as a treasurer writes it down: from a donor known by id, or a new one."""

    donor: DonorDetails | UUID
    purpose_id: UUID
    bank_id: UUID  # the account it came to
    amount: Money
    received_on: date  # the bank's day


@dataclass(frozen=True, slots=True)
class Recorded:
    """A donation is booked."""

    donation_id: UUID
    number: int


def check_donation(order: DonationOrder, *, today: date) -> None:
    """Raise RuleBroken, beside its field, unless the donation can be booked so."""
    check_gift(order.amount, order.received_on, today=today)
    if isinstance(order.donor, DonorDetails):
        check_donor(order.donor)


def record_donation(session: Session, *, actor: Actor, now: Instant, order: DonationOrder) -> Recorded:
    """Book a donation, and add it to its purpose's available money. Raises RuleBroken beside its field."""
    actor.must(Permission.RECORD_DONATIONS)
    assert actor.person_id is not None, "a person books donations"
    must_be_whole(session)
    _check(session, order, now=now)
    number = counters.take(session, "donation")
    donor = (
        known_donor(session, order.donor)
        if isinstance(order.donor, UUID)
        else enter_donor(session, actor=actor, now=now, details=order.donor)
    )
    donation = Donation(
        id=new_id(),
        number=number,
        donor_id=donor.id,
        purpose_id=order.purpose_id,
        amount_minor=order.amount.minor,
        currency=order.amount.currency,
        bank_id=order.bank_id,
        received_on=order.received_on,
        recorded_at=now.instant,
        recorded_by_id=actor.person_id,
    )
    entry, transfers = ledger.post(
        session,
        donated(order.purpose_id, order.bank_id, order.amount),
        kind=EntryKind.DONATION,
        cause=donation.id,
        now=now,
        value_on=order.received_on,
    )
    donation.entry_id = entry.id
    session.add(donation)
    audit.say(session, "donation.recorded", subject=donation.id, made=[donation, entry, *transfers])
    return Recorded(donation.id, number)


def _check(session: Session, order: DonationOrder, *, now: Instant) -> None:
    check_donation(order, today=now.today)
    if session.get(Purpose, order.purpose_id) is None:
        raise RuleBroken(_("There is no such purpose; choose one of the list."), field="purpose")
    bank_in_use(session, order.bank_id, currency=order.amount.currency)
