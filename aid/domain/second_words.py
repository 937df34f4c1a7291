"""What one person may book alone of money at a bank, and what waits for a second person's word.

A fee takes money off an account, and two lines that are set against each other hide what came and what went. Who keeps
the accounts can write both down with nothing but the bank's line to show for it: so only small sums rest on one word.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Self

from aid.domain.money import Money
from aid.domain.refusals import RuleBroken
from aid.domain.words import _

WINDOW: Final = timedelta(days=30)
"""What was booked alone within it counts together, so that nothing is taken in slices."""

PART: Final = 100
"""One person alone books no more than one of so many parts of what the account holds, or the small sum below."""

SMALL_TENTHS: Final = 3
"""So many tenths of what one person first books alone are booked at a small account too: what keeping it costs."""


class WordKind(StrEnum):
    """What it is that is booked."""

    FEE = "fee"
    INTEREST = "interest"
    AGAINST = "against"  # two lines set against each other, where the bank does not say that it took one back
    CHARGES = "charges"  # of an exchange, which has a second person's word of its own


MOST_ALONE: Mapping[str, int] = MappingProxyType(
    {
        **dict.fromkeys(("EUR", "USD", "GBP", "CHF"), 50_00),
        **dict.fromkeys(("PLN", "RON"), 200_00),
        **dict.fromkeys(("SEK", "NOK", "DKK"), 500_00),
        **dict.fromkeys(("CZK", "TRY"), 1_000_00),
        **dict.fromkeys(("KGS", "RUB"), 4_000_00),
        "KZT": 25_000_00,
    }
)
"""In minor units, until the fund sets its own sum. Of a currency that is not named, nothing."""


def first_bound(currency: str) -> Money:
    """How much of a currency one person may book alone, where the fund has not said otherwise."""
    return Money(MOST_ALONE.get(currency, 0), currency)


def first_small(currency: str) -> Money:
    """How much of a currency one person may book alone at an account that holds little, likewise."""
    return Money(first_bound(currency).minor * SMALL_TENTHS // 10, currency)


@dataclass(frozen=True, slots=True)
class Bound:
    """How much one person books alone of a currency: at all accounts together, and at one that holds little."""

    most: Money
    small: Money

    @classmethod
    def said(cls, currency: str, most: int | None = None, small: int | None = None) -> Self:
        """What the fund said, in minor units; where it said nothing, what Komek begins with."""
        together = first_bound(currency) if most is None else Money(most, currency)
        return cls(together, min(first_small(currency), together) if small is None else Money(small, currency))


def counted_with(kind: WordKind) -> frozenset[WordKind]:
    """What counts together: all that takes money away; what brings some is for itself."""
    taking = frozenset(WordKind) - {WordKind.INTEREST}
    return taking if kind in taking else frozenset({WordKind.INTEREST})


@dataclass(frozen=True, slots=True)
class Alone:
    """What one person may book, measured by what was booked alone within the last days."""

    most: Money  # of the currency
    held: Money  # on the account, by the books
    here: Money  # booked alone lately on the account
    everywhere: Money  # booked alone lately on all accounts of the currency
    small: Money  # so much even at an account of which a part would be less

    def asks(self, amount: Money) -> bool:
        """Whether a second person has to agree."""
        return amount > self.left

    @property
    def left(self) -> Money:
        """So much may still be booked alone."""
        part = Money(max(self.held.minor, 0) // PART, self.held.currency)
        of_account = max(part, self.small) - self.here
        return max(min(self.most - self.everywhere, of_account), Money.zero(self.held.currency))


def check_bound(most: Money, small: Money | None = None) -> None:
    """Raise RuleBroken unless this can be what one person may book alone, and that at small accounts."""
    if most.minor < 0:
        raise RuleBroken(_("Write an amount, or nothing at all."), field="most")
    if small is not None and not 0 <= small.minor <= most.minor:
        raise RuleBroken(_("At a small account it is no more than at all accounts together."), field="small")
