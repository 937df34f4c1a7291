"""Donations booked by hand: who gave, what came, and the fund's money that grew by it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.donations import DonorDetails, check_donor, check_gift
from aid.domain.entries import EntryKind, Posting, donated, reversal
from aid.domain.ids import new_id
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.remittances import why_not_reason
from aid.domain.words import _
from aid.models.base import Permanent
from aid.models.donations import Donation, DonationCorrection
from aid.models.fund import Purpose
from aid.models.ledger import Entry, Transfer
from aid.services import audit, counters, ledger
from aid.services.banks import bank_in_use
from aid.services.donors import enter_donor, known_donor
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


@dataclass(frozen=True, slots=True, kw_only=True)
class DonationCorrectionOrder:
    """What a donation really was. Nothing as its amount: the money never came, or it went back."""

    donation_id: UUID
    purpose_id: UUID
    bank_id: UUID
    amount: Money
    reason: str
    seen: int  # how many corrections whoever corrects has seen


@dataclass(frozen=True, slots=True)
class Corrected:
    """A donation is corrected in the books."""

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


def correct_donation(session: Session, *, actor: Actor, now: Instant, order: DonationCorrectionOrder) -> Corrected:
    """Undo the entry of a donation by a counter-entry, and book what really came; both name what they correct.

    What is promised already can't be taken back: the purpose must have it available. Raises RuleBroken.
    """
    actor.must(Permission.RECORD_DONATIONS)
    assert actor.person_id is not None, "a person corrects"
    donation = session.get(Donation, order.donation_id, with_for_update=True)
    if donation is None:
        raise RuleBroken(_("There is no such donation."))
    earlier = corrections_of(session, donation.id)
    if len(earlier) != order.seen:
        raise RuleBroken(_("Somebody has corrected this donation since you opened it. Look at it again."))
    _check_correction(session, order, now_is=_as_it_stands(session, donation, earlier))
    undone = earlier[-1].entry_id if earlier else donation.entry_id
    if undone is None:
        raise RuleBroken(_("This donation was taken out of the books. If money came after all, record it anew."))
    correction, made = _corrected(session, donation, order, undone=undone, now=now)
    correction.n = len(earlier) + 1
    correction.corrected_by_id = actor.person_id
    session.add(correction)
    audit.say(session, "donation.corrected", subject=donation.id, made=[correction, *made])
    return Corrected(donation.number)


def _corrected(
    session: Session, donation: Donation, order: DonationCorrectionOrder, *, undone: UUID, now: Instant
) -> tuple[DonationCorrection, list[Permanent]]:
    """The new entry, then the counter-entry: so no purpose falls short in between."""

    def post(postings: Sequence[Posting], kind: EntryKind, cause: UUID) -> tuple[Entry, tuple[Transfer, ...]]:
        day = donation.received_on
        return ledger.post(session, postings, kind=kind, cause=cause, now=now, value_on=day, corrects=undone)

    made: list[Permanent] = []
    entry_id = None
    if order.amount.minor:
        gift = donated(order.purpose_id, order.bank_id, order.amount)
        entry, transfers = post(gift, EntryKind.DONATION, donation.id)
        entry_id, made = entry.id, [entry, *transfers]
    counter, transfers = post(reversal(ledger.postings_of(session, undone)), EntryKind.CORRECTION, undone)
    correction = DonationCorrection(
        id=new_id(),
        donation_id=donation.id,
        purpose_id=order.purpose_id,
        bank_id=order.bank_id,
        currency=order.amount.currency,
        amount_minor=order.amount.minor,
        reason=order.reason.strip(),
        corrects_id=undone,
        counter_id=counter.id,
        entry_id=entry_id,
        corrected_at=now.instant,
    )
    return correction, [*made, counter, *transfers]


def corrections_of(session: Session, donation_id: UUID) -> list[DonationCorrection]:
    """The corrections of a donation, the oldest first."""
    of_donation = select(DonationCorrection).where(DonationCorrection.donation_id == donation_id)
    return list(session.scalars(of_donation.order_by(DonationCorrection.n)))


def _as_it_stands(
    session: Session, donation: Donation, earlier: Sequence[DonationCorrection]
) -> tuple[UUID, UUID, int, str]:
    """Purpose, account, amount and currency of a donation, as last corrected."""
    last = earlier[-1] if earlier else donation
    bank = last.bank_id or next(
        posting.debit.bank for posting in ledger.postings_of(session, donation.entry_id) if posting.debit.bank
    )
    return last.purpose_id, bank, last.amount_minor, last.currency


def _check_correction(session: Session, order: DonationCorrectionOrder, *, now_is: tuple[UUID, UUID, int, str]) -> None:
    if session.get(Purpose, order.purpose_id) is None:
        raise RuleBroken(_("There is no such purpose; choose one of the list."), field="purpose")
    if order.amount.minor < 0:
        raise RuleBroken(_("A donation is more than nothing; write its amount."), field="amount")
    bank_in_use(session, order.bank_id, currency=order.amount.currency)
    if (order.purpose_id, order.bank_id, order.amount.minor, order.amount.currency) == now_is:
        raise RuleBroken(_("That is what stands in the books already."), field="amount")
    if refusal := why_not_reason(order.reason):
        raise refusal
