"""The result of a sample as a table for spreadsheets. It has no families."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

from aid.readers.returned import FORMULA


def to_csv(rows: Iterable[Sequence[object]]) -> str:
    """These rows, the headings first; a point is no formula, whatever its name is."""
    out = StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([_harmless(cell) for cell in row] for row in rows)
    return out.getvalue()


def _harmless(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
