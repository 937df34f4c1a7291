"""A family that is corrected: what stands in its file, and what somebody else may have written meanwhile."""

from typing import Any
from uuid import UUID

from wtforms import HiddenField, IntegerField
from wtforms.widgets import HiddenInput

from aid.forms.families.family import FamilyForm
from aid.forms.families.meanwhile import Written
from aid.forms.families.members import typed_member
from aid.services.families import Correction, OpenedFile


class CorrectionForm(FamilyForm):
    """A family as it should read."""

    version = IntegerField(widget=HiddenInput(), default=0)  # the one that is corrected
    base = HiddenField()  # what the correction began from, and what somebody else wrote since: see meanwhile
    theirs = HiddenField()

    def written(self) -> Written:
        """A family as it should read."""
        return Written(UUID(self.point.data), self.family())

    def correction(self, family_id: UUID, written: Written) -> Correction:
        """What is to be written of a family."""
        return Correction(family_id, self.version.data, written.point_id, written.family)


def typed_from(opened: OpenedFile) -> dict[str, Any]:
    """A family as the form shows it, to be corrected."""
    written = Written.of(opened)
    return typed_of(written, locality_id=opened.locality_id, version=opened.version) | {"base": written.text()}


def typed_of(written: Written, *, locality_id: UUID, version: int) -> dict[str, Any]:
    """What somebody wrote of a family, as the form shows it."""
    family = written.family
    first, *others = family.collectors
    return {
        "locality": str(locality_id),
        "point": str(written.point_id),
        "members": [typed_member(member) for member in family.members],
        "phone": family.phone,
        "address": family.address,
        "circumstances": [circumstance.value for circumstance in family.circumstances],
        "workplace": family.workplace,
        "dismissed_on": family.dismissed_on,
        "wages_stopped_on": family.wages_stopped_on,
        "collector": first,
        "alternates": "\n".join(others),
        "check_word": family.check_word,
        "language": family.language.value,
        "consent": True,
        "consent_on": family.consent.given_on,
        "wording": family.consent.wording,
        "version": version,
    }
