"""What is typed of a survey: whom to draw of, how many, what became of a call, and what was found out."""

from collections.abc import Iterable
from uuid import UUID

from wtforms import BooleanField, Field, IntegerField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.fields import TextAreaField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from aid.domain.money import parse_money
from aid.domain.objections import LONGEST_WORDS
from aid.domain.surveys.calls import (
    FINDING_TITLES,
    REACH_TITLES,
    RECEIVED_TITLES,
    SAID_TITLES,
    WAITED_TITLES,
    Answer,
    Finding,
    Reach,
    Received,
    Said,
    Waited,
)
from aid.domain.surveys.selection import MOST, SIZES, Selection
from aid.domain.words import Message, _
from aid.forms._money import must_be_money
from aid.forms.base import KomekForm
from aid.forms.checked import CheckedForm
from aid.forms.families.fields import DayField
from aid.services.surveys.calling import CorrectionOrder, TryOrder
from aid.services.surveys.drawing import SurveyOrder
from aid.services.surveys.settling import StoryOrder

NOTHING = ""


class DrawForm(CheckedForm):
    """Whose families, and then how many of them."""

    allocation = SelectField(_("Which list?"), validators=[Optional()])
    points = SelectMultipleField(
        _("At which points?"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )
    first_day = DayField(_("The first day"), validators=[Optional()])
    last_day = DayField(_("The last day"), validators=[Optional()])
    size = IntegerField(_("How many families are asked?"), validators=[Optional()])

    def offer(self, lists: Iterable[tuple[UUID, Message]], points: Iterable[tuple[UUID, str]]) -> "DrawForm":
        """The lists and points to choose from."""
        self.allocation.choices = [(NOTHING, _("Any list")), *((str(id_), title) for id_, title in lists)]
        self.points.choices = [(str(id_), name) for id_, name in points]
        return self

    def selection(self) -> Selection:
        """Whose families."""
        allocation = UUID(self.allocation.data) if self.allocation.data else None
        points = tuple(sorted(map(UUID, self.points.data or ())))
        return Selection(allocation, points, self.first_day.data, self.last_day.data)

    def order(self) -> SurveyOrder:
        """The survey as a value. A number that no survey has is told by the nearest one that is refused."""
        return SurveyOrder(self.selection(), max(0, min(self.size.data or 0, MOST + 1)))

    def sizes(self, families: int) -> list[int]:
        """Numbers to choose from: some that are usual, or all where they are few."""
        return [size for size in SIZES if size < families] or [families]


class _AnswerFields(KomekForm):
    """What a family says."""

    received = RadioField(
        _("Did it come to the family?"),
        choices=[(kind.value, title) for kind, title in RECEIVED_TITLES.items()],
        validators=[Optional()],
    )
    amount = StringField(_("Amount, if the family says one by itself"), validators=[Optional()])
    received_on = DayField(_("On which day?"), validators=[Optional()])
    waited = RadioField(
        _("How long did it wait?"),
        choices=[(kind.value, title) for kind, title in WAITED_TITLES.items()],
        validators=[Optional()],
    )
    respected = RadioField(
        _("Was it treated with respect?"),
        choices=[(kind.value, title) for kind, title in SAID_TITLES.items()],
        validators=[Optional()],
    )
    paid = RadioField(
        _("Did it give anybody money, or anything else, for it?"),
        choices=[(kind.value, title) for kind, title in SAID_TITLES.items()],
        validators=[Optional()],
    )
    currency = ""

    def validate_amount(self, field: Field) -> None:
        """It has to be an amount."""
        must_be_money(field, self.currency)

    def answer(self) -> Answer:
        """What was said, as a value."""
        return Answer(
            received=Received(self.received.data),
            amount_minor=parse_money(self.amount.data, self.currency).minor if self.amount.data else None,
            received_on=self.received_on.data,
            waited=Waited(self.waited.data) if self.waited.data else None,
            respected=Said(self.respected.data) if self.respected.data else None,
            paid=Said(self.paid.data) if self.paid.data else None,
        )


class CallForm(_AnswerFields):
    """What became of a call."""

    reach = RadioField(
        _("What became of the call?"),
        choices=[(kind.value, title) for kind, title in REACH_TITLES.items()],
        validators=[InputRequired(_("Choose what became of the call."))],
    )
    more = BooleanField(_("The family wants to tell more: write down an objection next"))

    def order(self, call_id: UUID) -> TryOrder:
        """The call as a value. What was written of a family that did not answer is left aside."""
        reach = Reach(self.reach.data)
        said = reach is Reach.ANSWERED and self.received.data
        return TryOrder(call_id, reach, self.answer() if said else None)


class CorrectForm(_AnswerFields):
    """What a family really said."""

    def order(self, call_id: UUID, n: int) -> CorrectionOrder:
        """The correction of the answer that was on the screen."""
        return CorrectionOrder(call_id, n, self.answer())


class StoryForm(KomekForm):
    """What was found out."""

    found = RadioField(
        _("What happened?"),
        choices=[(kind.value, title) for kind, title in FINDING_TITLES.items()],
        validators=[InputRequired(_("Choose what happened."))],
    )
    words = TextAreaField(
        _("The story"),
        validators=[InputRequired(_("Write down what was found out.")), Length(max=LONGEST_WORDS)],
    )

    def order(self, answer_id: UUID) -> StoryOrder:
        """The story as a value."""
        return StoryOrder(answer_id, Finding(self.found.data), self.words.data or "")
