"""Which lines are one sum elsewhere: a bank books gifts as one sum, and lists them singly in another kind of file.

A whole statement (camt.053, MT940) and what comes beside it (camt.054, camt.052, MT942, a table) may show one money in
two ways: one books a sum, the other the payments in it. Whoever counts both counts it twice. So what one kind of file
shows as a sum, and the other singly, is joined, whichever came first; amounts stay as they were booked.

It is sure where both name the same batch (the bank's reference of the booking, or the batch's own id), or where they
share a weaker mark (a reference of the entry, which some banks only count up) or the number of payments, and the
amounts agree to the cent. Where amounts alone agree, or a sum says that it holds several payments and single ones of
its day are left over, nobody can tell: a person is shown both, and says.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass

FEWEST = 2  # payments in a sum


@dataclass(frozen=True, slots=True)
class Side:
    """A line of one day that has no like in the other kind of file. References may be keyed: they are compared only."""

    place: int
    signed: int
    statement: Hashable = None  # that shows it
    references: frozenset[Hashable] = frozenset()  # the bank's of the booking, the batch's ids
    mark: Hashable = None  # the entry's own reference: some banks only count them up
    batch: int = 0  # how many payments the bank says it holds
    parts: tuple[int, ...] = ()  # the amounts of its payments where they are told elsewhere, never negative, in order
    is_told: bool = False  # its payments stand in it, though not here
    is_rest: bool = False  # of a sum in which others are already: one alone may be all that is left


@dataclass(frozen=True, slots=True)
class Joined:
    """A sum and the single lines that are in it, by place; not sure: a person has to say."""

    sum: int
    singles: tuple[int, ...]
    is_sure: bool


def joined(sums: Sequence[Side], singles: Sequence[Side], *, only_sure: bool = False) -> list[Joined]:
    """Sums of one kind of file with what of the other is in them; each line is in one of them at most."""
    free = {single.place: single for single in singles}
    left = {side.place: side for side in sorted(sums, key=lambda side: (-abs(side.signed), side.place))}
    found: list[Joined] = []
    for rule in (_by_reference, _by_mark, _by_parts, _by_number, _by_amount, _left_over):
        for side in [*left.values()]:
            others = [other for other in left.values() if other is not side]
            within = [single for single in free.values() if _fits(side, single)]
            if not within:
                continue
            join = rule(side, within, others)
            if join and (join.is_sure or not only_sure):
                found.append(join)
                del left[side.place]
                for place in join.singles:
                    del free[place]
    return found


def _fits(side: Side, single: Side) -> bool:
    """Whether a single line may be in the sum: it is smaller, or all that is left of it, and went the same way."""
    most = abs(side.signed) if side.is_rest else abs(side.signed) - 1
    return (side.signed > 0) == (single.signed > 0) and abs(single.signed) <= most and not single.is_rest


def _by_reference(side: Side, within: Sequence[Side], others: Sequence[Side]) -> Joined | None:
    """Both name the same booking. More than the sum can't be in it, unless somebody says so."""
    mine = side.references - {reference for other in others for reference in other.references}
    named = [single for single in within if single.references & mine]
    return _join(side, named, is_sure=abs(_total(named)) <= abs(side.signed)) if named else None


def _by_mark(side: Side, within: Sequence[Side], others: Sequence[Side]) -> Joined | None:
    if side.mark is None or any(other.mark == side.mark for other in others):
        return None
    named = [single for single in within if single.mark == side.mark]
    return _join(side, named, is_sure=True) if _makes(side, named) else None


def _by_parts(side: Side, within: Sequence[Side], others: Sequence[Side]) -> Joined | None:
    """The sum tells its payments, and these have their amounts, one for one."""
    if len(side.parts) < FEWEST or any(other.parts == side.parts for other in others):
        return None
    fitting = (some for some in _bundles(within) if tuple(sorted(abs(each.signed) for each in some)) == side.parts)
    return next((_join(side, some, is_sure=True) for some in fitting), None)


def _by_number(side: Side, within: Sequence[Side], others: Sequence[Side]) -> Joined | None:
    """The bank says how many payments the sum holds; so many make it, and no other sum."""
    if side.batch < FEWEST or any((other.batch, other.signed) == (side.batch, side.signed) for other in others):
        return None
    fitting = {tuple(each.place for each in some): some for some in _bundles(within) if _makes(side, some)}
    right = [some for some in fitting.values() if len(some) == side.batch]
    return _join(side, right[0], is_sure=True) if len(right) == 1 else None


def _by_amount(side: Side, within: Sequence[Side], _others: Sequence[Side]) -> Joined | None:
    """They make the sum, and nothing else speaks for it."""
    return next((_join(side, some, is_sure=False) for some in _bundles(within) if _makes(side, some)), None)


def _left_over(side: Side, within: Sequence[Side], _others: Sequence[Side]) -> Joined | None:
    """A sum that says it holds several payments, and not which or just such, beside single ones of the day."""
    if side.is_told or abs(_total(within)) > abs(side.signed):
        return None
    if side.parts:
        are_some = not Counter(abs(each.signed) for each in within) - Counter(side.parts)
        return _join(side, within, is_sure=False) if are_some else None
    return _join(side, within, is_sure=False) if side.batch >= FEWEST else None


def _bundles(within: Sequence[Side]) -> Iterator[list[Side]]:
    """Lines that may belong together: all, those of one statement, those with one mark."""
    yield [*within]
    keys: Iterable[Callable[[Side], Hashable]] = (lambda each: each.statement, lambda each: each.mark)
    for key in keys:
        bundles: dict[Hashable, list[Side]] = defaultdict(list)
        for each in within:
            if key(each) is not None:
                bundles[key(each)].append(each)
        yield from bundles.values()


def _makes(side: Side, some: Sequence[Side]) -> bool:
    return len(some) >= FEWEST and _total(some) == side.signed


def _total(some: Iterable[Side]) -> int:
    return sum(each.signed for each in some)


def _join(side: Side, some: Sequence[Side], *, is_sure: bool) -> Joined:
    return Joined(side.place, tuple(each.place for each in some), is_sure)
