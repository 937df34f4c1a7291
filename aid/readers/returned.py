"""Rows given back to be mended: as they stood, with what is wrong beside them. Made in memory, kept nowhere.

What looks like a formula is given back as text: somebody else wrote these cells.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import xlsxwriter  # type: ignore[import-untyped]

from aid.domain.layouts import OWN_HEADINGS

FORMULA = ("=", "+", "-", "@", "\t", "\r")
NUMBER = re.compile(r"[+-][0-9 ().]+")
NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")
MARK = "\ufeff"  # by which spreadsheets know that a CSV file is UTF-8


@dataclass(frozen=True, slots=True)
class ReturnedRow:
    """A row of a list, why it was left out and what to do."""

    sheet: str
    number: int
    cells: tuple[str, ...] = field(repr=False)
    why: str = field(repr=False)
    remedy: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ReturnedSheet:
    """A sheet with what stands above its rows, its heading first."""

    name: str
    heads: tuple[tuple[str, ...], ...] = field(repr=False)
    rows: tuple[ReturnedRow, ...] = field(repr=False)

    @property
    def width(self) -> int:
        """So many columns came with the list."""
        return max((len(cells) for cells in (*self.heads, *(row.cells for row in self.rows))), default=0)

    def lines(self) -> Iterator[list[str]]:
        """The sheet line by line, with our columns after the list's own."""
        for place, cells in enumerate(self.heads):
            yield self._wide(cells) + (list(OWN_HEADINGS) if place == 0 else ["", "", ""])
        for row in self.rows:
            yield [*self._wide(row.cells), str(row.number), row.why, row.remedy]

    def _wide(self, cells: Sequence[str]) -> list[str]:
        return [*cells, *[""] * (self.width - len(cells))]


def as_csv(sheets: Iterable[ReturnedSheet]) -> Iterator[bytes]:
    """A CSV file, line by line; sheets follow one another."""
    yield MARK.encode()
    for sheet in sheets:
        for line in sheet.lines():
            text = io.StringIO()
            csv.writer(text).writerow([_harmless(cell) for cell in line])
            yield text.getvalue().encode()


def as_xlsx(sheets: Sequence[ReturnedSheet]) -> bytes:
    """A workbook with the same sheets, so that it can be mended and brought again."""
    whole = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(whole, options) as book:
        for name, sheet in zip(_tab_names(sheets), sheets, strict=True):
            page = book.add_worksheet(name)
            for number, line in enumerate(sheet.lines()):
                for place, cell in enumerate(line):
                    page.write_string(number, place, cell)
    return whole.getvalue()


def _harmless(cell: str) -> str:
    """Text that no spreadsheet runs: a phone number keeps its plus."""
    return f"'{cell}" if cell.startswith(FORMULA) and not NUMBER.fullmatch(cell) else cell


def _tab_names(sheets: Iterable[ReturnedSheet]) -> Iterator[str]:
    """What each sheet's tab may be called: a workbook takes neither every sign nor a name twice."""
    used: set[str] = set()
    for place, sheet in enumerate(sheets, 1):
        name = NOT_IN_NAMES.sub("_", sheet.name)[:31]
        if not name or name.casefold() in used or name.casefold() == "history":
            name = f"Sheet{place}"
        used.add(name.casefold())
        yield name
