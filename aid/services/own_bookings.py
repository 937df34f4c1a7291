"""A bank's own bookings: ordered, judged, and booked at once where the sum is small, else on a second person's word.

A fee is written down as the bank takes it, with a line or before it. Interest is booked only where a line shows it: a
gift must not be taken for it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy.orm import Session

from aid.domain import entries
from aid.domain.clock import Instant
from aid.domain.entries import EntryKind, Posting
from aid.domain.ids import new_id
from aid.domain.money import Money
from aid.domain.own_bookings import OwnBooking, OwnKind
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.remittances import check_day
from aid.domain.second_words import WordKind
from aid.domain.words import _
from aid.models.base import Permanent
from aid.models.fund import Purpose
from aid.models.ledger import BankFee, BankInterest
from aid.services import audit, counters, ledger
from aid.services.banks import bank_in_use
from aid.services.second_words.asking import AskedFor, Wish, alone, ask, hold_books, judged
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class OwnBooked:
    """It is in the books."""

    cause_id: UUID
    number: int
    entry_id: UUID


_Row: TypeAlias = type[BankFee] | type[BankInterest]
_Postings: TypeAlias = Callable[[UUID, UUID, Money], tuple[Posting, ...]]


@dataclass(frozen=True, slots=True)
class _Kept:
    """As what it is written down, and how it moves money."""

    row: _Row
    day: str  # the row's column for the day at the bank
    postings: _Postings
    entry: EntryKind
    act_code: str


_KEPT: Mapping[OwnKind, _Kept] = MappingProxyType(
    {
        OwnKind.FEE: _Kept(BankFee, "charged_on", entries.charged, EntryKind.CHARGES, act_code="bank.fee_booked"),
        OwnKind.INTEREST: _Kept(
            BankInterest, "paid_on", entries.earned, EntryKind.INTEREST, act_code="bank.interest_booked"
        ),
    }
)


def record_own(session: Session, *, actor: Actor, now: Instant, order: OwnBooking) -> OwnBooked | AskedFor:
    """Book what a bank booked by itself, or ask a second person first. Raises RuleBroken beside its field."""
    actor.must(Permission.KEEP_ACCOUNTS)
    assert actor.person_id is not None, "a person books it"
    assert order.line_id or order.kind is OwnKind.FEE, "a line shows interest"
    bank_in_use(session, order.bank_id, currency=order.amount.currency)
    if order.kind is OwnKind.FEE:
        check_day(order.booked_on, field="charged_on", today=now.today)
        if order.amount.minor <= 0:
            raise RuleBroken(_("Write how much the bank took."), field="amount")
    if session.get(Purpose, order.purpose_id) is None:
        raise RuleBroken(_("There is no such purpose; choose one of the list."), field="purpose")
    hold_books(session, [(order.purpose_id, order.amount.currency)])
    word = WordKind(order.kind)
    may = alone(session, kind=word, bank_id=order.bank_id, currency=order.amount.currency, now=now)
    if may.asks(order.amount):
        return ask(session, wish=_wish(order, word), actor=actor, now=now)
    booked, made = book_own(session, order, is_alone=True, by=actor.person_id, now=now)
    audit.say(session, _KEPT[order.kind].act_code, subject=order.bank_id, made=made)
    return booked


def book_own(
    session: Session, order: OwnBooking, *, is_alone: bool, by: UUID, now: Instant
) -> tuple[OwnBooked, list[Permanent]]:
    """Book what was judged, while the books are held; return the rows made."""
    kept = _KEPT[order.kind]
    day: dict[str, Any] = {kept.day: order.booked_on}
    row = kept.row(
        id=new_id(),
        number=counters.take(session, order.kind.value),
        bank_id=order.bank_id,
        purpose_id=order.purpose_id,
        currency=order.amount.currency,
        amount_minor=order.amount.minor,
        recorded_at=now.instant,
        recorded_by_id=by,
        **day,
    )
    word = judged(
        session,
        kind=WordKind(order.kind),
        cause_id=row.id,
        bank_id=order.bank_id,
        amount=order.amount,
        is_alone=is_alone,
        by=by,
        now=now,
    )
    postings = kept.postings(order.purpose_id, order.bank_id, order.amount)
    entry, transfers = ledger.post(session, postings, kind=kept.entry, cause=row.id, now=now, value_on=order.booked_on)
    row.entry_id = entry.id
    session.add(row)
    return OwnBooked(row.id, row.number, entry.id), [row, word, entry, *transfers]


def _wish(order: OwnBooking, word: WordKind) -> Wish:
    return Wish(
        kind=word,
        bank_id=order.bank_id,
        amount=order.amount,
        booked_on=order.booked_on,
        reason=order.reason,
        purpose_id=order.purpose_id,
        line_id=order.line_id,
    )
