"""Whose cards are printed."""

from typing import Any

from aid.domain.codes import grouped
from aid.domain.words import _
from aid.formats import named
from aid.forms.base import KomekForm
from aid.forms.families.fields import Choices
from aid.queries.cards import CardlessPage


class CardsForm(KomekForm):
    """Families that have no card yet, each ticked."""

    families = Choices(_("Families without a card"))

    def __init__(self, *, page: CardlessPage, **given: Any) -> None:
        super().__init__(**given)
        self.families.choices = [
            (family.code, f"{grouped(family.code)} – {named(dict(family.locality))}") for family in page.families
        ]
        if not self.is_submitted():
            self.families.data = [family.code for family in page.families]

    def codes(self) -> tuple[str, ...]:
        """The codes chosen."""
        return tuple(self.families.data or ())
