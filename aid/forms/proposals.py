"""Grants, purchases and transfers as they are typed in, and the rules for grants."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Self
from uuid import UUID

from wtforms import (
    FieldList,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired

from aid.domain.codes import parse_family_code
from aid.domain.goods import Item
from aid.domain.grants import GRANT_REASON_TITLES, GrantReason, GrantRules
from aid.domain.money import Money, parse_money
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.formats import named
from aid.forms._money import as_typed
from aid.forms.base import KomekForm
from aid.forms.checked import CheckedForm, whole_number
from aid.services.cash import TransferOrder
from aid.services.grants import GrantOrder
from aid.services.purchases import OrderedLine, PurchaseOrder

MOST_LINES = 40
Names = Mapping[str, str]
_AMOUNT = _("Write the amount.")


class GrantForm(CheckedForm):
    """Help for one family."""

    family_code = StringField(_("Family code"), validators=[InputRequired(_("Write the family’s code."))])
    reason = RadioField(
        _("What for"),
        choices=[(reason.value, title) for reason, title in GRANT_REASON_TITLES.items()],
        validators=[InputRequired(_("Choose what it is for."))],
    )
    words = TextAreaField(_("In a few words, without names"))
    amount = StringField(_("Amount"), validators=[InputRequired(_AMOUNT)])
    purpose = RadioField(_("Whose money"), validators=[InputRequired(_("Choose what the money is for."))])

    def __init__(self, *, purposes: Iterable[tuple[UUID, Names]], currency: str, **given: Any) -> None:
        super().__init__(**given)
        self.currency = currency
        self.purpose.choices = [(str(purpose), named(dict(names))) for purpose, names in purposes]

    @property
    def purpose_name(self) -> str:
        """The purpose that was chosen, in the reader's language."""
        return str(dict(self.purpose.choices)[self.purpose.data])

    def order(self) -> GrantOrder:
        """The grant as a value. Raises RuleBroken beside what can't be read."""
        try:
            code = parse_family_code(self.family_code.data)
        except RuleBroken as refusal:
            raise RuleBroken(refusal.message, "family_code") from None
        return GrantOrder(
            family_code=code,
            reason=GrantReason(self.reason.data),
            amount=_money(self.amount.data, self.currency, "amount"),
            purpose_id=UUID(self.purpose.data),
            words=" ".join((self.words.data or "").split()),
        )


class OrderedForm(Form):  # type: ignore[misc]
    """So many of one good for a point."""

    good = SelectField(_("Good"), validate_choice=False)
    quantity = StringField(_("How many"))
    each = StringField(_("Price for one"))
    point = SelectField(_("To the point"), validate_choice=False)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed into this line."""
        return not ((self.quantity.data or "").strip() or (self.each.data or "").strip())


class PurchaseForm(CheckedForm):
    """Goods from a supplier."""

    supplier = StringField(_("Supplier"), validators=[InputRequired(_("Write who sells the goods."))])
    purpose = RadioField(_("Whose money"), validators=[InputRequired(_("Choose what the money is for."))])
    currency = SelectField(_("Currency"))
    lines = FieldList(FormField(OrderedForm), label=_("Goods"), min_entries=1, max_entries=MOST_LINES)

    def __init__(
        self,
        *,
        purposes: Iterable[tuple[UUID, Names]],
        currencies: Sequence[str],
        goods: Sequence[tuple[str, str]],
        points: Sequence[tuple[UUID, Names]],
        **given: Any,
    ) -> None:
        super().__init__(**given)
        self.purpose.choices = [(str(purpose), named(dict(names))) for purpose, names in purposes]
        self.currency.choices = [(currency, currency) for currency in currencies]
        self.goods, self.points = goods, [(str(point), named(dict(names))) for point, names in points]
        self.fill()

    def fill(self) -> None:
        """Give each line what can be chosen in it."""
        for entry in self.lines.entries:
            entry.form.good.choices, entry.form.point.choices = self.goods, self.points

    @property
    def purpose_name(self) -> str:
        """The purpose that was chosen, in the reader's language."""
        return str(dict(self.purpose.choices)[self.purpose.data])

    def order(self) -> PurchaseOrder:
        """The purchase as a value. Raises RuleBroken beside what can't be read, in its line."""
        filled = [entry.form for entry in self.lines.entries if not entry.form.is_empty]
        lines = tuple(self._line(line, self.currency.data) for line in filled)
        for at, line in enumerate(filled):
            if (line.good.data, line.point.data) in {(above.good.data, above.point.data) for above in filled[:at]}:
                raise RuleBroken(_("This good already stands above for the same point; add it there."), line.good.name)
        return PurchaseOrder(
            supplier=" ".join((self.supplier.data or "").split()),
            purpose_id=UUID(self.purpose.data),
            currency=self.currency.data,
            lines=lines,
        )

    def _line(self, line: OrderedForm, currency: str) -> OrderedLine:
        quantity = whole_number(line.quantity.data)
        if not quantity:
            raise RuleBroken(_("Write how many, as a whole number."), line.quantity.name)
        if not (line.each.data or "").strip():
            raise RuleBroken(_("Write the price for one."), line.each.name)
        if line.point.data not in dict(self.points):
            raise RuleBroken(_("Choose a point of the list."), line.point.name)
        item = Item(str(line.good.data or ""), quantity)
        return OrderedLine(item, _money(line.each.data, currency, line.each.name).minor, UUID(line.point.data))


class PointSumForm(Form):  # type: ignore[misc]
    """Money for one point."""

    point = HiddenField()
    amount = StringField(_("Amount"))


class TransferForm(CheckedForm):
    """Cash for points: a line for each of them, empty for none."""

    currency = SelectField(_("Currency"))
    words = TextAreaField(_("What it is for"))
    lines = FieldList(FormField(PointSumForm), label=_("Points"))

    def __init__(self, *, currencies: Sequence[str], points: Sequence[tuple[UUID, Names]], **given: Any) -> None:
        super().__init__(**{"data": {"lines": [{"point": str(point)} for point, _names in points]}, **given})
        self.currency.choices = [(currency, currency) for currency in currencies]
        self.points = {str(point): named(dict(names)) for point, names in points}
        for entry in self.lines.entries:
            entry.form.amount.label.text = self.points.get(entry.form.point.data, "")

    def order(self) -> TransferOrder:
        """The transfer as a value. Raises RuleBroken for an amount that can't be read."""
        currency = self.currency.data
        filled = [entry.form for entry in self.lines.entries if (entry.form.amount.data or "").strip()]
        if any(line.point.data not in self.points for line in filled):
            raise RuleBroken(_("Choose a point of the list, each once."), "lines")
        return TransferOrder(
            currency=currency,
            lines=tuple((UUID(line.point.data), self._minor(line)) for line in filled),
            words=" ".join((self.words.data or "").split()),
        )

    def _minor(self, line: PointSumForm) -> int:
        return _money(line.amount.data, self.currency.data, line.amount.name).minor


class MostForm(Form):  # type: ignore[misc]
    """The most a single grant may be for one reason; empty: up to what a family may get."""

    reason = HiddenField()
    amount = StringField(_("At most"))


class RulesForm(KomekForm):
    """How much a family may get in grants."""

    cap = StringField(_("At most for a family"), validators=[InputRequired(_AMOUNT)])
    days = IntegerField(_("Within so many days"), default=90, validators=[InputRequired(_("Write a number of days."))])
    most = FieldList(FormField(MostForm), label=_("At most for a single grant"))
    valid_days = IntegerField(
        _("Days to collect"), default=30, validators=[InputRequired(_("Write a whole number of days."))]
    )
    grace_days = IntegerField(
        _("Days until unclaimed money goes back"),
        default=14,
        validators=[InputRequired(_("Write a whole number of days."))],
    )
    seen = HiddenField(default="0")

    def __init__(self, *, currency: str, **given: Any) -> None:
        super().__init__(**{"data": {"most": [{"reason": reason.value} for reason in GrantReason]}, **given})
        self.currency = currency
        for entry in self.most.entries:
            entry.form.amount.label.text = GRANT_REASON_TITLES.get(entry.form.reason.data, entry.form.amount.label.text)

    @classmethod
    def of(cls, rules: GrantRules, *, version: int) -> Self:
        """The form of rules that are to be changed, filled in with what they say."""
        most = [
            {"reason": reason.value, "amount": _typed(rules.most.get(reason, 0), rules.currency)}
            for reason in GrantReason
        ]
        return cls(
            currency=rules.currency,
            data={
                "cap": _typed(rules.cap, rules.currency),
                "days": rules.days,
                "most": most,
                "valid_days": rules.valid_days,
                "grace_days": rules.grace_days,
                "seen": str(version),
            },
        )

    def blame(self, refusal: RuleBroken) -> None:
        """Show a broken rule beside its field; what is wrong with one reason's limit, beside that one."""
        fields = {f"most-{entry.form.reason.data}": entry.form.amount.name for entry in self.most.entries}
        super().blame(RuleBroken(refusal.message, fields.get(refusal.field or "", refusal.field)))

    def rules(self) -> GrantRules:
        """The rules as a value. Raises RuleBroken beside the amount that can't be read."""
        most = {
            GrantReason(entry.form.reason.data): _money(
                entry.form.amount.data, self.currency, entry.form.amount.name
            ).minor
            for entry in self.most.entries
            if (entry.form.amount.data or "").strip() and entry.form.reason.data in set(GrantReason)
        }
        return GrantRules(
            currency=self.currency,
            cap=_money(self.cap.data, self.currency, "cap").minor,
            days=self.days.data,
            most=MappingProxyType(most),
            valid_days=self.valid_days.data,
            grace_days=self.grace_days.data,
        )

    @property
    def version(self) -> int:
        """The version that was shown."""
        return whole_number(self.seen.data) or 0


def _money(text: str | None, currency: str, field: str) -> Money:
    try:
        return parse_money(text or "", currency)
    except RuleBroken as refusal:
        raise RuleBroken(refusal.message, field) from None


def _typed(minor: int, currency: str) -> str:
    """An amount as somebody would type it; nothing for none."""
    return as_typed(Money(minor, currency)) if minor else ""
