"""What is typed at the table: where one hands out, the digits of a voucher, and who collects."""

from collections.abc import Sequence
from typing import Self
from uuid import UUID

from wtforms import Field, HiddenField, RadioField, StringField
from wtforms.validators import InputRequired, ValidationError

from aid.domain.codes import parse_voucher_code
from aid.domain.families import MOST_COLLECTORS
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.formats import named
from aid.forms.base import KomekForm
from aid.queries.collections import PointRow
from aid.services.collections.handing_out import CollectionOrder


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

    def validate_code(self, field: Field) -> None:
        """Refuse what can't be a voucher's digits, before anything is looked up."""
        try:
            parse_voucher_code(field.data or "")
        except RuleBroken as refusal:
            raise ValidationError(refusal.message)

    def order(self) -> str:
        """The digits alone."""
        return parse_voucher_code(self.code.data)


class CollectForm(CodeForm):
    """Who stands at the table, once the voucher was found good."""

    point = HiddenField()
    code = HiddenField()
    collector = RadioField(_("Who is collecting?"), validate_choice=False)

    @classmethod
    def for_voucher(cls, *, point_id: UUID, code: str) -> Self:
        """An empty form for a voucher that was just found good."""
        return cls(formdata=None, data={"point": str(point_id), "code": code})

    def offer(self, collectors: Sequence[str]) -> Self:
        """The people to choose from; one alone is chosen."""
        self.collector.choices = [(str(place), name) for place, name in enumerate(collectors)]
        if len(collectors) == 1:
            self.collector.data = "0"
        return self

    def validate_point(self, field: Field) -> None:
        """The point is not typed: something else than its id was sent by no page of ours."""
        try:
            UUID(field.data or "")
        except ValueError:
            raise ValidationError(_("Check this voucher again."))

    def validate_collector(self, field: Field) -> None:
        """Somebody is chosen."""
        if field.data not in {str(place) for place in range(MOST_COLLECTORS)}:
            raise ValidationError(_("Choose the person who stands before you."))

    @property
    def point_id(self) -> UUID:
        """Where it is handed out."""
        return UUID(self.point.data)

    @property
    def is_ours(self) -> bool:
        """Whether point and digits are what a page of ours sent, so that the voucher can be shown again."""
        return not self.point.errors and not self.code.errors

    def collection_order(self) -> CollectionOrder:
        """Whose aid is handed to whom, and where."""
        return CollectionOrder(point_id=self.point_id, code=self.order(), collector=int(self.collector.data))
