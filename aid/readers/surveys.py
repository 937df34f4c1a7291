"""The result of a sample as a table for spreadsheets. It has no families."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO


def to_csv(rows: Iterable[Sequence[object]]) -> str:
    """These rows, the headings first."""
    out = StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue()
