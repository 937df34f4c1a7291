"""Cash counted by notes and coins: how many of each there are, and what they come to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from aid.domain.days.notes import DENOMINATIONS
from aid.domain.money import Money, digits_of
from aid.domain.refusals import RuleBroken
from aid.domain.words import _

MOST: Final = 1_000_000
"""Pieces of one kind that anybody counts."""
_ALSO: Final = MappingProxyType({"EUR": ("500",), "USD": ("2", "0.50"), "RUB": ("10", "0.50", "0.10")})
"""Banks hand them out no more, or seldom, but they are money in a box."""
_BOUND: Final = MappingProxyType({"EUR": "50", "USD": "50", "GBP": "50", "PLN": "200"})


def faces(currency: str) -> tuple[int, ...]:
    """What is printed on its notes and coins, in minor units, the largest first.

    Of a currency whose notes Komek does not know: five, two and one, with any number of noughts.
    """
    known = {each.value.minor for each in DENOMINATIONS.get(currency, ())}
    if known:
        return tuple(sorted(known | {_minor(face, currency) for face in _ALSO.get(currency, ())}, reverse=True))
    tens = range(digits_of(currency) + 4, -1, -1)
    return tuple(digit * 10**ten for ten in tens for digit in (5, 2, 1))


def bound(currency: str) -> Money:
    """What a count may differ by before a coordinator looks at it: about what one large note is worth."""
    if currency in _BOUND:
        return Money(_minor(_BOUND[currency], currency), currency)
    return Money(faces(currency)[0] if currency in DENOMINATIONS else 100 * 10 ** digits_of(currency), currency)


def _minor(face: str, currency: str) -> int:
    return int(Decimal(face).scaleb(digits_of(currency)))


@dataclass(frozen=True, slots=True)
class Pieces:
    """So many of each note and coin of one currency, by what is printed on it in minor units. Raises RuleBroken."""

    currency: str
    of: Mapping[int, int]

    def __post_init__(self) -> None:
        if not set(self.of) <= set(faces(self.currency)):
            raise RuleBroken(_("There is no such note or coin."))
        if not all(0 <= pieces <= MOST for pieces in self.of.values()):
            raise RuleBroken(_("Write how many pieces, from 0 to %(most)s.", most=MOST))

    @property
    def total(self) -> Money:
        """What they come to."""
        return Money(sum(face * pieces for face, pieces in self.of.items()), self.currency)

    def plain(self) -> list[str]:
        """As it is kept, the largest first: `12 500000` for twelve notes of five thousand; only what there is."""
        return [f"{self.of[face]} {face}" for face in sorted(self.of, reverse=True) if self.of[face]]

    @classmethod
    def from_plain(cls, currency: str, plain: Sequence[str]) -> "Pieces":
        """What `plain` wrote. Raises ValueError for what it never writes."""
        each = [tuple(map(int, row.split(" "))) for row in plain]
        of = {face: pieces for pieces, face in each}
        if len(of) < len(each):
            raise ValueError("a note stands twice")
        return cls(currency, of)
