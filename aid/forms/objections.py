"""What a family objects to, how it is answered, and how soon the fund promises an answer."""

from collections.abc import Iterable
from uuid import UUID

from wtforms import IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from aid.domain.codes import parse_family_code
from aid.domain.objections import (
    LONGEST_WORDS,
    OUTCOME_TITLES,
    REASON_TITLES,
    REFUSAL_TITLES,
    REMEDY_TITLES,
    ObjectionReason,
    RefusalReason,
    Remedy,
    Reply,
    ReplyOutcome,
)
from aid.domain.words import Message, _
from aid.forms.base import KomekForm
from aid.services.objections import ObjectionOrder, ReplyOrder

NOTHING = ""


class FindForm(KomekForm):
    """A family's code, read from its card."""

    code = StringField(_("Family code"), validators=[InputRequired(_("Write the nine digits of the family’s card."))])

    @property
    def found(self) -> str:
        """The code. Raises RuleBroken when it can't be one."""
        return parse_family_code(self.code.data or "")


class ObjectionForm(KomekForm):
    """What the family objects to, about which list, in its own words."""

    reason = RadioField(
        _("What does the family say?"),
        choices=[(reason.value, title) for reason, title in REASON_TITLES.items()],
        validators=[InputRequired(_("Choose what the family objects to."))],
    )
    about = SelectField(_("About which list?"), validators=[Optional()])
    words = TextAreaField(
        _("In its own words"),
        validators=[InputRequired(_("Write down what the family says.")), Length(max=LONGEST_WORDS)],
    )

    def offer(self, lists: Iterable[tuple[UUID, str | Message]]) -> None:
        """The lists that it may be about."""
        self.about.choices = [(NOTHING, _("None in particular")), *((str(id_), title) for id_, title in lists)]

    def order(self, family_id: UUID) -> ObjectionOrder:
        """The objection as a value."""
        return ObjectionOrder(
            family_id=family_id,
            reason=ObjectionReason(self.reason.data),
            words=self.words.data or "",
            allocation_id=UUID(self.about.data) if self.about.data else None,
        )


class ReplyForm(KomekForm):
    """How an objection is answered."""

    outcome = RadioField(
        _("What is the answer?"),
        choices=[(outcome.value, title) for outcome, title in OUTCOME_TITLES.items()],
        validators=[InputRequired(_("Choose how the objection is answered."))],
    )
    remedy = SelectField(
        _("If the family is right: what is done?"),
        choices=[(NOTHING, "–"), *((remedy.value, title) for remedy, title in REMEDY_TITLES.items())],
        validators=[Optional()],
    )
    refusal = SelectField(
        _("If it is refused: why?"),
        choices=[(NOTHING, "–"), *((reason.value, title) for reason, title in REFUSAL_TITLES.items())],
        validators=[Optional()],
    )
    words = TextAreaField(_("In words for the family"), validators=[Optional(), Length(max=LONGEST_WORDS)])
    meeting = SelectField(_("Decided at a meeting?"), choices=[(NOTHING, "–")], validators=[Optional()])

    def offer(self, meetings: Iterable[tuple[UUID, Message]]) -> None:
        """The meetings that may have decided it."""
        self.meeting.choices = [(NOTHING, _("No")), *((str(id_), title) for id_, title in meetings)]

    def order(self, objection_id: UUID) -> ReplyOrder:
        """The answer as a value."""
        reply = Reply(
            ReplyOutcome(self.outcome.data),
            Remedy(self.remedy.data) if self.remedy.data else None,
            RefusalReason(self.refusal.data) if self.refusal.data else None,
        )
        meeting = UUID(self.meeting.data) if self.meeting.data else None
        return ReplyOrder(objection_id=objection_id, reply=reply, words=self.words.data or "", meeting_id=meeting)


class AppealForm(KomekForm):
    """Why the family does not accept the answer."""

    words = TextAreaField(
        _("What the family says to the answer"),
        validators=[InputRequired(_("Write down what the family says.")), Length(max=LONGEST_WORDS)],
    )


class RemarkForm(KomekForm):
    """A member's words for the other members."""

    said = TextAreaField(
        _("Your words for the other members"),
        validators=[InputRequired(_("Write what you want to say.")), Length(max=LONGEST_WORDS)],
    )


class DaysForm(KomekForm):
    """How soon objections are answered."""

    answer_days = IntegerField(_("Days to answer"), validators=[InputRequired(_("Write a number of days."))])
