"""A statement of the bank that is brought: the file, and the account it is of where it does not say so."""

from collections.abc import Sequence
from typing import Any

from flask_wtf.file import FileField
from wtforms import RadioField, SelectField
from wtforms.validators import InputRequired, ValidationError

from aid.domain.words import _
from aid.formats import named, say
from aid.forms.base import KomekForm
from aid.queries.banks import BankRow


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


def _choices(banks: Sequence[BankRow]) -> list[tuple[str, str]]:
    return [(bank.code, f"{named(dict(bank.names))} · {bank.currency}") for bank in banks]
