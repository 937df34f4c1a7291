"""Which rules and terms can't be meant: refused beside the field, with what to do."""

from collections.abc import Iterator

from aid.domain.entitlement.rule import MOST_MINOR, Gift, Per, ProgrammeRule, Span, Variant
from aid.domain.entitlement.shares import Shortage, Terms
from aid.domain.families import LAST_GRADE
from aid.domain.goods import is_code
from aid.domain.money import LARGEST, Money
from aid.domain.refusals import RuleBroken
from aid.domain.words import _

CHILD_AGES = range(1, 26)
YEARS = range(1980, 2101)
MOST_MONTHS = 60
MOST_DAYS = 1_100
MOST_QUANTITY = 100
GRADES_ARE = _("Grades go from 0 (preparatory) to %(last)s, the lower one first.", last=LAST_GRADE)


def check_rule(rule: ProgrammeRule) -> None:
    """Refuse a rule that gives nothing, gives twice for one child, or can't be computed."""
    _check_amounts(rule)
    _check_cap(rule)
    _check_bands(rule)
    _check_children(rule)
    _check_waits(rule)
    for gift in rule.goods:
        _check_gift(gift)


def check_terms(terms: Terms) -> None:
    """Refuse a budget that can't be, or tiers that say nothing."""
    if terms.budget is not None and not 0 <= terms.budget <= LARGEST:
        raise RuleBroken(_("Write a budget above zero, or leave it empty."), "budget")
    if terms.shortage is Shortage.TIERS and not terms.tiers:
        raise RuleBroken(_("Choose who comes first."), "tier_1")
    if len(set(terms.tiers)) != len(terms.tiers):
        raise RuleBroken(_("Each circumstance has one place in the order."), "tier_1")


def _amounts(rule: ProgrammeRule) -> Iterator[tuple[str, int]]:
    yield "per_family", rule.per_family
    yield "per_member", rule.per_member
    yield "per_child", rule.per_child
    for band in rule.per_grade:
        yield "per_grade", band.minor
    for part in rule.per_circumstance:
        yield "per_circumstance", part.minor


def _check_amounts(rule: ProgrammeRule) -> None:
    for field, minor in _amounts(rule):
        if not 0 <= minor <= MOST_MINOR:
            raise RuleBroken(_("Write an amount from zero to %(most)s.", most=Money(MOST_MINOR, rule.currency)), field)
    if not any(minor for _field, minor in _amounts(rule)) and not rule.goods:
        raise RuleBroken(_("This rule gives nothing: write at least one amount, or goods."), "per_family")
    named = [part.circumstance for part in rule.per_circumstance]
    if len(set(named)) != len(named):
        raise RuleBroken(_("A circumstance stands in two lines: leave it in one."), "per_circumstance")
    if not 1 <= rule.unit <= MOST_MINOR:
        raise RuleBroken(_("Write the smallest note or coin that people can be paid in."), "unit")


def _check_cap(rule: ProgrammeRule) -> None:
    if not 0 <= rule.cap_days <= MOST_DAYS:
        raise RuleBroken(_("Write a number of days from 0 to %(most)s.", most=MOST_DAYS), "cap_days")
    if rule.cap is None:
        if rule.cap_days:
            raise RuleBroken(_("Write the most a family can get in these days."), "cap")
        return
    if not 0 < rule.cap <= MOST_MINOR:
        raise RuleBroken(_("The most a family can get is above zero, or left empty for no limit."), "cap")
    if rule.cap < rule.per_family:
        raise RuleBroken(
            _(
                "Every family gets %(amount)s: the most it can get is not less.",
                amount=Money(rule.per_family, rule.currency),
            ),
            "cap",
        )


def _check_bands(rule: ProgrammeRule) -> None:
    taken: set[int] = set()
    for band in rule.per_grade:
        if not 0 <= band.first <= band.last <= LAST_GRADE:
            raise RuleBroken(GRADES_ARE, "per_grade")
        grades = set(range(band.first, band.last + 1))
        if twice := taken & grades:
            if 0 in twice:
                raise RuleBroken(_("The preparatory class stands in two lines: leave it in one."), "per_grade")
            raise RuleBroken(_("Grade %(grade)s stands in two lines: leave it in one.", grade=min(twice)), "per_grade")
        taken |= grades


def _check_children(rule: ProgrammeRule) -> None:
    if rule.child_until not in CHILD_AGES:
        raise RuleBroken(
            _("Write an age from %(first)s to %(last)s.", first=CHILD_AGES.start, last=CHILD_AGES.stop - 1),
            "child_until",
        )
    if rule.born and not (rule.born.first in YEARS and rule.born.last in YEARS and rule.born.first <= rule.born.last):
        raise RuleBroken(_("Write birth years of four digits, the earlier one first."), "born_first")
    if rule.grades and not _are_grades(rule.grades):
        raise RuleBroken(GRADES_ARE, "grades_first")


def _check_waits(rule: ProgrammeRule) -> None:
    if not 0 <= rule.months_unpaid <= MOST_MONTHS:
        raise RuleBroken(_("Write a number of months from 0 to %(most)s.", most=MOST_MONTHS), "months_unpaid")
    if not 0 <= rule.pause_days <= MOST_DAYS:
        raise RuleBroken(_("Write a number of days from 0 to %(most)s.", most=MOST_DAYS), "pause_days")


def _check_gift(gift: Gift) -> None:
    if not is_code(gift.good):
        raise RuleBroken(_("Choose the goods."), "goods")
    if not 1 <= gift.quantity <= MOST_QUANTITY:
        raise RuleBroken(_("Write a quantity from 1 to %(most)s.", most=MOST_QUANTITY), "goods")
    if gift.per is not Per.CHILD and (gift.grades or gift.variant is not Variant.ONE):
        raise RuleBroken(_("Grades and sizes are for goods that each child gets."), "goods")
    if gift.grades and not _are_grades(gift.grades):
        raise RuleBroken(GRADES_ARE, "goods")


def _are_grades(span: Span) -> bool:
    return 0 <= span.first <= span.last <= LAST_GRADE
