"""What aid is computed from, and what the table at a point needs: parts of a family that others open than its file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from aid.domain.families.members import MemberFacts
from aid.domain.families.plainly import circumstances_of, day_of
from aid.domain.families.words import Circumstance


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of need that aid is computed from, and no more."""

    members: tuple[MemberFacts, ...]
    circumstances: frozenset[Circumstance] = frozenset()
    dismissed_on: date | None = None
    wages_stopped_on: date | None = None

    def months_without_wage(self, on: date) -> int:
        """Whole months since wages stopped; 0 where nobody said that they did, or they stop later."""
        if self.wages_stopped_on is None or self.wages_stopped_on > on:
            return 0
        since = self.wages_stopped_on
        return (on.year - since.year) * 12 + on.month - since.month - (on.day < since.day)

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Facts:
        """The facts that `plain` wrote."""
        return cls(
            members=tuple(MemberFacts.from_plain(member) for member in plain["members"]),
            circumstances=circumstances_of(plain),
            dismissed_on=day_of(plain.get("dismissed_on")),
            wages_stopped_on=day_of(plain.get("wages_stopped_on")),
        )


@dataclass(frozen=True, slots=True)
class Slip:
    """What the table at a point needs to hand out: who may collect, and the word they say."""

    collectors: tuple[str, ...]
    check_word: str

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Slip:
        """The slip that `plain` wrote."""
        return cls(tuple(plain["collectors"]), plain["check_word"])
