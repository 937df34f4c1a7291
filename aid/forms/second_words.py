"""A second person's word, and what one person may book alone, as they are typed."""

from typing import Any
from uuid import UUID

from wtforms import Field, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired

from aid.domain.second_words import Bound
from aid.domain.words import _
from aid.forms._money import money_of, must_be_money
from aid.forms.base import KomekForm
from aid.services.second_words.answering import MoneyAnswerOrder

ANSWERS = [("yes", _("Agree: it is booked now")), ("no", _("Refuse: nothing is booked"))]


class MoneyAnswerForm(KomekForm):
    """A second person's word on what one person does not book alone."""

    answer = RadioField(_("Your word on it"), choices=ANSWERS, validators=[InputRequired(_("Choose one."))])
    reason = TextAreaField(_("Reason"), validators=[InputRequired(_("Write the reason."))])

    def order(self, asked_id: UUID) -> MoneyAnswerOrder:
        """The word as a value."""
        return MoneyAnswerOrder(asked_id=asked_id, agrees=self.answer.data == "yes", reason=str(self.reason.data))


class BoundForm(KomekForm):
    """How much of a currency one person may book alone."""

    most = StringField(_("In thirty days, at most"), validators=[InputRequired(_("Write the amount."))])

    small = StringField(_("At a small account, at most"), validators=[InputRequired(_("Write the amount."))])

    def __init__(self, *, currency: str, **given: Any) -> None:
        super().__init__(**given)
        self.currency = currency

    def validate_most(self, field: Field) -> None:
        """Refuse what can't be read as an amount. Nothing at all is one: then every fee waits."""
        must_be_money(field, self.currency)

    validate_small = validate_most

    @property
    def bound(self) -> Bound:
        """The bound as a value."""
        return Bound(money_of(self.most, self.currency), money_of(self.small, self.currency))
