"""Sharing out money that is short, by a rule that everybody can read before they vote.

Whatever the rule: the sum never exceeds the budget; equal claims get equal shares; nobody gets more than is due; more
money never means less for anybody; and the order in which families are given changes nothing.

An equal cut is a prefix of one fixed sequence of steps, each a unit for everybody with one and the same due: at a share
of λ a family has the most units that are not above λ of its due. Handing out what rounding leaves by largest remainders
would come closer, but can take from a family when the fund has more (the Alabama paradox), so it is not done.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from heapq import heapify, heappop, heappush
from typing import Any

from aid.domain.entitlement.reasons import Reason, ReasonCode
from aid.domain.families import Circumstance, Facts


class Shortage(StrEnum):
    """How money is shared that is not enough for all."""

    EQUAL_CUT = "equal_cut"  # everybody the same share of what is due
    TIERS = "tiers"  # those to whom the worst happened first; where the money ends, an equal cut
    WHOLE_KITS = "whole_kits"  # each child's amount whole or not at all, one for each family before a second
    LONGEST_WAIT = "longest_wait"  # who has waited longest for aid first; where the money ends, an equal cut


@dataclass(frozen=True, slots=True)
class Terms:
    """How much a round may give, and what holds when that is short. The committee signs it with the lines."""

    budget: int | None = None  # none: whatever is due
    shortage: Shortage = Shortage.EQUAL_CUT
    tiers: tuple[Circumstance, ...] = ()  # the first is served first; families without any of them come last

    def plain(self) -> dict[str, Any]:
        """The terms as a map, for what is signed."""
        return {"budget": self.budget, "shortage": self.shortage.value, "tiers": [tier.value for tier in self.tiers]}

    def text(self) -> str:
        """The terms in one line, for a form to carry: `4000000;tiers;ill,detained`."""
        budget = "" if self.budget is None else str(self.budget)
        return ";".join((budget, self.shortage.value, ",".join(tier.value for tier in self.tiers)))

    @classmethod
    def from_text(cls, text: str) -> Terms:
        """The terms that `text` wrote. Raises ValueError for anything else."""
        budget, shortage, tiers = text.split(";")
        if budget and not (budget.isascii() and budget.isdecimal()):
            raise ValueError("a budget is a whole number")
        chosen = tuple(Circumstance(tier) for tier in tiers.split(",") if tier)
        return cls(int(budget) if budget else None, Shortage(shortage), chosen)

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Terms:
        """The terms that `plain` wrote."""
        tiers = tuple(Circumstance(tier) for tier in plain["tiers"])
        return cls(plain["budget"], Shortage(plain["shortage"]), tiers)


@dataclass(frozen=True, slots=True)
class Claim:
    """What a family is due, and what its turn depends on. Equal facts make equal claims."""

    minor: int
    kits: tuple[int, ...]  # the parts that are for one child each, the largest first
    tier: int
    since: date  # since when it waits for aid
    need: tuple[int, int]  # among equal turns: the longest without wages first, then who has more children

    @classmethod
    def of(cls, minor: int, reasons: Iterable[Reason], facts: Facts, since: date, terms: Terms) -> Claim:
        """A family's claim, from its entitlement and its facts."""
        kits = [
            reason.minor // reason.count
            for reason in reasons
            if reason.code in (ReasonCode.GRADE, ReasonCode.CHILDREN)
            for _each in range(reason.count)
        ]
        unpaid = facts.wages_stopped_on or date.max
        return cls(
            minor, tuple(sorted(kits, reverse=True)), _tier(facts, terms), since, (unpaid.toordinal(), -len(kits))
        )


def _tier(facts: Facts, terms: Terms) -> int:
    for place, circumstance in enumerate(terms.tiers):
        if circumstance in facts.circumstances:
            return place
    return len(terms.tiers)


def shares(claims: Sequence[Claim], terms: Terms, unit: int = 1) -> list[int]:
    """What each claim gets of the budget, in the claims' order."""
    if terms.budget is None or sum(claim.minor for claim in claims) <= terms.budget:
        return [claim.minor for claim in claims]
    match terms.shortage:
        case Shortage.EQUAL_CUT:
            return cut([claim.minor for claim in claims], terms.budget, unit)
        case Shortage.TIERS:
            return _by_turns(claims, [claim.tier for claim in claims], terms.budget, unit)
        case Shortage.LONGEST_WAIT:
            return _by_turns(claims, [claim.since.toordinal() for claim in claims], terms.budget, unit)
        case Shortage.WHOLE_KITS:
            return _kits_first(claims, terms.budget, unit)


def cut(dues: Sequence[int], money: int, unit: int = 1) -> list[int]:
    """The same share of every due, in whole units. Equal dues get the same; what no group can share is left over."""
    groups = Counter(dues)
    total = sum(dues)
    if total <= money:
        return list(dues)
    units = {due: due * money // total // unit for due in groups}
    left = money - unit * sum(units[due] * count for due, count in groups.items())
    steps = [(Fraction((units[due] + 1) * unit, due), -due) for due in groups if due]
    heapify(steps)
    while steps:
        _share, negative = heappop(steps)
        due = -negative
        if (units[due] + 1) * unit > due:
            continue
        left -= groups[due] * unit
        if left < 0:
            break  # not passed over for a smaller group: with more money it would have to give that back
        units[due] += 1
        heappush(steps, (Fraction((units[due] + 1) * unit, due), negative))
    return [units[due] * unit for due in dues]


def _by_turns(claims: Sequence[Claim], turns: Sequence[int], money: int, unit: int) -> list[int]:
    """Each turn is served whole; that at which the money ends is cut equally, and those after it get nothing."""
    given = [0] * len(claims)
    by_turn: defaultdict[int, list[int]] = defaultdict(list)
    for place, turn in enumerate(turns):
        by_turn[turn].append(place)
    for turn in sorted(by_turn):
        dues = [claims[place].minor for place in by_turn[turn]]
        for place, share in zip(by_turn[turn], cut(dues, money, unit), strict=True):
            given[place] = share
        if sum(dues) > money:
            break
        money -= sum(dues)
    return given


def _kits_first(claims: Sequence[Claim], money: int, unit: int) -> list[int]:
    """Every family's first kit, then every second one, and so on; of the other parts an equal cut, if money is left."""
    given = [0] * len(claims)
    for nth in range(max((len(claim.kits) for claim in claims), default=0)):
        groups: defaultdict[tuple[Any, ...], list[tuple[int, int]]] = defaultdict(list)
        for place, claim in enumerate(claims):
            if nth < len(claim.kits) and (kit := min(claim.kits[nth], claim.minor - given[place])) > 0:
                groups[claim.tier, claim.need, kit].append((place, kit))
        for turn in sorted(groups):
            money -= sum(kit for _place, kit in groups[turn])
            if money < 0:
                return [share - share % unit for share in given]
            for place, kit in groups[turn]:
                given[place] += kit
    rest = cut([claim.minor - share for claim, share in zip(claims, given, strict=True)], money, unit)
    return [
        claim.minor if share + more == claim.minor else share + more - (share + more) % unit
        for claim, share, more in zip(claims, given, rest, strict=True)
    ]
