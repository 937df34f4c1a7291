"""Charts of the fund's money, one set a currency: by purpose, and over time (by week at first, then by month)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import BigInteger, cast, func, select
from sqlalchemy.orm import Session

from aid.domain.charts import Bar, BarChart, LineChart, Series
from aid.domain.entries import AccountKind, EntryKind
from aid.domain.money import Money
from aid.domain.months import Month, months
from aid.domain.permissions import Permission
from aid.domain.words import _
from aid.models.ledger import Account, Entry, Transfer
from aid.queries.ledger.accounts import CORRECTED, counted_as
from aid.queries.ledger.books import Books, books
from aid.vault.actor import Actor

RECEIVED, SPENT, WAITING = _("Received"), _("Spent"), _("Still here")
MOST_PLACES = 24
FEW = timedelta(days=70)
HELD = (AccountKind.AVAILABLE, AccountKind.RESERVED)


@dataclass(frozen=True, slots=True)
class MoneyCharts:
    """What came, went and is left of one currency."""

    currency: str
    by_purpose: BarChart
    over_time: LineChart
    weekly: bool


def money_charts(session: Session, *, actor: Actor, today: date) -> tuple[MoneyCharts, ...]:
    """The charts of every currency, the fund's own first."""
    actor.must(Permission.SEE_MONEY)
    found, flows = books(session, actor=actor), _by_day(session)
    days = [day for _currency, day in flows]
    weekly = bool(days) and today - min(days) < FEW
    return tuple(
        MoneyCharts(
            currency=currency,
            by_purpose=_by_purpose(found, currency),
            over_time=_over_time(_of(flows, currency), currency, today=today, weekly=weekly),
            weekly=weekly,
        )
        for currency in found.currencies
    )


def _by_purpose(found: Books, currency: str) -> BarChart:
    bars = (
        Bar(
            row.names,
            (row.received.amount + row.interest.amount, row.spent.amount, row.available.amount + row.reserved.amount),
        )
        for row in found.purposes
        if row.currency == currency
    )
    return BarChart((RECEIVED, SPENT, WAITING), tuple(bars))


@dataclass(frozen=True, slots=True)
class _Flows:
    """What came, went and changed in one month, in minor units."""

    received: int = 0
    spent: int = 0
    held: int = 0  # by how much what is left changed

    def __add__(self, other: "_Flows") -> "_Flows":
        return _Flows(self.received + other.received, self.spent + other.spent, self.held + other.held)


def _of(flows: Mapping[tuple[str, date], _Flows], currency: str) -> dict[date, _Flows]:
    return {day: flow for (code, day), flow in flows.items() if code == currency}


def _over_time(flows: Mapping[date, _Flows], currency: str, *, today: date, weekly: bool) -> LineChart:
    """What came and went in each week or month, and what was left at its end."""
    place = _monday if weekly else Month.of
    own: defaultdict[date | Month, _Flows] = defaultdict(_Flows)
    for day, flow in flows.items():
        own[place(day)] += flow
    every = list(_places(min(flows), max(*flows, today), weekly=weekly)) if flows else []
    left, series = 0, []
    for each in every:
        left += own[each].held
        series.append(tuple(Money(minor, currency) for minor in (own[each].received, own[each].spent, left)))
    shown = slice(-MOST_PLACES, None)
    titles = zip((RECEIVED, SPENT, WAITING), zip(*series[shown], strict=True) if series else ((), (), ()), strict=True)
    return LineChart(tuple(every[shown]), tuple(Series(title, tuple(values)) for title, values in titles))


def _places(first: date, last: date, *, weekly: bool) -> Iterator[date | Month]:
    if not weekly:
        yield from months(Month.of(first), Month.of(last))
        return
    monday = _monday(first)
    while monday <= last:
        yield monday
        monday += timedelta(weeks=1)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _by_day(session: Session) -> dict[tuple[str, date], _Flows]:
    flows: defaultdict[tuple[str, date], _Flows] = defaultdict(_Flows)
    for side, sign in ((Transfer.credit_id, 1), (Transfer.debit_id, -1)):
        for currency, day, account, kind, minor in _sums(session, side):
            flows[currency, day] += _flow(account, kind, sign * minor)
    return dict(flows)


def _flow(account: AccountKind, kind: EntryKind, minor: int) -> _Flows:
    came = account is AccountKind.AVAILABLE and kind in (EntryKind.DONATION, EntryKind.INTEREST)
    return _Flows(
        received=minor if came else 0,
        spent=minor if account is AccountKind.SPENT else 0,
        held=minor if account in HELD else 0,
    )


def _sums(session: Session, side: object) -> Iterator[tuple[str, date, AccountKind, EntryKind, int]]:
    """By day, so that both databases say it alike."""
    summed = (
        select(
            Account.currency,
            Entry.posted_on,
            Account.kind,
            counted_as,
            cast(func.sum(Transfer.amount_minor), BigInteger),
        )
        .join(Transfer, side == Account.id)
        .join(Entry, Entry.id == Transfer.entry_id)
        .outerjoin(CORRECTED, CORRECTED.id == Entry.corrects_id)
        .where(Account.kind.in_((*HELD, AccountKind.SPENT)))
        .group_by(Account.currency, Entry.posted_on, Account.kind, counted_as)
    )
    for currency, day, account, kind, minor in session.execute(summed):
        yield currency, day, account, kind, int(minor)


__all__ = ["MoneyCharts", "money_charts"]
