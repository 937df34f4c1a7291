"""A correction that somebody else overtook: what stood before, what they wrote, what is typed here; whose is taken."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from aid.domain.families import Family, plain
from aid.domain.families.changes import Difference, Whose, differences, merged
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.services.families import OpenedFile

TAKE = "take-"
POINT = "point"


@dataclass(frozen=True, slots=True)
class Written:
    """What one person wrote of a family: its file, and where it collects."""

    point_id: UUID
    family: Family = field(repr=False)

    @classmethod
    def of(cls, opened: OpenedFile) -> "Written":
        """What stands in the file now."""
        return cls(opened.point_id, opened.family)

    def text(self) -> str:
        """As a form carries it along: whoever has the form has the file open."""
        return json.dumps({"point": str(self.point_id), "family": plain(self.family)}, ensure_ascii=False)

    @classmethod
    def read(cls, text: str | None) -> "Written | None":
        """What `text` wrote, or nothing where nothing was carried along. Raises RuleBroken for anything else."""
        if not text:
            return None
        try:
            carried = json.loads(text)
            return cls(UUID(carried["point"]), Family.from_plain(carried["family"]))
        except (KeyError, TypeError, ValueError, AttributeError):
            raise RuleBroken(_("Open the family’s file again and make your correction there.")) from None


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """Three readings of one family."""

    base: Written
    theirs: Written
    mine: Written

    def differences(self) -> tuple[Difference, ...]:
        """Where theirs and mine do not say the same, the point last."""
        found = differences(self.base.family, self.theirs.family, self.mine.family)
        points = (self.base.point_id, self.theirs.point_id, self.mine.point_id)
        here = Difference(POINT, _("Point where it collects"), *points)
        return (*found, here) if here.theirs != here.mine else found

    def settled(self, taken: Mapping[str, Whose]) -> Written:
        """What is to be written, each line by whose word was taken. Raises RuleBroken."""
        family = merged(self.base.family, self.theirs.family, self.mine.family, taken=taken)
        whose = taken.get(POINT, Whose.MINE)
        return Written((self.theirs if whose is Whose.THEIRS else self.mine).point_id, family)


def taken_of(sent: Mapping[str, str]) -> dict[str, Whose]:
    """Whose word was taken, line by line, as the browser sent it."""
    words = {whose.value: whose for whose in Whose}
    chosen: dict[str, Any] = {name.removeprefix(TAKE): value for name, value in sent.items() if name.startswith(TAKE)}
    return {key: words[value] for key, value in chosen.items() if value in words}
