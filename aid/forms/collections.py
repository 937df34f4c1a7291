"""What is typed at the table: where one hands out, the digits of a voucher, who collects, and what is given now."""

from collections.abc import Sequence
from typing import Self
from uuid import UUID

from wtforms import (
    BooleanField,
    Field,
    FieldList,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    StringField,
    SubmitField,
)
from wtforms.validators import InputRequired, Optional, ValidationError

from aid.domain.codes import parse_voucher_code
from aid.domain.families import MOST_COLLECTORS
from aid.domain.goods import Item
from aid.domain.money import parse_money
from aid.domain.parts import Part
from aid.domain.refusals import RuleBroken
from aid.domain.strangers import STRANGER_TITLES, StrangerReason
from aid.domain.undoing import UNDO_TITLES, UndoReason
from aid.domain.words import _
from aid.formats import named
from aid.forms._money import as_typed
from aid.forms.base import KomekForm
from aid.forms.checked import whole_number
from aid.queries.collections import PointRow
from aid.services.collections.checking import Checked
from aid.services.collections.handing_out import CollectionOrder, StrangerOrder
from aid.services.collections.undoing import UndoOrder

STRANGER = "stranger"
"""What is chosen where nobody of the slip stands at the table, and a second person agreed."""
MORE_THAN_ANY = 10**9
"""So many of one good no voucher has: a number beyond it is refused as this one is."""


class PointForm(KomekForm):
    """At which of one's own points one stands."""

    point = RadioField(
        _("Where are you handing out?"), coerce=UUID, validators=[InputRequired(_("Choose where you are handing out."))]
    )

    def offer(self, points: Sequence[PointRow]) -> Self:
        """The points to choose from."""
        self.point.choices = [(str(point.id), named(dict(point.names))) for point in points]
        return self

    def order(self) -> UUID:
        """The point."""
        chosen: UUID = self.point.data
        return chosen


class CodeForm(KomekForm):
    """The digits of a voucher, as a scanner or a person types them."""

    code = StringField(_("Voucher digits"))

    @classmethod
    def fresh(cls) -> Self:
        """An empty one for the next voucher, on a page that answers another form."""
        return cls(formdata=None)

    def validate_code(self, field: Field) -> None:
        """Refuse what can't be a voucher's digits, before anything is looked up."""
        try:
            parse_voucher_code(field.data or "")
        except RuleBroken as refusal:
            raise ValidationError(refusal.message)

    def order(self) -> str:
        """The digits alone."""
        return parse_voucher_code(self.code.data)


class AtTableForm(CodeForm):
    """What was read at which table: neither is typed again."""

    point = HiddenField()
    code = HiddenField()

    @classmethod
    def for_voucher(cls, *, point_id: UUID, code: str) -> Self:
        """An empty form for a voucher that was just read."""
        return cls(formdata=None, data={"point": str(point_id), "code": code})

    def validate_point(self, field: Field) -> None:
        """The point is not typed: something else than its id was sent by no page of ours."""
        try:
            UUID(field.data or "")
        except ValueError:
            raise ValidationError(_("Check this voucher again."))

    @property
    def point_id(self) -> UUID:
        """Where it is handed out."""
        return UUID(self.point.data)

    @property
    def is_ours(self) -> bool:
        """Whether point and digits are what a page of ours sent, so that the voucher can be shown again."""
        return not self.point.errors and not self.code.errors


class StrangerForm(AtTableForm):
    """Why somebody came who is not on the slip."""

    reason = RadioField(
        _("Why does somebody else come?"),
        choices=[(reason.value, title) for reason, title in STRANGER_TITLES.items()],
        validators=[InputRequired(_("Choose why somebody else comes."))],
    )

    def stranger_order(self) -> StrangerOrder:
        """For whose voucher, and why."""
        return StrangerOrder(point_id=self.point_id, code=self.order(), reason=StrangerReason(self.reason.data))


class WareForm(Form):  # type: ignore[misc]
    """One of a voucher's goods: whether it is handed out now, and how many."""

    good = HiddenField()
    now = BooleanField(_("Hand out now"), default=True)
    number = IntegerField(_("How many now"), validators=[Optional()])


class CollectForm(AtTableForm):
    """Who stands at the table, once the voucher was found good; and what they get now, where parts are allowed."""

    idle = SubmitField()  # the first button, which Enter presses where no script knows a scanner: nothing is handed out
    seen = HiddenField()
    slip = HiddenField()
    parts = HiddenField()
    money = BooleanField(_("Hand out now"), default=True)
    amount = StringField(_("Goods worth how much now?"))
    currency = HiddenField()
    wares = FieldList(FormField(WareForm), label=_("Goods"))
    collector = RadioField(_("Who is collecting?"), validate_choice=False)

    def offer(self, check: Checked) -> Self:
        """The people and goods to choose from; one alone is chosen. All is ticked unless something was sent."""
        self.collector.choices = [(str(place), name) for place, name in enumerate(check.collectors)]
        if check.agreed:
            self.collector.choices.append((STRANGER, _("Somebody not on the list")))
            self.collector.data = self.collector.data or STRANGER
        if len(check.collectors) == 1:
            self.collector.data = self.collector.data or "0"
        self.seen.data = str(check.turns)
        self.slip.data = check.slip
        self.currency.data = check.amount.currency if check.shop else ""
        if not check.in_parts:
            self.parts.data = ""
        elif not self.parts.data or not self._fits(check):
            self.parts.data = "yes"
            self.money.data = True
            self.amount.data = as_typed(check.amount) if check.shop else ""
            while self.wares.entries:
                self.wares.pop_entry()
            for ware in check.wares:
                self.wares.append_entry({"good": ware.item.good, "now": True, "number": ware.item.quantity})
        return self

    def _fits(self, check: Checked) -> bool:
        """Whether what was sent is of just these goods, so that it is shown as it was ticked."""
        return [entry.form.good.data for entry in self.wares.entries] == [ware.item.good for ware in check.wares]

    def validate_collector(self, field: Field) -> None:
        """Somebody is chosen."""
        if field.data not in {STRANGER, *(str(place) for place in range(MOST_COLLECTORS))}:
            raise ValidationError(_("Choose the person who stands before you."))

    def collection_order(self) -> CollectionOrder:
        """Whose aid is handed to whom, where, and how much of it."""
        return CollectionOrder(
            point_id=self.point_id,
            code=self.order(),
            collector=None if self.collector.data == STRANGER else int(self.collector.data),
            part=self._part() if self.parts.data else None,
            seen=whole_number(self.seen.data),
            slip=self.slip.data or "",
        )

    def _part(self) -> Part:
        """What was ticked. Raises RuleBroken."""
        items = []
        for ware in (entry.form for entry in self.wares.entries if entry.form.now.data):
            if ware.number.data is None:
                raise RuleBroken(_("Write how many are handed out now."), "wares")
            if ware.number.data:
                items.append(Item(ware.good.data or "", max(-1, min(ware.number.data, MORE_THAN_ANY))))
        if self.currency.data:
            typed = (self.amount.data or "").strip()
            minor = self._minor(typed) if typed else None
            return Part(minor is not None, tuple(items), minor)
        return Part(bool(self.money.data), tuple(items))

    def _minor(self, typed: str) -> int:
        """What goods are worth that a shop gives now. Raises RuleBroken beside the amount."""
        try:
            return parse_money(typed, str(self.currency.data)).minor
        except RuleBroken as refusal:
            raise RuleBroken(refusal.message, "amount") from None


class UndoForm(KomekForm):
    """Why a collection was wrong."""

    reason = RadioField(
        _("What was wrong?"),
        choices=[(reason.value, title) for reason, title in UNDO_TITLES.items()],
        validators=[InputRequired(_("Choose what was wrong."))],
    )

    def order(self, collection_id: UUID) -> UndoOrder:
        """The collection, and why it is undone."""
        return UndoOrder(collection_id, UndoReason(self.reason.data))


class WhereForm(KomekForm):
    """The number on a paper that this point does not know."""

    serial = StringField(_("Number of the voucher"))

    def validate_serial(self, field: Field) -> None:
        """It has digits alone, as it stands on the paper."""
        typed = (field.data or "").strip()
        if not (typed.isascii() and typed.isdecimal() and len(typed) <= 9):
            raise ValidationError(_("Type the number as it stands on the paper, such as 000012."))

    def order(self) -> int:
        """The number."""
        return int(self.serial.data.strip())
