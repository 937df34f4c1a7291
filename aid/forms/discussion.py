"""What a member says of a proposal, what they ask about a line, its answer, and why lines are held out."""

from collections.abc import Iterable
from uuid import UUID

from flask import request
from wtforms import IntegerField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import HiddenInput

from aid.domain.meetings import HOLD_TITLES, LONGEST_WORDS, QUESTION_TITLES, HoldReason, QuestionReason
from aid.domain.words import _
from aid.formats import say
from aid.forms.base import KomekForm
from aid.forms.checked import whole_number
from aid.forms.meetings import checkboxes
from aid.services.discussion import HoldOrder, QuestionOrder

_TOO_LONG = Length(max=LONGEST_WORDS)
_SAY = InputRequired(_("Write what you want to say."))


class RemarkForm(KomekForm):
    """A remark."""

    words = TextAreaField(_("Your remark"), validators=[_SAY, _TOO_LONG])


class QuestionForm(KomekForm):
    """A question about one line."""

    reason = RadioField(
        _("What do you doubt?"),
        choices=[(reason.value, title) for reason, title in QUESTION_TITLES.items()],
        validators=[InputRequired(_("Choose what you doubt."))],
    )
    words = TextAreaField(_("Your question"), validators=[_SAY, _TOO_LONG])

    def order(self, line_id: UUID) -> QuestionOrder:
        """The question as a value."""
        return QuestionOrder(line_id, QuestionReason(self.reason.data), self.words.data or "")


class AnswerForm(KomekForm):
    """The answer of whoever knows the family."""

    words = TextAreaField(_("Your answer"), validators=[_SAY, _TOO_LONG])


class HoldForm(KomekForm):
    """Lines that a proposal goes on without, and why."""

    version = IntegerField(widget=HiddenInput(), validators=[InputRequired()])
    lines = checkboxes(_("Lines to hold out"), [])
    more = StringField(_("Another line, by its number in the allocation"))
    reason = RadioField(
        _("Reason"),
        choices=[(reason.value, title) for reason, title in HOLD_TITLES.items()],
        validators=[InputRequired(_("Choose the reason."))],
    )

    def offer(self, lines: Iterable[tuple[str, str]], *, chosen: Iterable[str]) -> None:
        """The lines that may be chosen: those questioned, and those named by number."""
        self.lines.choices = list(lines)
        if not self.is_submitted():
            self.lines.data = list(chosen)

    @property
    def asks_for_more(self) -> bool:
        """Whether a line is to be put on the list first, and not what is ticked to be held out."""
        return self.is_submitted() and ("add" in request.form or bool((self.more.data or "").strip()))

    @property
    def named(self) -> int | None:
        """The number of another line, if one was typed."""
        return whole_number(self.more.data)

    def add(self, line: str | None) -> None:
        """Tick the line that was named by its number; say so where there is none."""
        if line is not None:
            self.lines.data, self.more.raw_data, self.more.data = [*(self.lines.data or []), line], None, ""
        else:
            self.more.errors = [say(_("There is no such line in this allocation. Look at its number there."))]

    def order(self, allocation_id: UUID) -> HoldOrder:
        """What is to be held out, as a value."""
        lines = frozenset(UUID(value) for value in self.lines.data or [])
        return HoldOrder(allocation_id, self.version.data, lines, HoldReason(self.reason.data))
