"""A bank's table as somebody looks at it who has to say what its columns are: first rows, and what becomes of them."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice

from aid.domain.bank_tables import BankColumn, Reason, StatementMapping
from aid.domain.layouts import signature_of
from aid.domain.statements import BankLine, Problem
from aid.domain.words import Message, _
from aid.readers.sheets import Row, Sheet
from aid.readers.statements.cells import cell_day, cell_direction, cell_minor
from aid.readers.statements.figures import BOUNDS, NotRead, Refused
from aid.readers.statements.guesses import guess
from aid.readers.statements.tables import TableReader, is_total
from aid.readers.tables import TextForm, column_letters, is_document, read_table, text_form

_UNKNOWN = _("it is no statement that is known here: bring camt, MT940, MT942 or a table")

FIRST = 6  # rows that are shown
FEWEST = 2  # rows and columns of a table
TRIED = 1_000  # rows whose cells are tried
CELLS = 3  # of a column that are shown
TOLD = 3  # troubles of a column that are told

_DAYS = frozenset({BankColumn.BOOKED_ON, BankColumn.VALUE_ON})
_AMOUNTS = frozenset({BankColumn.AMOUNT, BankColumn.CREDIT, BankColumn.DEBIT, BankColumn.BALANCE, BankColumn.FEE})


@dataclass(frozen=True, slots=True)
class HowTold:
    """What somebody said of a table's form; what is none is guessed."""

    encoding: str = ""
    separator: str = ""
    sheet: str = ""
    header_row: int | None = None


@dataclass(frozen=True, slots=True)
class Trouble:
    """A cell that can't be read as what its column is said to be."""

    row: int
    why: Message


@dataclass(frozen=True, slots=True)
class ColumnSeen:
    """A column: its heading and first cells, why it was guessed so, and what of it can't be read."""

    letter: str
    heading: str
    cells: tuple[str, ...] = field(repr=False)
    why: Message | None
    troubles: tuple[Trouble, ...]
    more: int  # troubles that are only counted


@dataclass(frozen=True, slots=True)
class TableSeen:
    """A table with a mapping, guessed or said, and the first lines as they would be read by it."""

    mapping: StatementMapping
    form: TextForm | None  # of a text file
    sheets: tuple[str, ...]
    headings: tuple[str, ...]
    columns: tuple[ColumnSeen, ...]
    rows: tuple[Row, ...] = field(repr=False)
    lines: tuple[BankLine, ...] = field(repr=False)
    problems: tuple[Problem, ...] = field(repr=False)

    @property
    def signature(self) -> bytes:
        """By which a table with these headings is known again."""
        return signature_of(self.headings)


def look_at_table(
    payload: bytes, *, file_name: str, told: HowTold = HowTold(), mapping: StatementMapping | None = None
) -> TableSeen:
    """A table as it is read by a mapping, or by the one that is guessed for its form. Raises RuleBroken."""
    if mapping is not None:
        told = HowTold(mapping.encoding, mapping.separator, mapping.sheet, mapping.header_row)
    if is_document(payload):
        raise Refused(_UNKNOWN, line=1).as_rule(file_name)
    guessed_form = text_form(payload)
    form = guessed_form and TextForm(told.encoding or guessed_form.encoding, told.separator or guessed_form.separator)
    sheets = [sheet for sheet in read_table(file_name, payload, form=form or TextForm()) if sheet.rows]
    sheet = next((each for each in sheets if each.name == told.sheet), sheets[0] if sheets else Sheet("", ()))
    if len(sheet.rows) < FEWEST or max(len(row.cells) for row in sheet.rows) < FEWEST:
        raise Refused(_UNKNOWN, line=1).as_rule(file_name)
    found = guess(sheet, form, header_row=told.header_row)
    kept = mapping if mapping and len(mapping.columns) == len(found.mapping.columns) else None
    chosen = replace(kept, sheet=sheet.name) if kept else found.mapping
    lines, problems = _first_lines(sheet, chosen)
    reasons = found.reasons if chosen.columns == found.mapping.columns else ()
    return TableSeen(
        chosen,
        form,
        tuple(each.name for each in sheets),
        found.headings,
        tuple(_columns(sheet, chosen, found.headings, reasons)),
        sheet.rows[:FIRST],
        lines,
        problems,
    )


def _first_lines(sheet: Sheet, mapping: StatementMapping) -> tuple[tuple[BankLine, ...], tuple[Problem, ...]]:
    """The first lines, and what is wrong before them and among them."""
    lines: list[BankLine] = []
    problems: list[Problem] = []
    if mapping.missing:
        return (), ()
    try:
        for item in TableReader(sheet, mapping, BOUNDS):
            if isinstance(item, BankLine):
                lines.append(item)
            elif isinstance(item, Problem) and item.place.entry:
                problems.append(item)
            if len(lines) >= FIRST or len(problems) >= FIRST:
                break
    except Refused:
        pass  # no line in it: nothing to show
    return tuple(lines), tuple(problems)


def _columns(
    sheet: Sheet, mapping: StatementMapping, headings: tuple[str, ...], reasons: tuple[Reason, ...]
) -> Iterator[ColumnSeen]:
    below = (row for row in sheet.rows if row.number > mapping.header_row and not is_total(row, mapping))
    body = list(islice(below, TRIED))
    why = {reason.place: reason.why for reason in reasons}
    for place, heading in enumerate(headings):
        filled = [(row.number, cell) for row in body if place < len(row.cells) and (cell := row.cells[place])]
        troubles = [*_troubles(mapping, mapping.columns[place], filled)]
        yield ColumnSeen(
            column_letters(place),
            heading,
            tuple(cell for _row, cell in filled[:CELLS]),
            why.get(place),
            tuple(troubles[:TOLD]),
            max(len(troubles) - TOLD, 0),
        )


def _troubles(mapping: StatementMapping, column: BankColumn, cells: list[tuple[int, str]]) -> Iterator[Trouble]:
    for row, cell in cells:
        try:
            if column in _DAYS:
                cell_day(cell, mapping.dates)
            elif column in _AMOUNTS:
                cell_minor(cell, mapping.currency or "EUR", mapping.point)
            elif column is BankColumn.DIRECTION:
                cell_direction(cell)
        except NotRead as trouble:
            yield Trouble(row, trouble.what)
