"""The lines of a programme's form: amounts by grade and by circumstance, and goods."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from wtforms import FieldList, Form, IntegerField, SelectField, StringField
from wtforms.validators import Optional

from aid.domain.entitlement import CircumstanceAmount, Gift, GradeAmount, Per, Span, Variant
from aid.domain.families import CIRCUMSTANCE_TITLES, LAST_GRADE, Circumstance
from aid.domain.money import Money, digits_of, parse_money
from aid.domain.refusals import RuleBroken
from aid.domain.words import _

MOST_LINES = 6
GRADES = [("", "–"), ("0", _("Preparatory")), *((str(grade), str(grade)) for grade in range(1, LAST_GRADE + 1))]
CIRCUMSTANCES = [("", "–"), *((each.value, CIRCUMSTANCE_TITLES[each]) for each in Circumstance)]
PER_TITLES = {Per.CHILD: _("each child"), Per.MEMBER: _("each member"), Per.FAMILY: _("the family")}
VARIANT_TITLES = {
    Variant.ONE: _("all alike"),
    Variant.GRADE: _("by the child’s grade"),
    Variant.CLOTHES: _("by clothes size"),
    Variant.SHOES: _("by shoe size"),
}


class Line(Form):  # type: ignore[misc]
    """One line of several. One in which nothing was typed is as none."""

    decides: tuple[str, ...] = ()  # the fields that say whether something was typed

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed into this line."""
        return not any(str(self[name].data or "").strip() for name in self.decides)


class BandForm(Line):
    """An amount for the children in some grades."""

    decides = ("first", "last", "amount")

    first = SelectField(_("From grade"), choices=GRADES, default="")
    last = SelectField(_("To grade"), choices=GRADES, default="")
    amount = StringField(_("Amount for each child"))

    def band(self, currency: str) -> GradeAmount:
        """The line as a value."""
        if (span := span_of(self.first.data, self.last.data)) is None:
            raise RuleBroken(_("Choose the grades that this amount is for."), "per_grade")
        return GradeAmount(span.first, span.last, minor_of(self.amount.data, currency, "per_grade"))

    @staticmethod
    def typed(band: GradeAmount, currency: str) -> dict[str, str]:
        """A band as a person would type it."""
        return {"first": str(band.first), "last": str(band.last), "amount": typed_amount(band.minor, currency)}


class CircumstanceForm(Line):
    """An amount for families to which something happened."""

    decides = ("circumstance", "amount")

    circumstance = SelectField(_("Where"), choices=CIRCUMSTANCES, default="")
    amount = StringField(_("Amount for the family"))

    def part(self, currency: str) -> CircumstanceAmount:
        """The line as a value."""
        if not self.circumstance.data:
            raise RuleBroken(_("Choose the circumstance that this amount is for."), "per_circumstance")
        minor = minor_of(self.amount.data, currency, "per_circumstance")
        return CircumstanceAmount(Circumstance(self.circumstance.data), minor)

    @staticmethod
    def typed(part: CircumstanceAmount, currency: str) -> dict[str, str]:
        """A part as a person would type it."""
        return {"circumstance": part.circumstance.value, "amount": typed_amount(part.minor, currency)}


class GiftForm(Line):
    """Goods that are given beside money, or instead of it."""

    decides = ("good",)

    good = SelectField(_("Goods"), default="")
    quantity = IntegerField(_("How many"), default=1, validators=[Optional()])
    per = SelectField(
        _("Who gets them"), choices=[(per.value, title) for per, title in PER_TITLES.items()], default="child"
    )
    first = SelectField(_("From grade"), choices=GRADES, default="")
    last = SelectField(_("To grade"), choices=GRADES, default="")
    variant = SelectField(
        _("Which kind"), choices=[(each.value, title) for each, title in VARIANT_TITLES.items()], default="one"
    )

    def gift(self) -> Gift:
        """The line as a value."""
        span = span_of(self.first.data, self.last.data)
        quantity, per = self.quantity.data or 0, Per(self.per.data)
        return Gift(self.good.data, quantity, per, span, Variant(self.variant.data))

    @staticmethod
    def typed(gift: Gift) -> dict[str, Any]:
        """A gift as a person would type it."""
        return {
            "good": gift.good,
            "quantity": gift.quantity,
            "per": gift.per.value,
            "first": str(gift.grades.first) if gift.grades else "",
            "last": str(gift.grades.last) if gift.grades else "",
            "variant": gift.variant.value,
        }


def rearrange(lists: tuple[FieldList, ...], pressed: Mapping[str, str]) -> bool:
    """Add or take away a line, where that was asked for; nothing is checked then."""
    for lines in lists:
        if pressed.get("add") == lines.name and len(lines.entries) < MOST_LINES:
            lines.append_entry()
        elif "remove" in pressed:
            lines.entries = [entry for entry in lines.entries if entry.name != pressed["remove"]]
    return "add" in pressed or "remove" in pressed


def span_of(first: str | None, last: str | None) -> Span | None:
    """Two choices as a span; one of them alone is both."""
    first, last = first or last, last or first
    return Span(int(first), int(last)) if first and last else None


def minor_of(text: str | None, currency: str, field: str) -> int:
    """An amount as it was typed; nothing is zero. Raises RuleBroken beside the field."""
    if not (text or "").strip():
        return 0
    try:
        return parse_money(text or "", currency).minor
    except RuleBroken as refusal:
        raise RuleBroken(refusal.message, field) from None


def typed_amount(minor: int, currency: str) -> str:
    """An amount as a person would type it; nothing for zero."""
    if not minor:
        return ""
    amount: Decimal = Money(minor, currency).decimal()
    return f"{amount:.0f}" if amount == amount.to_integral_value() else f"{amount:.{digits_of(currency)}f}"
