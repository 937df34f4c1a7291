"""Calendar months: what the fund's books are closed by."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

_WRITTEN = re.compile(r"(\d{4})-(\d{2})")


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A month of a year."""

    year: int
    month: int

    def __post_init__(self) -> None:
        assert 1 <= self.month <= 12, "a year has twelve months"

    @classmethod
    def of(cls, day: date) -> Month:
        """The month a day falls in."""
        return cls(day.year, day.month)

    @classmethod
    def from_plain(cls, text: str) -> Month | None:
        """A month as `str` writes it, or nothing."""
        written = _WRITTEN.fullmatch(text)
        if not written or not 1 <= int(written[2]) <= 12 or int(written[1]) == 0:
            return None
        return cls(int(written[1]), int(written[2]))

    @property
    def first(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def last(self) -> date:
        return self.next().first - timedelta(days=1)

    def next(self) -> Month:
        """The month after it."""
        return Month(self.year + self.month // 12, self.month % 12 + 1)

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"


def months(first: Month, last: Month) -> Iterator[Month]:
    """All months from one to another, both included."""
    while first <= last:
        yield first
        first = first.next()
