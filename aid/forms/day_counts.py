"""What is typed when a point's day is counted: notes and coins, goods and stubs; and then why they differ."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Self
from uuid import UUID

from flask import request
from wtforms import FieldList, Form, FormField, HiddenField, SelectField, StringField, TextAreaField

from aid.domain.days.counting import EXTRA_TITLES, MISSING_TITLES, TITLES_OF, Counted, CountKind, Differs, Told
from aid.domain.days.pieces import MOST, faces
from aid.domain.goods import MOST as MOST_OF_ONE
from aid.domain.money import Money, digits_of
from aid.domain.paper_trail import numbers_of
from aid.domain.refusals import Refusals, RuleBroken
from aid.domain.words import _
from aid.formats import money
from aid.forms.base import KomekForm
from aid.forms.checked import whole_number
from aid.queries.day_counts.asked import Asked
from aid.services.days.counting import DayCountOrder, ExplainOrder

HOW_MANY = _("Write how many, as a whole number.")


class PiecesForm(Form):  # type: ignore[misc]
    """So many of one note or coin."""

    currency = HiddenField()
    face = HiddenField()
    pieces = StringField(_("Pieces"))


class GoodForm(Form):  # type: ignore[misc]
    """So many of one good."""

    good = HiddenField()
    quantity = StringField(_("Counted"))


class DayCountForm(KomekForm):
    """A point's cash, goods and stubs."""

    cash = FieldList(FormField(PiecesForm), label=_("Cash"))
    goods = FieldList(FormField(GoodForm), label=_("Goods"))
    stubs = StringField(_("Stubs of this day"))

    @classmethod
    def of(cls, asked: Asked, kind: CountKind) -> Self:
        """A line for each note, coin and good that is asked for now, with what was typed in it."""
        form = cls()
        form.asked, form.kind = asked, kind
        cash = {(line["currency"], line["face"]): line["pieces"] for line in form.cash.data}
        goods = {line["good"]: line["quantity"] for line in form.goods.data}
        form.cash.process(
            None,
            [
                {"currency": code, "face": str(face), "pieces": cash.get((code, str(face)), "")}
                for code in asked.currencies
                for face in faces(code)
            ],
        )
        every = (*asked.goods, *asked.more_goods)
        form.goods.process(None, [{"good": code, "quantity": goods.get(code, "")} for code, _name in every])
        form._name()
        return form

    asked: Asked
    kind: CountKind

    def _name(self) -> None:
        """Say at each line what is counted in it."""
        names = dict((*self.asked.goods, *self.asked.more_goods))
        for entry in self.cash.entries:
            entry.form.pieces.label.text = money(_face(entry.form))
        for entry in self.goods.entries:
            entry.form.quantity.label.text = names.get(entry.form.good.data, entry.form.good.data)

    @property
    def only_adds_up(self) -> bool:
        """Whether nothing is to be kept yet: the sums are asked for."""
        return request.form.get("step") == "sum"

    def of_currency(self, currency: str) -> list[Any]:
        """Its lines, the largest note first."""
        return [entry for entry in self.cash.entries if entry.form.currency.data == currency]

    def sum_of(self, currency: str) -> Money:
        """What was typed of it, as far as it can be read."""
        lines = self.of_currency(currency)
        minor = sum(_face(entry.form).minor * (whole_number(entry.form.pieces.data) or 0) for entry in lines)
        return Money(minor, currency)

    def digits_of(self, currency: str) -> int:
        """How many digits it has after the point."""
        return digits_of(currency)

    def goods_of(self, asked: Sequence[tuple[str, str]]) -> list[Any]:
        """The lines of these goods."""
        codes = {code for code, _name in asked}
        return [entry for entry in self.goods.entries if entry.form.good.data in codes]

    def order(self, point_id: UUID, day: date) -> DayCountOrder:
        """The count as a value. Raises RuleBroken beside each line that can't be."""
        more = {code for code, _name in self.asked.more_goods}
        refusals, stubs = Refusals(), None
        cash, goods = dict[str, tuple[tuple[int, int], ...]](), dict[str, int]()
        for currency in self.asked.currencies:
            with refusals:
                cash[currency] = self._pieces(currency)
        for entry in self.goods.entries:
            with refusals:
                code, number = _good(entry.form, optional=entry.form.good.data in more)
                goods[code] = number
        with refusals:
            stubs = self._stubs()
        refusals.tell()
        return DayCountOrder(point_id=point_id, day=day, kind=self.kind, cash=cash, goods=goods, stubs=stubs)

    def _pieces(self, currency: str) -> tuple[tuple[int, int], ...]:
        lines = self.of_currency(currency)
        if not any((entry.form.pieces.data or "").strip() for entry in lines):
            raise RuleBroken(
                _("Count the notes and coins. If there are none, write 0 once."), lines[0].form.pieces.name
            )
        refusals, pieces = Refusals(), []
        for entry in lines:
            with refusals:
                pieces.append((_face(entry.form).minor, _how_many(entry.form)))
        refusals.tell()
        return tuple((face, number) for face, number in pieces if number)

    def _stubs(self) -> int | None:
        if self.kind is CountKind.OPENING:
            return None
        number = whole_number(self.stubs.data)
        if number is None:
            raise RuleBroken(_("Count the stubs of this day: write how many, and 0 if there are none."), "stubs")
        return number


def _face(line: PiecesForm) -> Money:
    return Money(int(line.face.data), str(line.currency.data))


def _how_many(line: PiecesForm) -> int:
    typed = (line.pieces.data or "").strip()
    number = whole_number(typed) if typed else 0
    if number is None:
        raise RuleBroken(HOW_MANY, line.pieces.name)
    if number > MOST:
        raise RuleBroken(_("Write how many pieces, from 0 to %(most)s.", most=MOST), line.pieces.name)
    return number


def _good(line: GoodForm, *, optional: bool) -> tuple[str, int]:
    typed = (line.quantity.data or "").strip()
    number = 0 if optional and not typed else whole_number(typed)
    if number is None:
        raise RuleBroken(_("Count them: write 0 where there is none."), line.quantity.name)
    if number > MOST_OF_ONE:
        raise RuleBroken(_("Write a quantity from 0 to %(most)s.", most=MOST_OF_ONE), line.quantity.name)
    return str(line.good.data), number


def _choices(what: Counted) -> list[tuple[str, Any]]:
    return [("", "–"), *TITLES_OF[what].items()]


class ReasonForm(Form):  # type: ignore[misc]
    """Why one thing differs."""

    what = HiddenField()
    key = HiddenField()
    why = SelectField(_("Why?"), validate_choice=False)


class ReasonsForm(KomekForm):
    """Why cash, goods and stubs are not what the books say."""

    reasons = FieldList(FormField(ReasonForm), label=_("Differences"))
    missing = TextAreaField(_("Numbers whose stub is not there"))
    why_missing = SelectField(
        _("Why are they not there?"),
        choices=[("", "–"), *((why.value, title) for why, title in MISSING_TITLES.items())],
        default="",
    )
    extra = TextAreaField(_("Stubs that are there, and have no collection"))
    why_extra = SelectField(
        _("Why have they none?"),
        choices=[("", "–"), *((why.value, title) for why, title in EXTRA_TITLES.items())],
        default="",
    )

    @classmethod
    def of(cls, differs: Sequence[Differs], named: dict[tuple[Counted, str], str]) -> Self:
        """A line for each difference, or what was typed."""
        form = cls(data={"reasons": [{"what": each.what.value, "key": each.key} for each in differs]})
        for entry in form.reasons.entries:
            what = Counted(entry.form.what.data) if entry.form.what.data in set(Counted) else Counted.CASH
            entry.form.why.choices = _choices(what)
            entry.form.why.label.text = named.get((what, entry.form.key.data), "")
        return form

    def order(self, count_id: UUID) -> ExplainOrder:
        """The reasons as values. Raises RuleBroken beside each line that can't be."""
        refusals, told = Refusals(), list[Told]()
        for entry in self.reasons.entries:
            with refusals:
                told.append(self._told(entry.form))
        with refusals:
            told += self._numbers(self.missing, self.why_missing, Counted.STUB_MISSING)
        with refusals:
            told += self._numbers(self.extra, self.why_extra, Counted.STUB_EXTRA)
        refusals.tell()
        return ExplainOrder(count_id, tuple(told))

    @staticmethod
    def _told(line: ReasonForm) -> Told:
        if not line.why.data:
            raise RuleBroken(_("Choose a reason."), line.why.name)
        if line.what.data not in set(Counted):
            raise RuleBroken(_("Choose a reason from the list."), line.why.name)
        return Told(Counted(line.what.data), str(line.key.data), str(line.why.data))

    @staticmethod
    def _numbers(numbers: TextAreaField, why: SelectField, what: Counted) -> list[Told]:
        typed = (numbers.data or "").strip()
        if not typed:
            return []
        if not why.data:
            raise RuleBroken(_("Choose a reason."), why.name)
        try:
            serials = numbers_of(typed)
        except RuleBroken as refusal:
            raise RuleBroken(refusal.message, numbers.name) from None
        return [Told(what, str(serial), str(why.data)) for serial in serials]
