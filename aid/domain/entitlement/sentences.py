"""A rule said in one sentence that can be read aloud, in each language in its own order of words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from aid.domain.entitlement.rule import Gift, GradeAmount, Join, Per, ProgrammeRule, Rounding, Scope, Span, Variant
from aid.domain.entitlement.shares import Shortage, Terms
from aid.domain.families import CHILD_UNTIL, Circumstance
from aid.domain.money import Money
from aid.domain.words import InLanguages, Message, _, n_

Names = Mapping[str, InLanguages]
"""What localities and goods are called, by `locality/CODE` and `good/CODE`."""

NO_NAMES: Names = MappingProxyType({})

SHORTAGE_TITLES: Mapping[Shortage, Message] = MappingProxyType(
    {
        Shortage.EQUAL_CUT: _("An equal cut: everybody the same share"),
        Shortage.TIERS: _("By priority: the hardest hit first"),
        Shortage.WHOLE_KITS: _("Whole kits first: no child’s amount is cut"),
        Shortage.LONGEST_WAIT: _("Who has waited longest first"),
    }
)

WHERE: Mapping[Circumstance, Message] = MappingProxyType(
    {
        Circumstance.DISMISSED: _("someone was dismissed"),
        Circumstance.ON_STRIKE: _("someone is on strike without wages"),
        Circumstance.DETAINED: _("someone is detained"),
        Circumstance.BEREAVED: _("someone was killed or died"),
        Circumstance.ILL: _("someone is seriously ill"),
        Circumstance.DISABLED: _("someone has a disability"),
        Circumstance.PREGNANT: _("someone is pregnant or nursing"),
        Circumstance.SINGLE_PARENT: _("one parent is alone"),
        Circumstance.HOME_BURNT: _("the home was burnt"),
    }
)
"""What happened, as it stands within a sentence."""


def describe_rule(rule: ProgrammeRule, names: Names = NO_NAMES) -> Message:
    """The whole rule in one sentence: who, how much, at most, how often."""
    gifts, limits = _and(tuple(gifts_of(rule, names))), _list(tuple(limits_of(rule)))
    if not (conditions := tuple(conditions_of(rule, names))):
        return _("Every confirmed family gets %(gifts)s; %(limits)s.", gifts=gifts, limits=limits)
    return _(
        "Every confirmed family %(conditions)s gets %(gifts)s; %(limits)s.",
        conditions=_list(conditions),
        gifts=gifts,
        limits=limits,
    )


def conditions_of(rule: ProgrammeRule, names: Names = NO_NAMES) -> Iterator[Message]:
    """Who is eligible, condition by condition."""
    if rule.localities:
        places = tuple(_("“%(name)s”", name=_name(names, "locality", code)) for code in sorted(rule.localities))
        yield _("that lives in %(places)s", places=_or(places))
    if rule.eligible:
        happened = tuple(WHERE[circumstance] for circumstance in Circumstance if circumstance in rule.eligible)
        yield _("where %(circumstances)s", circumstances=_or(happened) if rule.join is Join.ANY else _all(happened))
    if rule.born:
        yield _of_years(rule.born)
    if rule.grades:
        yield _of_grades(rule.grades)
    if rule.months_unpaid:
        yield n_(
            "that has had no wages for at least %(num)s month",
            "that has had no wages for at least %(num)s months",
            rule.months_unpaid,
        )
    if rule.pause_days and rule.pause_from is Scope.THIS:
        yield n_(
            "that received nothing from this programme in the last %(num)s day",
            "that received nothing from this programme in the last %(num)s days",
            rule.pause_days,
        )
    elif rule.pause_days:
        yield n_(
            "that received no aid at all in the last %(num)s day",
            "that received no aid at all in the last %(num)s days",
            rule.pause_days,
        )


def gifts_of(rule: ProgrammeRule, names: Names = NO_NAMES) -> Iterator[Message]:
    """What each of them gets, part by part."""
    if rule.per_family:
        yield _("%(amount)s a family", amount=Money(rule.per_family, rule.currency))
    if rule.per_member:
        yield _("%(amount)s a member", amount=Money(rule.per_member, rule.currency))
    for band in rule.per_grade:
        yield _of_band(band, rule.currency)
    if rule.per_child:
        yield _for_children(rule)
    for part in rule.per_circumstance:
        amount = Money(part.minor, rule.currency)
        yield _("%(amount)s more where %(circumstance)s", amount=amount, circumstance=WHERE[part.circumstance])
    for gift in rule.goods:
        yield of_gift(gift, names)


def limits_of(rule: ProgrammeRule) -> Iterator[Message]:
    """At most how much, how rounded, how often."""
    if rule.cap is not None:
        most = Money(rule.cap, rule.currency)
        if rule.cap_days:
            yield n_(
                "at most %(amount)s for a family within %(num)s day",
                "at most %(amount)s for a family within %(num)s days",
                rule.cap_days,
                amount=most,
            )
        else:
            yield _("at most %(amount)s for a family at a time", amount=most)
    if rule.unit > 1:
        yield _ROUNDED[rule.rounding](Money(rule.unit, rule.currency))
    yield _("each family as often as the committee decides") if rule.repeats else _("each family only once")


_ROUNDED = {
    Rounding.DOWN: lambda unit: _("the sum rounded down to a multiple of %(unit)s", unit=unit),
    Rounding.UP: lambda unit: _("the sum rounded up to a multiple of %(unit)s", unit=unit),
    Rounding.NEAREST: lambda unit: _("the sum rounded to the nearest multiple of %(unit)s", unit=unit),
}


def of_gift(gift: Gift, names: Names = NO_NAMES) -> Message:
    """Goods, with whom they are for."""
    goods = _("%(quantity)s × %(good)s", quantity=gift.quantity, good=_name(names, "good", gift.good))
    match gift.variant:
        case Variant.CLOTHES:
            goods = _("%(goods)s in the child’s clothes size", goods=goods)
        case Variant.SHOES:
            goods = _("%(goods)s in the child’s shoe size", goods=goods)
        case Variant.GRADE:
            goods = _("%(goods)s of the child’s grade", goods=goods)
    match gift.per:
        case Per.FAMILY:
            return _("%(amount)s a family", amount=goods)
        case Per.MEMBER:
            return _("%(amount)s a member", amount=goods)
    if gift.grades is None:
        return _("%(amount)s a child", amount=goods)
    return _in_grades(goods, gift.grades)


def describe_terms(terms: Terms, currency: str) -> tuple[Message, ...]:
    """What a round may give, and what holds when that is short; nothing where it gives all that is due."""
    if terms.budget is None:
        return ()
    return _("Its budget is %(budget)s.", budget=Money(terms.budget, currency)), _if_short(terms)


def _if_short(terms: Terms) -> Message:
    match terms.shortage:
        case Shortage.EQUAL_CUT:
            return _("If that is not enough for all, everybody gets the same share of what is due.")
        case Shortage.TIERS:
            return _(
                "If that is not enough for all, first come families where %(first)s; "
                "where the money ends, all who are at that turn get the same share.",
                first=_then(tuple(WHERE[tier] for tier in terms.tiers)),
            )
        case Shortage.WHOLE_KITS:
            return _(
                "If that is not enough for all, children’s amounts are given whole, one for each family before any "
                "gets a second; what is left is shared equally among the other amounts."
            )
        case Shortage.LONGEST_WAIT:
            return _(
                "If that is not enough for all, those who have waited longest for aid come first; "
                "where the money ends, all who are at that turn get the same share."
            )


def _of_band(band: GradeAmount, currency: str) -> Message:
    return _in_grades(Money(band.minor, currency), Span(band.first, band.last))


def _in_grades(amount: Money | Message, span: Span) -> Message:
    if span.last == 0:
        return _("%(amount)s a child in the preparatory class", amount=amount)
    if span.first == 0:
        return _("%(amount)s a child from the preparatory class to grade %(last)s", amount=amount, last=span.last)
    if span.first == span.last:
        return _("%(amount)s a child in grade %(grade)s", amount=amount, grade=span.first)
    return _("%(amount)s a child in grades %(first)s to %(last)s", amount=amount, first=span.first, last=span.last)


def _for_children(rule: ProgrammeRule) -> Message:
    amount = Money(rule.per_child, rule.currency)
    if rule.per_grade:
        return _("%(amount)s each other child up to %(age)s years", amount=amount, age=rule.child_until)
    if (rule.born or rule.grades) and rule.child_until == CHILD_UNTIL:
        return _("%(amount)s for each such child", amount=amount)
    return _("%(amount)s a child up to %(age)s years", amount=amount, age=rule.child_until)


def _of_years(span: Span) -> Message:
    if span.first == span.last:
        return _("with a child born in %(year)s", year=str(span.first))
    return _("with a child born from %(first)s to %(last)s", first=str(span.first), last=str(span.last))


def _of_grades(span: Span) -> Message:
    if span.last == 0:
        return _("with a child in the preparatory class")
    if span.first == 0:
        return _("with a child from the preparatory class to grade %(last)s", last=span.last)
    if span.first == span.last:
        return _("with a child in grade %(grade)s", grade=span.first)
    return _("with a child in grades %(first)s to %(last)s", first=span.first, last=span.last)


def _name(names: Names, kind: str, code: str) -> InLanguages | str:
    return names.get(f"{kind}/{code}", code)


def _list(parts: Sequence[Message]) -> Message:
    """One, two, three."""
    *rest, last = parts
    for part in reversed(rest):
        last = _("%(first)s, %(rest)s", first=part, rest=last)
    return last


def _and(parts: Sequence[Message]) -> Message:
    """One, two and three."""
    *rest, last = parts
    return _("%(first)s and %(last)s", first=_list(rest), last=last) if rest else last


def _or(parts: Sequence[Message]) -> Message:
    """One, two or three."""
    *rest, last = parts
    return _("%(first)s or %(last)s", first=_list(rest), last=last) if rest else last


def _then(parts: Sequence[Message]) -> Message:
    """One, after it two, after it three."""
    *rest, last = parts
    for part in reversed(rest):
        last = _("%(first)s, after them those where %(rest)s", first=part, rest=last)
    return last


def _all(parts: Sequence[Message]) -> Message:
    """All of them at once."""
    *rest, last = parts
    return _("%(first)s and also %(last)s", first=_list(rest), last=last) if rest else last
