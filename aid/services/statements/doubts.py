"""What only a person can tell: whether a sum and single lines of a day are the same money."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from aid.domain.money import Money
from aid.services.statements.knowing import Met
from aid.services.statements.sealed import told_of


@dataclass(slots=True)
class Seen:
    """A line on one side, with what is said of it."""

    id: UUID
    signed: int
    value: Mapping[str, Any] = field(repr=False)
    met: Met | None = None
    statement: UUID | None = None
    parts: tuple[int, ...] = ()  # amounts that are known to be in it
    is_rest: bool = False  # what of it is not told in this kind of file yet


@dataclass(frozen=True, slots=True)
class DoubtLine:
    """One of the lines of a doubt, as somebody looks at it."""

    amount: Money
    is_in: bool  # in the fund's books already; else in the file
    who: str = field(repr=False)
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Doubt:
    """A sum and single lines that may be the same money: nobody but a person can tell."""

    key: str
    day: date
    sum: DoubtLine
    singles: tuple[DoubtLine, ...]
    difference: Money | None  # what the sum is more than they

    @property
    def lines(self) -> tuple[DoubtLine, ...]:
        """The sum, then the single ones."""
        return (self.sum, *self.singles)


def doubt_of(key: str, day: date, currency: str, whole: Seen, some: Sequence[Seen]) -> Doubt:
    """What somebody is asked about a sum and single lines."""
    difference = whole.signed - sum(each.signed for each in some)
    return Doubt(
        key,
        day,
        _doubt_line(whole, currency),
        tuple(_doubt_line(each, currency) for each in some),
        Money(difference, currency) if difference else None,
    )


def _doubt_line(seen: Seen, currency: str) -> DoubtLine:
    told = told_of(seen.value)
    other = told.payment.other
    return DoubtLine(Money(seen.signed, currency), seen.met is None, other.name if other else "", told.payment.text)
