"""What is typed of papers: which are spoiled, what became of a batch, where a voucher goes, how a pile was counted."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from wtforms import (
    Field,
    FieldList,
    Form,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from aid.domain.codes import parse_voucher_code
from aid.domain.paper_trail import (
    COUNT_TITLES,
    GONE_TITLES,
    MOVE_TITLES,
    SPOILED_TITLES,
    CountReason,
    EndReason,
    MoveReason,
    numbers_of,
    why_not_count,
)
from aid.domain.refusals import RuleBroken
from aid.domain.words import _, n_
from aid.formats import moment, named, say
from aid.forms.base import KomekForm
from aid.forms.checked import CheckedForm, whole_number
from aid.queries.handovers import PileLine
from aid.queries.ready_papers import Ready
from aid.services.vouchers.ends import GoneOrder, SpoiledOrder
from aid.services.vouchers.handovers import Count, CountOrder, GiveOrder
from aid.services.vouchers.moving import MoveOrder

WHY = _("Choose a reason.")


class SpoiledForm(KomekForm):
    """Papers of a batch by their numbers, and how they were spoiled."""

    serials = TextAreaField(_("Numbers of the spoiled papers"))
    reason = RadioField(
        _("What happened to them?"),
        coerce=EndReason,
        choices=[(reason.value, title) for reason, title in SPOILED_TITLES.items()],
        default=EndReason.SPOILED.value,
        validators=[InputRequired(WHY)],
    )

    def order(self, batch_id: UUID) -> SpoiledOrder:
        """The papers as values. Raises RuleBroken."""
        return SpoiledOrder(batch_id, numbers_of(self.serials.data or ""), self.reason.data)


class GoneForm(CheckedForm):
    """What became of a whole batch."""

    reason = RadioField(
        _("What happened to the papers?"),
        coerce=EndReason,
        choices=[(reason.value, title) for reason, title in GONE_TITLES.items()],
        validators=[InputRequired(WHY)],
    )

    def order(self, batch_id: UUID) -> GoneOrder:
        """The batch and the reason."""
        return GoneOrder(batch_id, self.reason.data)


class MoveForm(CheckedForm):
    """Where a voucher is collected from now on."""

    to_point_id = SelectField(
        _("Where is it collected from now on?"),
        validators=[InputRequired(_("Choose the point where it is collected from now on."))],
    )
    reason = RadioField(
        _("Why?"),
        coerce=MoveReason,
        choices=[(reason.value, title) for reason, title in MOVE_TITLES.items()],
        validators=[InputRequired(WHY)],
    )
    code = StringField(_("Digits of the sheet that the family has"), validators=[Optional()])

    def offer(self, points: Sequence[tuple[UUID, Mapping[str, str]]]) -> None:
        """The points to choose from."""
        self.to_point_id.choices = [("", "–"), *((str(point_id), named(dict(names))) for point_id, names in points)]

    def validate_code(self, field: Field) -> None:
        """Refuse what can't be a voucher's digits."""
        try:
            parse_voucher_code(field.data)
        except RuleBroken as refusal:
            raise ValidationError(refusal.message)

    @property
    def point(self) -> str:
        """The point that was chosen, in the reader's language."""
        return str(dict(self.to_point_id.choices)[self.to_point_id.data])

    def order(self, serial: int) -> MoveOrder:
        """The move as a value."""
        code = (self.code.data or "").strip() or None
        return MoveOrder(serial, UUID(self.to_point_id.data), self.reason.data, code)


class GiveForm(KomekForm):
    """Which batches go to whom."""

    batches = SelectMultipleField(
        _("Batches in the pile"), option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False)
    )
    to_id = RadioField(_("Who receives it?"), validators=[InputRequired(_("Choose who receives it."))])

    def __init__(self, *, ready: Sequence[Ready], receivers: Sequence[tuple[UUID, str]], **given: Any) -> None:
        super().__init__(**given)
        self.batches.choices = [(str(each.batch_id), _batch_words(each)) for each in ready]
        self.to_id.choices = [(str(id_), handle) for id_, handle in receivers]
        if not self.is_submitted():
            self.batches.data = [str(each.batch_id) for each in ready if not each.given_to]

    def order(self, point_id: UUID) -> GiveOrder:
        """The pile as a value."""
        return GiveOrder(point_id, UUID(self.to_id.data), tuple(map(UUID, self.batches.data or ())))


def _batch_words(each: Ready) -> str:
    return say(
        n_(
            "Batch %(number)s of %(moment)s: %(num)s paper",
            "Batch %(number)s of %(moment)s: %(num)s papers",
            each.papers,
            number=each.number,
            moment=moment(each.printed_at),
        )
    )


class CountedForm(Form):  # type: ignore[misc]
    """One batch of a pile, as it was counted."""

    batch = HiddenField()
    papers = StringField(_("Papers you counted"))
    reason = SelectField(
        _("Why another number?"),
        choices=[("", "–"), *((reason.value, title) for reason, title in COUNT_TITLES.items())],
        validate_choice=False,
    )


class PileForm(KomekForm):
    """A pile, batch by batch, as its receiver counted it."""

    counts = FieldList(FormField(CountedForm))

    @classmethod
    def of(cls, lines: Sequence[PileLine]) -> "PileForm":
        """A line for each batch, or what was typed."""
        return cls(data={"counts": [{"batch": str(line.batch_id)} for line in lines]})

    def order(self, handover_id: UUID, lines: Sequence[PileLine]) -> CountOrder:
        """The count as a value. Raises RuleBroken beside what can't be."""
        given = {str(line.batch_id): line.papers for line in lines}
        counts = tuple(self._count(entry.form, given) for entry in self.counts.entries)
        return CountOrder(handover_id, counts)

    @staticmethod
    def _count(line: CountedForm, given: Mapping[str, int]) -> Count:
        papers = whole_number(line.papers.data)
        if papers is None or line.batch.data not in given:
            raise RuleBroken(_("Write how many, as a whole number."), line.papers.name)
        reason = CountReason(line.reason.data) if line.reason.data in set(CountReason) else None
        if refusal := why_not_count(given=given[line.batch.data], counted=papers, reason=reason):
            raise RuleBroken(refusal, line.reason.name)
        return Count(UUID(line.batch.data), papers, reason)
