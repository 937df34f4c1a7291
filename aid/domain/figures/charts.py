"""Charts of a release: what they draw is summed from what it tells, and from nothing else."""

from collections.abc import Iterable
from dataclasses import dataclass

from aid.domain.charts import Bar, BarChart, LineChart, Series
from aid.domain.figures.blocks import Measure, StreamKind
from aid.domain.figures.release import Line, Release, waiting_after
from aid.domain.money import Money
from aid.domain.months import Month, months
from aid.domain.words import _

RAISED, SPENT, WAITING = _("Raised"), _("Spent"), _("Waiting")
FAMILIES, CHILDREN = _("Families"), _("Children")
MOST_PLACES = 24


@dataclass(frozen=True, slots=True)
class MoneyTold:
    """One currency: its sums, and how they are drawn."""

    currency: str
    lines: tuple[Line, ...]
    raised: Money
    spent: Money
    waiting: Money
    by_purpose: BarChart
    over_time: LineChart


@dataclass(frozen=True, slots=True)
class Reached:
    """Whom one purpose has reached: families so far, and children of its largest told months; none: not told."""

    purpose: str
    families: int | None
    until: Month | None
    children: int | None


def money_told(release: Release) -> tuple[MoneyTold, ...]:
    """Every currency that something is told of."""
    return tuple(_of(release, currency) for currency in release.currencies)


def reached(release: Release) -> tuple[Reached, ...]:
    """Whom each purpose has reached, so far as it is told."""
    families = {line.stream.purpose: line for line in release.of(StreamKind.FAMILIES)}
    children = {line.stream.purpose: line for line in release.of(StreamKind.CHILDREN)}
    return tuple(
        Reached(
            purpose,
            families[purpose].total(Measure.FAMILIES) if purpose in families else None,
            families[purpose].until if purpose in families else None,
            most_children(children[purpose]) if purpose in children else None,
        )
        for purpose in release.purposes
        if purpose in families or purpose in children
    )


def most_children(line: Line) -> int:
    """The most children of one block: the same children may be in the next one again."""
    return max(block.amounts[Measure.CHILDREN] for block in line.blocks)


def people_over_time(release: Release) -> LineChart | None:
    """How many families each purpose had reached by then; None where nothing is told of any."""
    lines = release.of(StreamKind.FAMILIES)
    if not lines:
        return None
    every = _places(lines)
    series = tuple(
        Series(
            release.purposes[line.stream.purpose],
            tuple(sum(b.amounts[Measure.FAMILIES] for b in line.blocks if b.last <= place) for place in every),
        )
        for line in lines
    )
    return _last_places(LineChart(every, series))


def _of(release: Release, currency: str) -> MoneyTold:
    lines = release.of(StreamKind.MONEY, currency)
    zero = Money.zero(currency)
    bars = (
        Bar(
            release.purposes[line.stream.purpose], (line.money(Measure.RAISED), line.money(Measure.SPENT), line.waiting)
        )
        for line in lines
    )
    return MoneyTold(
        currency=currency,
        lines=lines,
        raised=sum((line.money(Measure.RAISED) for line in lines), zero),
        spent=sum((line.money(Measure.SPENT) for line in lines), zero),
        waiting=sum((line.waiting for line in lines), zero),
        by_purpose=BarChart((RAISED, SPENT, WAITING), tuple(bars)),
        over_time=_over_time(lines, currency),
    )


def _over_time(lines: tuple[Line, ...], currency: str) -> LineChart:
    """Months told as one stand at the last of them."""
    every = _places(lines)

    def flow(place: Month, measure: Measure) -> Money:
        told = (block.amounts[measure] for line in lines for block in line.blocks if block.last == place)
        return Money(sum(told), currency)

    def left(place: Month) -> Money:
        each = (waiting_after(line.stream, (b for b in line.blocks if b.last <= place)) for line in lines)
        return sum(each, Money.zero(currency))

    chart = LineChart(
        every,
        (
            Series(RAISED, tuple(flow(place, Measure.RAISED) for place in every)),
            Series(SPENT, tuple(flow(place, Measure.SPENT) for place in every)),
            Series(WAITING, tuple(left(place) for place in every)),
        ),
    )
    return _last_places(chart)


def _places(lines: Iterable[Line]) -> tuple[Month, ...]:
    blocks = [block for line in lines for block in line.blocks]
    return tuple(months(min(block.first for block in blocks), max(block.last for block in blocks)))


def _last_places(chart: LineChart) -> LineChart:
    shown = slice(-MOST_PLACES, None)
    return LineChart(chart.places[shown], tuple(Series(each.label, each.values[shown]) for each in chart.series))
