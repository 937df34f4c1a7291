"""What somebody types from a paper list: which vouchers were handed out, when, and which of their things."""

import re
from dataclasses import dataclass
from datetime import time
from typing import Final

from aid.domain.refusals import RuleBroken
from aid.domain.words import _

MOST: Final = 5_000
"""Lines of one list, and of one entry."""

_NUMBERS = re.compile(r"(\d{1,9})(?:\s*[-–—]\s*(\d{1,9}))?")
_HOUR = re.compile(r"(\d{1,2})[:.](\d{2})|(\d{3,4})")
_THING = re.compile(r"(\d{1,2})(?:[x×х*](\d{1,7})|=(\S{1,24}))?")


@dataclass(frozen=True, slots=True)
class Chosen:
    """One thing of a voucher that was ticked, by its number on the list: all of it, so many, or so much money."""

    place: int
    quantity: int | None = None
    sum: str = ""  # as it was typed: its currency is the voucher's


@dataclass(frozen=True, slots=True)
class TypedLine:
    """A line as it was typed: which voucher, when, and which of its things; none: all of it."""

    serial: int
    hour: time
    chosen: tuple[Chosen, ...] = ()


def lines_of(text: str) -> tuple[TypedLine, ...]:
    """What somebody typed from the paper, a line each: “12 10:30”, “12-18 1030”, “19 10.35 1 2x3”, “20 11:05 1=4500”.

    A line without an hour has the hour of the line above. Raises RuleBroken beside `text`, with the line that is wrong.
    """
    typed: list[TypedLine] = []
    hour: time | None = None
    for row in (row.strip() for row in text.splitlines()):
        if not row:
            continue
        numbers = _NUMBERS.match(row)
        words = row[numbers.end() :].split() if numbers else []
        if numbers is None or (row[numbers.end() : numbers.end() + 1].strip()):
            raise _unread(row)
        hour = _hour(words[0], row) if words else hour
        if hour is None:
            raise RuleBroken(_("“%(row)s” has no hour. Write it after the number: 12 10:30.", row=row), "text")
        chosen = tuple(_thing(word, row) for word in words[1:])
        first = int(numbers[1])
        last = int(numbers[2] or first)
        if last < first or last - first >= MOST or len(typed) + last - first >= MOST:
            raise _unread(row)
        typed += [TypedLine(serial, hour, chosen) for serial in range(first, last + 1)]
    if not typed:
        raise RuleBroken(_("Write a line for each voucher that is ticked: its number, and the hour."), "text")
    return tuple(typed)


def _hour(word: str, row: str) -> time:
    found = _HOUR.fullmatch(word)
    if found is None:
        raise _unread(row)
    hours, minutes = (found[1], found[2]) if found[1] else (found[3][:-2], found[3][-2:])
    if int(hours) > 23 or int(minutes) > 59:
        raise _unread(row)
    return time(int(hours), int(minutes))


def _thing(word: str, row: str) -> Chosen:
    found = _THING.fullmatch(word.lower())
    if found is None:
        raise _unread(row)
    return Chosen(int(found[1]), int(found[2]) if found[2] else None, found[3] or "")


def _unread(row: str) -> RuleBroken:
    return RuleBroken(
        _("“%(row)s” can't be read. Write number and hour, such as 12 10:30, or 12-18 10:30.", row=row), "text"
    )
