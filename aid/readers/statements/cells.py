"""Cells of a bank's table: days and amounts as banks of many countries write them."""

import re
from collections.abc import Sequence
from datetime import date

from aid.domain.layouts import DateOrder
from aid.domain.payments import Direction
from aid.domain.statements import ProblemKind
from aid.domain.words import _
from aid.readers.statements.figures import NotRead, minor_of, shown

_MONTHS = {name: number for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
_TIME = r"(?:[ T,]+\d{1,2}:\d{2}.*)?"
_NUMBERS = re.compile(rf"(\d{{1,4}})[./\- ](\d{{1,2}})[./\- ](\d{{1,4}}){_TIME}")
_NAMED = re.compile(rf"(\d{{1,2}})[ .\-]+([A-Za-z]{{3}})[A-Za-z]*[ .,\-]+(\d{{2,4}}){_TIME}")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009'’`]")
_SIGNS = str.maketrans({"\u2212": "-", "–": "-", "—": "-"})
_CURRENCY = "(?:[A-Z]{3}|[€$£₸₽])?"
_AMOUNT = re.compile(rf"([-+]?){_CURRENCY}([-+]?)(?P<figures>[0-9.,]+){_CURRENCY}([-+]?)")
_WORDS = {
    Direction.CREDIT: frozenset("c cr crdt credit h haben bij in + kredit приход кредит uznanie".split()),
    Direction.DEBIT: frozenset("d dr dbit debit s soll af out - debet расход дебет obciążenie".split()),
}


def cell_day(text: str, order: DateOrder) -> date:
    """A day in this order, or in one that can't be mistaken. Raises NotRead."""
    text = text.strip()
    try:
        if found := _COMPACT.fullmatch(text):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := _NAMED.fullmatch(text):
            return date(_year(found[3]), _MONTHS[found[2].lower()], int(found[1]))
        if found := _NUMBERS.fullmatch(text):
            first, second, third = found.groups()
            if len(first) == 4 or order is DateOrder.YEAR_FIRST:
                return date(_year(first), int(second), int(third))
            day, month = (first, second) if order is DateOrder.DAY_FIRST else (second, first)
            return date(_year(third), int(month), int(day))
    except (ValueError, KeyError):
        pass
    raise NotRead(ProblemKind.UNREADABLE, _("“%(text)s” is not a day of the calendar", text=shown(text)))


def _year(digits: str) -> int:
    return int(digits) + 2000 if len(digits) <= 2 else int(digits)


def cell_minor(text: str, currency: str, point: str) -> int:
    """An amount in minor units, with its sign before or behind it, or in brackets. Raises NotRead."""
    bare = _SPACES.sub("", text.translate(_SIGNS))
    bracketed = bare.startswith("(") and bare.endswith(")")
    found = _AMOUNT.fullmatch(bare[1:-1] if bracketed else bare)
    if not found or not _is_grouped(found["figures"], point):
        raise NotRead(ProblemKind.UNREADABLE, _("“%(text)s” is not an amount", text=shown(text)))
    minor = minor_of(found["figures"].replace("." if point == "," else ",", ""), currency, point)
    is_negative = bracketed or "-" in {found[1], found[2], found[4]}
    return -minor if is_negative else minor


def _is_grouped(figures: str, point: str) -> bool:
    """Whether thousands are parted where thousands are: else the decimal sign is another one."""
    whole = figures.partition(point)[0]
    groups = re.split(r"[.,]", whole)
    return len(groups) == 1 or (
        0 < len(groups[0]) <= 3 and all(len(g) in {2, 3} for g in groups[1:]) and len(groups[-1]) == 3
    )


def cell_direction(text: str) -> Direction:
    """Which way the money went. Raises NotRead."""
    word = text.strip().lower().rstrip(".")
    for direction, words in _WORDS.items():
        if word in words:
            return direction
    raise NotRead(ProblemKind.UNREADABLE, _("“%(text)s” does not say whether money came or went", text=shown(text)))


def guessed_point(cells: Sequence[str]) -> str:
    """The decimal sign of these amounts: what stands last before one or two digits, most often."""
    points = [found[1] for cell in cells if (found := re.search(r"([.,])\d{1,2}[^\d.,]*$", cell))]
    if points:
        return max(".,", key=points.count)
    grouped = [found[1] for cell in cells if (found := re.search(r"\d([.,])\d{3}(?!\d)", cell))]
    return "." if not grouped or max(".,", key=grouped.count) == "," else ","
