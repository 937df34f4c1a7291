"""What banks take from an account for keeping it: a small sum is booked at once, a larger one on a second word."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from aid.domain import entries
from aid.domain.clock import Instant
from aid.domain.entries import EntryKind
from aid.domain.ids import new_id
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.remittances import check_day
from aid.domain.second_words import WordKind
from aid.domain.words import _
from aid.models.base import Permanent
from aid.models.fund import Purpose
from aid.models.ledger import BankFee
from aid.services import audit, counters, ledger
from aid.services.banks import bank_in_use
from aid.services.second_words.asking import AskedFor, Wish, alone, ask, hold_books, judged
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeOrder:
    """What a bank took from an account, and which purpose bears it. `reason`: for a second person, of a larger sum."""

    bank_id: UUID
    purpose_id: UUID
    amount: Money
    charged_on: date
    reason: str = ""


@dataclass(frozen=True, slots=True)
class FeeBooked:
    """A bank's fee is booked."""

    fee_id: UUID
    number: int
    entry_id: UUID


def record_fee(
    session: Session, *, actor: Actor, now: Instant, order: FeeOrder, line_id: UUID | None = None
) -> FeeBooked | AskedFor:
    """Book what a bank took from an account, and its purpose has less available; or ask a second person first.

    Raises RuleBroken beside its field. `line_id`: the line of the bank that says so.
    """
    actor.must(Permission.KEEP_ACCOUNTS)
    assert actor.person_id is not None, "a person books fees"
    bank_in_use(session, order.bank_id, currency=order.amount.currency)
    check_day(order.charged_on, field="charged_on", today=now.today)
    if order.amount.minor <= 0:
        raise RuleBroken(_("Write how much the bank took."), field="amount")
    if session.get(Purpose, order.purpose_id) is None:
        raise RuleBroken(_("There is no such purpose; choose one of the list."), field="purpose")
    hold_books(session, [(order.purpose_id, order.amount.currency)])
    may = alone(session, kind=WordKind.FEE, bank_id=order.bank_id, currency=order.amount.currency, now=now)
    if may.asks(order.amount):
        return ask(session, _wish(order, line_id), by=actor.person_id, now=now)
    booked, made = book_fee(session, order, is_alone=True, by=actor.person_id, now=now)
    audit.say(session, "bank.fee_booked", subject=order.bank_id, made=made)
    return booked


def book_fee(
    session: Session, order: FeeOrder, *, is_alone: bool, by: UUID, now: Instant
) -> tuple[FeeBooked, list[Permanent]]:
    """Book a fee that was judged, while the books are held; return the rows made."""
    fee = BankFee(
        id=new_id(),
        number=counters.take(session, "fee"),
        bank_id=order.bank_id,
        purpose_id=order.purpose_id,
        currency=order.amount.currency,
        amount_minor=order.amount.minor,
        charged_on=order.charged_on,
        recorded_at=now.instant,
        recorded_by_id=by,
    )
    word = judged(
        session,
        kind=WordKind.FEE,
        cause_id=fee.id,
        bank_id=order.bank_id,
        amount=order.amount,
        is_alone=is_alone,
        by=by,
        now=now,
    )
    postings = entries.charged(order.purpose_id, order.bank_id, order.amount)
    entry, transfers = ledger.post(
        session, postings, kind=EntryKind.CHARGES, cause=fee.id, now=now, value_on=order.charged_on
    )
    fee.entry_id = entry.id
    session.add(fee)
    return FeeBooked(fee.id, fee.number, entry.id), [fee, word, entry, *transfers]


def _wish(order: FeeOrder, line_id: UUID | None) -> Wish:
    return Wish(
        kind=WordKind.FEE,
        bank_id=order.bank_id,
        amount=order.amount,
        booked_on=order.charged_on,
        reason=order.reason,
        purpose_id=order.purpose_id,
        line_id=line_id,
    )
