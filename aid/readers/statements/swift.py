"""MT940 and MT942: an account's statement, and its report of the day, as SWIFT's messages."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from stdnum import iban

from aid.domain.currencies import DIGITS
from aid.domain.money import Money
from aid.domain.payments import Direction, is_iban
from aid.domain.statements import (
    Balance,
    BalanceKind,
    Lost,
    Place,
    Problem,
    ProblemKind,
    StatementBegun,
    StatementFormat,
    StatementItem,
)
from aid.domain.words import Message, _
from aid.readers.statements.bookings import day_of
from aid.readers.statements.checks import Tally, Total
from aid.readers.statements.fields import BEGIN, Field, fields_of, text_lines
from aid.readers.statements.figures import Bounds, NotRead, Refused, minor_of
from aid.readers.statements.messages import Told, line_of

BALANCES = {
    "60F": BalanceKind.OPENING,
    "60M": BalanceKind.OPENING,
    "60": BalanceKind.OPENING,
    "62F": BalanceKind.CLOSING,
    "62M": BalanceKind.CLOSING,
    "62": BalanceKind.CLOSING,
    "64": BalanceKind.CLOSING_AVAILABLE,
    "65": BalanceKind.FORWARD_AVAILABLE,
}
MOST_WAITING = 5_000  # lines that wait for their statement's currency

_BALANCE = re.compile(r"R?([CD])\s*([0-9]{6})?\s*([A-Z]{3})\s*([0-9][0-9.,]*)")
_TOTAL = re.compile(r"([0-9]{1,5})\s*([A-Z]{3})\s*([0-9][0-9.,]*)")
_MISTAGGED = re.compile(r"[0-9]{3}[?>~]00")
_CURRENCY = re.compile(r"[\s/]?([A-Z]{3})")


@dataclass(slots=True)
class _Statement:
    """A statement as far as it was read."""

    number: int
    line: int  # of the file, where it began
    type: str
    id: str = ""
    account: str = ""
    currency: str = ""
    sequence: str = ""
    page: int | None = None
    made_on: date | None = None
    day: date | None = None  # near which its days without a year are
    balances: list[Balance] = field(default_factory=list)
    totals: list[Total] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    waiting: list[Told] = field(default_factory=list)
    lines: int = 0
    owner: str = ""
    problems: list[Problem] = field(default_factory=list)  # that wait until it has begun
    begun: StatementBegun | None = None
    tally: Tally | None = None

    @property
    def has_lines(self) -> bool:
        """Whether any line was met."""
        return bool(self.lines or self.waiting)

    @property
    def has_balance(self) -> bool:
        """Whether it was opened or closed already."""
        return any(balance.kind in {BalanceKind.OPENING, BalanceKind.CLOSING} for balance in self.balances)


class SwiftReader:
    """Reads a file's messages one after another. Raises Refused."""

    def __init__(self, chunks: Iterable[bytes], bounds: Bounds, *, currency: str = "") -> None:
        self._fields = fields_of(text_lines(chunks, bounds), bounds)
        self._bounds = bounds
        self._currency = currency  # where the file names none
        self._type = ""
        self._number = self._lines = self._entries = 0
        self._open: _Statement | None = None
        self._told: Told | None = None  # the line that is being read
        self._first_lost = 0
        self._useful = False

    def __iter__(self) -> Iterator[StatementItem]:
        first_line = 0
        for each in self._fields:
            first_line = first_line or each.line
            yield from self._step(each)
        yield from self._close()
        if not self._useful:
            if self._first_lost:
                reason = _("it names no currency: say which one the account has")
                raise Refused(reason, line=self._first_lost, field="currency")
            raise Refused(_("no statement begins here, no balance stands here and no line"), line=first_line or 1)

    def _step(self, each: Field) -> Iterator[StatementItem]:
        match each.tag:
            case "begin" | "end":
                yield from self._close()
                self._type = each.text if each.tag == BEGIN else self._type
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

    def _at(self, each: Field) -> _Statement:
        """The statement that is open, or that begins here."""
        if self._open is None:
            self._number += 1
            if self._number > self._bounds.statements:
                raise Refused(_("it has more than %(most)s statements: split it", most=self._bounds.statements))
            self._open = _Statement(self._number, each.line, self._type, currency=self._currency)
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
        statement.account, currency = _account_and_currency(each.text)
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
        if self._open and kind is BalanceKind.OPENING and self._open.has_balance:
            yield from self._close()
        statement = self._at(each)
        if len(statement.balances) >= self._bounds.balances:
            raise Refused(_("a statement in it has more than %(most)s balances", most=self._bounds.balances))
        found = _BALANCE.fullmatch(each.text)
        try:
            if not found:
                raise NotRead(ProblemKind.UNREADABLE, _("a balance is not written as it should be"))
            minor = _minor(found[4], found[3])
        except NotRead as trouble:
            yield from self._tell(trouble.kind, each, trouble.what, Lost.FIELD)
            return
        money = Money(-minor if found[1] == "D" else minor, found[3])
        day = _day(found[2] or "")
        statement.balances.append(Balance(kind, money, day, each.tag, each.tag.endswith("M")))
        statement.currency = statement.currency or money.currency
        statement.day = statement.day or day
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
                statement.made_on = _day(text[:6])
                statement.day = statement.day or statement.made_on
            case "34" | "34F":
                statement.type = statement.type or "942"
                statement.currency = statement.currency or text[:3]
            case "90C" | "90D":
                found = _TOTAL.fullmatch(text)
                try:
                    minor = _minor(found[3], found[2]) if found else None
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

    def _flushed(self, statement: _Statement) -> Iterator[StatementItem]:
        """The lines that waited for a currency."""
        waiting, statement.waiting = statement.waiting, []
        for told in waiting:
            yield from self._read(told, statement)

    def _read(self, told: Told, statement: _Statement) -> Iterator[StatementItem]:
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

    def _begun(self, statement: _Statement) -> Iterator[StatementItem]:
        if statement.begun:
            return
        is_report = statement.type == "942" or (not statement.type and bool(statement.totals))
        format_ = StatementFormat.MT942 if is_report else StatementFormat.MT940
        statement.begun = StatementBegun(
            number=statement.number,
            format=format_,
            source=str(format_),
            account=statement.account,
            owner=statement.owner,
            currency=statement.currency,
            id=statement.id,
            sequence=statement.sequence,
            page=statement.page,
            made_on=statement.made_on,
        )
        statement.tally = Tally(statement.begun)
        yield statement.begun
        if not statement.account:
            what = _("it does not say of which account it is")
            yield Problem(ProblemKind.NO_ACCOUNT, Place(statement.number, line=statement.line), what)
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


def _minor(text: str, currency: str) -> int:
    """An amount with its decimal comma; some banks write a point."""
    return minor_of(text, currency, "." if "," not in text and text.count(".") == 1 else ",")


def _day(digits: str) -> date | None:
    try:
        return day_of(digits)
    except ValueError:
        return None


def _account_and_currency(text: str) -> tuple[str, str]:
    """An account's number, and its currency where that stands behind it."""
    currency = ""
    found = _CURRENCY.fullmatch(text[-4:]) or _CURRENCY.fullmatch(text[-3:])
    if found and found[1] in DIGITS and (not is_iban(text) or iban.is_valid(text[: -len(found[0])])):
        currency, text = found[1], text[: -len(found[0])].strip(" /")
    number = next((part for part in text.replace(" ", "").split("/") if is_iban(part)), "")
    return number or text, currency
