"""Rows asked by column, and cells as the domain's values: a day, a number, one of our words."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar

from aid.domain.families import BirthDate
from aid.domain.words import Message, _
from aid.readers.mappings import FieldMapping, folded
from aid.readers.sheets import Row

GRADE = re.compile(r"(\d{1,2})\s*\D{0,20}")
SHOWN = 60  # characters of a cell that a refusal repeats

Word = TypeVar("Word", bound=StrEnum)


MEND = _("Correct this in your file, and bring the file again: what is here already is not added twice.")


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row because of which its family was left out, and what to do about it."""

    sheet: str
    number: int
    column: str | None
    reason: Message
    remedy: Message = MEND


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet with its header understood."""

    name: str
    places: Mapping[str, int]  # of each column, by its folded name
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One row, asked by column."""

    table: Table
    number: int
    cells: tuple[str, ...]

    def cell(self, column: str) -> str:
        place = self.table.places.get(folded(column), len(self.cells))
        return self.cells[place] if place < len(self.cells) else ""


class Unreadable(Exception):
    """A row can't be read."""

    def __init__(self, line: "Line", column: str | None, reason: Message, remedy: Message = MEND) -> None:
        super().__init__(reason)
        self.row = BadRow(line.table.name, line.number, column, reason, remedy)


def joined(line: Line, columns: Sequence[str]) -> str:
    """What the columns hold, parted by a space."""
    return " ".join(filter(None, (line.cell(column) for column in columns)))


def field_text(line: Line, field: FieldMapping) -> str:
    """A field's text in this row, put into our words where the mapping has them."""
    text = joined(line, field.columns)
    if not text or not field.values:
        return text
    return field.values.get(folded(text)) or field.otherwise or text


def word_of(line: Line, column: str | None, text: str, kind: type[Word]) -> Word:
    """One of our own words. Raises Unreadable, naming those there are."""
    words = {word.value: word for word in kind}
    if folded(text) not in words:
        raise unreadable_cell(line, column, text, _("one of: %(words)s", words=", ".join(words)))
    return words[folded(text)]


def number_of(line: Line, column: str | None, text: str) -> int:
    """A whole number from zero."""
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise unreadable_cell(line, column, text, _("a whole number"))
    return int(text)


def grade_of(line: Line, column: str | None, text: str) -> int | None:
    """5, 5А or 5 класс."""
    if not text:
        return None
    found = GRADE.fullmatch(text)
    if not found:
        raise unreadable_cell(line, column, text, _("a school grade from 0 to 12"))
    return int(found[1])


def born_of(line: Line, column: str | None, text: str, formats: Sequence[str]) -> BirthDate | None:
    """A birth date, or its year alone."""
    if not text:
        return None
    if re.fullmatch(r"[0-9]{4}", text) and text > "0000":
        return BirthDate(int(text))
    return BirthDate.of(day_of(line, column, text, formats))


def day_of(line: Line, column: str | None, text: str, formats: Sequence[str]) -> date:
    """A day written as the mapping says, or as 2015-09-01."""
    for form in ("%Y-%m-%d", *formats):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    forms = ", ".join(date(2015, 9, 1).strftime(form) for form in ("%Y-%m-%d", *formats))
    raise unreadable_cell(line, column, text, _("a day, written like one of: %(forms)s", forms=forms))


def unreadable_cell(line: Line, column: str | None, text: str, wanted: Message) -> Unreadable:
    reason = _("“%(text)s” stands where there should be %(wanted)s.", text=text.strip()[:SHOWN], wanted=wanted)
    return Unreadable(line, column, reason, _("Write there %(wanted)s.", wanted=wanted))
