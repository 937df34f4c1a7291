"""What only a person can tell: whether a sum and single lines, of a day or of some days, are the same money."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any
from uuid import UUID

from aid.domain.money import Money
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.services.statements.knowing import Met
from aid.services.statements.sealed import told_of


@dataclass(slots=True)
class Seen:
    """A line on one side, with what is said of it."""

    id: UUID
    signed: int
    day: date
    value: Mapping[str, Any] = field(repr=False)
    met: Met | None = None
    statement: UUID | None = None
    parts: tuple[int, ...] = ()  # amounts that are known to be in it
    is_rest: bool = False  # what of it is not told in this kind of file yet

    def facts(self) -> dict[str, Any]:
        """By what it is known as a sum, or as in one: see aid.domain.sums."""
        value = self.value
        said = [payment.get("minor") for payment in value.get("details", ())]
        details = tuple(minor for minor in said if minor) if all(said) else ()
        return {
            "statement": self.statement,
            "references": frozenset(filter(None, (value.get("bank_reference"), *value.get("batches", ())))),
            "mark": value.get("entry_reference") or None,
            "batch": value.get("batch", 0),
            "parts": tuple(sorted(self.parts or details)),
            "is_told": "more" in value,
            "is_rest": self.is_rest,
        }


@dataclass(frozen=True, slots=True)
class DoubtLine:
    """One of the lines of a doubt, as somebody looks at it."""

    amount: Money
    day: date
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
    def is_over_days(self) -> bool:
        """Whether they stand on several days."""
        return any(line.day != self.day for line in self.lines)

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
    who = other.name if other else ""
    return DoubtLine(Money(seen.signed, currency), seen.day, seen.met is None, who, told.payment.text)


@dataclass(slots=True)
class Asking:
    """What is asked of whoever brings a file in, or was answered: each question once."""

    answers: Mapping[str, bool] | None = None  # none: it is only looked at, and doubts are gathered
    doubts: list[Doubt] = field(default_factory=list)
    _asked: set[str] = field(default_factory=set)

    def is_same(self, whole: Seen, some: Sequence[Seen]) -> bool:
        """Whether a sum and single lines were said to be the same money. Raises RuleBroken where nobody said."""
        new = next(each.met for each in (whole, *some) if each.met)
        key = _key([whole, *some])
        if key in self._asked:
            return False
        self._asked.add(key)
        if self.answers is None:
            self.doubts.append(doubt_of(key, whole.day, new.statement.currency, whole, some))
            return False
        if key not in self.answers:
            raise RuleBroken(
                _("Lines of this file may be money that is known already. Look at the file again, and say whether.")
            )
        return self.answers[key]


def _key(lines: Sequence[Seen]) -> str:
    """By which a question is known again when the file is brought in: its lines, known ones and the file's own."""
    names = sorted(f"{each.met.line.statement}.{each.met.line.n}" if each.met else each.id.hex for each in lines)
    return sha256(" ".join(names).encode()).hexdigest()[:32]
