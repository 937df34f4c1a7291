"""What a voucher is worth, what of it was handed out, and what may be handed out now: all of it, or some of its goods.

Money goes in one piece, or waits in one piece: what was counted into a hand is counted once, and a sum in parts would
need a sum on paper. Goods go one by one where the programme says so: the boots of one size may come next week. So does
what a shop gives for a part of a sum: its bill says how much, and a family need not buy all of it on one day.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from aid.domain.goods import Item
from aid.domain.money import Money
from aid.domain.points import PointKind
from aid.domain.refusals import RuleBroken
from aid.domain.words import _


@dataclass(frozen=True, slots=True)
class Worth:
    """Money and goods together."""

    amount: Money
    items: tuple[Item, ...] = ()

    @classmethod
    def of(cls, minor: int, currency: str, items: Iterable[str]) -> Worth:
        """As rows have it."""
        return cls(Money(minor, currency), tuple(map(Item.from_plain, items)))

    @property
    def is_nothing(self) -> bool:
        """Whether there is neither money nor goods."""
        return not self.amount.minor and not self.items

    def less(self, other: Worth) -> Worth:
        """What is left when so much was handed out. Goods keep their order."""
        gone = Counter({item.good: item.quantity for item in other.items})
        left = (Item(item.good, item.quantity - gone[item.good]) for item in self.items)
        return Worth(self.amount - other.amount, tuple(item for item in left if item.quantity))

    def plain(self) -> list[str]:
        """Its goods, as rows have them."""
        return [item.plain() for item in self.items]


@dataclass(frozen=True, slots=True)
class Part:
    """What somebody ticked: the money or not, and so many of each good. `minor`: at a shop, how much of the money."""

    money: bool
    items: tuple[Item, ...]
    minor: int | None = None


def handed_now(rest: Worth, part: Part | None, *, in_parts: bool, kind: PointKind = PointKind.TABLE) -> Worth:
    """What of the rest is handed out now: all of it where nothing was ticked. Raises RuleBroken."""
    if part is None:
        return rest
    money = rest.amount if part.money else Money(0, rest.amount.currency)
    if part.money and part.minor is not None and part.minor != rest.amount.minor:
        if kind is not PointKind.SHOP:
            raise RuleBroken(_("Money is handed out in one piece, or waits in one piece."), "amount")
        if not 0 < part.minor < rest.amount.minor:
            raise RuleBroken(_("Only %(left)s is left: write up to that.", left=rest.amount), "amount")
        money = Money(part.minor, rest.amount.currency)
    there = {item.good: item.quantity for item in rest.items}
    if any(not 0 < item.quantity <= there.get(item.good, 0) for item in part.items):
        raise RuleBroken(_("This was handed out meanwhile. Check this voucher again."), "items")
    chosen = Counter({item.good: item.quantity for item in part.items})
    now = Worth(money, tuple(Item(item.good, chosen[item.good]) for item in rest.items if chosen[item.good]))
    if now.is_nothing:
        raise RuleBroken(_("Tick what you hand out now."), "items")
    if now != rest and not in_parts:
        raise RuleBroken(_("This voucher is handed out as a whole: its programme does not allow parts."), "items")
    return now


def is_cut_short(now: Worth, rest: Worth, *, in_parts: bool, kind: PointKind) -> bool:
    """Whether a part was handed out of what goes as a whole: its programme says so, or it is cash."""
    cash = kind is not PointKind.SHOP and now.amount.minor not in (0, rest.amount.minor)
    return now != rest and (cash or not in_parts)
