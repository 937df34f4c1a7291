"""Exchanging currency in one entry; a rate that is off, or charges above a bound, wait for a second person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from aid.domain import entries
from aid.domain.clock import Instant
from aid.domain.entries import EntryKind, Posting
from aid.domain.exchanges import Deal, ExchangeState, Rate, check_deal, check_source, is_off
from aid.domain.ids import new_id
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.remittances import check_day, why_not_reason
from aid.domain.second_words import WordKind
from aid.domain.words import _
from aid.models.base import Permanent
from aid.models.exchanges import Exchange, ExchangeAnswer, ExchangePart
from aid.models.fund import Purpose
from aid.models.ledger import Available
from aid.models.second_words import MoneyJudged
from aid.services import audit, counters, ledger
from aid.services.banks import bank_in_use, must_hold
from aid.services.provisional import must_be_whole
from aid.services.second_words.asking import alone, hold_books, judged
from aid.services.stops import refuse_while_stopped
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeOrder:
    """What was exchanged. `charges` is what the bank took besides, in one of the two currencies."""

    from_bank_id: UUID
    to_bank_id: UUID
    sold: tuple[tuple[UUID, Money], ...]  # by purpose
    bought: Money
    charges: Money | None
    source: str
    rate: Rate
    exchanged_on: date

    @property
    def deal(self) -> Deal:
        """What the rules are asked about."""
        return Deal(tuple(money for _purpose, money in self.sold), self.bought, self.charges, self.rate)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerOrder:
    """A second person's word on a rate that is off, or on large charges."""

    exchange_id: UUID
    agrees: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Exchanged:
    """An exchange is written down: booked at once, or waiting for a second person."""

    exchange_id: UUID
    number: int
    state: ExchangeState


@dataclass(frozen=True, slots=True)
class Answered:
    """A second person has looked at the rate."""

    state: ExchangeState


def check_exchange(order: ExchangeOrder, *, today: date) -> None:
    """Raise RuleBroken, beside its field, unless money can have been exchanged so."""
    check_deal(order.deal)
    check_source(order.source)
    check_day(order.exchanged_on, field="exchanged_on", today=today)


def check_money(session: Session, order: ExchangeOrder) -> None:
    """Raise RuleBroken, beside "sold-" and the purpose, unless each has what was given. Booking asks once more."""
    for purpose, money in order.sold:
        left = session.get(Available, (purpose, money.currency))
        if left is None or left.amount_minor < money.minor:
            held = Money(left.amount_minor if left else 0, money.currency)
            raise ledger.NotEnoughMoney(
                _(
                    "This needs %(needed)s, but only %(left)s is available for this purpose.",
                    needed=money,
                    left=held,
                ),
                f"sold-{purpose}",
            )
    sold, charges = order.deal.sold_together, order.charges
    taken = sold + charges if charges and charges.currency == sold.currency else sold
    must_hold(session, order.from_bank_id, taken, field="sold")


def exchange(session: Session, *, actor: Actor, now: Instant, order: ExchangeOrder) -> Exchanged:
    """Write an exchange down, and book it unless its rate is off or its charges are large.

    Raises RuleBroken beside its field.
    """
    actor.must(Permission.EXCHANGE)
    assert actor.person_id is not None, "a person exchanges"
    refuse_while_stopped(session, now=now)
    must_be_whole(session)
    check_exchange(order, today=now.today)
    deal = order.deal
    sold = deal.sold_together
    bank_in_use(session, order.from_bank_id, currency=sold.currency, field="from_bank")
    bank_in_use(session, order.to_bank_id, currency=deal.bought.currency, field="to_bank")
    known = set(session.scalars(select(Purpose.id)))
    if not known.issuperset(purpose for purpose, _money in order.sold):
        raise RuleBroken(_("There is no such purpose; choose one of the list."), field="sold")
    check_money(session, order)
    row, parts = _written(session, order, by=actor.person_id, now=now)
    off = is_off(sold, deal.bought, deal.source)
    word = _charged(session, row, parts, is_off=off, now=now)
    waits = off or (word is not None and not word.alone)
    row.state = ExchangeState.WAITING if waits else ExchangeState.BOOKED
    session.add(row)
    session.flush()
    session.add_all(parts)
    made: list[Permanent] = [row, *parts, *([word] if word else [])]
    made += [] if waits else _book(session, row, parts, now=now)
    audit.say(session, "exchange.waits" if waits else "exchange.booked", subject=row.id, made=made)
    return Exchanged(row.id, row.number, row.state)


def answer_exchange(session: Session, *, actor: Actor, now: Instant, order: AnswerOrder) -> Answered:
    """Agree to such an exchange, and book it; or refuse it. Who wrote it down may only take it back."""
    actor.must(Permission.CONFIRM_MONEY)
    assert actor.person_id is not None, "a person answers"
    refuse_while_stopped(session, now=now)
    row = session.get(Exchange, order.exchange_id, with_for_update=True, populate_existing=True)
    if row is None or row.state is not ExchangeState.WAITING:
        raise RuleBroken(_("This exchange does not wait for an answer any more."))
    if order.agrees and row.recorded_by_id == actor.person_id:
        raise RuleBroken(_("You wrote this down yourself. Somebody else looks at the rate."))
    if refusal := why_not_reason(order.reason):
        raise refusal
    state = ExchangeState.BOOKED if order.agrees else ExchangeState.REFUSED
    answer = ExchangeAnswer(
        exchange_id=row.id,
        agrees=order.agrees,
        reason=order.reason.strip(),
        answered_at=now.instant,
        answered_by_id=actor.person_id,
    )
    session.add(answer)
    session.execute(
        update(Exchange).where(Exchange.id == row.id).values(state=state).execution_options(synchronize_session=False)
    )
    made: list[Permanent] = [answer]
    if order.agrees:
        for bank in (row.from_bank_id, row.to_bank_id):
            bank_in_use(session, bank)
        made += _book(session, row, parts_of(session, row.id), now=now)
    audit.say(session, "exchange.agreed" if order.agrees else "exchange.refused", subject=row.id, made=made)
    return Answered(state)


def _charged(
    session: Session, row: Exchange, parts: Sequence[ExchangePart], *, is_off: bool, now: Instant
) -> MoneyJudged | None:
    """Judge its charges: with a true rate, and charges of any size, money would go where nobody looks."""
    if row.charges_currency is None:
        return None
    own = [(part.purpose_id, code) for part in parts for code in (row.sold_currency, row.bought_currency)]
    hold_books(session, own)
    bank_id = row.from_bank_id if row.charges_currency == row.sold_currency else row.to_bank_id
    charges = Money(row.charges_minor, row.charges_currency)
    may = alone(session, kind=WordKind.CHARGES, bank_id=bank_id, currency=charges.currency, now=now)
    return judged(
        session,
        kind=WordKind.CHARGES,
        cause_id=row.id,
        bank_id=bank_id,
        amount=charges,
        is_alone=not is_off and not may.asks(charges),
        by=row.recorded_by_id,
        now=now,
    )


def parts_of(session: Session, exchange_id: UUID) -> list[ExchangePart]:
    """What each purpose gave and got."""
    of_exchange = select(ExchangePart).where(ExchangePart.exchange_id == exchange_id)
    return list(session.scalars(of_exchange.order_by(ExchangePart.purpose_id)))


def postings_of(row: Exchange, parts: list[ExchangePart]) -> tuple[Posting, ...]:
    """The one entry of an exchange: each purpose's old money falls, its new money rises, and it bears its charges."""
    banks: Mapping[str, UUID] = {row.sold_currency: row.from_bank_id, row.bought_currency: row.to_bank_id}
    postings: tuple[Posting, ...] = ()
    for part in parts:
        sold, bought = Money(part.sold_minor, row.sold_currency), Money(part.bought_minor, row.bought_currency)
        postings += entries.exchanged(
            part.purpose_id, from_bank=row.from_bank_id, sold=sold, to_bank=row.to_bank_id, bought=bought
        )
        if part.charges_minor and row.charges_currency:
            charges = Money(part.charges_minor, row.charges_currency)
            postings += entries.charged(part.purpose_id, banks[row.charges_currency], charges)
    return postings


def _written(session: Session, order: ExchangeOrder, *, by: UUID, now: Instant) -> tuple[Exchange, list[ExchangePart]]:
    deal = order.deal
    row = Exchange(
        id=new_id(),
        number=counters.take(session, "exchange"),
        from_bank_id=order.from_bank_id,
        to_bank_id=order.to_bank_id,
        sold_currency=deal.sold_together.currency,
        bought_minor=deal.bought.minor,
        bought_currency=deal.bought.currency,
        charges_minor=deal.charges.minor if deal.charges else 0,
        charges_currency=deal.charges.currency if deal.charges else None,
        source=" ".join(order.source.split()),
        source_rate=order.rate.amount,
        source_base=order.rate.base,
        exchanged_on=order.exchanged_on,
        recorded_at=now.instant,
        recorded_by_id=by,
    )
    each = zip(order.sold, deal.bought_of_each(), deal.charges_of_each(), strict=True)
    parts = [
        ExchangePart(
            exchange_id=row.id,
            purpose_id=purpose,
            sold_minor=sold.minor,
            bought_minor=bought.minor,
            charges_minor=charges,
        )
        for (purpose, sold), bought, charges in each
    ]
    return row, sorted(parts, key=lambda part: part.purpose_id)


def _book(session: Session, row: Exchange, parts: list[ExchangePart], *, now: Instant) -> list[Permanent]:
    entry, transfers = ledger.post(
        session,
        postings_of(row, parts),
        kind=EntryKind.EXCHANGE,
        cause=row.id,
        now=now,
        value_on=row.exchanged_on,
    )
    return [entry, *transfers]
