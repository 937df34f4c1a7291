"""Bank lines from a table, CSV or XLSX, by a mapping. A table is bounded and read as a whole, then line by line."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from aid.domain.bank_tables import BankColumn, StatementMapping
from aid.domain.layouts import DateOrder, signature_of
from aid.domain.money import Money
from aid.domain.payments import Charge, Codes, Direction, Party, Payment, is_iban
from aid.domain.statements import (
    Balance,
    BalanceKind,
    BankLine,
    LineStatus,
    Lost,
    Place,
    Problem,
    ProblemKind,
    StatementBegun,
    StatementEnded,
    StatementFormat,
    StatementItem,
)
from aid.domain.words import _
from aid.readers.sheets import Row, Sheet
from aid.readers.statements.cells import cell_day, cell_direction, cell_minor
from aid.readers.statements.checks import Tally
from aid.readers.statements.figures import Bounds, NotRead, Refused

PENDING = frozenset(
    "pending|pdng|vorgemerkt|umsatz vorgemerkt|reserved|authorised|authorized|в обработке|ожидание|күтілуде".split("|")
)
TOTALS = frozenset(
    "total totals sum subtotal balance summe gesamt gesamtsumme zwischensumme saldo kontostand anfangssaldo endsaldo "
    "totaal som solde totale suma razem итого всего сумма остаток обороты барлығы жиыны қалдық totalt összesen".split()
)
"""Words of rows that add lines up."""
_WORDS = re.compile(r"[^\W\d_]+")
_HAS_DIGITS = re.compile(r"\d").search
NOT_BOOKED = frozenset("reverted|declined|failed|cancelled|canceled|rejected|отклонено|отменено".split("|"))


@dataclass(slots=True)
class _Reading:
    """The statement of one account of ours."""

    begun: StatementBegun
    tally: Tally
    balances: list[tuple[Money, int, date]] = field(default_factory=list)  # after each line, what it moved, its day


class TableReader:
    """Reads a sheet's rows one after another."""

    def __init__(self, sheet: Sheet, mapping: StatementMapping, bounds: Bounds) -> None:
        self._sheet, self._mapping, self._bounds = sheet, mapping, bounds
        self._source = f"{StatementFormat.CSV}:{'.'.join(str(column) for column in mapping.columns)}"
        headings = next((row.cells for row in sheet.rows if row.number == mapping.header_row), ())
        self._table = signature_of(headings).hex() if headings else ""
        self._number = self._entries = 0
        self._reading: _Reading | None = None

    def __iter__(self) -> Iterator[StatementItem]:
        if self._mapping.missing:
            raise Refused(self._mapping.missing[0], field="mapping")
        for row in self._sheet.rows:
            if row.number > self._mapping.header_row:
                yield from self._row(row)
        if self._reading is None:
            raise Refused(_("it has no bank lines"))
        yield from self._ended()

    def _row(self, row: Row) -> Iterator[StatementItem]:
        own = _own_number(self._cell(row, BankColumn.OWN_ACCOUNT)) or self._mapping.account
        if self._reading is None or (own and own != self._reading.begun.account):
            yield from self._ended()
            yield from self._begun(own, row)
        assert self._reading
        if is_total(row, self._mapping):
            what = _("a row of totals, or of text, stands among the lines: it is no line")
            yield Problem(ProblemKind.ODD, Place(self._reading.begun.number, line=row.number), what)
            return
        self._entries += 1
        place = Place(self._reading.begun.number, self._entries, row.number)
        problems: list[Problem] = []
        try:
            line = self._line(row, place, problems)
        except NotRead as trouble:
            problems.append(Problem(trouble.kind, place, trouble.what, Lost.LINE))
            yield from problems
            return
        yield from problems
        self._reading.tally.add(line)
        yield line

    def _line(self, row: Row, place: Place, problems: list[Problem]) -> BankLine:
        currency = self._cell(row, BankColumn.CURRENCY).upper() or self._mapping.currency
        minor = self._minor(row, currency)
        text = self._cell(row, BankColumn.BOOKED_ON)
        booked = cell_day(text, self._mapping.dates) if text else None  # what is no day there is no line: a total, say
        value_on = self._day(row, BankColumn.VALUE_ON, place, problems)
        booked_on = booked or value_on
        if booked_on is None:
            raise NotRead(ProblemKind.NO_DAY, _("it has no day"))
        if text := self._cell(row, BankColumn.BALANCE):
            self._note_balance(text, currency, minor, booked_on, place, problems)
        status = self._status(row)
        way = Direction.DEBIT if minor < 0 else Direction.CREDIT
        reference = self._cell(row, BankColumn.REFERENCE)
        payment = self._payment(row, currency, problems, place)
        return BankLine(
            place,
            booked_on,
            value_on,
            abs(minor),
            currency,
            way,
            is_reversal=False,
            status=status if minor else LineStatus.INFORMATION,
            bank_reference=reference,
            entry_reference="",
            codes=Codes(proprietary=self._joined(row, BankColumn.KIND)),
            payment=payment,
        )

    def _minor(self, row: Row, currency: str) -> int:
        """What the row adds to the account."""
        mapping, turned = self._mapping, -1 if self._mapping.is_turned else 1
        if text := self._cell(row, BankColumn.AMOUNT):
            minor = cell_minor(text, currency, mapping.point) * turned
            if way := self._cell(row, BankColumn.DIRECTION):
                return abs(minor) if cell_direction(way) is Direction.CREDIT else -abs(minor)
            return minor
        came, went = self._cell(row, BankColumn.CREDIT), self._cell(row, BankColumn.DEBIT)
        if not came and not went:
            raise NotRead(ProblemKind.UNREADABLE, _("it has no amount"))
        plus = cell_minor(came, currency, mapping.point) if came else 0
        minus = abs(cell_minor(went, currency, mapping.point)) if went else 0
        if plus and minus:
            raise NotRead(ProblemKind.UNREADABLE, _("it says that money came and went"))
        return plus - minus

    def _day(self, row: Row, column: BankColumn, place: Place, problems: list[Problem]) -> date | None:
        text = self._cell(row, column)
        if not text:
            return None
        try:
            return cell_day(text, self._mapping.dates)
        except NotRead as trouble:
            problems.append(Problem(trouble.kind, place, trouble.what, Lost.FIELD))
            return None

    def _payment(self, row: Row, currency: str, problems: list[Problem], place: Place) -> Payment:
        account = self._cell(row, BankColumn.ACCOUNT)
        other = Party(self._cell(row, BankColumn.NAME), _own_number(account), bank=self._cell(row, BankColumn.BANK))
        structured = self._cell(row, BankColumn.STRUCTURED)
        charges: tuple[Charge, ...] = ()
        if fee := self._cell(row, BankColumn.FEE):
            try:
                taken = abs(cell_minor(fee, currency, self._mapping.point))
                charges = (Charge(Money(taken, currency)),) if taken else ()
            except NotRead as trouble:
                problems.append(Problem(trouble.kind, place, trouble.what, Lost.FIELD))
        return Payment(
            other=None if other == Party() else other,
            text=self._joined(row, BankColumn.TEXT)[: self._bounds.text],
            references=(structured,) if structured else (),
            end_to_end=self._cell(row, BankColumn.END_TO_END),
            mandate=self._cell(row, BankColumn.MANDATE),
            charges=charges,
        )

    def _status(self, row: Row) -> LineStatus:
        word = self._cell(row, BankColumn.STATUS).lower()
        if word in NOT_BOOKED:
            return LineStatus.INFORMATION
        return LineStatus.PENDING if any(word.startswith(each) for each in PENDING) else LineStatus.BOOKED

    def _note_balance(
        self, text: str, currency: str, minor: int, day: date, place: Place, problems: list[Problem]
    ) -> None:
        try:
            money = Money(cell_minor(text, currency, self._mapping.point), currency)
        except NotRead as trouble:
            problems.append(Problem(trouble.kind, place, trouble.what, Lost.FIELD))
            return
        assert self._reading
        self._reading.balances.append((money, minor, day))

    def _begun(self, own: str, row: Row) -> Iterator[StatementItem]:
        self._number += 1
        self._entries = 0
        currency = self._mapping.currency or self._cell(row, BankColumn.CURRENCY).upper()
        begun = StatementBegun(
            self._number, StatementFormat.CSV, self._source, account=own, currency=currency, table=self._table
        )
        self._reading = _Reading(begun, Tally(begun))
        yield begun
        if not own:
            what = _("it does not say of which account it is")
            yield Problem(ProblemKind.NO_ACCOUNT, Place(self._number, line=row.number), what)

    def _ended(self) -> Iterator[Problem | StatementEnded]:
        if self._reading is None:
            return
        balances = self._reading.balances
        edges: list[Balance] = []
        if balances and len(balances) == self._reading.tally.lines:
            first, last = (balances[-1], balances[0]) if _goes_back(balances) else (balances[0], balances[-1])
            opening = Money(first[0].minor - first[1], first[0].currency)
            edges.append(Balance(BalanceKind.OPENING, opening, first[2], ""))
            edges.append(Balance(BalanceKind.CLOSING, last[0], last[2], ""))
        yield from self._reading.tally.ended(edges)

    def _cell(self, row: Row, column: BankColumn) -> str:
        return _cell_of(row, self._mapping, column)

    def _joined(self, row: Row, column: BankColumn) -> str:
        pairs = zip(self._mapping.columns, row.cells, strict=False)
        return " ".join(cell for each, cell in pairs if each is column and cell)


def is_total(row: Row, mapping: StatementMapping) -> bool:
    """Whether a row is what a bank adds below its lines, or between them: it has no day, and says so or no amount."""
    days = (_cell_of(row, mapping, column) for column in (BankColumn.BOOKED_ON, BankColumn.VALUE_ON))
    if _is_day(next(filter(None, days), ""), mapping.dates):
        return False
    amounts = (BankColumn.AMOUNT, BankColumn.CREDIT, BankColumn.DEBIT)
    has_amount = any(_HAS_DIGITS(_cell_of(row, mapping, column)) for column in amounts)
    said = {word for cell in row.cells for word in _WORDS.findall(cell.lower())}
    return not has_amount or bool(said & TOTALS)


def _cell_of(row: Row, mapping: StatementMapping, column: BankColumn) -> str:
    place = mapping.place(column)
    return row.cells[place] if place is not None and place < len(row.cells) else ""


def _is_day(text: str, order: DateOrder) -> bool:
    try:
        return bool(text) and bool(cell_day(text, order))
    except NotRead:
        return False


def _goes_back(balances: list[tuple[Money, int, date]]) -> bool:
    """Whether the last line stands first, as most banks show them."""
    if len(balances) == 1:
        return False
    pairs = list(pairwise(balances))
    forth = sum(later[0].minor - later[1] == earlier[0].minor for earlier, later in pairs)
    back = sum(earlier[0].minor - earlier[1] == later[0].minor for earlier, later in pairs)
    return back > forth or (back == forth and balances[0][2] > balances[-1][2])


def _own_number(account: str) -> str:
    bare = account.replace(" ", "").upper()
    return bare if is_iban(bare) else account
