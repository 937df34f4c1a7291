"""Words of a donor as a treasurer types them, and what a coordinator answers."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from wtforms import BooleanField, RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired

from aid.domain.support import WRITTEN_IN
from aid.domain.words import _
from aid.forms.base import KomekForm
from aid.forms.donors import language_choices
from aid.services.support import Taking

ANSWERS = [("show", _("Families may see it")), ("keep", _("Keep it from families"))]


def written_in(languages: Mapping[str, str]) -> list[tuple[str, str]]:
    """Languages that words may be in: Komek's own first."""
    own = language_choices(languages)
    known = {language for language, _name in own}
    return [*own[::-1], *((language, name) for language, name in WRITTEN_IN.items() if language not in known)]


class TakeForm(KomekForm):
    """What of a donor's words families are to see."""

    words = TextAreaField(_("Words for the families"), validators=[InputRequired(_("Write what the donor says."))])
    language = SelectField(
        _("Language of these words"), validators=[InputRequired(_("Choose the language that the words are in."))]
    )
    signed = BooleanField(_("Sign it with the line that they wish to be named by"))
    looked = BooleanField(_("What looks like the donor’s name is not their name"))

    def __init__(self, *, languages: Mapping[str, str], **given: Any) -> None:
        super().__init__(**given)
        self.language.choices = [("", _("Choose")), *written_in(languages)]

    def order(self, *, donor_id: UUID | None, line_id: UUID | None, same_as: UUID | None) -> Taking:
        """The words as a value."""
        return Taking(
            words=str(self.words.data),
            language=str(self.language.data),
            donor_id=donor_id,
            line_id=line_id,
            same_as=same_as,
            signed=bool(self.signed.data),
            looked=bool(self.looked.data),
        )


class AnswerForm(KomekForm):
    """Whether families may see a message."""

    answer = RadioField(_("What is to be done with it?"), choices=ANSWERS, validators=[InputRequired(_("Choose one."))])
    reason = TextAreaField(_("If it is kept: why"))


class DownForm(KomekForm):
    """Why families shall not see a message any more."""

    reason = TextAreaField(_("Why"), validators=[InputRequired(_("Write in a few words why, without any name."))])
