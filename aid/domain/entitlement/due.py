"""What one family is due under a programme, with the reasons: same facts, same rule, same amount to the unit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from aid.domain.entitlement.reasons import Reason, ReasonCode
from aid.domain.entitlement.rule import Gift, Join, Per, ProgrammeRule, Rounding, Scope, Variant
from aid.domain.families import Facts, MemberFacts
from aid.domain.goods import Item, is_variant, whole_code


@dataclass(frozen=True, slots=True)
class Earlier:
    """Aid that the family was granted on a day: how much, and whether by this programme."""

    on: date
    minor: int  # in the programme's currency; aid in another one is 0
    of_this: bool

    def plain(self) -> dict[str, Any]:
        """The aid as a map."""
        return {"on": self.on.isoformat(), "minor": self.minor, "of_this": self.of_this}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Earlier:
        """The aid that `plain` wrote."""
        return cls(date.fromisoformat(plain["on"]), plain["minor"], plain["of_this"])


@dataclass(frozen=True, slots=True)
class History:
    """What a rule asks of a family besides its facts: where it lives, and what it received earlier."""

    locality: str = ""
    earlier: tuple[Earlier, ...] = ()


NO_HISTORY = History()


@dataclass(frozen=True, slots=True)
class Entitlement:
    """What a family is due. The reasons add up to it exactly."""

    minor: int
    reasons: tuple[Reason, ...]
    items: tuple[Item, ...] = ()
    children: int = field(default=0, compare=False)  # that the programme counts


@dataclass(frozen=True, slots=True)
class NotEligible:
    """Nothing is due, and why."""

    reason: Reason


def entitlement(
    facts: Facts, rule: ProgrammeRule, today: date, history: History = NO_HISTORY
) -> Entitlement | NotEligible:
    """What a family with these facts is due under the rule on this day."""
    children = [member for member in facts.members if rule.counts(member, today)]
    if code := _why_not(facts, rule, today, history, children):
        return _none(code)
    reasons = [*_parts(facts, rule, children)]
    total = before = sum(reason.minor for reason in reasons)
    most = None if rule.cap is None else max(0, rule.cap - _received(rule, today, history))
    if most is not None and most < before:
        total = most
        reasons.append(Reason(ReasonCode.CAP, 1, total - before))
    rounded = round_to_unit(total, rule.unit, rule.rounding, most)
    if rounded != total:
        reasons.append(Reason(ReasonCode.ROUNDED, 1, rounded - total))
    items, about_goods = _goods(facts, rule, children)
    if rounded == 0 and not items:
        return _none(ReasonCode.CAP_REACHED if total == 0 < before else ReasonCode.NOTHING_DUE)
    return Entitlement(rounded, (*reasons, *about_goods), items, len(children))


def round_to_unit(minor: int, unit: int, rounding: Rounding, most: int | None = None) -> int:
    """The amount in multiples of what people can be paid in; never above the most there may be."""
    down = minor - minor % unit
    match rounding:
        case Rounding.DOWN:
            return down
        case Rounding.UP:
            rounded = down if down == minor else down + unit
        case Rounding.NEAREST:
            rounded = down if 2 * (minor - down) < unit else down + unit
    return down if most is not None and rounded > most else rounded


def _why_not(
    facts: Facts, rule: ProgrammeRule, today: date, history: History, children: Sequence[MemberFacts]
) -> ReasonCode | None:
    if rule.localities and history.locality not in rule.localities:
        return ReasonCode.ELSEWHERE
    if rule.eligible and rule.join is Join.ANY and not rule.eligible & facts.circumstances:
        return ReasonCode.NO_CIRCUMSTANCE
    if rule.join is Join.ALL and not rule.eligible <= facts.circumstances:
        return ReasonCode.NOT_ALL
    if (rule.born or rule.grades) and not children:
        return ReasonCode.NO_SUCH_CHILD
    if rule.months_unpaid and facts.months_without_wage(today) < rule.months_unpaid:
        return ReasonCode.PAID_LATELY
    if rule.pause_days and _is_aided_lately(rule, today, history):
        return ReasonCode.AIDED_LATELY
    return None


def _is_aided_lately(rule: ProgrammeRule, today: date, history: History) -> bool:
    since = today - timedelta(days=rule.pause_days)
    return any(aid.on > since and (aid.of_this or rule.pause_from is Scope.ANY) for aid in history.earlier)


def _received(rule: ProgrammeRule, today: date, history: History) -> int:
    """What the cap has room for no more: this programme's aid within the days that it holds for."""
    if not rule.cap_days:
        return 0
    since = today - timedelta(days=rule.cap_days)
    return sum(aid.minor for aid in history.earlier if aid.of_this and aid.on > since)


def _parts(facts: Facts, rule: ProgrammeRule, children: Sequence[MemberFacts]) -> Iterator[Reason]:
    """Every part that brings money, before the cap."""
    if rule.per_family:
        yield Reason(ReasonCode.FAMILY, 1, rule.per_family)
    if rule.per_member:
        yield Reason(ReasonCode.MEMBERS, len(facts.members), len(facts.members) * rule.per_member)
    others = len(children)
    for band in rule.per_grade:
        count = sum(1 for child in children if child.grade is not None and band.first <= child.grade <= band.last)
        others -= count
        if count and band.minor:
            yield Reason(ReasonCode.GRADE, count, count * band.minor, band.first, band.last)
    if others and rule.per_child:
        yield Reason(ReasonCode.CHILDREN, others, others * rule.per_child)
    for part in rule.per_circumstance:
        if part.minor and part.circumstance in facts.circumstances:
            yield Reason(ReasonCode.CIRCUMSTANCE, 1, part.minor, of=part.circumstance.value)


def _goods(facts: Facts, rule: ProgrammeRule, children: Sequence[MemberFacts]) -> tuple[tuple[Item, ...], list[Reason]]:
    """What the family gets in kind, and the sizes that are missing for it."""
    if not rule.goods:
        return (), []
    counts: Counter[str] = Counter()
    unknown: Counter[str] = Counter()
    for gift in rule.goods:
        match gift.per:
            case Per.FAMILY:
                counts[gift.good] += gift.quantity
            case Per.MEMBER:
                counts[gift.good] += gift.quantity * len(facts.members)
            case Per.CHILD:
                for child in children:
                    if gift.grades is not None and child.grade not in gift.grades:
                        continue
                    if (variant := _variant(gift, child)) is None:
                        unknown[gift.good] += 1
                    else:
                        counts[whole_code(gift.good, variant)] += gift.quantity
    items = tuple(Item(good, quantity) for good, quantity in sorted(counts.items()))
    reasons = [Reason(ReasonCode.GOODS, item.quantity, 0, of=item.good) for item in items]
    return items, reasons + [Reason(ReasonCode.NO_SIZE, n, 0, of=good) for good, n in sorted(unknown.items())]


def _variant(gift: Gift, child: MemberFacts) -> str | None:
    """The variant that fits this child; None where its size or grade is not written down, or can't be read."""
    match gift.variant:
        case Variant.ONE:
            return ""
        case Variant.GRADE:
            written: str | None = None if child.grade is None else str(child.grade)
        case Variant.CLOTHES:
            written = child.clothes_size
        case Variant.SHOES:
            written = child.shoe_size
    size = "-".join((written or "").lower().replace(",", ".").replace("/", "-").split())
    return size if (size in gift.there_are if gift.there_are else is_variant(size)) else None


def _none(code: ReasonCode) -> NotEligible:
    return NotEligible(Reason(code, 0, 0))
