"""Goods: what is handed out beside money. An item is so many of one good, in one of its variants where it has any.

A good's code is small Latin letters, digits and hyphens (`school-bag`); a variant follows after a colon (`boots:36`,
`notebooks:5`). Stock is kept by point and by this whole code.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from aid.domain.refusals import RuleBroken
from aid.domain.words import _

MOST = 1_000_000
"""No line and no delivery holds more of one thing."""

_DIGITS = re.compile(r"([0-9]+)")
_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_VARIANT = re.compile(r"[a-z0-9]+([.-][a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Item:
    """So many of one good: `good` is its whole code, with the variant after a colon."""

    good: str
    quantity: int

    @property
    def code(self) -> str:
        """The good's own code, without the variant."""
        return self.good.partition(":")[0]

    @property
    def variant(self) -> str:
        """Which of its variants; empty where it has none."""
        return self.good.partition(":")[2]

    def plain(self) -> str:
        """As it stands in a line, and in what is signed: `3 school-bag`."""
        return f"{self.quantity} {self.good}"

    @classmethod
    def from_plain(cls, plain: str) -> Item:
        """The item that `plain` wrote. Raises ValueError for anything else."""
        quantity, _space, good = plain.partition(" ")
        if not quantity.isascii() or not quantity.isdecimal() or not good:
            raise ValueError("a quantity and a good's code are needed")
        return cls(good, int(quantity))


def whole_code(code: str, variant: str = "") -> str:
    """The code under which stock is kept: a good's, with its variant where it has one."""
    return f"{code}:{variant}" if variant else code


def is_code(text: str) -> bool:
    """Whether this can be a good's code."""
    return _CODE.fullmatch(text) is not None and len(text) <= 40


def is_variant(text: str) -> bool:
    """Whether this can be a variant's code."""
    return _VARIANT.fullmatch(text) is not None and len(text) <= 20


def summed(items: Iterable[Item]) -> tuple[Item, ...]:
    """The same goods, each once with all its quantities together, in the order of their codes."""
    sums: Counter[str] = Counter()
    for item in items:
        sums[item.good] += item.quantity
    return tuple(Item(good, quantity) for good, quantity in sorted(sums.items()))


def check_items(items: Iterable[Item]) -> None:
    """Raise RuleBroken unless each good stands once, with a quantity that can be."""
    seen: set[str] = set()
    for item in items:
        if not is_code(item.code) or (":" in item.good and not is_variant(item.variant)):
            raise RuleBroken(_("%(good)s is not the code of a good.", good=item.good), "items")
        if item.good in seen:
            raise RuleBroken(_("%(good)s stands twice: write it once, with the sum.", good=item.good), "items")
        if not 0 < item.quantity <= MOST:
            raise RuleBroken(_("Write a quantity from 1 to %(most)s.", most=MOST), "items")
        seen.add(item.good)


def in_order(name: str) -> list[str | int]:
    """A good's place among others, by its name: a size or a grade counts as a number, 2 before 10."""
    parts = _DIGITS.split(name)  # words and numbers by turns, beginning with a word
    return [int(part) if place % 2 else part.casefold() for place, part in enumerate(parts)]
