"""Charts of a release: what they draw is summed from what it tells, and from nothing else."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from aid.domain.charts import Bar, BarChart, LineChart, Series
from aid.domain.figures.blocks import AT_LEAST, Block, Measure, StreamKind
from aid.domain.figures.release import Line, Release, waiting_after
from aid.domain.money import Money
from aid.domain.months import Month
from aid.domain.words import Message, _

RAISED, SPENT, WAITING = _("Raised"), _("Spent"), _("Waiting")
FAMILIES, CHILDREN = _("Families"), _("Children")
MOST_PLACES = 24
MOST_LINES = 4


@dataclass(frozen=True, slots=True)
class Row:
    """One block of money, as it stands in a table."""

    purpose: Mapping[str, str]
    period: Month | Message
    raised: Money
    spent: Money
    exchanged: Money
    waiting: Money


@dataclass(frozen=True, slots=True)
class MoneyTold:
    """One currency: its sums, and how they are drawn."""

    currency: str
    rows: tuple[Row, ...]
    raised: Money
    spent: Money
    waiting: Money
    by_purpose: BarChart
    over_time: LineChart

    @property
    def has_exchanged(self) -> bool:
        """Whether any of it was exchanged, or came of an exchange."""
        return any(row.exchanged.minor for row in self.rows)

    @property
    def columns(self) -> tuple[Message, ...]:
        """Of the table of its months."""
        exchanged = (_("Exchanged"),) if self.has_exchanged else ()
        return (_("Purpose"), _("Months"), RAISED, SPENT, *exchanged, WAITING)


@dataclass(frozen=True, slots=True)
class Reached:
    """Whom one purpose has reached: families so far, and children of its fullest told months; none: not told."""

    purpose: str
    families: int | None
    until: Month | None
    children: int | None


@dataclass(frozen=True, slots=True)
class PutRight:
    """In these months something of earlier ones was put right."""

    purpose: Mapping[str, str]
    period: Month | Message
    earlier: tuple[Month, ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A release as it is shown and printed."""

    release: Release
    money: tuple[MoneyTold, ...]
    families: BarChart | None
    children: BarChart | None
    over_time: LineChart | None  # of families; only for as many purposes as lines can be told apart
    put_right: tuple[PutRight, ...]

    @property
    def sentences(self) -> tuple[Message, ...]:
        """How its figures are made, for who reads them."""
        return (
            _(
                "They are the fund’s books, to the last coin, but they come late. The last month in them: %(month)s.",
                month=self.release.until,
            ),
            _(
                "At least %(least)s givers stand behind each sum of gifts, and at least %(least)s families behind each "
                "sum that families received. Where there were fewer, months are put together.",
                least=AT_LEAST,
            ),
            _("What is left over then is told later. Until then it is in no figure here, so sums may be a little low."),
            _("Where several months stand together, a drawing over time has them at the last one."),
            _("Spent is what families collected, what was paid for goods, and what banks kept."),
            _("A child counts in each round that its family is in, so children of several months are not added up."),
        )


def drawn(release: Release) -> Drawn:
    """All that pages and papers show of a release."""
    people = reached(release)
    corrected = (
        PutRight(release.purposes[line.stream.purpose], period(block), block.corrects)
        for line, block in release.corrected
    )
    return Drawn(
        release=release,
        money=money_told(release),
        families=_bars(release, FAMILIES, {each.purpose: each.families for each in people}),
        children=_bars(release, CHILDREN, {each.purpose: each.children for each in people}),
        over_time=people_over_time(release) if len(people) <= MOST_LINES else None,
        put_right=tuple(corrected),
    )


def period(block: Block) -> Month | Message:
    """Which months a block is of, in words."""
    if block.first == block.last:
        return block.first
    return _("%(first)s – %(last)s", first=block.first, last=block.last)


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


def _bars(release: Release, what: Message, by_purpose: Mapping[str, int | None]) -> BarChart | None:
    bars = (Bar(release.purposes[purpose], (count,)) for purpose, count in by_purpose.items() if count is not None)
    chart = BarChart((what,), tuple(bars))
    return chart if chart.bars else None


def _rows(release: Release, lines: Iterable[Line]) -> Iterator[Row]:
    """The latest months last, purpose by purpose."""
    for line in lines:
        currency = line.stream.currency
        for place, block in enumerate(line.blocks, start=1):
            yield Row(
                release.purposes[line.stream.purpose],
                period(block),
                Money(block.amounts[Measure.RAISED], currency),
                Money(block.amounts[Measure.SPENT], currency),
                Money(block.amounts[Measure.EXCHANGED], currency),
                waiting_after(line.stream, line.blocks[:place]),
            )


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
        rows=tuple(_rows(release, lines)),
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
    """Months in which something that is told ends: one that was put together with a later one would seem empty."""
    return tuple(sorted({block.last for line in lines for block in line.blocks}))


def _last_places(chart: LineChart) -> LineChart:
    shown = slice(-MOST_PLACES, None)
    return LineChart(chart.places[shown], tuple(Series(each.label, each.values[shown]) for each in chart.series))
