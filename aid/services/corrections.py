"""Donations that were booked wrongly: undone and booked anew. What takes money away needs a second person's word."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.donations import Booking, takes_away
from aid.domain.entries import EntryKind, Posting, donated, reversal
from aid.domain.ids import new_id
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.remittances import why_not_reason
from aid.domain.words import _
from aid.models.base import Permanent
from aid.models.donations import CorrectionAnswer, CorrectionAsked, Donation, DonationCorrection
from aid.models.fund import Purpose
from aid.models.ledger import Entry, Transfer
from aid.services import audit, ledger
from aid.services.banks import bank_in_use
from aid.services.lines import writing as line_writing
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class DonationCorrectionOrder:
    """What a donation really was. Nothing as its amount: the money never came, or it went back."""

    donation_id: UUID
    purpose_id: UUID
    bank_id: UUID
    amount: Money
    reason: str
    seen: int  # how many corrections whoever corrects has seen

    @property
    def booking(self) -> Booking:
        """What is to stand in the books."""
        return Booking(self.purpose_id, self.bank_id, self.amount)


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionAnswerOrder:
    """A second person's word on a correction that takes money away."""

    asked_id: UUID
    agrees: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Corrected:
    """A donation is corrected in the books."""

    number: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A correction waits for a second person's word."""

    asked_id: UUID
    number: int


@dataclass(frozen=True, slots=True)
class CorrectionAnswered:
    """A second person has looked at a correction."""

    donation_id: UUID
    number: int
    agrees: bool


def correct_donation(
    session: Session, *, actor: Actor, now: Instant, order: DonationCorrectionOrder
) -> Corrected | Asked:
    """Undo the entry of a donation by a counter-entry, and book what really came; both name what they correct.

    What leaves less money on an account is asked for, and booked when a second person agrees. What is promised already
    can't be taken back: the purpose must have it available. Raises RuleBroken.
    """
    actor.must(Permission.RECORD_DONATIONS)
    assert actor.person_id is not None, "a person corrects"
    donation = _locked(session, order.donation_id)
    earlier = corrections_of(session, donation.id)
    if len(earlier) != order.seen:
        raise RuleBroken(_("Somebody has corrected this donation since you opened it. Look at it again."))
    if _waits(session, donation.id):
        raise RuleBroken(_("A correction of this donation waits for a second person’s word already."))
    was = as_it_stands(session, donation, earlier)
    _check(session, order, was=was)
    undone = _undone(donation, earlier)
    if takes_away(was, order.booking):
        return _ask(session, donation, order, by=actor.person_id, now=now)
    correction, made = _correct(session, donation, order, undone=undone, by=actor.person_id, now=now)
    correction.n, correction.takes_away = len(earlier) + 1, False
    session.add(correction)
    made += line_writing.follow(session, correction, by=actor.person_id, now=now)
    audit.say(session, "donation.corrected", subject=donation.id, made=[correction, *made])
    return Corrected(donation.number)


def answer_correction(
    session: Session, *, actor: Actor, now: Instant, order: CorrectionAnswerOrder
) -> CorrectionAnswered:
    """Agree to a correction that takes money away, and book it; or refuse it. Who asked may only take it back."""
    actor.must(Permission.CONFIRM_MONEY)
    assert actor.person_id is not None, "a person answers"
    asked = session.get(CorrectionAsked, order.asked_id)
    if asked is None:
        raise RuleBroken(_("This correction does not wait for an answer any more."))
    donation = _locked(session, asked.donation_id)
    if session.get(CorrectionAnswer, asked.id, populate_existing=True) is not None:
        raise RuleBroken(_("This correction does not wait for an answer any more."))
    if order.agrees and asked.asked_by_id == actor.person_id:
        raise RuleBroken(_("You asked for this yourself. Somebody else looks at it."))
    if refusal := why_not_reason(order.reason):
        raise refusal
    answer = CorrectionAnswer(
        asked_id=asked.id,
        agrees=order.agrees,
        reason=order.reason.strip(),
        answered_at=now.instant,
        answered_by_id=actor.person_id,
    )
    made = _book(session, donation, asked, answer, now=now) if order.agrees else []
    session.add(answer)
    audit.say(
        session,
        "donation.correction_agreed" if order.agrees else "donation.correction_refused",
        subject=donation.id,
        made=[answer, *made],
    )
    return CorrectionAnswered(donation.id, donation.number, order.agrees)


def corrections_of(session: Session, donation_id: UUID) -> list[DonationCorrection]:
    """The corrections of a donation, the oldest first."""
    of_donation = select(DonationCorrection).where(DonationCorrection.donation_id == donation_id)
    return list(session.scalars(of_donation.order_by(DonationCorrection.n)))


def _locked(session: Session, donation_id: UUID) -> Donation:
    donation = session.get(Donation, donation_id, with_for_update=True)
    if donation is None:
        raise RuleBroken(_("There is no such donation."))
    return donation


def _waits(session: Session, donation_id: UUID) -> bool:
    answered = exists().where(CorrectionAnswer.asked_id == CorrectionAsked.id)
    waiting = select(CorrectionAsked.id).where(CorrectionAsked.donation_id == donation_id, ~answered)
    return session.scalar(waiting.limit(1)) is not None


def _ask(session: Session, donation: Donation, order: DonationCorrectionOrder, *, by: UUID, now: Instant) -> Asked:
    """Write down what is asked for; nothing moves."""
    before = session.scalars(select(CorrectionAsked.n).where(CorrectionAsked.donation_id == donation.id)).all()
    asked = CorrectionAsked(
        id=new_id(),
        donation_id=donation.id,
        n=max(before, default=0) + 1,
        seen=order.seen,
        purpose_id=order.purpose_id,
        bank_id=order.bank_id,
        currency=order.amount.currency,
        amount_minor=order.amount.minor,
        reason=order.reason.strip(),
        asked_at=now.instant,
        asked_by_id=by,
    )
    session.add(asked)
    audit.say(session, "donation.correction_asked", subject=donation.id, made=[asked])
    return Asked(asked.id, donation.number)


def _book(
    session: Session, donation: Donation, asked: CorrectionAsked, answer: CorrectionAnswer, *, now: Instant
) -> list[Permanent]:
    """Correct the donation as it was asked for: nothing was corrected meanwhile, for what waits is answered first."""
    earlier = corrections_of(session, donation.id)
    assert len(earlier) == asked.seen, "while it waited nothing else was corrected"
    order = DonationCorrectionOrder(
        donation_id=donation.id,
        purpose_id=asked.purpose_id,
        bank_id=asked.bank_id,
        amount=Money(asked.amount_minor, asked.currency),
        reason=asked.reason,
        seen=asked.seen,
    )
    bank_in_use(session, order.bank_id, currency=order.amount.currency)
    undone = _undone(donation, earlier)
    correction, made = _correct(session, donation, order, undone=undone, by=asked.asked_by_id, now=now)
    correction.n, correction.takes_away = len(earlier) + 1, True
    session.add(correction)
    session.flush()
    answer.correction_id = correction.id
    return [correction, *made, *line_writing.follow(session, correction, by=answer.answered_by_id, now=now)]


def _correct(
    session: Session, donation: Donation, order: DonationCorrectionOrder, *, undone: UUID, by: UUID, now: Instant
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
        corrected_by_id=by,
    )
    return correction, [*made, counter, *transfers]


def _undone(donation: Donation, earlier: Sequence[DonationCorrection]) -> UUID:
    """The entry that stands for the donation now. Raises RuleBroken where it was taken out of the books."""
    undone = earlier[-1].entry_id if earlier else donation.entry_id
    if undone is None:
        raise RuleBroken(_("This donation was taken out of the books. If money came after all, record it anew."))
    return undone


def as_it_stands(session: Session, donation: Donation, earlier: Sequence[DonationCorrection]) -> Booking:
    """What stands in the books of a donation, as last corrected."""
    last = earlier[-1] if earlier else donation
    return Booking(
        last.purpose_id, last.bank_id or first_bank(session, donation), Money(last.amount_minor, last.currency)
    )


def first_bank(session: Session, donation: Donation) -> UUID:
    """The account that a donation came to which names none, from its entry."""
    return next(posting.debit.bank for posting in ledger.postings_of(session, donation.entry_id) if posting.debit.bank)


def _check(session: Session, order: DonationCorrectionOrder, *, was: Booking) -> None:
    if session.get(Purpose, order.purpose_id) is None:
        raise RuleBroken(_("There is no such purpose; choose one of the list."), field="purpose")
    if order.amount.minor < 0:
        raise RuleBroken(_("A donation is more than nothing; write its amount."), field="amount")
    bank_in_use(session, order.bank_id, currency=order.amount.currency)
    if order.booking == was:
        raise RuleBroken(_("That is what stands in the books already."), field="amount")
    if refusal := why_not_reason(order.reason):
        raise refusal
