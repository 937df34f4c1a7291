"""What is packed and brought for a distribution day: what vouchers need, what is there, and what kits are made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from aid.domain.goods import Item

Kits = Mapping[str, tuple[Item, ...]]
"""What each kit holds, by the kit's whole code."""


@dataclass(frozen=True, slots=True)
class Pick:
    """One good: how many the day needs, how many are there, are packed from what is there, and are brought."""

    good: str
    need: int
    there: int
    pack: int
    bring: int


@dataclass(frozen=True, slots=True)
class PickList:
    """All goods of a day, and what the kits that are brought, or packed before, are made of."""

    picks: tuple[Pick, ...]
    into_kits: tuple[Item, ...]  # taken out of what is there
    parts_to_bring: tuple[Item, ...]  # what kits to bring are made of, where they are packed elsewhere

    @property
    def is_whole(self) -> bool:
        """Whether nothing has to be brought."""
        return not any(pick.bring for pick in self.picks)


def pick_list(need: Mapping[str, int], there: Mapping[str, int], kits: Kits) -> PickList:
    """What to pack at the point and what to bring. What is handed out loose is not packed into kits."""
    loose = Counter({good: max(there.get(good, 0) - need.get(good, 0), 0) for good in there})
    packed: Counter[str] = Counter()
    into: Counter[str] = Counter()
    parts: Counter[str] = Counter()
    for good in sorted(need):
        missing = max(need[good] - max(there.get(good, 0), 0), 0)
        contents = kits.get(good, ())
        if missing and contents:
            packed[good] = min(missing, *(loose[part.good] // part.quantity for part in contents))
        for part in contents:
            loose[part.good] -= part.quantity * packed[good]
            into[part.good] += part.quantity * packed[good]
            parts[part.good] += part.quantity * (missing - packed[good])
    picks = tuple(_pick(good, need[good], there.get(good, 0), packed[good]) for good in sorted(need) if need[good])
    return PickList(picks, _items(into), _items(parts))


def _pick(good: str, need: int, there: int, pack: int) -> Pick:
    return Pick(good, need, there, pack, max(need - max(there, 0), 0) - pack)


def _items(counted: Counter[str]) -> tuple[Item, ...]:
    return tuple(Item(good, quantity) for good, quantity in sorted(counted.items()) if quantity)
