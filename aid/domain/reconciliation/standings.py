"""The vouchers of one state: a line of the equation."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from aid.domain.money import Money
from aid.domain.vouchers import OPEN_STATES, VOUCHER_STATE_TITLES, VoucherState
from aid.domain.words import Message


@dataclass(frozen=True, slots=True)
class Standing:
    """The vouchers of one state: how many, their worth, what of it was handed out, and what went back."""

    count: int = 0
    minor: int = 0
    handed: int = 0
    freed: int = 0  # by the ledger
    closings: int = 0  # vouchers of which the ledger, or the stock, says that the rest went back
    begun: int = 0  # vouchers of which something was handed out
    goods: Counter[str] = field(default_factory=Counter)
    handed_goods: Counter[str] = field(default_factory=Counter)

    def __add__(self, other: Standing) -> Standing:
        return Standing(
            self.count + other.count,
            self.minor + other.minor,
            self.handed + other.handed,
            self.freed + other.freed,
            self.closings + other.closings,
            self.begun + other.begun,
            added(self.goods, other.goods),
            added(self.handed_goods, other.handed_goods),
        )

    @property
    def rest(self) -> int:
        """What of their money was not handed out."""
        return self.minor - self.handed

    @property
    def rest_of_goods(self) -> Counter[str]:
        """What of their goods was not handed out; below zero where more was."""
        return added(self.goods, self.handed_goods, sign=-1)


@dataclass(frozen=True, slots=True)
class Part:
    """The vouchers of one state, in one currency: a line of the equation."""

    state: VoucherState
    standing: Standing
    currency: str

    @property
    def title(self) -> Message:
        """What became of them, in words."""
        return VOUCHER_STATE_TITLES[self.state]

    @property
    def count(self) -> int:
        """How many there are."""
        return self.standing.count

    @property
    def worth(self) -> Money:
        """What the committee carried for them."""
        return Money(self.standing.minor, self.currency)

    @property
    def handed(self) -> Money:
        """What of it was handed out."""
        return Money(self.standing.handed, self.currency)

    @property
    def returned(self) -> Money:
        """What of it went back."""
        return Money(self.standing.freed, self.currency)

    @property
    def open(self) -> Money:
        """What of it can still be collected."""
        return Money(self.standing.rest if self.state in OPEN_STATES else 0, self.currency)


def added(one: Counter[str], other: Counter[str], *, sign: int = 1) -> Counter[str]:
    """Goods added up, also below zero."""
    if not other:
        return one
    sums = Counter(one)
    for good, number in other.items():
        sums[good] += sign * number
    return sums
