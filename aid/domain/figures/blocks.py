"""What may be told: months are put together until ten people stand behind each figure of what is told.

A *stream* is what is told together: the money of one purpose in one currency (raised, spent, exchanged; what waits is
what these leave), the families that one purpose reached, or the children of its rounds. Month after month is added to
what is not told yet; as soon as behind each of its figures stands nobody at all or at least ten people, it is told as
one *block*, and the next begins. What is left over at the end is kept back, and is in no figure that is told.

Why nothing hidden can be computed from what is told: every figure that is ever told is a sum of whole blocks of its
stream. A block's figure is one sum over at least ten people, so it says nothing of fewer of them. There is no total
that holds what is kept back, and no two totals that differ by it. Where a block ends depends only on its own months
and those before, and books are never changed backwards: so the next release tells the same blocks again, and more. All
releases together tell what the last one does. (Property tests move amounts inside what is hidden: nothing told moves.)
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import groupby
from types import MappingProxyType
from uuid import UUID

from aid.domain.months import Month

AT_LEAST = 10
"""So many people stand behind each figure that is told, or nobody."""


class StreamKind(StrEnum):
    """What a stream tells of."""

    MONEY = "money"
    FAMILIES = "families"
    CHILDREN = "children"


class Measure(StrEnum):
    """One figure of a block: amounts in minor units, or people."""

    RAISED = "raised"
    SPENT = "spent"
    EXCHANGED = "exchanged"
    FAMILIES = "families"  # that collected aid for the first time
    CHILDREN = "children"  # in the families that a round was decided for


MEASURES: Mapping[StreamKind, tuple[Measure, ...]] = MappingProxyType(
    {
        StreamKind.MONEY: (Measure.RAISED, Measure.SPENT, Measure.EXCHANGED),
        StreamKind.FAMILIES: (Measure.FAMILIES,),
        StreamKind.CHILDREN: (Measure.CHILDREN,),
    }
)
COUNTS = frozenset({Measure.FAMILIES, Measure.CHILDREN})
"""Measures that count people: they too are nothing, or at least ten."""


@dataclass(frozen=True, slots=True, order=True)
class Stream:
    """What is told together: of which purpose, by its code; money also in which currency."""

    kind: StreamKind
    purpose: str
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """What happened in a month: so much of a measure, and the donors or families behind it; nobody behind a fee."""

    month: Month
    measure: Measure
    amount: int
    people: frozenset[UUID] = frozenset()
    corrects: Month | None = None  # the month in which what it corrects was booked


@dataclass(frozen=True, slots=True)
class Block:
    """Months that are told as one. What it corrects are blocks told before, each by its first month."""

    first: Month
    last: Month
    amounts: Mapping[Measure, int]
    corrects: tuple[Month, ...] = ()


@dataclass(frozen=True, slots=True)
class Held:
    """What is kept back, for whoever decides what is told: since when, and how many people stand behind it so far."""

    since: Month
    people: Mapping[Measure, int]


@dataclass(frozen=True, slots=True)
class Kept:
    """A stream as it may be told, and what is kept back of it."""

    blocks: tuple[Block, ...]
    held: Held | None


@dataclass(slots=True)
class _Gathered:
    """Months that are not told yet."""

    first: Month
    last: Month
    amounts: dict[Measure, int] = field(default_factory=dict)
    people: dict[Measure, set[UUID]] = field(default_factory=dict)
    corrects: set[Month] = field(default_factory=set)

    def add(self, fact: Fact) -> None:
        self.amounts[fact.measure] = self.amounts.get(fact.measure, 0) + fact.amount
        self.people.setdefault(fact.measure, set()).update(fact.people)
        if fact.corrects is not None:
            self.corrects.add(fact.corrects)

    @property
    def may_be_told(self) -> bool:
        """Whether nobody, or at least ten people, stand behind each figure."""
        counts = [len(people) for people in self.people.values()]
        counts += [abs(amount) for measure, amount in self.amounts.items() if measure in COUNTS]
        return all(count == 0 or count >= AT_LEAST for count in counts)


def told(stream: Stream, facts: Iterable[Fact], *, until: Month) -> Kept:
    """What may be told of a stream up to a month, and what is kept back of it."""
    blocks: list[Block] = []
    open_: _Gathered | None = None
    past = sorted((fact for fact in facts if fact.month <= until), key=lambda fact: fact.month)
    for month, some in groupby(past, key=lambda fact: fact.month):
        open_ = open_ or _Gathered(month, month)
        open_.last = month
        for fact in some:
            assert fact.measure in MEASURES[stream.kind], "a stream tells of its own"
            open_.add(fact)
        if open_.may_be_told:
            blocks.append(_block(stream, open_, blocks))
            open_ = None
    held = Held(open_.first, {measure: len(people) for measure, people in open_.people.items()}) if open_ else None
    return Kept(tuple(blocks), held)


def _block(stream: Stream, months: _Gathered, before: list[Block]) -> Block:
    corrected = {block.first for month in months.corrects for block in before if block.first <= month <= block.last}
    amounts = {measure: months.amounts.get(measure, 0) for measure in MEASURES[stream.kind]}
    return Block(months.first, months.last, amounts, tuple(sorted(corrected)))
