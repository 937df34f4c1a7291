"""The report of a point's day: what was there, what came and went, what was counted, and who signed."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from aid.domain.collections import REFUSAL_TITLES, RefusalCode
from aid.domain.entries import AccountKind, EntryKind
from aid.domain.goods import in_order
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.domain.stock import MoveCause
from aid.domain.undoing import UNDO_TITLES
from aid.domain.vouchers import printed_number
from aid.domain.words import Message, _
from aid.models.collections import Collection, CollectionUndo, RefusedCollection
from aid.models.day_counts import DayCount, DayCountBooking
from aid.models.fund import Fund, Point
from aid.models.goods import StockMove
from aid.models.ledger import Account, Entry, Transfer
from aid.models.people import Person
from aid.models.vouchers import Voucher
from aid.queries.day_counts.page import CountPage, page
from aid.queries.day_counts.states import CountRow, DayState, count_rows, day_state
from aid.services.days.books import Mark, cash_at, given_on, goods_at, mark_now, mark_of
from aid.services.fund_days import day_bounds
from aid.services.goods import GoodWords, catalogue
from aid.vault.actor import Actor


class Flow(StrEnum):
    """Why cash or goods came to a point or left it on a day."""

    ARRIVED = "arrived"
    HANDED_OUT = "handed_out"
    BY_PAPER = "by_paper"
    UNDONE = "undone"
    LOST = "lost"
    COUNTED = "counted"
    OTHER = "other"


FLOW_TITLES: Mapping[Flow, Message] = MappingProxyType(
    {
        Flow.ARRIVED: _("Arrived"),
        Flow.HANDED_OUT: _("Handed out"),
        Flow.BY_PAPER: _("Handed out by a paper list"),
        Flow.UNDONE: _("Undone: back again"),
        Flow.LOST: _("Losses"),
        Flow.COUNTED: _("Differences that were booked"),
        Flow.OTHER: _("Other"),
    }
)
_OF_ENTRY = MappingProxyType(
    {EntryKind.CASH_ARRIVAL: Flow.ARRIVED, EntryKind.CORRECTION: Flow.UNDONE, EntryKind.LOSS: Flow.LOST}
)
_OF_MOVE = MappingProxyType(
    {
        MoveCause.DELIVERED: Flow.ARRIVED,
        MoveCause.HANDED_OUT: Flow.HANDED_OUT,
        MoveCause.TAKEN_BACK: Flow.UNDONE,
        MoveCause.COUNTED: Flow.COUNTED,
        MoveCause.WRITTEN_OFF: Flow.LOST,
        MoveCause.LOST_BY_PAPER: Flow.LOST,
    }
)


@dataclass(frozen=True, slots=True)
class CashTable:
    """The cash of one currency over the day: what began it and what moved it add up to what the books say."""

    begin: Money
    flows: tuple[tuple[Message, Money], ...]
    booked: Money
    counted: Money | None

    @property
    def differs(self) -> Money | None:
        """What was counted less what the books say."""
        return None if self.counted is None else self.counted - self.booked


@dataclass(frozen=True, slots=True)
class GoodTable:
    """One good over the day, likewise; `flows` in the order of `Flow`."""

    name: str
    begin: int
    flows: tuple[int, ...]
    booked: int
    counted: int | None

    @property
    def differs(self) -> int | None:
        """What was counted less what the books say."""
        return None if self.counted is None else self.counted - self.booked


@dataclass(frozen=True, slots=True)
class Undone:
    """A collection that was taken back."""

    number: str
    why: Message
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Numbers:
    """How often something was handed out on the day, and what became of it."""

    handed: int
    by_paper: int
    to_strangers: int
    undone: int
    refused: tuple[tuple[Message, int], ...]  # tries by their reason, the most frequent first

    @property
    def tries_refused(self) -> int:
        """How often nothing was handed out to somebody who asked."""
        return sum(times for _reason, times in self.refused)


@dataclass(frozen=True, slots=True)
class DayReport:
    """A point's day, as it is printed and shown."""

    titles: Mapping[str, str]  # of the fund's papers
    demo: bool
    state: DayState
    opening: CountPage | None
    closing: CountPage | None
    tries: tuple[CountRow, ...]  # the first one first
    cash: tuple[CashTable, ...]
    goods: tuple[GoodTable, ...]
    flows: tuple[Message, ...]  # heads of the goods' columns: those that moved anything
    numbers: Numbers
    undone: tuple[Undone, ...]

    @property
    def good_columns(self) -> tuple[Message, ...]:
        """Heads of the goods' table: what was there, what moved, what there should be and what was counted."""
        ends = (_("In the books"), _("Counted"), _("Difference"))
        return (_("Good"), _("At the beginning"), *self.flows, *ends)

    @property
    def good_figures(self) -> tuple[int, ...]:
        """Which of these columns hold figures."""
        return tuple(range(1, len(self.good_columns)))


def report(session: Session, *, actor: Actor, point_id: UUID, day: date) -> DayReport | None:
    """A point's day until it was closed; until now, where nobody has counted it yet."""
    actor.must(Permission.SEE_STOCK)
    if session.get(Point, point_id) is None or not actor.may(Permission.SEE_STOCK, point=point_id):
        return None
    state = day_state(session, actor=actor, point_id=point_id, day=day)
    tries = tuple(reversed(count_rows(session, DayCount.point_id == point_id, DayCount.day == day)))
    closing = page(session, actor=actor, count_id=state.closing.id) if state.closing else None
    count = session.get_one(DayCount, state.closing.id) if state.closing else None
    mark = mark_of(session, count) if count else mark_now(session, point_id)
    titles, demo = session.execute(select(Fund.paper_titles, Fund.demo)).one()
    goods, flows = _goods(session, point_id, day, mark, closing, actor=actor)
    return DayReport(
        titles=titles,
        demo=demo,
        state=state,
        opening=page(session, actor=actor, count_id=state.opening.id) if state.opening else None,
        closing=closing,
        tries=tries,
        cash=tuple(_cash(session, point_id, day, mark, closing)),
        goods=goods,
        flows=flows,
        numbers=_numbers(session, point_id, day),
        undone=tuple(_undone(session, point_id, day)),
    )


def _cash(session: Session, point_id: UUID, day: date, mark: Mark, closing: CountPage | None) -> Iterator[CashTable]:
    counted = {line.counted.currency: line.counted for line in closing.cash} if closing else {}
    moved: defaultdict[str, Counter[Flow]] = defaultdict(Counter)
    for currency, flow, minor in _cash_moves(session, point_id, day, mark):
        moved[currency][flow] += minor
    for currency, booked in sorted(cash_at(session, point_id, mark.after_entry).items()):
        flows = moved[currency]
        yield CashTable(
            begin=Money(booked - flows.total(), currency),
            flows=tuple((FLOW_TITLES[flow], Money(flows[flow], currency)) for flow in Flow if flows[flow]),
            booked=Money(booked, currency),
            counted=counted.get(currency),
        )


def _cash_moves(session: Session, point_id: UUID, day: date, mark: Mark) -> Iterator[tuple[str, Flow, int]]:
    """What each kind of entry of the day did to a point's cash, by currency."""
    moved = case((Transfer.debit_id == Account.id, Transfer.amount_minor), else_=-Transfer.amount_minor)
    late, by_count = Collection.entered_at.is_not(None), DayCountBooking.count_id.is_not(None)
    found: Any = (
        select(Account.currency, Entry.kind, late, by_count, func.sum(moved))
        .join(Transfer, (Transfer.debit_id == Account.id) | (Transfer.credit_id == Account.id))
        .join(Entry, Entry.id == Transfer.entry_id)
        .outerjoin(Collection, Collection.entry_id == Entry.id)
        .outerjoin(DayCountBooking, DayCountBooking.entry_id == Entry.id)
        .where(Account.kind == AccountKind.CASH, Account.point_id == point_id)
        .where(Entry.posted_on >= day, Entry.number <= mark.after_entry)
        .group_by(Account.currency, Entry.kind, late, by_count)
    )
    for currency, kind, is_late, is_count, minor in session.execute(found):
        yield currency, _flow(kind, is_late=bool(is_late), is_count=bool(is_count)), int(minor)


def _flow(kind: EntryKind, *, is_late: bool, is_count: bool) -> Flow:
    if is_count:
        return Flow.COUNTED
    if kind is EntryKind.COLLECTION:
        return Flow.BY_PAPER if is_late else Flow.HANDED_OUT
    return _OF_ENTRY.get(kind, Flow.OTHER)


def _goods(
    session: Session, point_id: UUID, day: date, mark: Mark, closing: CountPage | None, *, actor: Actor
) -> tuple[tuple[GoodTable, ...], tuple[Message, ...]]:
    """Each good that was there or moved; and the columns that are needed."""
    moved: defaultdict[str, Counter[Flow]] = defaultdict(Counter)
    for good, flow, quantity in _good_moves(session, point_id, day, mark):
        moved[good][flow] += quantity
    used = [flow for flow in Flow if any(flows[flow] for flows in moved.values())]
    counted = {line.good: line.counted for line in closing.goods} if closing else {}
    words = GoodWords(catalogue(session)) if mark.moves else GoodWords({})
    tables = []
    for good, booked in goods_at(session, point_id, mark).items():
        flows = moved[good]
        if booked or flows or counted.get(good):
            tables.append(
                GoodTable(
                    name=words.name(good, actor.language),
                    begin=booked - flows.total(),
                    flows=tuple(flows[flow] for flow in used),
                    booked=booked,
                    counted=counted.get(good, 0) if closing else None,
                )
            )
    return tuple(sorted(tables, key=lambda row: in_order(row.name))), tuple(FLOW_TITLES[flow] for flow in used)


def _good_moves(session: Session, point_id: UUID, day: date, mark: Mark) -> Iterator[tuple[str, Flow, int]]:
    first, _after = day_bounds(session, day)
    late = Collection.entered_at.is_not(None)
    found = session.execute(
        select(StockMove.good, StockMove.n, StockMove.quantity, StockMove.cause, late)
        .outerjoin(Collection, Collection.id == StockMove.cause_id)
        .where(StockMove.point_id == point_id, StockMove.at >= first)
    )
    for good, n, quantity, cause, is_late in found:
        if n <= mark.moves.get(good, 0):
            flow = Flow.BY_PAPER if is_late else _OF_MOVE.get(cause, Flow.OTHER)
            yield good, flow, quantity


def _numbers(session: Session, point_id: UUID, day: date) -> Numbers:
    """Of the whole day, also of what came after its closing."""
    first, after = day_bounds(session, day)
    given = given_on(session, point_id, day, mark_now(session, point_id))
    strangers = select(func.count()).where(
        Collection.point_id == point_id,
        Collection.collected_at >= first,
        Collection.collected_at < after,
        Collection.stranger_id.is_not(None),
    )
    of_day = (RefusedCollection.point_id == point_id, RefusedCollection.at >= first, RefusedCollection.at < after)
    refused = select(RefusedCollection.reason, func.count()).where(*of_day).group_by(RefusedCollection.reason)
    often = sorted(session.execute(refused), key=lambda each: (-each[1], each[0]))
    return Numbers(
        handed=sum(not each.is_late for each in given),
        by_paper=sum(each.is_late for each in given),
        to_strangers=session.scalar(strangers) or 0,
        undone=sum(each.is_undone for each in given),
        refused=tuple((REFUSAL_TITLES[RefusalCode(reason)], times) for reason, times in often),
    )


def _undone(session: Session, point_id: UUID, day: date) -> Iterator[Undone]:
    first, after = day_bounds(session, day)
    found = session.execute(
        select(Voucher.serial, CollectionUndo.reason, Person.handle, CollectionUndo.at)
        .join(Collection, Collection.id == CollectionUndo.collection_id)
        .join(Voucher, Voucher.id == Collection.voucher_id)
        .join(Person, Person.id == CollectionUndo.by_id)
        .where(Collection.point_id == point_id, CollectionUndo.at >= first, CollectionUndo.at < after)
        .order_by(CollectionUndo.at)
    )
    for serial, why, by, at in found:
        yield Undone(printed_number(serial), UNDO_TITLES[why], by, at)
