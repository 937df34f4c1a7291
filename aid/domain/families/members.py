"""The people of a family, and what need rests on of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from aid.domain.families.words import Kinship

CHILD_UNTIL = 18
"""Who turns this age during a year is a child until the end of it: facts hold the birth year only."""


@dataclass(frozen=True, slots=True)
class BirthDate:
    """A birth date, or only its year. Raises ValueError for a day no calendar has."""

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        if (self.month is None) is not (self.day is None):
            raise ValueError("a birth date is a whole date or a year")
        date(self.year, self.month or 1, self.day or 1)

    @property
    def exact(self) -> date | None:
        """The whole date, where it is known."""
        return None if self.month is None or self.day is None else date(self.year, self.month, self.day)

    @property
    def earliest(self) -> date:
        """The first day it can have been."""
        return self.exact or date(self.year, 1, 1)

    def iso(self) -> str:
        """2015-09-01, or 2015."""
        return self.exact.isoformat() if self.exact else f"{self.year:04}"

    @classmethod
    def of(cls, day: date) -> BirthDate:
        """A whole date."""
        return cls(day.year, day.month, day.day)

    @classmethod
    def from_iso(cls, text: str) -> BirthDate:
        """What `iso` wrote."""
        return cls(int(text)) if text.isdecimal() else cls.of(date.fromisoformat(text))


@dataclass(frozen=True, slots=True)
class Member:
    """One person of a family. Without a name: counted, not yet named."""

    name: str | None
    born: BirthDate | None
    kinship: Kinship
    grade: int | None = None  # of school; 0 is the preparatory one
    school: str | None = None
    clothes_size: str | None = None
    shoe_size: str | None = None

    def age(self, on: date) -> int | None:
        """Years lived on this day; where only the year of birth is known, the age reached within this year."""
        if self.born is None:
            return None
        born = self.born.exact
        return on.year - self.born.year - (born is not None and (on.month, on.day) < (born.month, born.day))

    def is_child(self, on: date) -> bool:
        """Whether aid for children counts this member."""
        return self.facts().is_child(on)

    def facts(self) -> MemberFacts:
        """What need rests on: no name, no school, no day of birth."""
        born = self.born.year if self.born else None
        return MemberFacts(self.kinship, born, self.grade, self.clothes_size, self.shoe_size)

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Member:
        """The member that `plain` wrote."""
        born = plain.get("born")
        return cls(
            name=plain.get("name"),
            born=BirthDate.from_iso(str(born)) if born else None,
            kinship=Kinship(plain["kinship"]),
            grade=plain.get("grade"),
            school=plain.get("school"),
            clothes_size=plain.get("clothes_size"),
            shoe_size=plain.get("shoe_size"),
        )


@dataclass(frozen=True, slots=True)
class MemberFacts:
    """What a member's need rests on."""

    kinship: Kinship
    birth_year: int | None
    grade: int | None = None
    clothes_size: str | None = None
    shoe_size: str | None = None

    def is_child(self, on: date, until: int = CHILD_UNTIL) -> bool:
        """A pupil, or someone who is not older than `until` this year; of unknown age, whoever is called a child."""
        if self.grade is not None:
            return True
        return self.kinship is Kinship.CHILD if self.birth_year is None else on.year - self.birth_year <= until

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> MemberFacts:
        """The facts that `plain` wrote."""
        return cls(
            kinship=Kinship(plain["kinship"]),
            birth_year=plain.get("birth_year"),
            grade=plain.get("grade"),
            clothes_size=plain.get("clothes_size"),
            shoe_size=plain.get("shoe_size"),
        )
