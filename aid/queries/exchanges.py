"""Exchanges as pages show them: what was given and got, at which rate, and who looked at it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from aid.domain.exchanges import Deal, ExchangeState, Rate, deviation, is_off, rate_of_deal, tenths_of_percent
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.models.exchanges import Exchange, ExchangeAnswer, ExchangePart
from aid.models.fund import Purpose
from aid.models.ledger import BankAccount, Entry
from aid.models.people import Person
from aid.vault.actor import Actor

PAGE = 50


@dataclass(frozen=True, slots=True)
class PartRow:
    """What one purpose gave and got."""

    purpose: Mapping[str, str]
    sold: Money
    bought: Money
    charges: Money | None


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """A second person's word."""

    agrees: bool
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RateRow:
    """The deal's rate beside its source's."""

    deal: str  # so much of `quoted` for 1 of `base`
    source: str
    base: str
    quoted: str
    named: str  # the source
    tenths: int  # of a percent, by which the deal's is higher, or lower
    off: bool


@dataclass(frozen=True, slots=True)
class ExchangeRow:
    """One exchange."""

    id: UUID
    number: int
    state: ExchangeState
    sold: Money
    bought: Money
    charges: Money | None
    from_bank: Mapping[str, str]
    to_bank: Mapping[str, str]
    rate: RateRow
    exchanged_on: date
    recorded_at: datetime
    recorded_by: str
    recorded_by_id: UUID
    parts: tuple[PartRow, ...]
    answer: AnswerRow | None
    entry: int | None  # number

    @property
    def shares(self) -> list[tuple[Mapping[str, str], Money, Money]]:
        """Each purpose, what it gave, and what it got."""
        return [(part.purpose, part.sold, part.bought) for part in self.parts]


@dataclass(frozen=True, slots=True)
class ExchangeList:
    """A page of exchanges, the latest first."""

    rows: tuple[ExchangeRow, ...]
    before: int | None
    waiting: int


def exchanges(session: Session, *, actor: Actor, before: int | None = None, size: int = PAGE) -> ExchangeList:
    """A page of exchanges with a number under `before`."""
    actor.must(Permission.SEE_MONEY)
    wanted = select(Exchange).order_by(Exchange.number.desc()).limit(size + 1)
    found = session.scalars(wanted.where(Exchange.number < before) if before else wanted).all()
    waiting = select(func.count()).select_from(Exchange).where(Exchange.state == ExchangeState.WAITING)
    return ExchangeList(
        rows=_rows(session, found[:size]),
        before=found[size - 1].number if len(found) > size else None,
        waiting=session.execute(waiting).scalar_one(),
    )


def exchange(session: Session, *, actor: Actor, exchange_id: UUID) -> ExchangeRow | None:
    """One exchange, or None where there is none."""
    actor.must(Permission.SEE_MONEY)
    found = session.get(Exchange, exchange_id)
    return _rows(session, [found])[0] if found else None


def rate_row(deal: Deal, *, named: str) -> RateRow:
    """The deal's rate beside its source's, both told the way the source tells it."""
    rate, sold = deal.source, deal.sold_together
    exact = rate_of_deal(sold, deal.bought)
    told = exact if rate.base == sold.currency else 1 / exact
    off_by = deviation(sold, deal.bought, rate)
    return RateRow(
        deal=_decimal(told.numerator, told.denominator),
        source=rate.amount,
        base=rate.base,
        quoted=rate.quoted,
        named=named,
        tenths=tenths_of_percent(off_by),
        off=is_off(sold, deal.bought, rate),
    )


def _decimal(numerator: int, denominator: int, *, digits: int = 6) -> str:
    """A fraction to six significant digits, without zeros that say nothing."""
    said = f"{numerator / denominator:.{digits}g}"
    return said if "e" not in said else f"{numerator / denominator:f}"


def _rows(session: Session, found: Sequence[Exchange]) -> tuple[ExchangeRow, ...]:
    ids = [row.id for row in found]
    parts, answers = _parts(session, found), _answers(session, ids)
    source, target = aliased(BankAccount), aliased(BankAccount)
    around = session.execute(
        select(Exchange.id, source.names, target.names, Person.handle, Entry.number)
        .join(source, source.id == Exchange.from_bank_id)
        .join(target, target.id == Exchange.to_bank_id)
        .join(Person, Person.id == Exchange.recorded_by_id)
        .outerjoin(Entry, Entry.cause_id == Exchange.id)
        .where(Exchange.id.in_(ids))
    )
    known = {id_: (from_bank, to_bank, handle, entry) for id_, from_bank, to_bank, handle, entry in around}
    return tuple(_row(row, parts[row.id], answers.get(row.id), *known[row.id]) for row in found)


def _row(
    row: Exchange,
    parts: Sequence[PartRow],
    answer: AnswerRow | None,
    from_bank: Mapping[str, str],
    to_bank: Mapping[str, str],
    handle: str,
    entry: int | None,
) -> ExchangeRow:
    charges = Money(row.charges_minor, row.charges_currency) if row.charges_currency else None
    quoted = row.bought_currency if row.source_base == row.sold_currency else row.sold_currency
    bought, rate = Money(row.bought_minor, row.bought_currency), Rate(row.source_rate, row.source_base, quoted)
    deal = Deal(tuple(part.sold for part in parts), bought, charges, rate)
    return ExchangeRow(
        id=row.id,
        number=row.number,
        state=row.state,
        sold=deal.sold_together,
        bought=bought,
        charges=charges,
        from_bank=from_bank,
        to_bank=to_bank,
        rate=rate_row(deal, named=row.source),
        exchanged_on=row.exchanged_on,
        recorded_at=row.recorded_at,
        recorded_by=handle,
        recorded_by_id=row.recorded_by_id,
        parts=tuple(parts),
        answer=answer,
        entry=entry,
    )


def _parts(session: Session, found: Sequence[Exchange]) -> defaultdict[UUID, list[PartRow]]:
    of = {row.id: row for row in found}
    rows: defaultdict[UUID, list[PartRow]] = defaultdict(list)
    parts = select(ExchangePart, Purpose.names).join(Purpose, Purpose.id == ExchangePart.purpose_id)
    for part, names in session.execute(parts.where(ExchangePart.exchange_id.in_(of)).order_by(Purpose.id)):
        row = of[part.exchange_id]
        charges = Money(part.charges_minor, row.charges_currency) if row.charges_currency else None
        rows[row.id].append(
            PartRow(
                names, Money(part.sold_minor, row.sold_currency), Money(part.bought_minor, row.bought_currency), charges
            )
        )
    return rows


def _answers(session: Session, ids: Sequence[UUID]) -> dict[UUID, AnswerRow]:
    answered = session.execute(
        select(ExchangeAnswer, Person.handle)
        .join(Person, Person.id == ExchangeAnswer.answered_by_id)
        .where(ExchangeAnswer.exchange_id.in_(ids))
    )
    return {row.exchange_id: AnswerRow(row.agrees, row.reason, handle, row.answered_at) for row, handle in answered}
