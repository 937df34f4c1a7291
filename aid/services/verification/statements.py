"""Proof that bank lines are those of their statements, each once, and that what is open follows from their ends.

Of a file that is in, every line of every statement is there or was known, and they come to the sums that the statement
had. For each account the sum of its lines is what was explained of them and what is open; line by line, so that no
error hides another. Names and texts are sealed: that they belong to their line is proved by whoever opens them.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, Select, Subquery, and_, case, exists, func, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from aid.domain.payments import Direction
from aid.models.ledger import BankAccount
from aid.models.records import Record, RecordKind
from aid.models.statements import (
    AccountSign,
    BankLine,
    BankStatement,
    LineEnd,
    LineReopened,
    LineRule,
    LineSeen,
    LineShare,
    StatementBrought,
    StatementDay,
    StatementFile,
)
from aid.services.verification.faults import Fault, faults_found, those
from aid.services.verification.findings import Finding

OF_LINES = {
    RecordKind.BANK_LINE: BankLine.id,
    RecordKind.BANK_SIGHT: LineSeen.id,
    RecordKind.LINE_RULE: LineRule.id,
    RecordKind.LINE_SHARE: LineShare.id,
    RecordKind.ACCOUNT_SIGN: AccountSign.id,
}
"""Records, and whose they are."""


def prove_statements(session: Session) -> Iterator[Finding]:
    """Statements that are not whole, lines that are not theirs, and what is open without a reason."""
    yield from faults_found(session, _files, _statements, _days, _lines, _shares, _open)
    yield from _accounts(session)
    yield from faults_found(session, _sealed)


def _files() -> Iterator[Fault]:
    statements = _count(BankStatement.id, BankStatement.file_id == StatementFile.id)
    fault = StatementFile.statements != statements
    yield those(StatementFile.id, fault, "it has another number of statements")
    mine = select(BankStatement.id).where(BankStatement.file_id == StatementBrought.file_id)
    new = _count(BankLine.id, BankLine.statement_id.in_(mine.correlate(StatementBrought)))
    seen = _count(LineSeen.id, LineSeen.statement_id.in_(mine.correlate(StatementBrought)))
    known = seen + _shared(mine.correlate(StatementBrought))
    fault = or_(StatementBrought.new_lines != new, StatementBrought.known_lines != known)
    yield those(StatementBrought.file_id, fault, "it brought another number of lines")


def _statements() -> Iterator[Fault]:
    """What each statement shows, first or again, is what it said."""
    shown = _shown()
    moved = shown.c.signed
    found = (
        select(
            shown.c.statement_id,
            func.count().label("lines"),
            func.sum(case((moved > 0, moved), else_=0)).label("credits"),
            func.sum(case((moved < 0, -moved), else_=0)).label("debits"),
        )
        .group_by(shown.c.statement_id)
        .subquery()
    )
    sums = (
        (found.c.lines, BankStatement.lines, "it shows another number of lines than are there"),
        (found.c.credits, BankStatement.credits_minor, "what came by its lines is another sum"),
        (found.c.debits, BankStatement.debits_minor, "what went by its lines is another sum"),
    )
    is_in = exists().where(StatementBrought.file_id == BankStatement.file_id)
    for there, told, text in sums:
        there_is = func.coalesce(there, 0)
        fault = or_(there_is > told, and_(is_in, there_is != told))
        beside = select(BankStatement.id).outerjoin(found, found.c.statement_id == BankStatement.id).where(fault)
        yield _named(BankStatement.id, beside, text)


def _days() -> Iterator[Fault]:
    """What a statement's balances say of a day is what its lines of that day moved."""
    shown = _shown()
    found = (
        select(shown.c.statement_id, shown.c.booked_on, func.sum(shown.c.signed).label("moved"))
        .group_by(shown.c.statement_id, shown.c.booked_on)
        .subquery()
    )
    here = and_(found.c.statement_id == StatementDay.statement_id, found.c.booked_on == StatementDay.booked_on)
    is_in = exists().where(
        BankStatement.id == StatementDay.statement_id, StatementBrought.file_id == BankStatement.file_id
    )
    fault = and_(is_in, StatementDay.closing_minor - StatementDay.opening_minor != func.coalesce(found.c.moved, 0))
    beside = select(StatementDay.statement_id).outerjoin(found, here).where(fault)
    yield _named(StatementDay.statement_id, beside, "the balances of a day are not what its lines moved")


def _shown() -> Subquery:
    """Every line that a statement shows, for the first time or again; or as a sum or a part of others."""
    first = select(BankLine.statement_id, BankLine.n, BankLine.booked_on, _signed(BankLine).label("signed"))
    again = select(LineSeen.statement_id, LineSeen.n, BankLine.booked_on, _signed(BankLine).label("signed")).join(
        BankLine, BankLine.id == LineSeen.line_id
    )
    share = _signed(BankLine, LineShare.amount_minor).label("signed")
    day = func.coalesce(LineShare.booked_on, BankLine.booked_on)
    shared = select(LineShare.statement_id, LineShare.n, day, share).join(BankLine, BankLine.id == LineShare.line_id)
    every = union_all(first, again, shared).subquery()
    by = (every.c.statement_id, every.c.n, every.c.booked_on)
    return select(*by, func.sum(every.c.signed).label("signed")).group_by(*by).subquery()


def _shared(statements: Select[UUID]) -> ScalarSelect[int]:
    """How many lines of these statements are nothing but sums or parts of others."""
    beside = exists().where(BankLine.statement_id == LineShare.statement_id, BankLine.n == LineShare.n)
    earlier = aliased(LineShare)
    first = ~exists().where(
        earlier.statement_id == LineShare.statement_id, earlier.n == LineShare.n, earlier.id < LineShare.id
    )
    return _count(LineShare.id, and_(LineShare.statement_id.in_(statements), ~beside, first))


def _lines() -> Iterator[Fault]:
    own = exists().where(
        BankStatement.id == BankLine.statement_id,
        BankStatement.bank_id == BankLine.bank_id,
        BankStatement.currency == BankLine.currency,
        BankStatement.lines >= BankLine.n,
    )
    yield those(BankLine.id, ~own, "it is of another account than its statement")
    statement, line = aliased(BankStatement), aliased(BankLine)
    same = exists().where(
        statement.id == LineSeen.statement_id,
        line.id == LineSeen.line_id,
        statement.bank_id == line.bank_id,
        statement.lines >= LineSeen.n,
        line.statement_id != LineSeen.statement_id,
    )
    yield those(LineSeen.id, ~same, "it shows a line of another account, or its own")
    twice = aliased(LineSeen)
    both = exists().where(
        twice.statement_id == LineSeen.statement_id,
        twice.line_id == LineSeen.line_id,
        twice.id != LineSeen.id,
    )
    yield those(LineSeen.id, both, "its statement shows one line twice")
    first = exists().where(BankLine.statement_id == LineSeen.statement_id, BankLine.n == LineSeen.n)
    yield those(LineSeen.id, first, "its place in its statement is another line's")


def _shares() -> Iterator[Fault]:
    """A sum's lines and a sum's parts are of its account, and no more than what they are of."""
    of = exists().where(
        BankStatement.id == LineShare.statement_id,
        BankLine.id == LineShare.line_id,
        BankStatement.bank_id == BankLine.bank_id,
        BankStatement.lines >= LineShare.n,
        BankLine.statement_id != LineShare.statement_id,
        BankLine.amount_minor >= LineShare.amount_minor,
    )
    yield those(LineShare.id, ~of, "it is of another account, or more than its line")
    seen = exists().where(LineSeen.statement_id == LineShare.statement_id, LineSeen.n == LineShare.n)
    yield those(LineShare.id, seen, "its place in its statement is another line's")


def ended_of(line: Any = BankLine) -> ScalarSelect[int]:
    """How much of a line has ended, in minor units: what was not opened again."""
    undone = exists().where(LineReopened.end_id == LineEnd.id)
    return _sum(LineEnd.amount_minor, and_(LineEnd.line_id == line.id, ~undone))


def _open() -> Iterator[Fault]:
    fault = BankLine.open_minor != BankLine.amount_minor - ended_of()
    yield those(BankLine.id, fault, "what is open of it is not what has not ended")


def _accounts(session: Session) -> Iterator[Finding]:
    """Lines = explained + open, for each account and currency."""
    ends, lines = _sums_by_account()
    explained = {(bank, currency): int(sum_) for bank, currency, sum_ in session.execute(ends)}
    for bank_id, currency, every, open_ in session.execute(lines):
        ended = explained.get((bank_id, currency), 0)
        if int(every) != ended + int(open_):
            text = f"its lines come to {every} minor units of {currency}, {ended} are explained and {open_} open"
            yield Finding(BankAccount.__tablename__, str(bank_id), text)


@cache
def _sums_by_account() -> tuple[Select[UUID, str, int], Select[UUID, str, int, int]]:
    """What was explained of each account's lines; and what they come to, and what of it is open."""
    undone = exists().where(LineReopened.end_id == LineEnd.id)
    lines = select(BankLine.bank_id, BankLine.currency, func.sum(_signed(BankLine)), func.sum(_signed_open()))
    ends = (
        select(BankLine.bank_id, BankLine.currency, func.sum(_signed(BankLine, LineEnd.amount_minor)))
        .join(LineEnd, LineEnd.line_id == BankLine.id)
        .where(~undone)
    )
    by = (BankLine.bank_id, BankLine.currency)
    return ends.group_by(*by), lines.group_by(*by)


def _sealed() -> Iterator[Fault]:
    """Each line's words are there, and no record stands without its line."""
    for kind, key in OF_LINES.items():
        there = exists().where(Record.kind == kind, Record.row_id == key)
        if kind is not RecordKind.BANK_SIGHT:  # a line shown as it was the first time needs none
            yield those(key, ~there, "what is sealed of it is gone")
        owned = exists().where(key == Record.row_id)
        yield those(Record.id, and_(Record.kind == kind, ~owned), "it is of no row that there is")


# ---------------------------------------------------------------- how it is asked


def _signed(line: Any, minor: Any = None) -> ColumnElement[int]:
    amount = line.amount_minor if minor is None else minor
    return case((line.direction == Direction.CREDIT, amount), else_=-amount)


def _signed_open() -> ColumnElement[int]:
    return _signed(BankLine, BankLine.open_minor)


def _count(what: InstrumentedAttribute[UUID], whose: ColumnElement[bool]) -> ScalarSelect[int]:
    return select(func.count(what)).where(whose).scalar_subquery()


def _sum(what: Any, whose: ColumnElement[bool]) -> ScalarSelect[int]:
    return select(func.coalesce(func.sum(what), 0)).where(whose).scalar_subquery()


def _named(key: InstrumentedAttribute[UUID], wrong: Select[UUID], text: str) -> Fault:
    return Fault(wrong.order_by(key), str(key.class_.__tablename__), text)
