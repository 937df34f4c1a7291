"""What of a table's form is guessed: in which row its headings stand, and which sheets hold families and people."""

from collections.abc import Sequence

from aid.domain.layouts import FEWEST_KNOWN, Column, usual_column
from aid.readers.sheets import Row, Sheet

LOOKED_FOR = 20  # rows among which headings are sought


def guessed_header(sheet: Sheet) -> int:
    """The row with the most usual headings; where none has two, the first that fills half of the columns."""
    first = sheet.rows[:LOOKED_FOR]
    best = max(first, key=lambda row: (len(_columns(row)), -row.number), default=None)
    if best is None or len(_columns(best)) >= FEWEST_KNOWN:
        return best.number if best else 1
    widest = max(_filled(row) for row in first)
    return next((row.number for row in first if 2 * _filled(row) >= widest), 1)


def guessed_sheets(sheets: Sequence[Sheet]) -> tuple[Sheet, Sheet | None]:
    """The sheet to be read; or the families' and that of their people, where two are joined by a household's number."""
    filled = [sheet for sheet in sheets if sheet.rows] or list(sheets)
    known = {sheet.name: _headed(sheet) for sheet in filled}
    joined = [sheet for sheet in filled if Column.HOUSEHOLD in known[sheet.name]]
    people = [sheet for sheet in joined if Column.NAME in known[sheet.name]]
    families = [sheet for sheet in joined if Column.NAME not in known[sheet.name]]
    if people and families:
        return families[0], people[0]
    likely = (sheet for sheet in filled if len(known[sheet.name]) >= FEWEST_KNOWN)
    return next(likely, filled[0]), None


def _headed(sheet: Sheet) -> frozenset[Column]:
    header = guessed_header(sheet)
    return next((_columns(row) for row in sheet.rows[:LOOKED_FOR] if row.number == header), frozenset())


def _columns(row: Row) -> frozenset[Column]:
    return frozenset(usual_column(cell) for cell in row.cells if cell) - {Column.NOTHING}


def _filled(row: Row) -> int:
    return sum(bool(cell) for cell in row.cells)
