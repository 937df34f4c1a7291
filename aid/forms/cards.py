"""Whose cards are printed."""

import hashlib
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

    @property
    def key_of_choice(self) -> str:
        """The key of these ticks: a PDF leaves its page open, and other ticks of it are another order."""
        asked = "\x1f".join([self.idempotency_key, *self.codes()])
        return hashlib.sha256(asked.encode()).hexdigest()[:32]

    def codes(self) -> tuple[str, ...]:
        """The codes chosen."""
        return tuple(self.families.data or ())
