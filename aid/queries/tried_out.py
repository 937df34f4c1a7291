"""What a what-if comes to, shaped for its page: codes and counts, amounts as money, a chart. No names."""

from dataclasses import dataclass

from aid.domain.charts import Bar, BarChart
from aid.domain.entitlement import SHORTAGE_TITLES, Reason, ReasonCode, describe, describe_rule
from aid.domain.entitlement.figures import Against, Figures, Option, Spread
from aid.domain.entitlement.sentences import Names
from aid.domain.money import Money
from aid.domain.words import Message, _
from aid.services.what_if import TriedOut

MOST_SHOWN = 200
"""So many codes stand on the page; the counts are of all."""


@dataclass(frozen=True, slots=True)
class Amounts:
    """The smallest, the median and the largest, as money."""

    smallest: Money
    median: Money
    largest: Money


@dataclass(frozen=True, slots=True)
class OptionRow:
    """One way to share, beside the others."""

    title: Message
    is_chosen: bool
    families: int
    children: int
    out: int
    cut: int
    total: Money
    left: Money | None
    per_family: Amounts
    per_child: Amounts


@dataclass(frozen=True, slots=True)
class ReachedRow:
    """One family that gets something."""

    code: str
    due: Money
    given: Money
    goods: int


@dataclass(frozen=True, slots=True)
class OutRow:
    """Why some get nothing, how many, and their codes."""

    why: Message
    families: int
    codes: tuple[str, ...]
    more: int


@dataclass(frozen=True, slots=True)
class TriedOutPage:
    """Everything a what-if shows."""

    sentence: Message
    is_as_written: bool
    budget: Money | None
    due: Money
    available: Money
    chosen: OptionRow
    options: tuple[OptionRow, ...]
    is_short: bool
    already: int
    reached: tuple[ReachedRow, ...]
    more_reached: int
    out: tuple[OutRow, ...]
    against: Against
    chart: BarChart | None
    terms: str  # as the form that proposes carries them

    @property
    def missing(self) -> Money:
        """What is due and not there."""
        return self.due - (self.budget or self.due)

    @property
    def in_coins(self) -> Money | None:
        """An amount that nobody could be paid in notes, where there is one among those shown."""
        return next((each.given for each in self.reached if not each.given.is_whole), None)


def page_of(tried: TriedOut, names: Names) -> TriedOutPage:
    """The page of what was tried out."""
    figures, currency = tried.figures, tried.figures.currency
    rows = {option.shortage: _row(option, figures) for option in figures.options}
    return TriedOutPage(
        sentence=describe_rule(tried.rule, names),
        is_as_written=tried.is_as_written,
        budget=None if tried.terms.budget is None else Money(tried.terms.budget, currency),
        due=Money(figures.due, currency),
        available=tried.available,
        chosen=rows[figures.chosen.shortage],
        options=tuple(rows.values()),
        is_short=figures.is_short,
        already=tried.already,
        reached=tuple(
            ReachedRow(each.code, Money(each.due, currency), Money(each.given, currency), each.goods)
            for each in figures.reached[:MOST_SHOWN]
        ),
        more_reached=max(0, len(figures.reached) - MOST_SHOWN),
        out=tuple(_out(figures, code) for code in sorted(figures.why_out, key=lambda code: -figures.why_out[code])),
        against=figures.against,
        chart=_chart(figures),
        terms=tried.terms.text(),
    )


def _row(option: Option, figures: Figures) -> OptionRow:
    currency = figures.currency
    return OptionRow(
        title=SHORTAGE_TITLES[option.shortage],
        is_chosen=option.shortage is figures.chosen.shortage,
        families=option.families,
        children=option.children,
        out=option.out,
        cut=option.cut,
        total=Money(option.total, currency),
        left=None if option.left is None else Money(option.left, currency),
        per_family=_amounts(option.per_family, currency),
        per_child=_amounts(option.per_child, currency),
    )


def _amounts(spread: Spread, currency: str) -> Amounts:
    return Amounts(Money(spread.smallest, currency), Money(spread.median, currency), Money(spread.largest, currency))


def _out(figures: Figures, code: ReasonCode) -> OutRow:
    codes = [each.code for each in figures.out if each.why is code]
    return OutRow(describe(Reason(code, 0, 0)), len(codes), tuple(codes[:MOST_SHOWN]), max(0, len(codes) - MOST_SHOWN))


def _chart(figures: Figures) -> BarChart | None:
    """How many families get how much."""
    if not figures.bars:
        return None
    currency = figures.currency
    bars = tuple(
        Bar(
            _("%(first)s – %(last)s", first=Money(bar.first - 1, currency), last=Money(bar.last, currency)),
            (bar.families,),
        )
        for bar in figures.bars
    )
    return BarChart((_("Families"),), bars)
