"""Sheets of a table as text, and how much of one is taken."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One row that holds something; `number` counts from 1 as a spreadsheet does."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a table; a CSV file's has no name."""

    name: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Bounds:
    """The most that is taken of a file."""

    file_bytes: int = 16 * 1024**2
    unpacked_bytes: int = 128 * 1024**2
    parts: int = 1_000  # files inside a workbook
    cells: int = 1_500_000
    text: int = 64 * 1024**2  # characters of all cells together
    rows: int = 50_000
    columns: int = 300
    cell: int = 2_000  # characters
    record: int = 1_000_000  # characters of one row, quotation marks and separators too
    depth: int = 40  # elements of a workbook's XML within one another


BOUNDS = Bounds()
