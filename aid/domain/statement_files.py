"""A file of statements, gone through once: what each statement comes to, and its lines in steps."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from aid.domain.statements import (
    BankLine,
    LineStatus,
    Problem,
    StatementBegun,
    StatementEnded,
    StatementItem,
)

STEP: Final = 2_000
"""So many payments are brought in at once, or more: a day's lines stay together."""
MOST: Final = 6_000
"""A day of more lines is brought in in parts."""
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
        if line.signed > 0:
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

    def add(self, line: BankLine) -> None:
        """Count a line."""
        if not is_booked(line):
            self.waiting += 1
            return
        self.booked.setdefault(line.currency, Sum()).add(line)
        self.first = min(self.first or line.booked_on, line.booked_on)
        self.last = max(self.last or line.booked_on, line.booked_on)

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


@dataclass(frozen=True, slots=True)
class Kept:
    """A line that is kept: of which statement, the how-manieth of its kept ones."""

    statement: int
    n: int
    line: BankLine


def is_booked(line: BankLine) -> bool:
    """Whether its money has moved."""
    return line.status is LineStatus.BOOKED and line.minor > 0


def look_through(items: Iterable[StatementItem]) -> FileSeen:
    """Go through a file, and keep of it what does not grow with its lines."""
    seen = FileSeen()
    for item in items:
        match item:
            case BankLine():
                seen.statements[-1].add(item)
            case StatementBegun():
                seen.statements.append(StatementSeen(item))
            case StatementEnded():
                seen.statements[-1].ended = item
            case Problem():
                seen.wrong += 1
                if len(seen.problems) < MOST_PROBLEMS:
                    seen.problems.append(item)
    return seen


def steps(items: Iterable[StatementItem], currencies: Mapping[int, str]) -> Iterator[list[Kept]]:
    """The lines that are kept, some thousands at a time; of each statement those in its account's currency."""
    step: list[Kept] = []
    weight = statement = n = 0
    currency = ""
    for item in items:
        if isinstance(item, StatementBegun):
            statement, n = item.number, 0
            currency = currencies.get(statement, "")
        elif isinstance(item, BankLine) and item.currency == currency and is_booked(item):
            if step and weight >= STEP and (weight >= MOST or _is_of_another_day(step[-1], statement, item)):
                yield step
                step, weight = [], 0
            n += 1
            step.append(Kept(statement, n, item))
            weight += len(item.details) or 1
    if step:
        yield step


def _is_of_another_day(last: Kept, statement: int, line: BankLine) -> bool:
    return last.statement != statement or last.line.booked_on != line.booked_on
