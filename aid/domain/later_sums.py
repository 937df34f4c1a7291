"""Which lines are one money though banks book them on different days: a batch a day or two after its payments' notice.

Within one day aid.domain.sums joins what it can. What is left is looked at once more, over some days: a batch that is
collected on a Friday is booked on a Monday, or on a Tuesday after a holiday. The same notice may also list each payment
as one of its own, and one line may stand on two days, in two kinds of file.

Over days little is sure: unions and people give the same again and again. It is sure only where both name one booking
by a reference that no bank counts up anew each day, and the amounts agree to the cent. Where a shorter reference, the
number of payments, their amounts or the sum agree, or a sum that says it holds several payments stands after single
ones that are left over, a person is shown both, and says.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from aid.domain.sums import FEWEST, Joined, Side

WINDOW: Final = 5  # days: from a Thursday over Easter to a Tuesday
MOST_WAYS: Final = 5_000
TELLING: Final = 8  # signs of a reference that is no mere count


@dataclass(frozen=True, slots=True)
class LaterSide(Side):
    """A line with its day, and by what it may be told from another: each is empty where the bank says nothing."""

    day: date = date.min
    own: str = ""  # the bank's reference of the booking
    end_to_end: str = ""
    account: str = ""  # of the other
    name: str = ""  # the same, as far as it is compared


def joined_later(sums: Sequence[LaterSide], singles: Sequence[LaterSide], *, is_later: bool) -> list[Joined]:
    """Sums of one kind of file with what of the other is in them; each line is in one of them at most.

    `is_later`: the sums are of whole statements, which are booked with the notice or after it, and not before it.
    """
    free = _Free(singles, is_later=is_later)
    left = {side.place: side for side in sorted(sums, key=lambda side: (-abs(side.signed), side.day, side.place))}
    named = Counter(reference for side in sums for reference in side.references)
    owned = Counter(side.own for side in sums)
    found: list[Joined] = []

    def take(join: Joined | None) -> None:
        if join:
            found.append(join)
            del left[join.sum]
            free.take(join.singles)

    for side in [*left.values()]:
        take(_by_booking(side, free.owned(side), is_alone=owned[side.own] == 1))
    for side in [*left.values()]:
        take(_by_reference(side, free.named(side, {name for name in side.references if named[name] == 1})))
    for rule in (_by_parts, _by_number, _by_likeness, _by_amount, _left_over):
        for side in [*left.values()]:
            if within := free.within(side):
                take(rule(side, within))
    return found


class _Free:
    """Single lines that are in no sum yet, by what they are looked for."""

    def __init__(self, singles: Sequence[LaterSide], *, is_later: bool) -> None:
        self._sign = 1 if is_later else -1
        self._left = {single.place: single for single in singles}
        self._days: dict[date, dict[int, LaterSide]] = defaultdict(dict)
        self._owned: dict[str, list[LaterSide]] = defaultdict(list)
        self._named: dict[Hashable, list[LaterSide]] = defaultdict(list)
        for single in singles:
            self._days[single.day][single.place] = single
            self._owned[single.own].append(single)
            for reference in single.references:
                self._named[reference].append(single)

    def take(self, places: Iterable[int]) -> None:
        """These are in a sum now."""
        for place in places:
            del self._days[self._left.pop(place).day][place]

    def within(self, side: LaterSide) -> list[LaterSide]:
        """What may be in the sum by its day and amount."""
        days = (side.day - self._sign * timedelta(days=back) for back in range(WINDOW + 1))
        return [each for day in days for each in self._days.get(day, {}).values() if _fits(side, each)]

    def owned(self, side: LaterSide) -> list[LaterSide]:
        """What bears the same reference of a booking, before or after it."""
        return self._near(side, self._owned.get(side.own, ())) if side.own else []

    def named(self, side: LaterSide, names: Iterable[Hashable]) -> list[tuple[LaterSide, Hashable]]:
        """The same of any of these references, each once, with the one by which it was found."""
        found = {each.place: (each, name) for name in names for each in self._near(side, self._named.get(name, ()))}
        return [found[place] for place in sorted(found)]

    def _near(self, side: LaterSide, some: Iterable[LaterSide]) -> list[LaterSide]:
        here = (each for each in some if each.place in self._left and _fits(side, each))
        return [each for each in here if abs((side.day - each.day).days) <= WINDOW]


def _fits(side: LaterSide, single: LaterSide) -> bool:
    """Whether a line went the same way as the sum, is no more, and no sum itself."""
    return (side.signed > 0) == (single.signed > 0) and abs(single.signed) <= abs(side.signed) and not single.is_rest


# ---------------------------------------------------------------- both name it


def _by_booking(side: LaterSide, owned: Sequence[LaterSide], *, is_alone: bool) -> Joined | None:
    """One line in both kinds of file, on two days, by the bank's reference of the booking."""
    same = [each for each in owned if each.signed == side.signed]
    if not same or side.is_rest:
        return None
    return _join(side, same[:1], is_sure=is_alone and len(same) == 1 and len(side.own) >= TELLING)


def _by_reference(side: LaterSide, named: Sequence[tuple[LaterSide, Hashable]]) -> Joined | None:
    """A sum and the payments in it, by the reference of the booking or the batch's own id."""
    some = [each for each, _name in named if each.signed != side.signed or side.is_rest]
    is_telling = all(len(str(name)) >= TELLING for _each, name in named)
    return _join(side, some, is_sure=is_telling and _total(some) == side.signed) if some else None


# ---------------------------------------------------------------- only a person can tell


def _by_parts(side: LaterSide, within: Sequence[LaterSide]) -> Joined | None:
    """The sum tells its payments, and lines of their amounts are there: those that belong together, or else any."""
    if len(side.parts) < FEWEST:
        return None
    fitting = (some for some in _bundles(within) if tuple(sorted(abs(each.signed) for each in some)) == side.parts)
    some = next(fitting, None) or _of_amounts(within, Counter(side.parts))
    return _join(side, some) if some else None


def _of_amounts(within: Sequence[LaterSide], wanted: Counter[int]) -> list[LaterSide]:
    """Lines of these amounts, one for each; nothing if one is missing."""
    some = []
    for each in within:
        if wanted[abs(each.signed)]:
            wanted[abs(each.signed)] -= 1
            some.append(each)
    return [] if wanted.total() else some


def _by_number(side: LaterSide, within: Sequence[LaterSide]) -> Joined | None:
    """The bank says how many payments the sum holds, and so many make it: that belong together, or else any."""
    if side.batch < FEWEST or len(within) < side.batch:
        return None
    fitting = (some for some in _bundles(within) if len(some) == side.batch and _total(some) == side.signed)
    some = next(fitting, None) or _so_many(within, side.batch, side.signed)
    return _join(side, some) if some else None


def _so_many(within: Sequence[LaterSide], count: int, total: int) -> list[LaterSide]:
    """So many lines that make the total, if they are found without much ado."""
    ways: dict[tuple[int, int], tuple[LaterSide, ...]] = {(0, 0): ()}
    for each in within:
        for (taken, sum_), some in [*ways.items()]:
            if taken < count and abs(sum_ + each.signed) <= abs(total):
                ways.setdefault((taken + 1, sum_ + each.signed), (*some, each))
        if (count, total) in ways:
            return [*ways[count, total]]
        if len(ways) > MOST_WAYS:
            break
    return []


def _by_amount(side: LaterSide, within: Sequence[LaterSide]) -> Joined | None:
    """They make the sum, and nothing else speaks for it; what one giver's account paid is no sum of others."""
    if side.account and side.batch < FEWEST:
        return None
    fitting = (some for some in _bundles(within) if len(some) >= FEWEST and _total(some) == side.signed)
    return next((_join(side, some) for some in fitting), None)


def _by_likeness(side: LaterSide, within: Sequence[LaterSide]) -> Joined | None:
    """One line with one of its amount, of an earlier day, where nothing that is said of both tells them apart."""
    if side.is_rest:
        return None
    alike = (each for each in within if each.signed == side.signed and each.day != side.day)
    like = next((each for each in alike if not _differ(side, each)), None)  # the nearest day comes first
    return _join(side, [like]) if like else None


def _left_over(side: LaterSide, within: Sequence[LaterSide]) -> Joined | None:
    """A sum that says it holds several payments, and not which or just such, after single ones that are left."""
    some = [each for each in within if abs(each.signed) < abs(side.signed) or side.is_rest]
    if side.batch < FEWEST and not side.parts:
        return None
    if not some or side.is_told or abs(_total(some)) > abs(side.signed):
        return None
    if side.parts:
        are_some = not Counter(abs(each.signed) for each in some) - Counter(side.parts)
        return _join(side, some) if are_some else None
    return _join(side, some) if len(some) <= side.batch else None


def _differ(one: LaterSide, other: LaterSide) -> bool:
    """Whether both say something of themselves, and not the same."""
    mine, theirs = ((each.own, each.end_to_end, each.account, each.name) for each in (one, other))
    return any(said and told and said != told for said, told in zip(mine, theirs, strict=True))


def _bundles(within: Sequence[LaterSide]) -> Iterator[list[LaterSide]]:
    """Lines that may belong together: all, those of one statement, of one mark, of one day; smaller than the sum."""
    yield [*within]
    keys: Iterable[Callable[[LaterSide], Hashable]] = (
        lambda each: each.statement,
        lambda each: each.mark,
        lambda each: each.day,
        lambda each: (each.day, each.statement),
    )
    for key in keys:
        bundles: dict[Hashable, list[LaterSide]] = defaultdict(list)
        for each in within:
            if key(each) is not None:
                bundles[key(each)].append(each)
        yield from bundles.values()


def _total(some: Iterable[LaterSide]) -> int:
    return sum(each.signed for each in some)


def _join(side: LaterSide, some: Sequence[LaterSide], *, is_sure: bool = False) -> Joined:
    return Joined(side.place, tuple(each.place for each in some), is_sure)
