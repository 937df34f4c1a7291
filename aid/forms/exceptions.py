"""What is looked for among what went another way. It is asked by its address, so that a list can be opened again."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from wtforms import BooleanField, DateField, SelectField

from aid.domain.exceptions import KIND_TITLES
from aid.domain.words import _
from aid.formats import say
from aid.forms.base import KomekForm


class ExceptionsForm(KomekForm):
    """A kind, a decision, a point and a day; nothing chosen: all."""

    kind = SelectField(_("Kind"))
    decision = SelectField(_("Decision"))
    point = SelectField(_("Point"))
    day = DateField(_("Day"))
    open = BooleanField(_("Only what waits for a word"))

    def offer(self, *, decisions: Iterable[tuple[UUID, str]], points: Iterable[tuple[UUID, str]]) -> None:
        """What can be chosen."""
        every = ("", say(_("All")))
        self.kind.choices = [every, *((kind.value, say(title)) for kind, title in KIND_TITLES.items())]
        self.decision.choices = [every, *((str(id_), name) for id_, name in decisions)]
        self.point.choices = [every, *((str(id_), name) for id_, name in points)]

    def fill(self, *, kind: str, decision: str, point: str, day: date | None, only_open: bool) -> None:
        """What was chosen."""
        self.kind.data, self.decision.data, self.point.data = kind, decision, point
        self.day.data, self.open.data = day, only_open
