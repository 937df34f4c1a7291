"""Proof that a correction leaves no less on an account unless a second person agreed to just that."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.donations import Booking, takes_away
from aid.domain.money import Money
from aid.models.donations import CorrectionAnswer, CorrectionAsked, Donation, DonationCorrection
from aid.services.corrections import corrections_of, first_bank
from aid.services.verification.findings import Finding
from aid.services.verification.reading import Unreadable, rows_of


def prove_corrections(session: Session) -> Iterator[Finding]:
    """Corrections that say wrongly whether they take money away, or that nobody else agreed to; and such words."""
    for donation_id in session.scalars(select(DonationCorrection.donation_id).distinct()):
        donation, rows = session.get(Donation, donation_id), corrections_of(session, donation_id)
        for row, fault in _faults(session, donation, rows) if donation else ():  # one that is gone is named by rows
            yield Finding("donation_correction", str(row), fault)
    for answer in rows_of(session, CorrectionAnswer):
        if not isinstance(answer, Unreadable) and (wrong := _answered_wrongly(session, answer)):
            yield Finding("correction_answer", str(answer.asked_id), wrong)


def _faults(session: Session, donation: Donation, rows: Sequence[DonationCorrection]) -> Iterator[tuple[UUID, str]]:
    bank = donation.bank_id or first_bank(session, donation)
    was = Booking(donation.purpose_id, bank, Money(donation.amount_minor, donation.currency))
    for row in rows:
        becomes = booking_of(row)
        if row.takes_away is not None:  # older ones were made before a second person was asked
            if row.takes_away is not takes_away(was, becomes):
                yield row.id, "it says wrongly whether it takes money off an account"
            answers = select(CorrectionAnswer.asked_id).where(CorrectionAnswer.correction_id == row.id)
            if row.takes_away is (session.scalar(answers) is None):
                yield row.id, "it takes money off an account without a second person’s word, or has one it needs not"
        was = becomes


def _answered_wrongly(session: Session, answer: CorrectionAnswer) -> str | None:
    asked = session.get(CorrectionAsked, answer.asked_id, populate_existing=True)
    if asked is None or not answer.agrees:
        return None
    if asked.asked_by_id == answer.answered_by_id:
        return "who asked for the correction agreed to it"
    made = session.get(DonationCorrection, answer.correction_id, populate_existing=True)
    said = (asked.donation_id, asked.seen + 1, booking_of(asked), asked.reason, asked.asked_by_id)
    if made is None or said != (made.donation_id, made.n, booking_of(made), made.reason, made.corrected_by_id):
        return "another correction was booked than was asked for"
    return None


def booking_of(row: DonationCorrection | CorrectionAsked) -> Booking:
    """What such a row puts into the books."""
    return Booking(row.purpose_id, row.bank_id, Money(row.amount_minor, row.currency))
