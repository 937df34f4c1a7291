"""What every form has: a token, an idempotency key, and a place for the rule that was broken."""

import secrets
from collections.abc import Iterable
from functools import cache

from babel.support import NullTranslations, Translations
from flask_babel import get_locale
from flask_wtf import FlaskForm
from flask_wtf.csrf import generate_csrf
from wtforms import Field, HiddenField
from wtforms.i18n import messages_path
from wtforms.validators import Regexp

from aid.domain.refusals import RuleBroken
from aid.formats import say
from aid.forms.binding import QuickMeta


@cache
def _wtforms_in(language: str) -> NullTranslations:
    """WTForms' own sentences, read once a language and not for each form."""
    return Translations.load(messages_path(), [language], domain="wtforms")


class TokenField(HiddenField):  # type: ignore[misc]
    """The token of this browser's forms, made where it is shown. What came with a form was checked before any was made:
    see `extensions.csrf`.
    """

    def _value(self) -> str:
        return str(generate_csrf())


class KomekForm(FlaskForm):  # type: ignore[misc]
    """A form whose second sending is answered like its first."""

    class Meta(QuickMeta, FlaskForm.Meta):  # type: ignore[misc]
        """What WTForms asks about a form."""

        csrf = False  # a field of its own would check the token a second time, and make one for each form that is read

        def get_translations(self, _form: object) -> NullTranslations:
            """Its sentences in the reader's language."""
            return _wtforms_in(str(get_locale().language))

    csrf_token = TokenField()
    key = HiddenField(default=lambda: secrets.token_hex(16), validators=[Regexp(r"^[0-9a-f]{32}$")])

    @property
    def idempotency_key(self) -> str:
        """The key to hand to `perform`."""
        return str(self.key.data)

    def blame(self, refusal: RuleBroken) -> None:
        """Show each broken rule beside its field, or above the form. What was typed stays."""
        for one in refusal.each:
            self._blame(one)
        self.key.data = self.key.raw_data = None
        self.key.data = secrets.token_hex(16)

    def _blame(self, refusal: RuleBroken) -> None:
        way = _way_to(refusal.field, self)
        if way:
            *around, field = way
            field.errors = [*field.errors, say(refusal.message)]
            for list_of_lines in around:
                list_of_lines.errors = [*list_of_lines.errors, {}]  # something inside it: the form is wrong
        else:
            self.form_errors.append(say(refusal.message))


def _way_to(name: str | None, fields: Iterable[Field]) -> list[Field]:
    """The field of this name, behind the lists that it is a line of: "lines-2-amount" stands in "lines"."""
    for field in fields:
        if field.name == name:
            return [field]
        for entry in getattr(field, "entries", ()):
            if way := _way_to(name, getattr(entry, "form", (entry,))):
                return [field, *way]
    return []
