"""Where a made-up family lives and collects."""

from collections.abc import Sequence
from typing import Any, TypedDict
from uuid import UUID

from wtforms import SelectField

from aid.domain.words import _
from aid.formats import named
from aid.forms.base import KomekForm
from aid.queries.families import Place


class Where(TypedDict):
    """A locality, and a point."""

    locality_id: UUID
    point_id: UUID


class SampleForm(KomekForm):
    """A family that never was."""

    locality = SelectField(_("Locality"))
    point = SelectField(_("Point where it collects"))

    def __init__(self, *, localities: Sequence[Place], points: Sequence[Place], **given: Any) -> None:
        super().__init__(**given)
        self.locality.choices = [(str(place.id), named(dict(place.names))) for place in localities]
        self.point.choices = [(str(place.id), named(dict(place.names))) for place in points]

    def where(self) -> Where:
        """The places as values."""
        return Where(locality_id=UUID(self.locality.data), point_id=UUID(self.point.data))
