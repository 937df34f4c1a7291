"""Goods and stock as they are typed in: the catalogue, counts, what is carried, packed and lost."""

from collections.abc import Mapping, Sequence
from typing import Any, Self
from uuid import UUID

from wtforms import BooleanField, FieldList, Form, FormField, HiddenField, SelectField, StringField
from wtforms.validators import InputRequired

from aid.domain.goods import Item
from aid.domain.languages import OWN_NAMES, Language
from aid.domain.refusals import RuleBroken
from aid.domain.stock import DIFFERENCE_TITLES, LOSSES, Difference, why_not_counted
from aid.domain.words import _
from aid.formats import named
from aid.forms.base import KomekForm
from aid.forms.checked import CheckedForm, whole_number
from aid.queries.goods import GoodRow
from aid.services.goods import GoodOrder
from aid.services.stock.counting import Counted, CountOrder
from aid.services.stock.keeping import CarryOrder, LossOrder

MOST_LINES = 40
WHY = [("", "–"), *((why.value, title) for why, title in DIFFERENCE_TITLES.items())]
HOW_MANY = _("Write how many, as a whole number.")


class ItemForm(Form):  # type: ignore[misc]
    """So many of one good."""

    good = SelectField(_("Good"), validate_choice=False)
    quantity = StringField(_("How many"))

    @property
    def is_empty(self) -> bool:
        """Whether no number was typed."""
        return not (self.quantity.data or "").strip()

    def item(self) -> Item:
        """The item as a value. Raises RuleBroken."""
        quantity = whole_number(self.quantity.data)
        if not quantity:
            raise RuleBroken(HOW_MANY, "items")
        return Item(str(self.good.data or ""), quantity)


class ItemsForm(CheckedForm):
    """A list of goods that grows."""

    items = FieldList(FormField(ItemForm), label=_("Goods"), min_entries=1, max_entries=MOST_LINES)

    def __init__(self, *, goods: Sequence[tuple[str, str]], **given: Any) -> None:
        super().__init__(**given)
        self.goods = goods
        self.fill()

    def fill(self) -> None:
        """Give each line what can be chosen in it."""
        for entry in self.items.entries:
            entry.form.good.choices = self.goods

    def chosen(self) -> tuple[Item, ...]:
        """The goods as values. Raises RuleBroken."""
        return tuple(entry.form.item() for entry in self.items.entries if not entry.form.is_empty)


class GoodForm(ItemsForm):
    """A good of the catalogue; its items are what a kit holds."""

    code = StringField(_("Code"), validators=[InputRequired(_("Write a code."))])
    name_kk = StringField(_("Name: %(language)s", language=OWN_NAMES[Language.KK]))
    name_ru = StringField(_("Name: %(language)s", language=OWN_NAMES[Language.RU]))
    name_en = StringField(_("Name: %(language)s", language=OWN_NAMES[Language.EN]))
    variants = StringField(_("Variants"))
    in_use = BooleanField(_("In use: it can be bought and handed out"), default=True)
    seen = HiddenField(default="")

    @classmethod
    def of(cls, row: GoodRow, *, goods: Sequence[tuple[str, str]]) -> Self:
        """The form of a good that is to be changed, filled in with what it says."""
        contents = [Item.from_plain(plain) for plain in row.plain_contents]
        return cls(
            goods=goods,
            data={
                "code": row.code,
                **{f"name_{language}": name for language, name in row.names.items()},
                "variants": ", ".join(row.variants),
                "items": [{"good": item.good, "quantity": str(item.quantity)} for item in contents],
                "in_use": row.in_use,
                "seen": str(row.version),
            },
        )

    @property
    def changes(self) -> int | None:
        """The version that was shown; nothing for a new good."""
        return whole_number(self.seen.data)

    def order(self) -> GoodOrder:
        """The good as a value. Raises RuleBroken."""
        names = {language.value: " ".join((self[f"name_{language}"].data or "").split()) for language in Language}
        return GoodOrder(
            code=(self.code.data or "").strip(),
            names={language: name for language, name in names.items() if name},
            variants=tuple((self.variants.data or "").replace(",", " ").split()),
            contents=self.chosen(),
            in_use=bool(self.in_use.data),
        )


class CountedForm(Form):  # type: ignore[misc]
    """One good at a point: how many were counted, and why not as many as in the books."""

    good = HiddenField()
    booked = HiddenField()
    quantity = StringField(_("Counted"))
    why = SelectField(_("If it differs: why"), choices=WHY, default="")


class CountForm(CheckedForm):
    """A count of a point's stock. What is left empty was not counted."""

    lines = FieldList(FormField(CountedForm), label=_("Goods"))

    def order(self, point_id: UUID) -> CountOrder:
        """The count as a value. Raises RuleBroken beside what can't be, in its line."""
        filled = [entry.form for entry in self.lines.entries if (entry.form.quantity.data or "").strip()]
        lines = tuple(self._counted(line) for line in filled)
        return CountOrder(point_id=point_id, lines=lines, booked=tuple(_booked(line) for line in filled))

    @staticmethod
    def _counted(line: CountedForm) -> Counted:
        quantity = whole_number(line.quantity.data)
        if quantity is None:
            raise RuleBroken(HOW_MANY, line.quantity.name)
        why = Difference(line.why.data) if line.why.data else None
        if reason := why_not_counted(quantity, booked=_booked(line), why=why):
            raise RuleBroken(reason, line.why.name)
        return Counted(str(line.good.data), quantity, why)


def _booked(line: CountedForm) -> int:
    """How many there were by the books when the form was shown."""
    return int(line.booked.data or 0)


class CarryForm(ItemsForm):
    """Goods that are carried to another point."""

    to = SelectField(_("To the point"), validators=[InputRequired(_("Choose a point of the list."))])

    def __init__(self, *, points: Sequence[tuple[UUID, Mapping[str, str]]], **given: Any) -> None:
        super().__init__(**given)
        self.to.choices = [(str(point), named(dict(names))) for point, names in points]

    @property
    def to_name(self) -> str:
        """The point that was chosen, in the reader's language."""
        return str(dict(self.to.choices)[self.to.data])

    def order(self, from_id: UUID) -> CarryOrder:
        """What is carried, as a value. Raises RuleBroken."""
        return CarryOrder(from_id=from_id, to_id=UUID(self.to.data), items=self.chosen())


class OneGoodForm(KomekForm):
    """So many of one good: kits to pack."""

    good = SelectField(_("Good"), validators=[InputRequired(_("Choose a good."))])
    quantity = StringField(_("How many"), validators=[InputRequired(HOW_MANY)])

    def __init__(self, *, goods: Sequence[tuple[str, str]], **given: Any) -> None:
        super().__init__(**given)
        self.good.choices = list(goods)

    def item(self) -> Item:
        """The item as a value. Raises RuleBroken."""
        quantity = whole_number(self.quantity.data)
        if not quantity:
            raise RuleBroken(HOW_MANY, "quantity")
        return Item(self.good.data, quantity)


class LossForm(OneGoodForm):
    """Goods that are to be written off."""

    why = SelectField(
        _("What happened"),
        choices=[(why.value, DIFFERENCE_TITLES[why]) for why in LOSSES],
        validators=[InputRequired(_("Choose what happened."))],
    )

    def order(self, point_id: UUID) -> LossOrder:
        """The loss as a value. Raises RuleBroken."""
        return LossOrder(point_id=point_id, item=self.item(), why=Difference(self.why.data))
