"""What members type to change the committee: whom it is about, by which rules, and the password that signs."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from wtforms import BooleanField, HiddenField, IntegerField, PasswordField, RadioField, StringField
from wtforms.validators import InputRequired, Length, Optional, Regexp, ValidationError

from aid.domain.membership import Answer, ChangeKind, Rules, StopAnswerKind
from aid.domain.passwords import LONGEST
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.formats import say
from aid.forms.base import KomekForm
from aid.queries.candidates import Candidate
from aid.services.membership import AnswerOrder, ChangeOrder
from aid.services.stops import StopOrder

ANSWERS = {Answer.YES: _("Yes, I agree"), Answer.NO: _("No, I do not agree")}
WORDS_ON_STOP = {
    StopAnswerKind.CONFIRM: _("The fund stays stopped until the committee lifts it"),
    StopAnswerKind.LIFT: _("Lift the stop"),
}


class ProposeForm(KomekForm):
    """A change to announce. Which fields it shows is the kind's."""

    subject = RadioField(_("Who"), validators=[Optional()])
    alternate = StringField(_("Their alternate’s handle"), validators=[Length(max=60)])
    quorum = IntegerField(_("Votes needed"), validators=[Optional()])
    notice_hours = IntegerField(_("Hours from decision to printing"), validators=[Optional()])
    delay_hours = IntegerField(_("Hours until a signed change holds"), validators=[Optional()])
    absence_hours = IntegerField(_("Hours that an absence is announced"), validators=[Optional()])

    def __init__(self, *, kind: ChangeKind, people: Sequence[Candidate], **filled: Any) -> None:
        super().__init__(**filled)
        self.kind, self.people = kind, people
        self.subject.choices = [(each.value, each.label) for each in people]

    def order(self, *, own: UUID) -> ChangeOrder:
        """The change as a value. Raises RuleBroken where a rule's number is missing."""
        chosen = next((each for each in self.people if each.value == self.subject.data), None)
        match self.kind:
            case ChangeKind.RULES:
                return ChangeOrder(kind=self.kind, rules=self._rules())
            case ChangeKind.NAME_ALTERNATE:
                return ChangeOrder(kind=self.kind, subject_id=own, alternate=self._alternate())
            case ChangeKind.ADMIT:
                subject = chosen.subject_id if chosen else None
                return ChangeOrder(kind=self.kind, subject_id=subject, alternate=self._alternate())
            case _other:
                return ChangeOrder(
                    kind=self.kind,
                    subject_id=chosen.subject_id if chosen else None,
                    leaves_id=chosen.leaves_id if chosen else None,
                )

    def validate_subject(self, field: RadioField) -> None:
        """Somebody is chosen, where it is about somebody."""
        if self.kind not in (ChangeKind.RULES, ChangeKind.NAME_ALTERNATE) and not field.data:
            raise ValidationError(say(_("Choose somebody.")))

    def _alternate(self) -> str | None:
        return (self.alternate.data or "").strip().casefold() or None

    def _rules(self) -> Rules:
        numbers = {name: self[name].data for name in ("quorum", "notice_hours", "delay_hours", "absence_hours")}
        for name, number in numbers.items():
            if number is None:
                raise RuleBroken(_("Give each of the four numbers."), name)
        return Rules(**numbers)


class SignForm(KomekForm):
    """A member's answer to what they saw: the form carries its hash."""

    hash = HiddenField(validators=[Regexp(r"^[0-9a-f]{64}$")])
    answer = RadioField(
        _("Your answer"),
        choices=[(answer.value, title) for answer, title in ANSWERS.items()],
        validators=[InputRequired(_("Choose one of the two answers."))],
    )
    compared = BooleanField(_("I heard their voice, and they read me the same fingerprint"))
    password = PasswordField(
        _("Your password"),
        validators=[InputRequired(_("Your password signs it. Type it.")), Length(max=LONGEST)],
    )

    def __init__(self, *, with_key: bool, **filled: Any) -> None:
        super().__init__(**filled)
        self.with_key = with_key
        if not with_key:
            del self.compared

    def validate_compared(self, field: BooleanField) -> None:
        """Nobody agrees to a key that they did not compare."""
        if self.answer.data == Answer.YES.value and not field.data:
            raise ValidationError(say(_("Call them, compare the fingerprint, then tick this. Or answer no.")))

    def order(self, change_id: UUID) -> AnswerOrder:
        """The answer as a value."""
        return AnswerOrder(change_id=change_id, hash=bytes.fromhex(self.hash.data), answer=Answer(self.answer.data))


class StopForm(KomekForm):
    """A member's word on the stop they saw."""

    stop = HiddenField(validators=[Regexp(r"^[0-9a-f]{32}$")])
    kind = RadioField(
        _("What shall be?"),
        choices=[(kind.value, title) for kind, title in WORDS_ON_STOP.items()],
        validators=[InputRequired(_("Choose one of the two answers."))],
    )
    password = PasswordField(
        _("Your password"),
        validators=[InputRequired(_("Your password signs it. Type it.")), Length(max=LONGEST)],
    )

    def order(self) -> StopOrder:
        """The word as a value."""
        return StopOrder(stop_id=UUID(self.stop.data), kind=StopAnswerKind(self.kind.data))
