"""Which lines of a statement are known already: statements overlap, come twice, and come in several formats.

Banks give no line a number that lasts. What does last is how often they print it. All lines of one account, booked on
one day, with one amount and currency, are alike; two equal gifts on a day are two alike lines in every statement that
shows the day. So lines are counted, not recognised one by one: each line of a statement takes the place of one known
line at most, and what finds no place is new. Showing the same lines again, in another order or ten times, adds nothing.

Which known line may a line be?

- One that the same source (a format and version, or a table's columns) showed with the same identity: a bank prints a
  line the same way again in the same format. If the source showed that known line otherwise, it is another line;
  unless both stood between the same two balances of the day, where nothing but the same lines can stand.
- One that only other sources showed so far: formats cut and fold texts differently, so there only day, amount and
  currency count, and two IBANs that differ keep lines apart. A line that shares a mark (the bank's reference, an
  end-to-end id, an account) is taken first. So a camt.053 adds to the camt.052 and 054 of its day, and an MT940 to its
  MT942, exactly what those did not show.
- None that was shown in another part of the day. Pages, and statements of a few hours, share a day out: of two equal
  gifts one may stand on each page. Two pages of one statement hold different lines, and so do two statements of one
  source if one begins with the balance with which the other ends, and both moved it. A statement brought again under
  another number begins where it began before.

An import goes by account and day: all lines of one statement and day are asked together, once the statement has ended
and its parts are known. Where nothing is known of an account and day, all are new, and nobody has to wait.

What can't be known: two reports without balances and references, of one source, each with a gift of the same amount and
text, are taken for two looks at one gift, until a whole statement of that day shows both. Nothing is ever added twice.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from aid.domain.statements import BankLine, Part, is_whole_source

Mark: TypeAlias = str | bytes


@dataclass(frozen=True, slots=True)
class Sighting:
    """A line as one statement showed it. Identity and marks may be keyed hashes: they are only compared."""

    source: str
    identity: Mark
    marks: tuple[Mark, ...] = ()  # a line's own marks, in their order; empty: none
    part: Part | None = None


@dataclass(frozen=True, slots=True)
class SeenLine:
    """One line of the account and day that are looked at, as a statement shows it now."""

    signed: int
    currency: str
    sighting: Sighting


@dataclass(frozen=True, slots=True)
class KnownLine:
    """One line that is known of that account and day, with all that showed it."""

    signed: int
    currency: str
    sightings: tuple[Sighting, ...]


def seen_line(line: BankLine, *, source: str, part: Part | None, keyed: Callable[[bytes], Mark] = bytes) -> SeenLine:
    """The line as it is compared; `keyed` hides what names and texts would give away."""
    marks = tuple(keyed(mark.encode()) if mark else b"" for mark in line.marks)
    return SeenLine(line.signed, line.currency, Sighting(source, keyed(line.identity), marks, part))


def repeated(
    seen: Sequence[SeenLine], known: Sequence[KnownLine], *, elsewhere: Collection[Mark] = ()
) -> list[int | None]:
    """For each line which known one it is, by place in `known`; none for a new line. Of one account, day and statement.

    What bears a bank's reference that is found `elsewhere`, in the other kind of file on another day or with another
    amount, may be in a sum there: amounts alone make it no other line. Whoever keeps lines adds a sighting to each
    known one that was found again.
    """
    found: list[int | None] = [None] * len(seen)
    if not known:
        return found
    singles, sums = _in_sums(seen, known)
    new: dict[tuple[int, str], dict[int, Sighting]] = defaultdict(dict)
    for place, line in enumerate(seen):
        if place not in singles:
            new[line.signed, line.currency][place] = line.sighting
    old: dict[tuple[int, str], dict[int, KnownLine]] = defaultdict(dict)
    for place, known_line in enumerate(known):
        if place not in sums:
            old[known_line.signed, known_line.currency][place] = known_line
    for amount in new.keys() & old.keys():
        for place, old_place in _pairs(new[amount], old[amount], elsewhere):
            found[place] = old_place
    return found


def _in_sums(seen: Sequence[SeenLine], known: Sequence[KnownLine]) -> tuple[set[int], set[int]]:
    """Lines of either side, by place, that are a sum or in one, by the bank's reference: see aid.domain.sums.

    Such a line is like no other, though its amount may be. Only statements and what comes beside them show sums so.
    """
    by_reference: dict[Mark, list[tuple[int, int]]] = defaultdict(list)
    for place, line in enumerate(seen):
        if line.sighting.marks and line.sighting.marks[0]:
            by_reference[line.sighting.marks[0]].append((place, line.signed))
    others: dict[Mark, dict[int, int]] = defaultdict(dict)
    for place, old in enumerate(known if by_reference else ()):
        for sighting in old.sightings:
            if sighting.marks and sighting.marks[0] in by_reference:
                others[sighting.marks[0]][place] = old.signed
    mine: set[int] = set()
    theirs: set[int] = set()
    is_whole = is_whole_source(seen[0].sighting.source) if seen else False
    for reference, olds in others.items():
        news = by_reference[reference]
        shown = (sighting.source for place in olds for sighting in known[place].sightings)
        is_beside = len(news) + len(olds) > 2 and all(is_whole_source(source) != is_whole for source in shown)
        if is_beside and _is_sum(olds.values(), [signed for _place, signed in news]):
            mine |= {place for place, _signed in news}
            theirs |= set(olds)
    return mine, theirs


def _is_sum(one: Collection[int], other: Collection[int]) -> bool:
    """Whether there is one line on one side, and smaller ones on the other."""
    for few, many in ((one, other), (other, one)):
        if len(few) == 1:
            whole = next(iter(few))
            return all(0 < single / whole < 1 for single in many)
    return False


def _pairs(
    seen: Mapping[int, Sighting], known: Mapping[int, KnownLine], elsewhere: Collection[Mark]
) -> Iterator[tuple[int, int]]:
    """Lines and known ones that are the same, the surest first; all have one amount and currency."""
    left = dict(seen)
    part = next((sighting.part for sighting in seen.values()), None)
    free = {n: old for n, old in known.items() if not any(are_apart(sighting.part, part) for sighting in old.sightings)}
    for keys in (_in_one_part, _in_one_source, _marks, _any):
        if keys is _any and elsewhere:
            left = {place: sighting for place, sighting in left.items() if not _is_elsewhere(sighting, elsewhere)}
            free = {
                n: old for n, old in free.items() if not any(_is_elsewhere(each, elsewhere) for each in old.sightings)
            }
        waiting: dict[Hashable, deque[int]] = defaultdict(deque)
        for n, old in free.items():
            for key in {key for sighting in old.sightings for key in keys(sighting)}:
                waiting[key].append(n)
        for place, sighting in [*left.items()] if free else ():
            fits = _may_be if keys in {_marks, _any} else None
            taken = _taken(sighting, [waiting[key] for key in keys(sighting) if key in waiting], free, fits)
            if taken is not None:
                del left[place], free[taken]
                yield place, taken


def _is_elsewhere(sighting: Sighting, elsewhere: Collection[Mark]) -> bool:
    return bool(sighting.marks) and sighting.marks[0] in elsewhere


def _taken(
    sighting: Sighting,
    queues: Iterable[deque[int]],
    free: Mapping[int, KnownLine],
    fits: Callable[[Sighting, KnownLine], bool] | None,
) -> int | None:
    """The first that is free and fits."""
    for queue in queues:
        while queue and queue[0] not in free:
            queue.popleft()
        for n in queue:
            if n in free and (fits is None or fits(sighting, free[n])):
                return n
    return None


def _in_one_part(sighting: Sighting) -> tuple[Hashable, ...]:
    return ((sighting.source, sighting.identity, sighting.part),) if sighting.part else ()


def _in_one_source(sighting: Sighting) -> tuple[Hashable, ...]:
    return ((sighting.source, sighting.identity),)


def _marks(sighting: Sighting) -> tuple[Hashable, ...]:
    return tuple((kind, mark) for kind, mark in enumerate(sighting.marks) if mark)


def _any(_sighting: Sighting) -> tuple[Hashable, ...]:
    return ((),)


def _may_be(sighting: Sighting, known: KnownLine) -> bool:
    """Whether a known line may be this one, though no sighting of it is the same."""
    return all(
        (old.source != sighting.source or _in_one_stretch(old.part, sighting.part)) and not _differ(old, sighting)
        for old in known.sightings
    )


def _in_one_stretch(one: Part | None, other: Part | None) -> bool:
    """Whether both show the same stretch of the account, which moved its balance."""
    if one is None or other is None or one.opening == one.closing:
        return False
    return (one.opening, one.closing) == (other.opening, other.closing)


def _differ(one: Sighting, other: Sighting) -> bool:
    """Whether both name the other's account, and name two."""
    return bool(one.marks and other.marks and one.marks[-1] and other.marks[-1] and one.marks[-1] != other.marks[-1])


def are_apart(one: Part | None, other: Part | None) -> bool:
    """Whether two parts of a day hold different lines: two pages, or one that begins where the other ends."""
    if one is None or other is None or one.source != other.source or one.opening == other.opening:
        return False
    if one.statement == other.statement:
        return one.page != other.page
    if one.opening == one.closing or other.opening == other.closing:
        return False
    return one.closing == other.opening or other.closing == one.opening
