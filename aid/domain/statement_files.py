"""A file of statements, gone through once: what each statement comes to, and what is wrong with it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from aid.domain.payments import Direction
from aid.domain.statements import (
    BankLine,
    LineStatus,
    Problem,
    StatementBegun,
    StatementEnded,
    StatementItem,
)

MOST_PROBLEMS: Final = 1_000


@dataclass(slots=True)
class Sum:
    """Booked lines of one currency."""

    lines: int = 0
    credits: int = 0
    debits: int = 0

    def add(self, line: BankLine) -> None:
        """Count a line."""
        self.lines += 1
        if line.direction is Direction.CREDIT:
            self.credits += line.minor
        else:
            self.debits += line.minor


@dataclass(slots=True)
class StatementSeen:
    """One statement as it was found."""

    begun: StatementBegun
    ended: StatementEnded | None = None  # none: the file broke off before
    booked: dict[str, Sum] = field(default_factory=dict)  # by currency
    waiting: int = 0
    first: date | None = None
    last: date | None = None

    def add(self, line: BankLine) -> int:
        """Count a line; the how-manieth it is of those that were booked in its currency, or 0."""
        if not is_booked(line):
            self.waiting += 1
            return 0
        sum_ = self.booked.get(line.currency)
        if sum_ is None:
            sum_ = self.booked[line.currency] = Sum()
        sum_.add(line)
        if self.first is None or line.booked_on < self.first:
            self.first = line.booked_on
        if self.last is None or line.booked_on > self.last:
            self.last = line.booked_on
        return sum_.lines

    @property
    def currency(self) -> str:
        """The account's, or its lines' where they have one."""
        return self.begun.currency or (next(iter(self.booked)) if len(self.booked) == 1 else "")


@dataclass(slots=True)
class FileSeen:
    """What a file holds, and what is wrong with it."""

    statements: list[StatementSeen] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    wrong: int = 0  # so many problems; the first of them are kept


def is_booked(line: BankLine) -> bool:
    """Whether its money has moved."""
    return line.status is LineStatus.BOOKED and line.minor > 0


def look_through(items: Iterable[StatementItem], keep: Callable[[int, int, BankLine], None] | None = None) -> FileSeen:
    """Go through a file, and keep of it what does not grow with its lines.

    `keep` is given every booked line: of which statement, and the how-manieth there of its currency.
    """
    seen = FileSeen()
    for item in items:
        match item:
            case BankLine():
                statement = seen.statements[-1]
                place = statement.add(item)
                if keep and place:
                    keep(statement.begun.number, place, item)
            case StatementBegun():
                seen.statements.append(StatementSeen(item))
            case StatementEnded():
                seen.statements[-1].ended = item
            case Problem():
                seen.wrong += 1
                if len(seen.problems) < MOST_PROBLEMS:
                    seen.problems.append(item)
    return seen
