"""Charts: what is drawn, and where. The page only sets it; every chart has the same figures in a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from aid.domain.money import Money
from aid.domain.months import Month
from aid.domain.words import Message

Label = Message | str | Mapping[str, str] | Month | date
"""What a bar, a line or a place on the axis is called: a message, a name in the fund's languages, a month, a day."""
Value = Money | int
WIDE = 1000
"""A drawing is this many units wide, however wide the page is."""
HIGH = 300


@dataclass(frozen=True, slots=True)
class Drawn:
    """One bar: which series it is of (from 1), what it is worth, how long it is of `WIDE`."""

    series: int
    label: Label
    value: Value
    length: int
    below: bool  # zero


@dataclass(frozen=True, slots=True)
class Bar:
    """What is compared, with one value a series."""

    label: Label
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class BarChart:
    """Bars that lie one under another, in one unit; beside each its value in words."""

    series: tuple[Label, ...]
    bars: tuple[Bar, ...]

    def rows(self) -> tuple[tuple[Label, tuple[Drawn, ...]], ...]:
        """Each label with its bars."""
        longest = max((abs(_plain(value)) for bar in self.bars for value in bar.values), default=0)
        return tuple((bar.label, tuple(self._drawn(bar, longest))) for bar in self.bars)

    def _drawn(self, bar: Bar, longest: int) -> Iterable[Drawn]:
        for number, (label, value) in enumerate(zip(self.series, bar.values, strict=True), start=1):
            plain = _plain(value)
            length = -(-abs(plain) * WIDE // longest) if longest else 0  # rounded up: what is there is seen
            yield Drawn(number, label, value, length, plain < 0)


@dataclass(frozen=True, slots=True)
class Series:
    """One line: a value for each place on the axis."""

    label: Label
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it is drawn; `dots` are its places."""

    series: int
    label: Label
    path: str
    dots: str
    points: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class LineChart:
    """How values went over time, in one unit."""

    places: tuple[Label, ...]
    series: tuple[Series, ...]

    def lines(self) -> tuple[Line, ...]:
        """Each series as a path from left to right."""
        return tuple(self._line(number, series) for number, series in enumerate(self.series, start=1))

    def rows(self) -> tuple[tuple[Label, tuple[Value, ...]], ...]:
        """Each place with its values, for the table."""
        return tuple(
            (place, tuple(series.values[at] for series in self.series)) for at, place in enumerate(self.places)
        )

    @property
    def top(self) -> Value | None:
        """The largest value: where the drawing ends."""
        return max((value for series in self.series for value in series.values), key=_plain, default=None)

    @property
    def zero(self) -> int:
        """How far from the top nothing lies."""
        return self._height(0)

    def _line(self, number: int, series: Series) -> Line:
        points = [(self._across(at), self._height(_plain(value))) for at, value in enumerate(series.values)]
        path = "M" + " L".join(f"{x} {y}" for x, y in points) if points else ""
        return Line(number, series.label, path, " ".join(f"M{x} {y}h0" for x, y in points), tuple(points))

    def _across(self, at: int) -> int:
        return WIDE // 2 if len(self.places) == 1 else at * WIDE // (len(self.places) - 1)

    def _height(self, plain: int) -> int:
        values = [_plain(value) for series in self.series for value in series.values]
        highest, lowest = max(0, *values, 0), min(0, *values, 0)
        return HIGH if highest == lowest else (highest - plain) * HIGH // (highest - lowest)


def _plain(value: Value) -> int:
    return value.minor if isinstance(value, Money) else value
