"""Proof of days that were opened and closed: each count says what the books said then, notes and coins add up to its
cash, whoever counted did not sign, a coordinator signed what was large, and what differed is booked once and no more.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from aid.domain import entries
from aid.domain.days.counting import Counted, CountKind, Differs, Told, is_large, why_not_told
from aid.domain.days.pieces import Pieces
from aid.domain.entries import AccountKind, EntryKind
from aid.domain.money import Money
from aid.domain.permissions import Role
from aid.domain.refusals import RuleBroken
from aid.domain.stock import MoveCause
from aid.models.day_counts import (
    DayCount,
    DayCountAnswer,
    DayCountBooking,
    DayCountCash,
    DayCountGood,
    DayCountTold,
)
from aid.models.goods import StockAct, StockActLine, StockMove
from aid.models.ledger import Account, Entry, Transfer
from aid.services.days.counts import differences_of, stubs_of, told_of
from aid.services.days.signing import general_purpose
from aid.services.verification.causes import IDS, Cause, booked
from aid.services.verification.faults import Fault, faults_found, those
from aid.services.verification.findings import Finding, named
from aid.services.verification.reading import CHUNK, NOT_A_VALUE, Unreadable, rows_of
from aid.services.verification.roles import had_role


def causes_of_counts(session: Session, ids: Sequence[UUID]) -> Iterator[tuple[UUID, Cause]]:
    """Cash that was missing, or found, when two people had counted a point's."""
    for booking, point_id, counted, was in session.execute(_bookings(), {"ids": ids}):
        amount = Money(booking.amount_minor, booking.currency)
        kind, posting = (EntryKind.LOSS, entries.lost) if counted < was else (EntryKind.FOUND, entries.found_again)
        asked = posting(booking.purpose_id, point_id, amount)
        yield booking.entry_id, Cause(kind, booking.count_id, booked(asked))


@cache
def _bookings() -> Select[DayCountBooking, UUID, int, int]:
    of_cash = and_(DayCountCash.count_id == DayCountBooking.count_id, DayCountCash.currency == DayCountBooking.currency)
    return (
        select(DayCountBooking, DayCount.point_id, DayCountCash.counted_minor, DayCountCash.booked_minor)
        .join(DayCount, DayCount.id == DayCountBooking.count_id)
        .join(DayCountCash, of_cash)
        .where(DayCountBooking.entry_id.in_(IDS))
        .execution_options(populate_existing=True)
    )


def prove_day_counts(session: Session) -> Iterator[Finding]:
    """Counts that say something else than the books did, that nobody else signed, or that were booked otherwise."""
    yield from faults_found(session, _tries, _goods, _answers, _bookings_of_others)
    yield from _cash(session)
    for row in rows_of(session, DayCount):
        if not isinstance(row, Unreadable):
            yield from (Finding("day_count", str(row.id), fault) for fault in _faults(session, row))


def _tries() -> Iterator[Fault]:
    other = aliased(DayCount)
    same = and_(other.point_id == DayCount.point_id, other.day == DayCount.day, other.kind == DayCount.kind)
    before = exists().where(same, other.n == DayCount.n - 1, other.after_entry <= DayCount.after_entry)
    yield those(DayCount.id, and_(DayCount.n > 1, ~before), "no count was before it")
    told = exists().where(DayCount.id == DayCountTold.count_id, DayCount.at > DayCountTold.at)
    yield those(DayCountTold.count_id, told, "it was explained before it was counted")


def _goods() -> Iterator[Fault]:
    """What the books said of a good is what was there after so many moves."""
    move = and_(
        StockMove.point_id == DayCount.point_id,
        StockMove.good == DayCountGood.good,
        StockMove.n == DayCountGood.moves,
    )
    after = select(StockMove.after).where(move).correlate(DayCount, DayCountGood).scalar_subquery()
    wrong = exists().where(DayCountGood.count_id == DayCount.id, func.coalesce(after, 0) != DayCountGood.booked)
    yield those(DayCount.id, wrong, "the books said something else of its goods")


def _answers() -> Iterator[Fault]:
    other = aliased(DayCount)
    own = exists().where(DayCount.id == DayCountAnswer.count_id, DayCount.by_id == DayCountAnswer.by_id)
    yield those(DayCountAnswer.count_id, own, "who counted answered it alone")
    early = exists().where(DayCount.id == DayCountAnswer.count_id, DayCount.at > DayCountAnswer.at)
    yield those(DayCountAnswer.count_id, early, "it was answered before it was counted")
    newer = exists().where(
        DayCount.id == DayCountAnswer.count_id,
        other.point_id == DayCount.point_id,
        other.day == DayCount.day,
        other.kind == DayCount.kind,
        other.n > DayCount.n,
        other.at < DayCountAnswer.at,
    )
    yield those(DayCountAnswer.count_id, newer, "it had been counted again before it was answered")
    untold = exists().where(DayCountTold.count_id == DayCountAnswer.count_id)
    differs = exists().where(
        DayCount.id == DayCountAnswer.count_id,
        or_(
            DayCount.stubs != DayCount.stubs_booked,
            exists().where(
                DayCountCash.count_id == DayCount.id, DayCountCash.counted_minor != DayCountCash.booked_minor
            ),
            exists().where(DayCountGood.count_id == DayCount.id, DayCountGood.counted != DayCountGood.booked),
        ),
    )
    unexplained = and_(DayCountAnswer.agreed, differs, ~untold)
    yield those(DayCountAnswer.count_id, unexplained, "it was signed though nobody had said why it differs")


def _bookings_of_others() -> Iterator[Fault]:
    refused = exists().where(DayCountAnswer.count_id == DayCountBooking.count_id, ~DayCountAnswer.agreed)
    yield those(DayCountBooking.count_id, refused, "something was booked for a count that was refused")
    act = and_(StockAct.id == DayCountAnswer.act_id, DayCount.id == DayCountAnswer.count_id)
    its = exists().where(
        act,
        StockAct.kind == MoveCause.COUNTED,
        StockAct.point_id == DayCount.point_id,
        StockAct.by_id == DayCountAnswer.by_id,
        StockAct.at == DayCountAnswer.at,
    )
    yield those(
        DayCountAnswer.count_id, and_(DayCountAnswer.act_id.is_not(None), ~its), "its goods were moved by others"
    )


def _cash(session: Session) -> Iterator[Finding]:
    """Notes and coins come to the sum; and what the books said is the sum of all entries until then."""
    rows = session.execute(
        select(DayCountCash, DayCount.point_id, DayCount.after_entry)
        .join(DayCount, DayCount.id == DayCountCash.count_id)
        .order_by(DayCount.after_entry)
        .execution_options(yield_per=CHUNK, populate_existing=True)
    )
    moves = _moves_of_cash(session)
    balances: defaultdict[tuple[UUID, str], int] = defaultdict(int)
    move = next(moves, None)
    for row, point_id, after in rows:
        while move is not None and move[0] <= after:
            balances[move[1], move[2]] += move[3]
            move = next(moves, None)
        item = named((row.count_id, row.currency))
        if row.booked_minor != balances[point_id, row.currency]:
            yield Finding("day_count_cash", item, "the books said something else of its cash")
        if row.counted_minor != _sum(row):
            yield Finding("day_count_cash", item, "its notes and coins come to something else")


def _moves_of_cash(session: Session) -> Iterator[tuple[int, UUID, str, int]]:
    """By entry: at which point how much came or went."""
    moved = case((Transfer.debit_id == Account.id, Transfer.amount_minor), else_=-Transfer.amount_minor)
    found: Select[Any] = (
        select(Entry.number, Account.point_id, Account.currency, moved)
        .join(Transfer, Transfer.entry_id == Entry.id)
        .join(Account, (Transfer.debit_id == Account.id) | (Transfer.credit_id == Account.id))
        .where(Account.kind == AccountKind.CASH)
        .order_by(Entry.number)
    )
    yield from session.execute(found.execution_options(yield_per=CHUNK))


def _sum(row: DayCountCash) -> int | None:
    try:
        return Pieces.from_plain(row.currency, row.pieces).total.minor
    except (*NOT_A_VALUE, RuleBroken):
        return None


def _faults(session: Session, row: DayCount) -> Iterator[str]:
    """What is wrong with one count: its stubs, its reasons, who signed it, and what was booked for it."""
    stubs, differs, told = stubs_of(session, row), differences_of(session, row), told_of(session, row)
    if stubs is not None and len(stubs.booked) != row.stubs_booked:
        yield "another number of papers had been collected"
    if (row.kind is CountKind.CLOSING) != (row.stubs is not None):
        yield "stubs are counted at closing"
    if told and why_not_told(told, differs=differs, stubs=stubs):
        yield "its reasons do not explain the differences"
    answer = session.get(DayCountAnswer, row.id, populate_existing=True)
    agreed = answer if answer is not None and answer.agreed else None
    signed = differs if agreed else ()
    if agreed and _is_of_coordinators(session, row, differs, told) and not _by_coordinator(session, agreed):
        yield "who signed its large difference was no coordinator then"
    yield from _booked_otherwise(session, row, answer, signed)


def _by_coordinator(session: Session, answer: DayCountAnswer) -> bool:
    return had_role(session, Role.COORDINATOR, person_id=answer.by_id, at=answer.at)


def _is_of_coordinators(session: Session, row: DayCount, differs: Sequence[Differs], told: Sequence[Told]) -> bool:
    """Whether a coordinator's word was needed: it was large, or another purpose than the general one bore it."""
    others = select(DayCountBooking.count_id).where(
        DayCountBooking.count_id == row.id, DayCountBooking.purpose_id != general_purpose(session)
    )
    return is_large(differs, told) or session.scalar(select(others.exists())) is True


def _booked_otherwise(
    session: Session, row: DayCount, answer: DayCountAnswer | None, signed: Sequence[Differs]
) -> Iterator[str]:
    """What was booked of cash and goods is what differed, where it was signed."""
    asked = {each.key: abs(each.by) for each in signed if each.what is Counted.CASH}
    sums = select(DayCountBooking.currency, func.sum(DayCountBooking.amount_minor)).group_by(DayCountBooking.currency)
    borne = {
        currency: int(minor) for currency, minor in session.execute(sums.where(DayCountBooking.count_id == row.id))
    }
    if borne != asked:
        yield "what was booked of its cash is not what differed"
    goods = Counter({each.key: each.by for each in signed if each.what is Counted.GOOD})
    act_id = answer.act_id if answer is not None else None
    lines = select(StockActLine.good, StockActLine.quantity - func.coalesce(StockActLine.booked, 0))
    moved = session.execute(lines.where(StockActLine.act_id == act_id)) if act_id else ()
    if dict(goods) != {good: int(by) for good, by in moved}:
        yield "what was booked of its goods is not what differed"
