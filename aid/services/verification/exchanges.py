"""Proof that an exchange is booked as it was written down, and at a rate that is off only by a second person's word."""

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aid.domain.entries import EntryKind
from aid.domain.exchanges import Deal, ExchangeState, Rate, is_off
from aid.domain.money import Money
from aid.domain.second_words import WordKind
from aid.models.exchanges import Exchange, ExchangeAnswer, ExchangePart
from aid.models.ledger import Entry
from aid.models.second_words import MoneyJudged
from aid.services.exchanges import parts_of
from aid.services.verification.findings import Finding
from aid.services.verification.reading import Unreadable, rows_of


def prove_exchanges(session: Session) -> Iterator[Finding]:
    """Exchanges whose parts, state, answer and entry do not fit each other."""
    for row in rows_of(session, Exchange):
        if not isinstance(row, Unreadable):
            parts = parts_of(session, row.id)
            yield from (Finding("exchange", str(row.id), fault) for fault in _faults(session, row, parts))


def _faults(session: Session, row: Exchange, parts: list[ExchangePart]) -> Iterator[str]:
    deal = deal_of(row, parts)
    if not parts or not _is_shared_out(row, parts, deal):
        yield "its parts are not its amounts, divided by purpose"
        return
    answer = session.get(ExchangeAnswer, row.id, populate_existing=True)
    asks = is_off(deal.sold_together, deal.bought, deal.source) or charges_ask(session, row)
    if row.state is not _state(asks, answer):
        yield "it stands where its rate, its charges and the answer to it do not put it"
    if answer is not None and answer.agrees and answer.answered_by_id == row.recorded_by_id:
        yield "who wrote it down agreed to its rate"
    booked = select(func.count()).select_from(Entry).where(Entry.cause_id == row.id, Entry.kind == EntryKind.EXCHANGE)
    if session.scalar(booked) != (row.state is ExchangeState.BOOKED):
        yield "it is not booked once where it should be, or is booked where it should not"


def charges_ask(session: Session, row: Exchange) -> bool:
    """Whether its charges were more than one person books alone. That this was judged rightly is proved elsewhere."""
    own = select(MoneyJudged.alone).where(MoneyJudged.cause_id == row.id, MoneyJudged.kind == WordKind.CHARGES)
    return session.scalar(own) is False


def deal_of(row: Exchange, parts: list[ExchangePart]) -> Deal:
    """What the rules are asked about."""
    quoted = row.bought_currency if row.source_base == row.sold_currency else row.sold_currency
    return Deal(
        sold=tuple(Money(part.sold_minor, row.sold_currency) for part in parts),
        bought=Money(row.bought_minor, row.bought_currency),
        charges=Money(row.charges_minor, row.charges_currency) if row.charges_currency else None,
        source=Rate(row.source_rate, row.source_base, quoted),
    )


def _is_shared_out(row: Exchange, parts: list[ExchangePart], deal: Deal) -> bool:
    """Nothing is lost between the purposes, and each has its part to the nearest unit."""
    sold = sum(part.sold_minor for part in parts)
    return (
        sum(part.bought_minor for part in parts) == row.bought_minor
        and sum(part.charges_minor for part in parts) == row.charges_minor
        and all(abs(part.bought_minor * sold - row.bought_minor * part.sold_minor) < sold for part in parts)
        and all(abs(part.charges_minor * sold - row.charges_minor * part.sold_minor) < sold for part in parts)
        and deal.sold_together.minor == sold
    )


def _state(off: bool, answer: ExchangeAnswer | None) -> ExchangeState:  # noqa: FBT001 - a fact, not a switch
    if answer is not None:
        return ExchangeState.BOOKED if answer.agrees and off else ExchangeState.REFUSED
    return ExchangeState.WAITING if off else ExchangeState.BOOKED
