"""What would come of a rule: who is reached, who falls out and why, and how each way to share compares."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from aid.domain.entitlement.due import Entitlement, History, entitlement
from aid.domain.entitlement.reasons import ReasonCode
from aid.domain.entitlement.rule import ProgrammeRule
from aid.domain.entitlement.shares import Claim, Shortage, Terms, shares
from aid.domain.families import Facts

MOST_BARS = 10


@dataclass(frozen=True, slots=True)
class Case:
    """One family as a computation sees it: its code, its facts, since when it waits, and what it received earlier."""

    code: str
    facts: Facts
    since: date
    history: History


@dataclass(frozen=True, slots=True)
class Spread:
    """The smallest, the median and the largest of some amounts."""

    smallest: int
    median: int
    largest: int

    @classmethod
    def of(cls, amounts: Sequence[int]) -> Spread:
        """Of these; zeros where there are none."""
        some = amounts or (0,)
        return cls(min(some), statistics.median_low(some), max(some))


@dataclass(frozen=True, slots=True)
class Option:
    """What one way to share comes to."""

    shortage: Shortage
    total: int
    families: int  # who get something
    children: int
    cut: int  # of whom so many get less than is due
    out: int  # due something, and get nothing
    per_family: Spread
    per_child: Spread  # a family's amount by its children; only families with children
    left: int | None  # of the budget, where there is one


@dataclass(frozen=True, slots=True)
class Reached:
    """One family that gets something."""

    code: str
    due: int
    given: int
    goods: int  # how many pieces


@dataclass(frozen=True, slots=True)
class Out:
    """One family that gets nothing, and why."""

    code: str
    why: ReasonCode


@dataclass(frozen=True, slots=True)
class Bar:
    """How many families get an amount from `first` to `last`."""

    first: int
    last: int
    families: int


@dataclass(frozen=True, slots=True)
class Against:
    """What is otherwise than under the rule as it is written, with all the money it takes."""

    newly: int
    more: int
    less: int
    no_longer: int


@dataclass(frozen=True, slots=True)
class Figures:
    """A rule tried out on everybody."""

    currency: str
    due: int  # in all, before anything is cut
    options: tuple[Option, ...]
    chosen: Option
    reached: tuple[Reached, ...]
    out: tuple[Out, ...]
    why_out: Mapping[ReasonCode, int]
    bars: tuple[Bar, ...]
    against: Against

    @property
    def is_short(self) -> bool:
        """Whether somebody gets less than is due."""
        return self.chosen.cut + self.chosen.out > 0


@dataclass(frozen=True, slots=True)
class _Due:
    """A family that is due something: its entitlement, its claim, and its children that count."""

    case: Case
    found: Entitlement
    claim: Claim
    children: int


def what_if(
    cases: Sequence[Case], *, written: ProgrammeRule, rule: ProgrammeRule, terms: Terms, today: date
) -> Figures:
    """Try a rule and terms out on all cases, beside the rule as it is written."""
    dues: list[_Due] = []
    out: list[Out] = []
    for case in cases:
        found = entitlement(case.facts, rule, today, case.history)
        if isinstance(found, Entitlement):
            claim = Claim.of(found.minor, found.reasons, case.facts, case.since, terms)
            dues.append(_Due(case, found, claim, found.children))
        else:
            out.append(Out(case.code, found.reason.code))
    claims = [due.claim for due in dues]
    given = {how: shares(claims, replace(terms, shortage=how), rule.unit) for how in _ways(terms)}
    options = {how: _option(how, dues, given[how], terms) for how in given}
    reached = [
        Reached(due.case.code, due.found.minor, share, sum(item.quantity for item in due.found.items))
        for due, share in zip(dues, given[terms.shortage], strict=True)
    ]
    out += [Out(each.code, ReasonCode.NO_MONEY) for each in reached if not each.given and not each.goods]
    reached = [each for each in reached if each.given or each.goods]
    same = written == rule
    was = {due.case.code: due.found.minor for due in dues} if same else _due_as_written(cases, written, today)
    return Figures(
        currency=rule.currency,
        due=sum(claim.minor for claim in claims),
        options=tuple(options.values()),
        chosen=options[terms.shortage],
        reached=tuple(reached),
        out=tuple(sorted(out, key=lambda each: each.code)),
        why_out=Counter(each.why for each in out),
        bars=bars([each.given for each in reached if each.given]),
        against=_against(was, reached),
    )


def _ways(terms: Terms) -> list[Shortage]:
    """All ways there are to choose from; priority only where somebody said who comes first."""
    return [how for how in Shortage if how is not Shortage.TIERS or terms.tiers or terms.shortage is how]


def _option(how: Shortage, dues: Sequence[_Due], given: Sequence[int], terms: Terms) -> Option:
    total = sum(given)
    some = [(due, share) for due, share in zip(dues, given, strict=True) if share or due.found.items]
    with_children = [share // due.children for due, share in some if due.children and share]
    return Option(
        shortage=how,
        total=total,
        families=len(some),
        children=sum(due.children for due, _share in some),
        cut=sum(share < due.found.minor for due, share in some),
        out=len(dues) - len(some),
        per_family=Spread.of([share for _due, share in some if share]),
        per_child=Spread.of(with_children),
        left=None if terms.budget is None else terms.budget - total,
    )


def _against(was: Mapping[str, int], reached: Sequence[Reached]) -> Against:
    """The families that were due so much, beside those that are reached now."""
    now = {each.code: each.given for each in reached}
    both = was.keys() & now.keys()
    return Against(
        newly=len(now.keys() - was.keys()),
        more=sum(now[code] > was[code] for code in both),
        less=sum(now[code] < was[code] for code in both),
        no_longer=len(was.keys() - now.keys()),
    )


def _due_as_written(cases: Sequence[Case], written: ProgrammeRule, today: date) -> dict[str, int]:
    only_money = replace(written, goods=())
    was: dict[str, int] = {}
    for case in cases:
        found = entitlement(case.facts, only_money, today, case.history)
        if not isinstance(found, Entitlement) and written.goods:
            found = entitlement(case.facts, written, today, case.history)
        if isinstance(found, Entitlement):
            was[case.code] = found.minor
    return was


def bars(amounts: Sequence[int]) -> tuple[Bar, ...]:
    """The amounts in at most ten bars of one width: a round number."""
    if not amounts:
        return ()
    width = _width(max(amounts))
    counts = Counter((amount - 1) // width for amount in amounts)
    last = max(counts)
    return tuple(Bar(place * width + 1, (place + 1) * width, counts[place]) for place in range(min(counts), last + 1))


def _width(largest: int) -> int:
    """The least of 1, 2, 5, 10, … that ten bars of it reach the largest amount."""
    ten = 1
    while True:
        for times in (1, 2, 5):
            if ten * times * MOST_BARS >= largest:
                return ten * times
        ten *= 10
