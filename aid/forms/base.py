"""What every form has: a token, an idempotency key, and a place for the rule that was broken."""

import secrets

from flask_wtf import FlaskForm
from wtforms import HiddenField
from wtforms.validators import Regexp

from aid.domain.refusals import RuleBroken
from aid.formats import say


class KomekForm(FlaskForm):  # type: ignore[misc]
    """A form whose second sending is answered like its first."""

    key = HiddenField(default=lambda: secrets.token_hex(16), validators=[Regexp(r"^[0-9a-f]{32}$")])

    @property
    def idempotency_key(self) -> str:
        """The key to hand to `perform`."""
        return str(self.key.data)

    def blame(self, refusal: RuleBroken) -> None:
        """Show a broken rule beside its field, or above the form. What was typed stays."""
        field = self._fields.get(refusal.field or "")
        if field is not None:
            field.errors = [*field.errors, say(refusal.message)]
        else:
            self.form_errors.append(say(refusal.message))
        self.key.data = self.key.raw_data = None
        self.key.data = secrets.token_hex(16)
