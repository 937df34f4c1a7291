"""MT940 and MT942: an account's statement, and its report of the day, as SWIFT's messages."""

import re
from collections.abc import Iterable, Iterator

from aid.domain.payments import Direction
from aid.domain.statements import BalanceKind, Lost, Place, Problem, ProblemKind, StatementItem
from aid.domain.words import Message, _
from aid.readers.statements.bookings import is_nearly_a_booking
from aid.readers.statements.checks import Total
from aid.readers.statements.drafts import (
    BALANCES,
    Draft,
    account_and_currency,
    balance_of,
    swift_day,
    swift_minor,
)
from aid.readers.statements.fields import Field, fields_of, text_lines
from aid.readers.statements.figures import Bounds, NotRead, Refused
from aid.readers.statements.messages import Told, line_of

MOST_WAITING = 5_000  # lines that wait for their statement's currency

_TOTAL = re.compile(r"([0-9]{1,5})\s*([A-Z]{3})\s*([0-9][0-9.,]*)")
_MISTAGGED = re.compile(r"[0-9]{3}[?>~]00")


class SwiftReader:
    """Reads a file's messages one after another. Raises Refused."""

    def __init__(self, chunks: Iterable[bytes], bounds: Bounds, *, currency: str = "") -> None:
        self._fields = fields_of(text_lines(chunks, bounds), bounds)
        self._bounds = bounds
        self._currency = currency  # where the file names none
        self._type = ""
        self._number = self._lines = self._entries = 0
        self._open: Draft | None = None
        self._told: Told | None = None  # the line that is being read
        self._first_lost = 0
        self._useful = False

    def __iter__(self) -> Iterator[StatementItem]:
        first_line = 0
        for each in self._fields:
            first_line = first_line or each.line
            yield from self._step(each)
            yield from self._mistagged(each)
        yield from self._close()
        if not self._useful:
            if self._first_lost:
                reason = _("it names no currency: say which one the account has")
                raise Refused(reason, line=self._first_lost, field="currency")
            raise Refused(_("no statement begins here, no balance stands here and no line"), line=first_line or 1)

    def _step(self, each: Field) -> Iterator[StatementItem]:
        match each.tag:
            case "begin":
                yield from self._close()
                self._type = each.text
            case "end":  # else a hyphen stood alone in a text
                if self._open is None or self._open.is_closed:
                    yield from self._close()
            case "20":
                yield from self._close()
                self._at(each).id = each.text
                self._useful = True
            case "25" | "25P":
                yield from self._account(each)
            case "86" | "NS":
                self._narrative(each)
            case "61":
                yield from self._finished()
                statement = self._at(each)
                self._entries += 1
                self._told = Told(Place(statement.number, self._entries, each.line), each.lines)
            case "60F" | "60M" | "60" | "62F" | "62M" | "62" | "64" | "65":
                yield from self._balance(each)
            case _:
                yield from self._finished()
                yield from self._other(each)

    def _mistagged(self, each: Field) -> Iterator[StatementItem]:
        """Rows of a field that look like lines of the account. A payment's text may look so: nothing is made of it."""
        for at, row in enumerate(each.lines):
            if at and is_nearly_a_booking(row):
                what = _("this row looks like a line of the account, but has no tag “:61:”: it was read as a text")
                yield from self._tell(ProblemKind.ODD, Field(each.tag, each.line + at, []), what, Lost.LINE)

    def _at(self, each: Field) -> Draft:
        """The statement that is open, or that begins here."""
        if self._open is None:
            self._number += 1
            if self._number > self._bounds.statements:
                raise Refused(_("it has more than %(most)s statements: split it", most=self._bounds.statements))
            self._open = Draft(self._number, each.line, self._type, currency=self._currency)
            self._entries = 0
        return self._open

    def _account(self, each: Field) -> Iterator[StatementItem]:
        if self._told and _MISTAGGED.match(each.text):
            what = _("the text of a line stands under :25: instead of :86:; it was read as that text")
            yield from self._tell(ProblemKind.ODD, each, what, Lost.NOTHING)
            self._narrative(each)
            return
        yield from self._finished()
        if self._open and (self._open.account or self._open.has_lines):
            yield from self._close()
        statement = self._at(each)
        self._useful = True
        statement.account, currency = account_and_currency(each.text)
        statement.currency = currency or statement.currency

    def _narrative(self, each: Field) -> None:
        """What is told of the line that was read last; without one, of the statement."""
        if self._told:
            (self._told.unswift if each.tag == "NS" else self._told.rows).extend(each.lines)
        elif self._open and each.tag == "NS":
            self._open.owner = next((row[2:].strip() for row in each.lines if row.startswith("22")), "")
        elif self._open:
            room = self._bounds.text - sum(map(len, self._open.told))
            self._open.told += [line[:room] for line in each.lines if line.strip() and room > 0]

    def _balance(self, each: Field) -> Iterator[StatementItem]:
        yield from self._finished()
        kind = BALANCES[each.tag]
        if self._open and kind is BalanceKind.OPENING and self._open.has_edge:
            yield from self._close()
        statement = self._at(each)
        if len(statement.balances) >= self._bounds.balances:
            raise Refused(_("a statement in it has more than %(most)s balances", most=self._bounds.balances))
        try:
            balance, odd = balance_of(each.tag, each.text, statement.currency)
        except NotRead as trouble:
            yield from self._tell(trouble.kind, each, trouble.what, Lost.FIELD)
            return
        statement.balances.append(balance)
        if odd:
            what = _("“%(text)s” is not a day of the calendar", text=odd)
            yield from self._tell(ProblemKind.UNREADABLE, each, what, Lost.FIELD)
        statement.currency = statement.currency or balance.money.currency
        statement.day = statement.day or balance.on
        self._useful = True
        yield from self._flushed(statement)

    def _other(self, each: Field) -> Iterator[StatementItem]:
        """Numbers, days and totals."""
        statement = self._at(each)
        text = each.text
        match each.tag:
            case "28" | "28C":
                number, _stroke, page = text.partition("/")
                statement.sequence = number.strip()
                statement.page = int(page) if page.strip().isdecimal() and len(page) < 10 else None
            case "13" | "13D":
                statement.made_on = swift_day(text[:6])
                statement.day = statement.day or statement.made_on
            case "34" | "34F":
                statement.type = statement.type or "942"
                statement.currency = statement.currency or text[:3]
            case "90C" | "90D":
                found = _TOTAL.fullmatch(text)
                try:
                    minor = swift_minor(found[3], found[2]) if found else None
                except NotRead as trouble:
                    yield from self._tell(trouble.kind, each, trouble.what, Lost.FIELD)
                    return
                if found:
                    way = Direction.CREDIT if each.tag == "90C" else Direction.DEBIT
                    statement.totals.append(Total(way, int(found[1]), minor, found[2]))
                    statement.currency = statement.currency or found[2]
                    yield from self._flushed(statement)

    def _finished(self) -> Iterator[StatementItem]:
        """The line whose fields are all read."""
        told, self._told = self._told, None
        if told is None or self._open is None:
            return
        self._lines += 1
        if self._lines > self._bounds.lines:
            raise Refused(_("it has more than %(most)s lines: split it", most=self._bounds.lines))
        if self._open.currency or len(self._open.waiting) >= MOST_WAITING:
            yield from self._read(told, self._open)
        else:
            self._open.waiting.append(told)

    def _flushed(self, statement: Draft) -> Iterator[StatementItem]:
        """The lines that waited for a currency."""
        waiting, statement.waiting = statement.waiting, []
        for told in waiting:
            yield from self._read(told, statement)

    def _read(self, told: Told, statement: Draft) -> Iterator[StatementItem]:
        yield from self._begun(statement)
        assert statement.tally
        statement.lines += 1
        line, problems = line_of(told, statement.currency, statement.day, self._bounds)
        yield from problems
        if line:
            self._useful = True
            statement.tally.add(line)
            yield line
        elif any(problem.kind is ProblemKind.NO_CURRENCY for problem in problems):
            self._first_lost = self._first_lost or told.place.line

    def _begun(self, statement: Draft) -> Iterator[StatementItem]:
        if statement.begun:
            return
        yield statement.begin()
        yield from statement.problems

    def _close(self) -> Iterator[StatementItem]:
        """The statement ends, if one is open."""
        yield from self._finished()
        statement, self._open = self._open, None
        if statement is None:
            return
        yield from self._begun(statement)
        yield from self._flushed(statement)
        assert statement.tally
        told = " ".join(" ".join(statement.told).split())
        yield from statement.tally.ended(statement.balances, statement.totals, told=told)

    def _tell(self, kind: ProblemKind, each: Field, what: Message, lost: Lost) -> Iterator[Problem]:
        """A problem, once its statement has begun."""
        statement = self._at(each)
        problem = Problem(
            kind, Place(statement.number, self._told.place.entry if self._told else 0, each.line), what, lost
        )
        if statement.begun:
            yield problem
        else:
            statement.problems.append(problem)
