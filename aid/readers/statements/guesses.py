"""How a bank's table is most likely read, and why; what is guessed wrong is corrected by hand."""

import re
from collections import Counter
from collections.abc import Sequence

from aid.domain.bank_tables import (
    HEADINGS,
    SEVERAL,
    BankColumn,
    GuessedMapping,
    Reason,
    StatementMapping,
    folded_heading,
)
from aid.domain.currencies import EVER
from aid.domain.layouts import DateOrder
from aid.domain.payments import is_iban
from aid.domain.words import _
from aid.readers.columns import guessed_order
from aid.readers.sheets import Row, Sheet
from aid.readers.statements.cells import cell_day, guessed_point
from aid.readers.statements.figures import NotRead
from aid.readers.tables import TextForm

LOOKED_FOR = 40  # rows among which headings are sought
LOOKED_AT = 200  # rows that a guess rests on
_FIGURES = re.compile(r"[-+(]?\s*(?:[A-Z]{3}|[€$£])?\s*[-+]?\d[\d\s.,'’\u00a0\u202f]*(?:\s*(?:[A-Z]{3}|[€$£]))?[-+)]?")
_HAS_DIGITS = re.compile(r"\d").search
_ANY_CURRENCY = re.compile(r"\b([A-Z]{3})\b")


def guess(sheet: Sheet, form: TextForm | None, *, header_row: int | None = None) -> GuessedMapping:
    """The most likely mapping of a sheet; of the row with its headings too, unless somebody says which it is."""
    told = (row for row in sheet.rows if row.number == header_row)
    header = _header(sheet) if header_row is None else next(told, None)
    body = [row for row in sheet.rows if row.number > (header.number if header else 0)][:LOOKED_AT]
    width = max((len(row.cells) for row in (*body, *([header] if header else ()))), default=0)
    headings = (*(header.cells if header else ()), *[""] * width)[:width]
    columns, reasons = _columns(headings, body)
    days = _cells(body, [place for place, column in enumerate(columns) if column in _DAYS])
    amounts = _cells(body, [place for place, column in enumerate(columns) if column in _AMOUNTS])
    above = [cell for row in sheet.rows if header and row.number < header.number for cell in row.cells]
    currency = "" if BankColumn.CURRENCY in columns else _currency((*headings, *amounts[:20], *above))
    account = "" if BankColumn.OWN_ACCOUNT in columns else _account(above)
    if currency:
        reasons.append(Reason(None, _("The currency %(currency)s stands in the table.", currency=currency)))
    if account:
        reasons.append(Reason(None, _("An IBAN stands above the lines.")))
    mapping = StatementMapping(
        columns=tuple(columns),
        header_row=header.number if header else 0,
        dates=guessed_order([re.split(r"[T ,]", cell.strip())[0] for cell in days]),
        point=guessed_point(amounts),
        currency=currency,
        account=account,
        encoding=(form.encoding or "") if form else "",
        separator=(form.separator or "") if form else "",
        sheet=sheet.name,
    )
    return GuessedMapping(mapping, tuple(reasons), headings)


_DAYS = frozenset({BankColumn.BOOKED_ON, BankColumn.VALUE_ON})
_AMOUNTS = frozenset({BankColumn.AMOUNT, BankColumn.CREDIT, BankColumn.DEBIT})


def _cells(rows: Sequence[Row], places: Sequence[int]) -> list[str]:
    return [row.cells[place] for row in rows for place in places if place < len(row.cells) and row.cells[place]]


def _header(sheet: Sheet) -> Row | None:
    """The row with the most usual headings, two at least; or the first, if no figure stands in it."""
    first = sheet.rows[:LOOKED_FOR]
    best = max(first, key=lambda row: (len(_known(row)), -row.number), default=None)
    if best and len(_known(best)) >= 2:
        return best
    return next((row for row in first[:1] if len(sheet.rows) > 1 and not any(map(_HAS_DIGITS, row.cells))), None)


def _known(row: Row) -> set[BankColumn]:
    return {column for cell in row.cells if (column := _by_heading(cell)) is not BankColumn.NOTHING}


def _by_heading(heading: str) -> BankColumn:
    folded = folded_heading(heading)
    if folded in HEADINGS:
        return HEADINGS[folded]
    words = folded.split()
    if words and words[-1].upper() in EVER:  # "amount eur"
        return HEADINGS.get(" ".join(words[:-1]), BankColumn.NOTHING)
    return BankColumn.NOTHING


def _columns(headings: Sequence[str], body: Sequence[Row]) -> tuple[list[BankColumn], list[Reason]]:
    """By their headings first; then day and amount by what their cells look like."""
    columns = [BankColumn.NOTHING] * len(headings)
    reasons: list[Reason] = []
    for place, heading in enumerate(headings):
        column = _by_heading(heading)
        if column is not BankColumn.NOTHING and (column in SEVERAL or column not in columns):
            columns[place] = column
            reasons.append(Reason(place, _("Its heading says so.")))
    if not {*columns} & _DAYS:
        _by_cells(columns, reasons, body, BankColumn.BOOKED_ON)
    if not {*columns} & _AMOUNTS:
        _by_cells(columns, reasons, body, BankColumn.AMOUNT)
    if BankColumn.AMOUNT in columns and {BankColumn.CREDIT, BankColumn.DEBIT} <= {*columns}:
        columns[columns.index(BankColumn.AMOUNT)] = BankColumn.NOTHING  # said twice: two columns tell the way as well
    return columns, reasons


def _by_cells(columns: list[BankColumn], reasons: list[Reason], body: Sequence[Row], wanted: BankColumn) -> None:
    for place, column in enumerate(columns):
        cells = _cells(body, [place])
        if column is not BankColumn.NOTHING or not cells:
            continue
        if wanted is BankColumn.BOOKED_ON and all(map(_is_day, cells)):
            columns[place] = wanted
            reasons.append(Reason(place, _("All its cells are days.")))
            return
        if wanted is BankColumn.AMOUNT and all(_is_amount(cell) for cell in cells):
            columns[place] = wanted
            reasons.append(Reason(place, _("All its cells are amounts.")))
            return


def _is_day(cell: str) -> bool:
    for order in DateOrder:
        try:
            cell_day(cell, order)
        except NotRead:
            continue
        return True
    return False


def _is_amount(cell: str) -> bool:
    return bool(_FIGURES.fullmatch(cell)) and bool(re.search(r"[.,]\d{2}\D*$", cell))


def _currency(cells: Sequence[str]) -> str:
    """The currency that is named most often."""
    named = Counter(code for cell in cells for code in _ANY_CURRENCY.findall(cell.upper()) if code in EVER)
    signs = Counter("EUR" for cell in cells if "€" in cell)
    return next((code for code, _times in (named + signs).most_common(1)), "")


def _account(cells: Sequence[str]) -> str:
    """The first IBAN above the lines, alone in its cell or behind a word."""
    for cell in cells:
        bare = re.sub(r"^[^:]*:\s*", "", cell).replace(" ", "").upper()
        if is_iban(bare):
            return bare
    return ""
