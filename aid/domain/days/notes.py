"""Notes and coins: which there are, and how many of each pay every voucher to the last coin.

What banks hand out and shops take in 2026; where smaller coins are still money by law but nobody has them, they are
left out, and an amount that would need them is said to be payable only in part.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from aid.domain.money import Money

_SETS = {
    "KZT": ("20000 10000 5000 2000 1000 500", "200 100 50 20 10 5 2 1"),
    "KGS": ("5000 2000 1000 500 200 100 50 20", "10 5 3 1"),
    "UZS": ("200000 100000 50000 20000 10000 5000 2000 1000", "500 200 100 50"),
    "RUB": ("5000 2000 1000 500 200 100 50", "10 5 2 1"),
    "GEL": ("200 100 50 20 10 5", "2 1 0.50 0.20 0.10 0.05"),
    "EUR": ("200 100 50 20 10 5", "2 1 0.50 0.20 0.10 0.05 0.02 0.01"),
    "USD": ("100 50 20 10 5 1", "0.25 0.10 0.05 0.01"),
    "GBP": ("50 20 10 5", "2 1 0.50 0.20 0.10 0.05 0.02 0.01"),
    "PLN": ("500 200 100 50 20 10", "5 2 1 0.50 0.20 0.10 0.05 0.02 0.01"),
}


@dataclass(frozen=True, slots=True)
class Denomination:
    """One note or coin."""

    value: Money
    is_note: bool


def _read(currency: str, notes: str, coins: str) -> tuple[Denomination, ...]:
    def minor(text: str) -> int:
        whole, _point, part = text.partition(".")
        return int(whole) * 100 + int(part or 0)  # all of these have two digits after the point

    every = [(text, True) for text in notes.split()] + [(text, False) for text in coins.split()]
    return tuple(Denomination(Money(minor(text), currency), is_note) for text, is_note in every)


DENOMINATIONS: Mapping[str, tuple[Denomination, ...]] = MappingProxyType(
    {currency: _read(currency, *sets) for currency, sets in _SETS.items()}
)
"""By currency, the largest first. Of a currency that is not here Komek knows none."""


@dataclass(frozen=True, slots=True)
class Cash:
    """How many of each note and coin, and what of the sum no coin pays."""

    counts: tuple[tuple[Denomination, int], ...]  # the largest first, none that is not needed
    total: Money  # of the notes and coins
    unpayable: Money  # what is left over: too little for the smallest coin, each time
    times: int = 0  # for so many amounts something is left over

    @property
    def is_exact(self) -> bool:
        """Whether every amount can be paid to the last coin."""
        return self.unpayable.minor == 0


def is_known(currency: str) -> bool:
    """Whether Komek knows the notes and coins of this currency."""
    return currency in DENOMINATIONS


def paid_with(amount: Money) -> tuple[tuple[Denomination, int], ...]:
    """The notes and coins of one amount, the largest first. What is left is less than the smallest."""
    left, used = amount.minor, []
    for each in DENOMINATIONS[amount.currency]:
        count, left = divmod(left, each.value.minor)
        if count:
            used.append((each, count))
    return tuple(used)


def cash_for(amounts: Mapping[Money, int] | Iterable[Money], *, currency: str) -> Cash:
    """How many of each note and coin, so that each of these amounts is paid by itself. Raises KeyError: see `is_known`.

    Amounts are counted, so that a thousand equal vouchers are worked out once.
    """
    counted = Counter(amounts)
    needed: Counter[Denomination] = Counter()
    left = times = 0
    for amount, many in counted.items():
        used = paid_with(amount)
        for each, count in used:
            needed[each] += count * many
        rest = amount.minor - sum(each.value.minor * count for each, count in used)
        left, times = left + rest * many, times + (many if rest else 0)
    counts = tuple((each, needed[each]) for each in DENOMINATIONS[currency] if needed[each])
    total = sum(each.value.minor * count for each, count in counts)
    return Cash(counts, Money(total, currency), Money(left, currency), times)
