"""Money in whole minor units of an ISO 4217 currency; never a float."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import total_ordering

from aid.domain.currencies import EVER
from aid.domain.refusals import RuleBroken
from aid.domain.words import Message, _, n_

LARGEST = 10**15
"""The largest amount anyone may enter, in minor units; sums of thousands of them still fit a database's integer."""


def digits_of(currency: str) -> int:
    """How many digits the currency has after the point. Raises RuleBroken for a currency ISO 4217 does not list."""
    try:
        return EVER[currency]
    except KeyError:
        raise RuleBroken(
            _(
                "“%(currency)s” is not a currency of ISO 4217; write three capital letters such as KZT.",
                currency=currency,
            ),
            field="currency",
        ) from None


@total_ordering
@dataclass(frozen=True, slots=True)
class Money:
    """An amount, in minor units. Amounts of two currencies never add up or compare: that raises ValueError."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        assert type(self.minor) is int, "money is counted in whole minor units"
        digits_of(self.currency)

    @classmethod
    def zero(cls, currency: str) -> Money:
        return cls(0, currency)

    def decimal(self) -> Decimal:
        """The amount in major units, with all the currency's digits."""
        return Decimal(self.minor).scaleb(-digits_of(self.currency))

    @property
    def is_whole(self) -> bool:
        """Whether it can be paid without the currency's smaller coins, which often nobody has at hand."""
        return bool(self.minor % 10 ** digits_of(self.currency) == 0)

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._minor_of(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._minor_of(other), self.currency)

    def __mul__(self, times: int) -> Money:
        return Money(self.minor * times, self.currency)

    __rmul__ = __mul__

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._minor_of(other)

    def __str__(self) -> str:
        return f"{self.decimal():f} {self.currency}"

    def _minor_of(self, other: Money) -> int:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not mix")
        return other.minor


_MARKS = str.maketrans({"’": "'", "ʼ": "'", "`": "'", "٬": "'", "٫": ".", "\u2212": "-"})
_GROUPED = re.compile(r"([1-9]\d{0,2}(?:([ '.,])\d{3})(?:\2\d{3})*)(?:([.,])(\d+))?")
_PLAIN = re.compile(r"(\d+)(?:[.,](\d+))?")


def parse_money(text: str, currency: str, *, signed: bool = False) -> Money:
    """Read an amount as people and banks write it: "1 234,50", "1,234.50", "1'234.50", with or without the currency.

    A single point or comma before exactly three digits parts thousands ("1,234" is one thousand and more), except in
    a currency that has three digits after the point, where it is the decimal point. Raises RuleBroken for anything
    that reads in no way, for more digits than the currency has unless they are zeros, and for amounts above `LARGEST`.
    """
    digits = digits_of(currency)
    figures = _figures(text, currency)
    sign = figures[:1] if figures[:1] in {"-", "+"} else ""
    if sign and not signed:
        raise RuleBroken(_("Write the amount “%(text)s” without a sign.", text=_short(text)))
    whole, fraction = _parts(figures.removeprefix(sign).strip(), digits) or _unreadable(text, currency)
    fraction = fraction.rstrip("0")
    if len(fraction) > digits:
        raise RuleBroken(_too_fine(text, currency, digits))
    minor = int(whole + fraction.ljust(digits, "0"))
    if minor > LARGEST:
        raise RuleBroken(_("The amount “%(text)s” is too large; check the number of zeros.", text=_short(text)))
    return Money(-minor if sign == "-" else minor, currency)


def _figures(text: str, currency: str) -> str:
    """The text in ASCII digits and separators, without the currency's own code."""
    if len(text) > 64:
        _unreadable(text, currency)
    bare = text.translate(_MARKS).strip().removeprefix(currency).removesuffix(currency).strip()
    return "".join(_folded(sign) for sign in bare)


def _folded(sign: str) -> str:
    """A digit of any script as an ASCII digit, a space of any width as a space."""
    return str(unicodedata.decimal(sign)) if sign.isdecimal() else " " if sign.isspace() else sign


def _parts(figures: str, digits: int) -> tuple[str, str] | None:
    """The digits before and after the decimal point."""
    grouped = _GROUPED.fullmatch(figures)
    if grouped and grouped[2] != grouped[3] and not (digits == 3 and _is_one_point(figures)):
        return re.sub(r"\D", "", grouped[1]), grouped[4] or ""
    plain = _PLAIN.fullmatch(figures)
    return (plain[1], plain[2] or "") if plain else None


def _is_one_point(figures: str) -> bool:
    """Whether the only separator is one point or comma."""
    return len(re.findall(r"\D", figures)) == 1 and bool(re.search(r"[.,]", figures))


def _unreadable(text: str, currency: str) -> tuple[str, str]:
    example = str(Money(123450 if digits_of(currency) else 1234, currency)).split()[0]
    raise RuleBroken(
        _("“%(text)s” is not an amount; write digits only, such as %(example)s.", text=_short(text), example=example)
    )


def _too_fine(text: str, currency: str, digits: int) -> Message:
    return n_(
        "“%(text)s” has too many digits: %(currency)s has %(num)s digit after the point.",
        "“%(text)s” has too many digits: %(currency)s has %(num)s digits after the point.",
        digits,
        text=_short(text),
        currency=currency,
    )


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"
