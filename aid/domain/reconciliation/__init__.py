"""Reconciliation: what the committee carried for families is what they collected, what went back and what waits.

For any set of vouchers, in one currency:

    carried + came from other points - went to other points
        = not printed + on paper + collected in part + collected + cancelled + expired      (vouchers)
    their worth = handed out + gone back + still open                                       (money, and each good)

The left side is read from the committee's lines, the right one from what became of each voucher: what was handed out
from collections, what went back from the ledger. So a figure that was made up on one side shows on the other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import reduce
from types import MappingProxyType
from typing import Final

from aid.domain.goods import in_order
from aid.domain.money import Money
from aid.domain.reconciliation.gaps import OF_MONEY, Difference, Gap
from aid.domain.reconciliation.standings import Part, Standing, added
from aid.domain.vouchers import CLOSED_STATES, OPEN_STATES, VoucherState

NOBODY: Final = Standing()


@dataclass(frozen=True, slots=True)
class GoodTally:
    """One good of a set of vouchers."""

    good: str
    due: int
    handed: int
    returned: int  # promised no more
    open: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """A set of vouchers in one currency: what was carried, and what became of them."""

    currency: str
    carried: int = 0
    carried_minor: int = 0
    came: int = 0  # from other points
    came_minor: int = 0
    went: int = 0  # to other points
    went_minor: int = 0
    of: Mapping[VoucherState, Standing] = field(default_factory=lambda: MappingProxyType({}))
    lost_minor: int = 0  # handed out beyond what vouchers were good for
    lost_goods: Counter[str] = field(default_factory=Counter)
    kept_minor: int | None = None  # what the ledger keeps for them; none where it does not tell them apart

    def __add__(self, other: Tally) -> Tally:
        assert self.currency == other.currency, "currencies do not mix"
        states = self.of.keys() | other.of.keys()
        return Tally(
            currency=self.currency,
            carried=self.carried + other.carried,
            carried_minor=self.carried_minor + other.carried_minor,
            came=self.came + other.came,
            came_minor=self.came_minor + other.came_minor,
            went=self.went + other.went,
            went_minor=self.went_minor + other.went_minor,
            of={state: self.standing(state) + other.standing(state) for state in states},
            lost_minor=self.lost_minor + other.lost_minor,
            lost_goods=added(self.lost_goods, other.lost_goods),
            kept_minor=_both(self.kept_minor, other.kept_minor),
        )

    def standing(self, state: VoucherState) -> Standing:
        """Those in one state."""
        return self.of.get(state, NOBODY)

    def count(self, state: VoucherState) -> int:
        """How many are in one state."""
        return self.standing(state).count

    @property
    def issued(self) -> int:
        """Vouchers that should be there: carried, and moved here less those moved away."""
        return self.carried + self.came - self.went

    @property
    def there(self) -> int:
        """Vouchers that are there, whatever became of them."""
        return sum(standing.count for standing in self.of.values())

    @property
    def open_count(self) -> int:
        """Vouchers of which something can still be collected."""
        return sum(self.count(state) for state in OPEN_STATES)

    @property
    def closed_count(self) -> int:
        """Vouchers that were cancelled or expired."""
        return sum(self.count(state) for state in CLOSED_STATES)

    @property
    def carried_worth(self) -> Money:
        """What the committee carried at these points."""
        return self._money(self.carried_minor)

    @property
    def came_worth(self) -> Money:
        """What vouchers are worth that came from other points."""
        return self._money(self.came_minor)

    @property
    def went_worth(self) -> Money:
        """What vouchers are worth that went to other points."""
        return self._money(self.went_minor)

    @property
    def worth_there(self) -> Money:
        """What the vouchers that are there are worth."""
        return self._money(sum(standing.minor for standing in self.of.values()))

    @property
    def kept(self) -> Money | None:
        """What the ledger keeps for them; none where it does not tell them apart."""
        return None if self.kept_minor is None else self._money(self.kept_minor)

    @property
    def parts(self) -> tuple[Part, ...]:
        """What became of them, state by state."""
        return tuple(Part(state, self.standing(state), self.currency) for state in VoucherState)

    @property
    def worth(self) -> Money:
        """What the vouchers are worth that should be there."""
        return self._money(self.carried_minor + self.came_minor - self.went_minor)

    @property
    def handed(self) -> Money:
        """What was handed out and not taken back, for whatever became of the vouchers."""
        return self._money(sum(standing.handed for standing in self.of.values()))

    @property
    def returned(self) -> Money:
        """What went back to the fund."""
        return self._money(sum(standing.freed for standing in self.of.values()))

    @property
    def open(self) -> Money:
        """What can still be collected."""
        return self._money(sum(self.standing(state).rest for state in OPEN_STATES))

    @property
    def lost(self) -> Money:
        """What was handed out beyond what vouchers were good for: no part of the sum, and borne by the fund."""
        return self._money(self.lost_minor)

    @property
    def goods(self) -> tuple[GoodTally, ...]:
        """Each good by its code: what was due, handed out, given up, and is still open."""
        names = {good for standing in self.of.values() for good in standing.goods | standing.handed_goods}
        return tuple(self._good(good) for good in sorted(names, key=in_order))

    @property
    def differences(self) -> tuple[Difference, ...]:
        """What does not add up; nothing, where all does."""
        return tuple(_differences(self))

    def _good(self, good: str) -> GoodTally:
        return GoodTally(
            good,
            due=sum(standing.goods[good] for standing in self.of.values()),
            handed=sum(standing.handed_goods[good] for standing in self.of.values()),
            returned=sum(self.standing(state).rest_of_goods[good] for state in CLOSED_STATES),
            open=sum(self.standing(state).rest_of_goods[good] for state in OPEN_STATES),
        )

    def _money(self, minor: int) -> Money:
        return Money(minor, self.currency)


def total(tallies: Iterable[Tally]) -> tuple[Tally, ...]:
    """Tallies put together, one a currency in the order of their codes."""
    by_currency: dict[str, list[Tally]] = {}
    for tally in tallies:
        by_currency.setdefault(tally.currency, []).append(tally)
    return tuple(reduce(Tally.__add__, some) for _currency, some in sorted(by_currency.items()))


def _differences(tally: Tally) -> Iterator[Difference]:
    collected = tally.standing(VoucherState.COLLECTED)
    closed = reduce(Standing.__add__, (tally.standing(state) for state in CLOSED_STATES))
    still_good = reduce(Standing.__add__, (tally.standing(state) for state in OPEN_STATES))
    worth = sum(standing.minor for standing in tally.of.values())
    begun = tally.standing(VoucherState.BEGUN).begun + tally.standing(VoucherState.PRINTED).begun
    sums = (
        (Gap.VOUCHERS, tally.issued, tally.there),
        (Gap.WORTH, tally.worth.minor, worth),
        (Gap.BEGUN, tally.count(VoucherState.BEGUN), begun),
        (Gap.COLLECTED, collected.minor, collected.handed),
        (Gap.CLOSED, closed.count, closed.closings),
        (Gap.RETURNED, closed.rest, closed.freed),
        (Gap.KEPT, 0, still_good.freed + collected.freed),
        (Gap.LEDGER, tally.open.minor, tally.open.minor if tally.kept_minor is None else tally.kept_minor),
    )
    for gap, due, found in sums:
        if due != found:
            yield Difference(gap, due, found, tally.currency if gap in OF_MONEY else "")
    for good, missing in sorted(collected.rest_of_goods.items()):
        if missing:
            due = collected.goods[good]
            yield Difference(Gap.GOODS, due, due - missing, good)


def _both(one: int | None, other: int | None) -> int | None:
    if one is None or other is None:
        return one if other is None else other
    return one + other


__all__ = ["Difference", "Gap", "GoodTally", "Part", "Standing", "Tally", "added", "total"]
