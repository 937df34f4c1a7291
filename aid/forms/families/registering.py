"""A family that is registered: its form at first, and whether it is one that is there already."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from aid.domain.codes import grouped
from aid.domain.families import Kinship
from aid.domain.words import _
from aid.forms.families.family import FamilyForm
from aid.forms.families.fields import Choices
from aid.queries.families import Place
from aid.services.families import Registration


class RegistrationForm(FamilyForm):
    """A family that nobody registered yet, unless it looks like one that is there."""

    despite = Choices(_("Is it one of these families?"), validate_choice=False)

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.show_lookalikes(self.despite.data or ())

    @property
    def lookalikes(self) -> list[tuple[str, str]]:
        """Codes of families that this one may be, and the same as they are read."""
        return [(code, grouped(code)) for code, _label in self.despite.choices]

    def ask_about(self, codes: Iterable[str]) -> None:
        """Show the families that this one may be. Whoever knows better ticks them and sends the form again."""
        self.show_lookalikes({*(self.despite.data or ()), *codes})
        self.form_errors.append(_("Nothing is registered yet: this family looks like one that is there already."))
        self.renew()

    def show_lookalikes(self, codes: Iterable[str]) -> None:
        """Ask whether it is one of these families."""
        self.despite.choices = [
            (code, _("No, it is not family %(code)s", code=grouped(code))) for code in sorted(codes)
        ]

    def registration(self) -> Registration:
        """A family to register."""
        return Registration(
            UUID(self.locality.data), UUID(self.point.data), self.family(), frozenset(self.despite.data)
        )


def typed_at_first(sought: str, *, localities: Iterable[Place], points: Iterable[Place], today: date) -> dict[str, Any]:
    """An empty form: a worker and a child to fill in, what was sought before, and the only choices there are."""
    is_phone = bool(sought) and not re.search(r"[^\W\d_]", sought)
    return {
        "locality": _the_only(localities),
        "point": _the_only(point for point in points if point.here),
        "members": [
            {"kinship": Kinship.WORKER.value, "name": "" if is_phone else sought},
            {"kinship": Kinship.CHILD.value},
        ],
        "phone": sought if is_phone else "",
        "consent_on": today,
    }


def _the_only(places: Iterable[Place]) -> str:
    """The one place to choose; nothing where there are more."""
    found = [str(place.id) for place in places]
    return found[0] if len(found) == 1 else ""
