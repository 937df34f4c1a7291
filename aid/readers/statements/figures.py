"""Amounts and days as banks print them, exactly or not at all; and how much of a statement is taken."""

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from aid.domain.currencies import EVER
from aid.domain.money import LARGEST
from aid.domain.refusals import RuleBroken
from aid.domain.statements import ProblemKind
from aid.domain.words import Message, _, n_

SURE = 13  # digits before the point that are never too many
SHOWN = 20  # signs of a figure that a problem repeats

_CODE = re.compile("[A-Z]{3}")
_WORD = re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(r"\d{13,}")


@dataclass(frozen=True, slots=True)
class Bounds:
    """The most that is taken of a statement's file."""

    file_bytes: int = 512 * 1024**2
    lines: int = 1_000_000  # of a bank
    statements: int = 50_000
    depth: int = 40  # elements within one another
    plain_bytes: int = 128 * 1024  # of XML without a tag's beginning
    item_bytes: int = 16 * 1024**2  # of one entry with all its details
    item_elements: int = 400_000
    text: int = 10_000  # characters of one text
    row: int = 100_000  # characters of one line of the file's text
    field: int = 2_000  # lines of the file's text that one field takes
    balances: int = 1_000


BOUNDS = Bounds()


class NotRead(Exception):
    """One figure of a statement can't be read."""

    def __init__(self, kind: ProblemKind, what: Message) -> None:
        super().__init__(what)
        self.kind = kind
        self.what = what


def shown(text: str) -> str:
    """A figure that can't be read, as a problem repeats it: no word, no name, no account that stands in its place."""
    masked = _WORD.sub(lambda word: word[0] if len(word[0]) == 1 or word[0] in EVER else "…", text.strip()[:SHOWN])
    return _NUMBER.sub("…", masked)


def too_long(bounds: Bounds) -> NotRead:
    """A text that is cut."""
    return NotRead(
        ProblemKind.UNREADABLE,
        _("a text is longer than %(most)s characters: what stands after them was left out", most=bounds.text),
    )


class Refused(Exception):
    """The file can't be read at all, or not on from this line."""

    def __init__(self, reason: Message, *, line: int = 0, field: str = "file") -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line
        self.field = field

    def as_rule(self, file_name: str) -> RuleBroken:
        """The refusal as people read it, with the file's name."""
        if self.line:
            message = _(
                "File “%(file)s”, line %(line)s: %(reason)s", file=file_name, line=self.line, reason=self.reason
            )
        else:
            message = _("File “%(file)s”: %(reason)s", file=file_name, reason=self.reason)
        return RuleBroken(message, field=self.field)


def minor_of(text: str, currency: str, point: str) -> int:
    """An amount in minor units, which may have a sign. Raises NotRead for what is not exact in its currency."""
    digits = EVER.get(currency)
    if digits is None:
        raise NotRead(
            ProblemKind.NO_CURRENCY,
            _(
                "“%(currency)s” is not a currency of ISO 4217",
                currency=currency if _CODE.fullmatch(currency) else shown(currency),
            ),
        )
    whole, _point, fraction = text.partition(point)
    if len(fraction) == digits and len(whole) < SURE and (figures := whole + fraction).isdigit() and figures.isascii():
        return int(figures)
    if len(fraction) > digits:
        fraction = fraction[:digits] + fraction[digits:].rstrip("0")
    figures = whole + fraction.ljust(digits, "0")
    bare = figures[1:] if figures[:1] in {"-", "+"} else figures
    if not (bare.isascii() and bare.isdigit()) or not (whole or fraction):
        raise NotRead(ProblemKind.UNREADABLE, _("“%(text)s” is not an amount", text=shown(text)))
    if len(fraction) > digits:
        raise NotRead(ProblemKind.TOO_FINE, _too_fine(text, currency, digits))
    minor = int(figures) if len(bare) <= len(str(LARGEST)) + 20 else LARGEST + 1
    if abs(minor) > LARGEST:
        raise NotRead(ProblemKind.UNREADABLE, _("the amount “%(text)s” is too large", text=shown(text)))
    return minor


def _too_fine(text: str, currency: str, digits: int) -> Message:
    return n_(
        "“%(text)s” has too many digits: %(currency)s has %(num)s digit after the point",
        "“%(text)s” has too many digits: %(currency)s has %(num)s digits after the point",
        digits,
        text=shown(text),
        currency=currency,
    )


@lru_cache(maxsize=4096)
def iso_day(text: str) -> date:
    """A day written 2026-11-23, alone or before a time; the day is that of the place where it was written."""
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        raise NotRead(ProblemKind.UNREADABLE, _("“%(text)s” is not a day of the calendar", text=shown(text)))
