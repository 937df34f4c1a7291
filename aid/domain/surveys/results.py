"""What the answers say of all families: shares with their intervals, the worst case, and small numbers hidden.

An interval tells what chance alone may have done; it takes those who could not be reached to be like the others. What
if they are not is told beside it: the worst case counts each of them as having received nothing, the best case as
having it all (bounds without assumptions: C. F. Manski, The American Economic Review 80, 1990, 319-323).
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar
from uuid import UUID

from aid.domain.figures.blocks import AT_LEAST
from aid.domain.money import Money
from aid.domain.surveys.calls import Answer, CallState, Received, Said, Waited
from aid.domain.surveys.intervals import exact_interval

Kind = TypeVar("Kind")


@dataclass(frozen=True, slots=True)
class Share:
    """So many of those who answered, and what that says of all families."""

    count: int
    of: int
    least: int  # of all families, by the interval
    most: int
    families: int

    @property
    def percent(self) -> int:
        """Of those who answered."""
        return _rounded(self.count, self.of)

    @property
    def low(self) -> int:
        """The interval's lower end in hundredths, never told too high."""
        return 100 * self.least // self.families

    @property
    def high(self) -> int:
        """Its upper end, never told too low."""
        return -(-100 * self.most // self.families)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What it is at worst and at best, whatever those would have said who did not answer."""

    worst: Share
    best: Share


@dataclass(frozen=True, slots=True)
class MoneySaid:
    """Of the money that families were handed by the books, so much arrived by what they say."""

    booked: Money
    least: Money  # a part without an amount is counted as nothing
    most: Money  # and here as all of it

    @property
    def low(self) -> int:
        """In hundredths, never told too high."""
        return 100 * self.least.minor // self.booked.minor

    @property
    def high(self) -> int:
        """In hundredths, never told too low."""
        return -(-100 * self.most.minor // self.booked.minor)


@dataclass(frozen=True, slots=True)
class Answered:
    """One family's answer that counts, and what it was handed by the books."""

    point_id: UUID
    answer: Answer
    booked: Money


@dataclass(frozen=True, slots=True)
class AtPoint:
    """What families say who collected at a point, or at several together."""

    points: tuple[UUID, ...]
    received_all: Share


@dataclass(frozen=True, slots=True)
class Result:
    """All that a survey tells. What rests on fewer than ten answers is not told."""

    families: int
    asked: int
    states: Mapping[CallState, int]
    received: Mapping[Received, Share]
    bounds: Bounds | None  # of having received all
    paid: Share | None
    respected: Share | None
    waited: Mapping[Waited, Share]
    money: tuple[MoneySaid, ...]
    points: tuple[AtPoint, ...]

    @property
    def answered(self) -> int:
        """How many answered."""
        return self.states.get(CallState.ANSWERED, 0)

    @property
    def response(self) -> int:
        """How many hundredths of those who were asked answered."""
        return _rounded(self.answered, self.asked)


ENOUGH: Final = AT_LEAST
"""So many answers stand behind each share, as behind each figure that the fund tells."""


def result_of(answers: Sequence[Answered], states: Mapping[CallState, int], *, at_points: Mapping[UUID, int]) -> Result:
    """What was said, of so many families at each point."""
    families, asked = sum(at_points.values()), sum(states.values())
    said = [each.answer for each in answers]
    count = Counter(answer.received for answer in said)
    enough = len(said) >= ENOUGH
    return Result(
        families=families,
        asked=asked,
        states=states,
        received=_shares(count, Received, families),
        bounds=_bounds(count[Received.ALL], len(said), asked, families) if enough else None,
        paid=_yes((answer.paid for answer in said), families),
        respected=_yes((answer.respected for answer in said), families),
        waited=_shares(Counter(answer.waited for answer in said if answer.waited), Waited, families),
        money=tuple(_money(answers)),
        points=tuple(_points(answers, at_points)),
    )


def _shares(count: Counter[Kind], kinds: Iterable[Kind], families: int) -> dict[Kind, Share]:
    of = count.total()
    return {kind: _share(count[kind], of, families) for kind in kinds} if of >= ENOUGH else {}


def _share(count: int, of: int, families: int) -> Share:
    return Share(count, of, *exact_interval(count, asked=of, families=families), families)


def _bounds(count: int, answered: int, asked: int, families: int) -> Bounds:
    return Bounds(_share(count, asked, families), _share(count + asked - answered, asked, families))


def _yes(said: Iterable[Said | None], families: int) -> Share | None:
    count = Counter(each for each in said if each is not None)
    return _shares(count, Said, families).get(Said.YES)


def _money(answers: Sequence[Answered]) -> Iterable[MoneySaid]:
    """By currency. No interval: how amounts vary among those who say less can't be told from a handful of them."""
    for currency in sorted({each.booked.currency for each in answers if each.booked.minor}):
        own = [each for each in answers if each.booked.currency == currency and each.booked.minor]
        if len(own) < ENOUGH:
            continue
        arrived = [_arrived(each) for each in own]
        yield MoneySaid(
            Money(sum(each.booked.minor for each in own), currency),
            Money(sum(least for least, _most in arrived), currency),
            Money(sum(most for _least, most in arrived), currency),
        )


def _arrived(each: Answered) -> tuple[int, int]:
    booked, answer = each.booked.minor, each.answer
    if answer.amount_minor is not None:
        said = min(answer.amount_minor, booked)
        return said, said
    return {Received.ALL: (booked, booked), Received.PART: (0, booked), Received.NOTHING: (0, 0)}[answer.received]


def _points(answers: Sequence[Answered], at_points: Mapping[UUID, int]) -> Iterable[AtPoint]:
    """Each point behind which ten answers stand. The others together, so that nothing is told by what is left out.

    Where those are too few, the point with the fewest answers joins them; with one group left, nothing new is told.
    """
    count = Counter(each.point_id for each in answers)
    groups = [
        (point,) for point in sorted(at_points, key=lambda point: (-count[point], point)) if count[point] >= ENOUGH
    ]
    others = tuple(point for point in at_points if count[point] < ENOUGH)
    while others and groups and sum(count[point] for point in others) < ENOUGH:
        others = (*others, *groups.pop())
    every = [*groups, others] if others else groups
    if len(every) < 2:
        return
    for points in every:
        yield AtPoint(points, _at(points, answers, at_points))


def _at(points: Collection[UUID], answers: Sequence[Answered], at_points: Mapping[UUID, int]) -> Share:
    own = [each for each in answers if each.point_id in points]
    have_all = sum(each.answer.received is Received.ALL for each in own)
    return _share(have_all, len(own), sum(at_points[point] for point in points))


def _rounded(count: int, of: int) -> int:
    return (200 * count + of) // (2 * of) if of else 0
