"""What is typed of a day without network: for which point and day a list is, what it says, and what is true of it."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from wtforms import DateField, Field, RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from aid.domain.late import REASON_TITLES, VERDICT_TITLES, LateReason, Verdict
from aid.domain.words import _
from aid.formats import named
from aid.forms.base import KomekForm
from aid.forms.checked import CheckedForm
from aid.queries.collections import PointRow
from aid.services.collections.late import LateOrder
from aid.services.collections.late_answers import AnswerOrder
from aid.services.collections.point_lists import ListOrder

LONGEST = 200_000


class ListForm(KomekForm):
    """For which point and day."""

    point = SelectField(_("Point"), validators=[InputRequired()])
    day = DateField(_("Day"), validators=[InputRequired(_("Choose the day for which the list is good."))])

    def offer(self, points: Sequence[PointRow], today: date) -> "ListForm":
        """The points to choose from, and today."""
        self.point.choices = [(str(point.id), named(dict(point.names))) for point in points]
        if self.day.raw_data is None:
            self.day.data = today
        return self

    def order(self) -> ListOrder:
        """The list as a value."""
        return ListOrder(UUID(self.point.data), self.day.data)


class LateForm(CheckedForm):
    """What stands on the paper, line by line, and who handed out by it."""

    handed_by = SelectField(_("Who handed out by this list?"), validators=[InputRequired()])
    text = TextAreaField(
        _("Lines that are ticked"),
        validators=[Length(max=LONGEST, message=_("This is too long for one time. Enter it in parts."))],
    )

    def offer(self, people: Sequence[tuple[UUID, str]], me: UUID | None) -> "LateForm":
        """Who may have handed out; oneself first, where one may."""
        self.handed_by.choices = [(str(id_), handle) for id_, handle in people]
        if self.handed_by.data is None and me in {id_ for id_, _handle in people}:
            self.handed_by.data = str(me)
        return self

    def order(self, list_id: UUID) -> LateOrder:
        """What was typed, as a value."""
        return LateOrder(list_id, UUID(self.handed_by.data), self.text.data or "")


class AnswerForm(KomekForm):
    """What is true of a line that paper and books tell otherwise."""

    verdict = RadioField(
        _("What is true?"),
        coerce=Verdict,
        choices=[(verdict.value, title) for verdict, title in VERDICT_TITLES.items()],
        validators=[InputRequired(_("Choose what is true."))],
    )
    reason = RadioField(
        _("How did it come about?"),
        choices=[(reason.value, title) for reason, title in REASON_TITLES.items()],
        validators=[Optional()],
    )

    def validate_reason(self, field: Field) -> None:
        """What was handed out all the same has a reason."""
        if self.verdict.data is Verdict.HANDED_OUT and not field.data:
            raise ValidationError(_("Choose how it came about."))

    def order(self, line_id: UUID) -> AnswerOrder:
        """The answer as a value."""
        reason = LateReason(self.reason.data) if self.reason.data else None
        return AnswerOrder(line_id, self.verdict.data, reason)
