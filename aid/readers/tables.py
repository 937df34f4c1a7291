"""A table someone brings, CSV or XLSX, as rows of bounded text.

Everything is measured before it is parsed: a file of a few kilobytes can unpack to gigabytes. What looks like a formula
stays text. Refusals name the file, the row and the column, and say what to do.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePath

from aid.domain.refusals import RuleBroken
from aid.domain.words import Message, _
from aid.readers import workbooks
from aid.readers.encodings import decoded, guess
from aid.readers.sheets import BOUNDS, Bounds, Row, Sheet

SEPARATORS = ",;\t|"
SNIFFED_ROWS = 50
SNIFFED_TEXT = 200_000  # characters

DOCUMENT_STARTS = (b"%pdf", b"{\\rtf", b"<!doctype", b"<html", b"<?xml")  # no table, though all of it may be text
ZIP_START, OLD_OFFICE_START = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"

__all__ = ["BOUNDS", "Bounds", "Row", "Sheet", "TextForm", "column_letters", "read_table", "text_form"]


@dataclass(frozen=True, slots=True)
class TextForm:
    """How a text file is a table: its encoding and what parts its columns. Nothing means: guess."""

    encoding: str | None = None
    separator: str | None = None


GUESS = TextForm()


@dataclass(frozen=True, slots=True)
class _Table:
    """The file's name, for refusals, how much of it is taken, and what somebody said of its form."""

    file: str
    bounds: Bounds
    form: TextForm = GUESS

    def refuse(self, message: Message) -> RuleBroken:
        return RuleBroken(_("File “%(file)s”: %(reason)s", file=self.file, reason=message), "file")


def is_document(payload: bytes) -> bool:
    """Whether a file is a document and no table, though all of it may be text."""
    return payload[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(DOCUMENT_STARTS)


def text_form(payload: bytes) -> TextForm | None:
    """What a text file's form most likely is; nothing for a workbook, or for what is no table."""
    encoding = None if payload.startswith((ZIP_START, OLD_OFFICE_START)) else guess(payload)
    text = decoded(payload, encoding) if encoding else None
    return TextForm(encoding, _separator(text)) if text is not None else None


def read_table(
    file_name: str, payload: bytes, *, bounds: Bounds = BOUNDS, form: TextForm = GUESS, first: int | None = None
) -> tuple[Sheet, ...]:
    """The sheets of a CSV file (one) or an XLSX workbook, in order. Raises RuleBroken.

    With `first`, only so many rows of each that hold something, of a file that was read as a whole before.
    """
    table = _Table(PurePath(file_name).name[:120] or "?", bounds, form)
    if len(payload) > bounds.file_bytes:
        raise table.refuse(
            _("it is larger than %(most)s MB: split it into smaller files.", most=bounds.file_bytes // 1024**2)
        )
    if not payload.strip():
        raise table.refuse(_("it is empty: choose another file."))
    if is_document(payload):
        raise table.refuse(_("it is not a table: bring a CSV or XLSX file."))
    if payload.startswith(OLD_OFFICE_START):
        raise table.refuse(_("it is an old or password-protected Excel file: save it as XLSX without a password."))
    if payload.startswith(ZIP_START):
        try:
            sheets = workbooks.read(payload, bounds, first=first)
        except workbooks.NotReadable as trouble:
            raise table.refuse(trouble.message)
    else:
        sheets = (("", _csv_records(table, payload)),)
    return tuple(_bounded(table, name, records, first) for name, records in sheets)


def column_letters(column: int) -> str:
    """A column's letters as spreadsheets show them: 0 is A, 26 is AA."""
    letters = ""
    while column >= 0:
        column, letter = divmod(column, 26)
        letters, column = chr(ord("A") + letter) + letters, column - 1
    return letters


def _bounded(table: _Table, name: str, records: Iterable[list[str]], first: int | None) -> Sheet:
    """The rows that hold anything, each with its number in the file."""
    rows: list[Row] = []
    left = table.bounds.cells
    for number, record in enumerate(records, 1):
        if len(rows) == first:
            break
        if number > table.bounds.rows:
            raise table.refuse(_("it has more than %(most)s rows: split it.", most=table.bounds.rows))
        if len(record) > table.bounds.columns:
            raise table.refuse(
                _(
                    "row %(row)s has more than %(most)s columns: keep only those that are needed.",
                    row=number,
                    most=table.bounds.columns,
                )
            )
        left -= len(record)
        if left < 0:
            raise table.refuse(_("it has more than %(most)s cells: split it.", most=table.bounds.cells))
        for place, cell in enumerate(record):
            if len(cell) > table.bounds.cell:
                raise table.refuse(
                    _(
                        "row %(row)s, column %(column)s holds more than %(most)s characters: shorten it.",
                        row=number,
                        column=column_letters(place),
                        most=table.bounds.cell,
                    )
                )
        cells = tuple(cell.strip() for cell in record)
        if any(cells):
            rows.append(Row(number, cells))
    return Sheet(name, tuple(rows))


def _csv_records(table: _Table, payload: bytes) -> Iterator[list[str]]:
    text = decoded(payload, table.form.encoding)
    if text is None and table.form.encoding:
        raise table.refuse(_("it can't be read so: choose another encoding."))
    if text is None:
        raise table.refuse(_("it is not a table: bring a CSV or XLSX file."))
    told = table.form.separator or ""
    separator = told if told in {*SEPARATORS} else _separator(text)
    lines = _Lines(text, table.bounds.record)
    try:
        for record in csv.reader(lines, delimiter=separator):
            yield record
            lines.begin_record()
    except csv.Error:
        raise table.refuse(_("a quotation mark is opened and never closed: save the file as XLSX, or mend it."))
    except OverflowError:
        raise table.refuse(
            _("row %(row)s is too long: it has too many columns, or a quotation mark astray.", row=lines.records + 1)
        )


class _Lines:
    """The lines of a text, as long as those of one record are no longer than is taken. Raises OverflowError."""

    def __init__(self, text: str, most: int) -> None:
        self.stream = io.StringIO(text.rstrip("\x1a"), newline="")
        self.most, self.left, self.records = most, most, 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self.stream.readline()
        if not line:
            raise StopIteration
        self.left -= len(line)
        if self.left < 0:
            raise OverflowError
        return line

    def begin_record(self) -> None:
        """What comes next is a record of its own."""
        self.left, self.records = self.most, self.records + 1


def _parsed(text: str, separator: str, *, strict: bool) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text.rstrip("\x1a"), newline=""), delimiter=separator, strict=strict)


def _separator(text: str) -> str:
    """The separator that parts the first rows into the same number of columns, and into the most."""
    first = text[:6].lower()
    if first.startswith("sep=") and first[4:5] in SEPARATORS:  # Excel's own mark
        return text[4]
    evenness = {separator: _evenness(text, separator, strict=True) for separator in SEPARATORS}
    if not any(columns for _share, columns in evenness.values()):  # quotation marks astray
        evenness = {separator: _evenness(text, separator, strict=False) for separator in SEPARATORS}
    return max(evenness, key=lambda separator: evenness[separator])


def _evenness(text: str, separator: str, *, strict: bool) -> tuple[float, int]:
    widths: Counter[int] = Counter()
    try:
        for record in _parsed(text[:SNIFFED_TEXT], separator, strict=strict):
            if record:
                widths[len(record)] += 1
            if widths.total() == SNIFFED_ROWS:
                break
    except csv.Error:
        return (0.0, 0)
    columns, rows = widths.most_common(1)[0] if widths else (1, 0)
    return (rows / widths.total() if columns > 1 else 0.0, columns)
