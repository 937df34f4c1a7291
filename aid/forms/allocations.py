"""Proposing a round: which programme, and then what was seen in its preview."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from wtforms import HiddenField, RadioField
from wtforms.validators import InputRequired, Regexp

from aid.domain.entitlement import Terms
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.formats import named
from aid.forms.base import KomekForm


class ChooseForm(KomekForm):
    """Which programme gives."""

    programme_id = RadioField(_("Programme"), validators=[InputRequired(_("Choose a programme."))])

    def __init__(self, *, programmes: Iterable[tuple[UUID, Mapping[str, str]]], **given: Any) -> None:
        super().__init__(**given)
        self.programme_id.choices = [(str(programme), named(dict(titles))) for programme, titles in programmes]

    @property
    def chosen(self) -> UUID:
        """The programme's id."""
        return UUID(self.programme_id.data)


class ProposeForm(KomekForm):
    """What was seen, to be put to the committee as it is."""

    seen = HiddenField(validators=[Regexp(r"^[0-9a-f]{64}$")])
    terms = HiddenField()

    @property
    def digest(self) -> str:
        """The digest of the preview."""
        return str(self.seen.data)

    @property
    def chosen_terms(self) -> Terms:
        """The budget and what holds when it is short, as they were tried out. Raises RuleBroken."""
        try:
            return Terms.from_text(self.terms.data) if self.terms.data else Terms()
        except ValueError:
            raise RuleBroken(_("Try the programme out again: its budget could not be read.")) from None
