"""A statement of the bank that is brought: the file, its account, and what has to be said before it comes in."""

from collections.abc import Sequence
from typing import Any

from flask_wtf.file import FileField
from wtforms import BooleanField, FieldList, Form, FormField, HiddenField, RadioField, SelectField
from wtforms.validators import InputRequired, ValidationError

from aid.domain.words import _
from aid.formats import named, say
from aid.forms.base import KomekForm
from aid.queries.banks import BankRow
from aid.services.statements.doubts import Doubt

SAME, OTHER = "same", "other"


class StatementForm(KomekForm):
    """The file."""

    file = FileField(_("Statement of the bank"))
    bank = SelectField(_("Account"))

    def __init__(self, *, banks: Sequence[BankRow], **given: Any) -> None:
        super().__init__(**given)
        self.bank.choices = [("", say(_("The file says it"))), *_choices(banks)]

    def validate_file(self, field: FileField) -> None:
        """Refuse to go on without one."""
        if not field.data or not field.data.filename:
            raise ValidationError(_("Choose the file that your bank gave you."))


class AccountForm(KomekForm):
    """Which account a statement is of."""

    bank = RadioField(_("Which account is it of?"), validators=[InputRequired(_("Choose an account."))])

    def __init__(self, *, banks: Sequence[BankRow], **given: Any) -> None:
        super().__init__(**given)
        self.bank.choices = _choices(banks)


class DoubtRow(Form):  # type: ignore[misc]
    """A sum and lines of which nobody can tell whether they are the same money."""

    key = HiddenField()
    answer = RadioField(
        _("Is it the same money?"),
        choices=[(SAME, _("Yes: count it once")), (OTHER, _("No: both came"))],
        validators=[InputRequired(_("Say whether it is the same money."))],
    )


class BringForm(KomekForm):
    """That a file is brought in: what is remembered of it, and what only a person can tell."""

    remember = BooleanField(_("Remember this for the next file"))
    doubts = FieldList(FormField(DoubtRow))

    def __init__(self, doubts: Sequence[Doubt]) -> None:
        super().__init__(data={"remember": True, "doubts": [{"key": doubt.key} for doubt in doubts]})
        for entry in self.doubts.entries:
            entry.form.answer.choices = [(value, say(title)) for value, title in entry.form.answer.choices]

    @property
    def answers(self) -> tuple[tuple[str, bool], ...]:
        """What was said of each doubt: whether it is the same money."""
        return tuple((entry.form.key.data or "", entry.form.answer.data == SAME) for entry in self.doubts.entries)


def _choices(banks: Sequence[BankRow]) -> list[tuple[str, str]]:
    return [(bank.code, f"{named(dict(bank.names))} · {bank.currency}") for bank in banks]
