"""From the day a donation was booked to the letters that were printed of it."""

from collections.abc import Iterator
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.domain.words import _
from aid.models.donations import CorrectionAnswer, CorrectionAsked, Donation, DonationCorrection, Thanks, ThanksWay
from aid.models.ledger import Entry
from aid.models.thanks import ThanksMail
from aid.queries.histories.asking import PAGE, Ask, HistoryPage, acts, done_by, page_of
from aid.queries.timelines import Happening
from aid.vault.actor import Actor

THANKED = MappingProxyType(
    {
        ThanksWay.LETTER: _("Thanked by letter"),
        ThanksWay.EMAIL: _("Thanked by e-mail"),
        ThanksWay.PUBLISHED: _("Thanked in public"),
        ThanksWay.NOT_WISHED: _("No thanks given, as the donor wished"),
    }
)


def of_donation(
    session: Session, *, actor: Actor, now: Instant, donation_id: UUID, before: datetime | None = None, size: int = PAGE
) -> HistoryPage:
    """From the day it was booked to the letters that were printed of it."""
    actor.must(Permission.SEE_MONEY)
    return page_of(
        Ask(session, donation_id, now, before, size),
        (_letters, _thanked, _messages, _corrected, _refused, _asked, _booked),
    )


def _booked(ask: Ask) -> Iterator[Happening]:
    rows = done_by(Donation.recorded_at, Donation.received_on, Entry.number, by=Donation.recorded_by_id)
    wanted = rows.join(Entry, Entry.id == Donation.entry_id).where(Donation.id == ask.id)
    for at, day, number, handle in ask.told(wanted, Donation.recorded_at):
        said = _("Received on %(day)s, booked as entry %(number)s", day=day, number=number)
        yield Happening(at, said, handle)


def _corrected(ask: Ask) -> Iterator[Happening]:
    rows = done_by(
        DonationCorrection.corrected_at,
        DonationCorrection.amount_minor,
        DonationCorrection.currency,
        by=DonationCorrection.corrected_by_id,
    )
    wanted = rows.where(DonationCorrection.donation_id == ask.id)
    for at, minor, currency, handle in ask.told(wanted, DonationCorrection.corrected_at):
        is_now = _("Corrected: it is %(amount)s", amount=Money(minor, currency))
        yield Happening(at, is_now if minor else _("Taken out of the books"), handle)


def _asked(ask: Ask) -> Iterator[Happening]:
    rows = done_by(
        CorrectionAsked.asked_at,
        CorrectionAsked.amount_minor,
        CorrectionAsked.currency,
        by=CorrectionAsked.asked_by_id,
    )
    for at, minor, currency, handle in ask.told(
        rows.where(CorrectionAsked.donation_id == ask.id), CorrectionAsked.asked_at
    ):
        said = _("A second person is asked to agree that it is %(amount)s", amount=Money(minor, currency))
        yield Happening(at, said, handle)


def _refused(ask: Ask) -> Iterator[Happening]:
    rows = done_by(CorrectionAnswer.answered_at, by=CorrectionAnswer.answered_by_id)
    wanted = rows.join(CorrectionAsked, CorrectionAsked.id == CorrectionAnswer.asked_id).where(
        CorrectionAsked.donation_id == ask.id, ~CorrectionAnswer.agrees
    )
    for at, handle in ask.told(wanted, CorrectionAnswer.answered_at):
        yield Happening(at, _("The correction was refused"), handle)


def _thanked(ask: Ask) -> Iterator[Happening]:
    wanted = done_by(Thanks.thanked_at, Thanks.way, by=Thanks.thanked_by_id).where(Thanks.donation_id == ask.id)
    for at, way, handle in ask.told(wanted, Thanks.thanked_at):
        yield Happening(at, THANKED[way], handle)


def _messages(ask: Ask) -> Iterator[Happening]:
    wanted = done_by(ThanksMail.asked_at, by=ThanksMail.asked_by_id).where(ThanksMail.donation_id == ask.id)
    for at, handle in ask.told(wanted, ThanksMail.asked_at):
        yield Happening(at, _("Messages of thanks asked for"), handle)


def _letters(ask: Ask) -> Iterator[Happening]:
    yield from acts(ask, "thanks.printed_again", _("The letter printed again"))
