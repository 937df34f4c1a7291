"""What one family is due under a programme, with the reasons: same facts, same rule, same amount to the unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from aid.domain.families import CHILD_UNTIL, CIRCUMSTANCE_TITLES, LAST_GRADE, Circumstance, Facts, plain
from aid.domain.money import Money
from aid.domain.refusals import RuleBroken
from aid.domain.words import Message, _, n_

MOST_MINOR = 10**12
"""No single amount of a rule is higher, so that no sum leaves a 64-bit number."""

CHILD_AGES = range(1, 26)


class ReasonCode(StrEnum):
    """Why an amount is part of what a family is due, or why nothing is."""

    FAMILY = "family"
    MEMBERS = "members"
    CHILDREN = "children"
    GRADE = "grade"
    CAP = "cap"
    NO_CIRCUMSTANCE = "no_circumstance"
    NOTHING_DUE = "nothing_due"


@dataclass(frozen=True, slots=True)
class GradeAmount:
    """An amount for each child in the grades from `first` to `last`."""

    first: int
    last: int
    minor: int


@dataclass(frozen=True, slots=True)
class ProgrammeRule:
    """How much a programme gives; all amounts in the currency's smallest unit."""

    currency: str
    eligible: frozenset[Circumstance]  # any of them; none: every confirmed family
    per_family: int
    per_member: int
    per_child: int  # on top of per_member
    per_grade: tuple[GradeAmount, ...]  # for a child in the grade, instead of per_child
    cap: int | None
    child_until: int = CHILD_UNTIL

    def plain(self) -> dict[str, Any]:
        """The rule as maps, lists and numbers."""
        written: dict[str, Any] = plain(self)
        return written

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> ProgrammeRule:
        """The rule that `plain` wrote."""
        return cls(
            currency=plain["currency"],
            eligible=frozenset(Circumstance(value) for value in plain["eligible"]),
            per_family=plain["per_family"],
            per_member=plain["per_member"],
            per_child=plain["per_child"],
            per_grade=tuple(GradeAmount(part["first"], part["last"], part["minor"]) for part in plain["per_grade"]),
            cap=plain["cap"],
            child_until=plain["child_until"],
        )


@dataclass(frozen=True, slots=True)
class Reason:
    """One part of an entitlement: `count` times something made `minor`; a cap's part is negative.

    `first` and `last` name the grades of a part that depends on them.
    """

    code: ReasonCode
    count: int
    minor: int
    first: int | None = None
    last: int | None = None

    def plain(self) -> dict[str, Any]:
        """The reason as a map."""
        written: dict[str, Any] = plain(self)
        return written

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Reason:
        """The reason that `plain` wrote."""
        return cls(ReasonCode(plain["code"]), plain["count"], plain["minor"], plain.get("first"), plain.get("last"))


@dataclass(frozen=True, slots=True)
class Entitlement:
    """What a family is due. The reasons add up to it exactly."""

    minor: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class NotEligible:
    """Nothing is due, and why."""

    reason: Reason


def entitlement(facts: Facts, rule: ProgrammeRule, today: date) -> Entitlement | NotEligible:
    """What a family with these facts is due under the rule on this day."""
    if rule.eligible and not rule.eligible & facts.circumstances:
        return NotEligible(Reason(ReasonCode.NO_CIRCUMSTANCE, 0, 0))
    reasons = _parts(facts, rule, today)
    total = sum(reason.minor for reason in reasons)
    if total == 0:
        return NotEligible(Reason(ReasonCode.NOTHING_DUE, 0, 0))
    if rule.cap is not None and total > rule.cap:
        reasons = (*reasons, Reason(ReasonCode.CAP, 1, rule.cap - total))
        total = rule.cap
    return Entitlement(total, reasons)


def _parts(facts: Facts, rule: ProgrammeRule, today: date) -> tuple[Reason, ...]:
    """Every part that brings something, before the cap."""
    grades = [child.grade for child in facts.members if child.is_child(today, rule.child_until)]
    parts = [
        Reason(ReasonCode.FAMILY, 1, rule.per_family),
        Reason(ReasonCode.MEMBERS, len(facts.members), len(facts.members) * rule.per_member),
    ]
    for band in rule.per_grade:
        count = sum(1 for grade in grades if grade is not None and band.first <= grade <= band.last)
        parts.append(Reason(ReasonCode.GRADE, count, count * band.minor, band.first, band.last))
        grades = [grade for grade in grades if grade is None or not band.first <= grade <= band.last]
    parts.append(Reason(ReasonCode.CHILDREN, len(grades), len(grades) * rule.per_child))
    return tuple(part for part in parts if part.minor)


def check_rule(rule: ProgrammeRule) -> None:
    """Refuse a rule that gives nothing, gives twice for one child, or can't be computed."""
    amounts = {"per_family": rule.per_family, "per_member": rule.per_member, "per_child": rule.per_child}
    for field, minor in [*amounts.items(), *(("per_grade", band.minor) for band in rule.per_grade)]:
        if not 0 <= minor <= MOST_MINOR:
            raise RuleBroken(_("Write an amount from zero to %(most)s.", most=Money(MOST_MINOR, rule.currency)), field)
    if not any(amounts.values()) and not any(band.minor for band in rule.per_grade):
        raise RuleBroken(_("This rule gives nothing: write at least one amount."), "per_family")
    if rule.cap is not None and not 0 < rule.cap <= MOST_MINOR:
        raise RuleBroken(_("The most a family can get is above zero, or left empty for no limit."), "cap")
    if rule.cap is not None and rule.cap < rule.per_family:
        raise RuleBroken(
            _(
                "Every family gets %(amount)s: the most it can get is not less.",
                amount=Money(rule.per_family, rule.currency),
            ),
            "cap",
        )
    if rule.child_until not in CHILD_AGES:
        raise RuleBroken(
            _("Write an age from %(first)s to %(last)s.", first=CHILD_AGES.start, last=CHILD_AGES.stop - 1),
            "child_until",
        )
    taken: set[int] = set()
    for band in rule.per_grade:
        if not 0 <= band.first <= band.last <= LAST_GRADE:
            raise RuleBroken(
                _("Grades go from 0 (preparatory) to %(last)s, the lower one first.", last=LAST_GRADE), "per_grade"
            )
        grades = set(range(band.first, band.last + 1))
        if twice := taken & grades:
            raise RuleBroken(_("Grade %(grade)s stands in two lines: leave it in one.", grade=min(twice)), "per_grade")
        taken |= grades


def describe_rule(rule: ProgrammeRule) -> list[Message]:
    """The rule in sentences: who, how much, at most."""
    lines = [
        _("For families with any of these circumstances:") if rule.eligible else _("For every confirmed family."),
        *(CIRCUMSTANCE_TITLES[circumstance] for circumstance in sorted(rule.eligible)),
    ]
    if rule.per_family:
        lines.append(_("%(amount)s for the family", amount=Money(rule.per_family, rule.currency)))
    if rule.per_member:
        lines.append(_("%(amount)s for each member", amount=Money(rule.per_member, rule.currency)))
    for band in rule.per_grade:
        amount = Money(band.minor, rule.currency)
        lines.append(
            _("%(amount)s for each child in grade %(grade)s", amount=amount, grade=band.first)
            if band.first == band.last
            else _(
                "%(amount)s for each child in grades %(first)s to %(last)s",
                amount=amount,
                first=band.first,
                last=band.last,
            )
        )
    if rule.per_child:
        amount = Money(rule.per_child, rule.currency)
        lines.append(
            _("%(amount)s for each other child up to %(age)s years", amount=amount, age=rule.child_until)
            if rule.per_grade
            else _("%(amount)s for each child up to %(age)s years", amount=amount, age=rule.child_until)
        )
    if rule.cap is not None:
        lines.append(_("At most %(amount)s for a family", amount=Money(rule.cap, rule.currency)))
    return lines


def describe(reason: Reason) -> Message:
    """One reason in words; its amount stands beside it."""
    match reason.code:
        case ReasonCode.FAMILY:
            return _("The family")
        case ReasonCode.MEMBERS:
            return n_("%(num)s member", "%(num)s members", reason.count)
        case ReasonCode.CHILDREN:
            return n_("%(num)s child", "%(num)s children", reason.count)
        case ReasonCode.GRADE if reason.first == reason.last:
            return n_(
                "%(num)s child in grade %(first)s", "%(num)s children in grade %(first)s", reason.count, **_band(reason)
            )
        case ReasonCode.GRADE:
            return n_(
                "%(num)s child in grades %(first)s to %(last)s",
                "%(num)s children in grades %(first)s to %(last)s",
                reason.count,
                **_band(reason),
            )
        case ReasonCode.CAP:
            return _("Down to the most a family can get")
        case ReasonCode.NO_CIRCUMSTANCE:
            return _("None of the circumstances this programme is for.")
        case ReasonCode.NOTHING_DUE:
            return _("Nobody in the family that this programme gives for.")


def _band(reason: Reason) -> dict[str, int]:
    return {"first": reason.first or 0, "last": reason.last or 0}
