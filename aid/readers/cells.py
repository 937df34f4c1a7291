"""Rows asked by column, and cells as the domain's values: a day, a number, one of our words."""

import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar

from aid.domain.families import BirthDate, Circumstance, Kinship
from aid.domain.words import Message, _
from aid.readers.days import day_in_words, year_alone
from aid.readers.mappings import FieldMapping, folded
from aid.readers.sheets import Row

GRADE = re.compile(r"(\d{1,2})\s*\D{0,20}")
ISO = re.compile(r"\d{4}-")
SHOWN = 60  # characters of a cell that a refusal repeats

Word = TypeVar("Word", bound=StrEnum)


EXPLAIN: Mapping[type[StrEnum], Message] = {
    Kinship: _(
        "Say what this word means, or write one that is known: worker, wife, husband, son, daughter, mother, father."
    ),
    Circumstance: _("Say what this word means, or leave the cell empty if nothing happened."),
}
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
    _asked: dict[str, int] = field(default_factory=dict, repr=False, compare=False)  # places of columns as mappings say

    def place(self, column: str) -> int:
        """At which place of its rows a column stands; past all of them where there is none."""
        found = self._asked.get(column)
        if found is None:
            found = self._asked[column] = self.places.get(folded(column), sys.maxsize)
        return found


@dataclass(frozen=True, slots=True)
class Line:
    """One row, asked by column."""

    table: Table
    number: int
    cells: tuple[str, ...]

    def cell(self, column: str) -> str:
        place = self.table.place(column)
        return self.cells[place] if place < len(self.cells) else ""


class Unreadable(Exception):
    """A row can't be read."""

    def __init__(self, line: "Line", column: str | None, reason: Message, remedy: Message = MEND) -> None:
        super().__init__(reason)
        self.row = BadRow(line.table.name, line.number, column, reason, remedy)


def joined(line: Line, columns: Sequence[str]) -> str:
    """What the columns hold, parted by a space."""
    if len(columns) == 1:
        return line.cell(columns[0])
    return " ".join(filter(None, (line.cell(column) for column in columns)))


def field_text(line: Line, field: FieldMapping) -> str:
    """A field's text in this row, put into our words where the mapping has them."""
    text = joined(line, field.columns)
    if not text or not field.values:
        return text
    return field.values.get(folded(text)) or field.otherwise or text


def word_of(line: Line, column: str | None, text: str, kind: type[Word]) -> Word:
    """One of our own words. Raises Unreadable, saying what to do with another."""
    try:
        return kind(text)
    except ValueError:
        pass
    words = {word.value: word for word in kind}
    if folded(text) in words:
        return words[folded(text)]
    if kind in EXPLAIN:
        raise unknown_word(line, column, text, kind)
    raise unreadable_cell(line, column, text, _("one of: %(words)s", words=", ".join(words)))


def unknown_word(line: Line, column: str | None, text: str, kind: type[StrEnum]) -> Unreadable:
    """A word that somebody has to explain."""
    return Unreadable(
        line, column, _("Nobody here knows the word “%(text)s”.", text=text.strip()[:SHOWN]), EXPLAIN[kind]
    )


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
    if year := year_alone(text):
        return BirthDate(year)
    return BirthDate.of(day_of(line, column, text, formats))


def day_of(line: Line, column: str | None, text: str, formats: Sequence[str]) -> date:
    """A day written as the mapping says, as 2015-09-01, or with its month's name."""
    iso = ("%Y-%m-%d",)
    for form in (*iso, *formats) if ISO.match(text) else (*formats, *iso):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    if named := day_in_words(text):
        return named
    usual = date(2015, 9, 1).strftime(next(iter(formats), "%Y-%m-%d"))
    raise unreadable_cell(line, column, text, _("a day of the calendar, written like %(day)s", day=usual))


def unreadable_cell(line: Line, column: str | None, text: str, wanted: Message) -> Unreadable:
    reason = _("“%(text)s” stands where there should be %(wanted)s.", text=text.strip()[:SHOWN], wanted=wanted)
    return Unreadable(line, column, reason, _("Write there %(wanted)s.", wanted=wanted))
