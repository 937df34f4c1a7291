"""What banks give for money that lies on an account. It is booked where a line of the bank shows it, to a purpose."""

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
from aid.domain.second_words import WordKind
from aid.domain.words import _
from aid.models.base import Permanent
from aid.models.fund import Purpose
from aid.models.ledger import BankInterest
from aid.services import audit, counters, ledger
from aid.services.banks import bank_in_use
from aid.services.second_words.asking import AskedFor, Wish, alone, ask, hold_books, judged
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class InterestOrder:
    """What a bank gave, as its line shows it, and for which purpose. `reason`: for a second person, of a larger sum."""

    bank_id: UUID
    purpose_id: UUID
    amount: Money
    paid_on: date
    line_id: UUID
    reason: str = ""


@dataclass(frozen=True, slots=True)
class InterestBooked:
    """Interest is booked."""

    interest_id: UUID
    number: int
    entry_id: UUID


def record_interest(session: Session, *, actor: Actor, now: Instant, order: InterestOrder) -> InterestBooked | AskedFor:
    """Book what a bank gave; its purpose has more available. What is too much for interest waits for a second word.

    Nobody is thanked for interest: a gift must not be taken for it. Raises RuleBroken beside its field.
    """
    actor.must(Permission.KEEP_ACCOUNTS)
    assert actor.person_id is not None, "a person books interest"
    bank_in_use(session, order.bank_id, currency=order.amount.currency)
    if session.get(Purpose, order.purpose_id) is None:
        raise RuleBroken(_("There is no such purpose; choose one of the list."), field="purpose")
    hold_books(session, [(order.purpose_id, order.amount.currency)])
    may = alone(session, kind=WordKind.INTEREST, bank_id=order.bank_id, currency=order.amount.currency, now=now)
    if may.asks(order.amount):
        return ask(session, _wish(order), by=actor.person_id, now=now)
    booked, made = book_interest(session, order, is_alone=True, by=actor.person_id, now=now)
    audit.say(session, "bank.interest_booked", subject=order.bank_id, made=made)
    return booked


def book_interest(
    session: Session, order: InterestOrder, *, is_alone: bool, by: UUID, now: Instant
) -> tuple[InterestBooked, list[Permanent]]:
    """Book interest that was judged, while the books are held; return the rows made."""
    interest = BankInterest(
        id=new_id(),
        number=counters.take(session, "interest"),
        bank_id=order.bank_id,
        purpose_id=order.purpose_id,
        currency=order.amount.currency,
        amount_minor=order.amount.minor,
        paid_on=order.paid_on,
        recorded_at=now.instant,
        recorded_by_id=by,
    )
    word = judged(
        session,
        kind=WordKind.INTEREST,
        cause_id=interest.id,
        bank_id=order.bank_id,
        amount=order.amount,
        is_alone=is_alone,
        by=by,
        now=now,
    )
    postings = entries.earned(order.purpose_id, order.bank_id, order.amount)
    entry, transfers = ledger.post(
        session, postings, kind=EntryKind.INTEREST, cause=interest.id, now=now, value_on=order.paid_on
    )
    interest.entry_id = entry.id
    session.add(interest)
    return InterestBooked(interest.id, interest.number, entry.id), [interest, word, entry, *transfers]


def _wish(order: InterestOrder) -> Wish:
    return Wish(
        kind=WordKind.INTEREST,
        bank_id=order.bank_id,
        amount=order.amount,
        booked_on=order.paid_on,
        reason=order.reason,
        purpose_id=order.purpose_id,
        line_id=order.line_id,
    )
