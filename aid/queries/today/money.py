"""What waits about money: on its way too long, a rate to look at, a month to close."""

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.exchanges import ExchangeState
from aid.domain.months import Month
from aid.domain.words import _, n_
from aid.models.donations import CorrectionAnswer, CorrectionAsked
from aid.models.exchanges import Exchange
from aid.models.remittances import Remittance, RemittanceReceipt
from aid.models.second_words import MoneyAsked
from aid.queries.months import months_to_close
from aid.queries.today.waiting import Waiting, oldest
from aid.services.second_words.asking import NOT_ANSWERED
from aid.vault.actor import Actor

ARRIVED = exists().where(RemittanceReceipt.remittance_id == Remittance.id)


def to_confirm(session: Session, actor: Actor, _now: Instant) -> Waiting:
    """Money that somebody else sent and nobody saw arrive: banks take some days."""
    rows = select(Remittance.sent_at, Remittance.id).where(
        Remittance.left_minor > 0, Remittance.sent_by_id != actor.id, ~ARRIVED
    )
    found = oldest(session, rows)
    title = n_("remittance to confirm", "remittances to confirm", found.count)
    page = "remittances.show" if found.count == 1 else "remittances.index"
    hint = _("Look at the account: has it arrived?")
    return Waiting(page, found.count, title, hint, found.since, patience=5, values=found.alone("remittance_id"))


def to_decide(session: Session, actor: Actor, _now: Instant) -> Waiting:
    """Money of which a part arrived, and this person neither sent it nor saw it arrive."""
    own = exists().where(RemittanceReceipt.remittance_id == Remittance.id, RemittanceReceipt.received_by_id == actor.id)
    rows = select(Remittance.sent_at, Remittance.id).where(
        Remittance.left_minor > 0, Remittance.sent_by_id != actor.id, ARRIVED, ~own
    )
    found = oldest(session, rows)
    title = n_("remittance of which some is missing", "remittances of which some is missing", found.count)
    page = "remittances.show" if found.count == 1 else "remittances.index"
    return Waiting(page, found.count, title, None, found.since, patience=14, values=found.alone("remittance_id"))


def to_look_at(session: Session, actor: Actor, _now: Instant) -> Waiting:
    """Exchanges at a rate that is off, or with large charges, which somebody else wrote down."""
    rows = select(Exchange.recorded_at, Exchange.id).where(
        Exchange.state == ExchangeState.WAITING, Exchange.recorded_by_id != actor.id
    )
    found = oldest(session, rows)
    title = n_("exchange to look at", "exchanges to look at", found.count)
    page = "exchanges.answer" if found.count == 1 else "exchanges.index"
    hint = _("It is booked once somebody else agrees.")
    return Waiting(page, found.count, title, hint, found.since, patience=2, values=found.alone("exchange_id"))


def to_correct(session: Session, actor: Actor, _now: Instant) -> Waiting:
    """Corrections of donations that leave less on an account, which somebody else asks for."""
    answered = exists().where(CorrectionAnswer.asked_id == CorrectionAsked.id)
    rows = select(CorrectionAsked.asked_at, CorrectionAsked.id).where(
        ~answered, CorrectionAsked.asked_by_id != actor.id
    )
    found = oldest(session, rows)
    title = n_("donation to correct downward", "donations to correct downward", found.count)
    page = "donations.answer" if found.count == 1 else "donations.corrections"
    hint = _("It is booked once somebody else agrees.")
    return Waiting(page, found.count, title, hint, found.since, patience=2, values=found.alone("asked_id"))


def to_agree(session: Session, actor: Actor, _now: Instant) -> Waiting:
    """Fees, interest and lines against each other that somebody else may not book alone."""
    rows = select(MoneyAsked.asked_at, MoneyAsked.id).where(NOT_ANSWERED, MoneyAsked.asked_by_id != actor.id)
    found = oldest(session, rows)
    title = n_("booking at a bank to look at", "bookings at a bank to look at", found.count)
    page = "second_words.answer" if found.count == 1 else "second_words.index"
    hint = _("It is more than one person books alone.")
    return Waiting(page, found.count, title, hint, found.since, patience=2, values=found.alone("asked_id"))


def to_close(session: Session, _actor: Actor, now: Instant) -> Waiting:
    """Months that are over; the last of them became so when this one began."""
    count = months_to_close(session, now=now)
    title = n_("month of the books to close", "months of the books to close", count)
    hint = _("Once the bank’s statement of the month is booked.")
    return Waiting("months.index", count, title, hint, Month.of(now.today).first, patience=20)
