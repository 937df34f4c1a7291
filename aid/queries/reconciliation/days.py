"""Day by day: what was open when a day began, what came and went, and what was open when it ended.

What was handed out without network counts on the day on its paper; what was undone counts on none.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, case, func, or_, select
from sqlalchemy.orm import Session

from aid.domain.money import Money
from aid.domain.vouchers import CLOSED_STATES, VoucherState
from aid.models.allocations import Decision
from aid.models.base import Moment
from aid.models.collections import Collection
from aid.models.vouchers import Voucher, VoucherMove
from aid.queries.reconciliation.lives import is_moved, lives
from aid.services.collections.parts import MINOR, STANDS
from aid.services.fund_days import begin_of, day_bounds, zone_of

PAGE: Final = 14
FROM = bindparam("since", type_=Moment())
UNTIL = bindparam("until", type_=Moment())

Where = tuple[UUID, str]
"""A point, and a currency."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """One day, in one currency, at one point or at all: vouchers and money that could be collected."""

    day: date
    currency: str
    point_id: UUID | None = None
    open_before: int = 0
    minor_before: int = 0
    sums: Mapping[str, int] = field(default_factory=dict)

    def of(self, what: str) -> int:
        """One figure of the day."""
        return self.sums.get(what, 0)

    def money(self, what: str) -> Money:
        """One amount of the day."""
        return Money(self.of(what), self.currency)

    @property
    def open_after(self) -> int:
        """Vouchers that could be collected when the day ended."""
        came = self.of("issued") + self.of("came")
        return self.open_before + came - sum(map(self.of, ("went", "collected", "void", "expired")))

    @property
    def minor_after(self) -> int:
        """Their money."""
        came = self.of("issued_minor") + self.of("came_minor")
        return self.minor_before + came - sum(map(self.of, ("went_minor", "handed", "freed")))

    @property
    def before(self) -> Money:
        """What could be collected when the day began."""
        return Money(self.minor_before, self.currency)

    @property
    def after(self) -> Money:
        """What could be collected when the day ended."""
        return Money(self.minor_after, self.currency)


@dataclass(frozen=True, slots=True)
class _Event:
    """Something of one day: so many vouchers, or so much money."""

    day: date
    where: Where
    what: str
    number: int


def days(session: Session, *, point_id: UUID | None = None, before: date | None = None, size: int = PAGE) -> list[date]:
    """The latest days on which something came or went, before one; one more than fits, if there are more."""
    zone, known = zone_of(session), {event.day for event in _few(session) if point_id in (None, event.where[0])}
    found: set[date] = {day for day in known if before is None or day < before}
    last = before
    while last := _handed_before(session, zone, point_id, last):
        found.add(last)
        if sum(day >= last for day in found) > size:
            break
    return sorted(found, reverse=True)[: size + 1]


def flows(session: Session, *, first: date, last: date) -> dict[date, dict[Where, Flow]]:
    """Each day from one to another, at each point in each currency; days on which nothing happened are left out."""
    sums: defaultdict[date, defaultdict[Where, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    level: defaultdict[Where, Counter[str]] = defaultdict(Counter)
    for event in (*_few(session), *_before(session, first), *_within(session, first, last)):
        if event.day < first:
            level[event.where][event.what] += event.number
        elif event.day <= last:
            sums[event.day][event.where][event.what] += event.number
    found: dict[date, dict[Where, Flow]] = {}
    now = {where: Flow(day=first, currency=where[1], point_id=where[0], sums=some) for where, some in level.items()}
    for day in sorted(sums):
        for where in now.keys() | sums[day].keys():
            yesterday = now.get(where)
            now[where] = Flow(
                day=day,
                currency=where[1],
                point_id=where[0],
                open_before=yesterday.open_after if yesterday else 0,
                minor_before=yesterday.minor_after if yesterday else 0,
                sums=sums[day].get(where, {}),
            )
        found[day] = dict(now)
    return found


def together(some: Iterable[Flow], day: date) -> tuple[Flow, ...]:
    """Points put together, one flow a currency. What went from one to another moved nothing."""
    by_currency: dict[str, list[Flow]] = {}
    for flow in some:
        by_currency.setdefault(flow.currency, []).append(flow)
    return tuple(_together(by_currency[currency], day) for currency in sorted(by_currency))


def _together(some: list[Flow], day: date) -> Flow:
    sums = sum((Counter(flow.sums) for flow in some), Counter[str]())
    for moved in ("came", "came_minor", "went", "went_minor"):
        sums.pop(moved, None)
    return Flow(
        day=day,
        currency=some[0].currency,
        open_before=sum(flow.open_before for flow in some),
        minor_before=sum(flow.minor_before for flow in some),
        sums=sums,
    )


# ---------------------------------------------------------------- what is asked


def _few(session: Session) -> Iterator[_Event]:
    """What comes in decisions, nights and moves, of all days: few rows, whatever was handed out."""
    zone = zone_of(session)
    for at, point, currency, count, minor in session.execute(_issued()):
        yield from _pair(_day(at, zone), (point, currency), ("issued", count), ("issued_minor", minor))
    for day, point, currency, state, count, minor in session.execute(_freed()):
        yield from _pair(day, (point, currency), (str(state), count), ("freed", minor))
    for at, old, new, currency, minor in session.execute(_moved()):
        day = _day(at, zone)
        yield from _pair(day, (old, currency), ("went", 1), ("went_minor", minor))
        yield from _pair(day, (new, currency), ("came", 1), ("came_minor", minor))


def _before(session: Session, first: date) -> Iterator[_Event]:
    """What was handed out before a day, put together."""
    day, until = first - timedelta(days=1), begin_of(first, zone_of(session))
    for point, currency, count in session.execute(_collected_before(), {"until": until}):
        yield _Event(day, (point, currency), "collected", count)
    for point, currency, minor in session.execute(_handed_out_before(), {"until": until}):
        yield _Event(day, (point, currency), "handed", int(minor))


def _within(session: Session, first: date, last: date) -> Iterator[_Event]:
    """What was handed out in these days."""
    zone, (since, until) = zone_of(session), day_bounds(session, first, last)
    period = {"since": since, "until": until}
    for at, point, currency in session.execute(_collected(), period):
        yield _Event(_day(at, zone), (point, currency), "collected", 1)
    for at, point, currency, minor, entered_at, is_part in session.execute(_handed_out(), period):
        day, where = _day(at, zone), (point, currency)
        yield from _pair(day, where, ("handings", 1), ("handed", minor))
        yield from _pair(day, where, ("late", int(entered_at is not None)), ("parts", is_part))


def _pair(day: date, where: Where, *figures: tuple[str, int]) -> Iterator[_Event]:
    for what, number in figures:
        if number:
            yield _Event(day, where, what, int(number))


def _day(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()


def _handed_before(session: Session, zone: ZoneInfo, point_id: UUID | None, last: date | None) -> date | None:
    """The latest day before one on which something was handed out."""
    newest = select(func.max(Collection.collected_at)).where(STANDS)
    if point_id is not None:
        newest = newest.where(Collection.point_id == point_id)
    if last is not None:
        newest = newest.where(Collection.collected_at < begin_of(last, zone))
    at = session.scalar(newest)
    return _day(at, zone) if at else None


@cache
def _issued() -> Any:
    of = (Decision.decided_at, Voucher.issued_point_id, Voucher.currency)
    count = (func.count(), func.sum(Voucher.amount_minor))
    return select(*of, *count).join(Decision, Decision.allocation_id == Voucher.allocation_id).group_by(*of)


@cache
def _freed() -> Any:
    life = lives()
    of = (life.c.closed_on, life.c.point_id, life.c.currency, life.c.state)
    closed = life.c.state.in_(CLOSED_STATES) & life.c.closed_on.is_not(None)
    return select(*of, func.count(), func.sum(life.c.freed)).where(closed).group_by(*of)


@cache
def _moved() -> Any:
    life = lives()
    handed = (
        select(func.coalesce(func.sum(MINOR), 0))
        .join(Voucher, Voucher.id == Collection.voucher_id)
        .where(Collection.voucher_id == life.c.id, STANDS, Collection.collected_at < VoucherMove.at)
        .correlate(life, VoucherMove)
        .scalar_subquery()
    )
    of = (VoucherMove.at, VoucherMove.from_point_id, VoucherMove.to_point_id, life.c.currency)
    rest = life.c.amount_minor - handed
    return select(*of, rest).join(life, life.c.id == VoucherMove.voucher_id).where(is_moved(life))


@cache
def _collected_before() -> Any:
    life = lives()
    of = (life.c.point_id, life.c.currency)
    return select(*of, func.count()).where(_is_collected(life), life.c.last_at < UNTIL).group_by(*of)


@cache
def _handed_out_before() -> Any:
    life = lives()
    of = (_then(life).label("point_id"), life.c.currency)
    each = select(*of, MINOR.label("minor")).select_from(Collection).join(life, life.c.id == Collection.voucher_id)
    each = each.join(Voucher, Voucher.id == Collection.voucher_id)
    handed = each.where(STANDS, Collection.collected_at < UNTIL).subquery()
    return select(handed.c.point_id, handed.c.currency, func.sum(handed.c.minor)).group_by(
        handed.c.point_id, handed.c.currency
    )


@cache
def _collected() -> Any:
    life = lives()
    within = life.c.last_at.between(FROM, UNTIL) & (life.c.last_at < UNTIL)
    return select(life.c.last_at, life.c.point_id, life.c.currency).where(_is_collected(life), within)


@cache
def _handed_out() -> Any:
    life = lives()
    last = _is_collected(life) & (Collection.turn == life.c.last_turn)
    is_part = case((or_(~last, life.c.turns > 1), 1), else_=0)
    rows = select(Collection.collected_at, _then(life), life.c.currency, MINOR, Collection.entered_at, is_part)
    rows = rows.select_from(Collection).join(life, life.c.id == Collection.voucher_id)
    rows = rows.join(Voucher, Voucher.id == Collection.voucher_id)
    return rows.where(STANDS, Collection.collected_at >= FROM, Collection.collected_at < UNTIL)


def _then(life: Any) -> Any:
    """Where a voucher stood when something was handed out for it: what was left may have gone elsewhere since."""
    before = (
        select(VoucherMove.from_point_id)
        .where(VoucherMove.voucher_id == Collection.voucher_id, VoucherMove.at > Collection.collected_at)
        .order_by(VoucherMove.n)
        .limit(1)
        .correlate(Collection)
        .scalar_subquery()
    )
    return func.coalesce(before, life.c.point_id)


def _is_collected(life: Any) -> Any:
    return life.c.state == VoucherState.COLLECTED
