"""What a programme says: who is eligible, what each of them gets, at most how much, how often, how rounded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from aid.domain.families import CHILD_UNTIL, Circumstance, MemberFacts, plain

MOST_MINOR = 10**12
"""No single amount of a rule is higher, so that no sum leaves a 64-bit number."""


class Join(StrEnum):
    """Whether one of the circumstances is enough, or all of them are needed."""

    ANY = "any"
    ALL = "all"


class Scope(StrEnum):
    """Which aid counts as received earlier."""

    THIS = "this"  # from this programme, in any of its versions
    ANY = "any"  # from any programme, and single grants


class Rounding(StrEnum):
    """Which way an amount goes that people can't be paid in."""

    DOWN = "down"
    UP = "up"
    NEAREST = "nearest"  # from the half on up


class Per(StrEnum):
    """What goods are counted by."""

    FAMILY = "family"
    MEMBER = "member"
    CHILD = "child"


class Variant(StrEnum):
    """Which of a good's variants a child gets."""

    ONE = "one"  # there is just one
    GRADE = "grade"
    CLOTHES = "clothes"
    SHOES = "shoes"


@dataclass(frozen=True, slots=True)
class Span:
    """Years or grades from the first to the last, both among them."""

    first: int
    last: int

    def __contains__(self, number: int | None) -> bool:
        return number is not None and self.first <= number <= self.last

    @classmethod
    def from_plain(cls, plain: Mapping[str, int] | None) -> Span | None:
        """The span that `plain` wrote, where there is one."""
        return cls(plain["first"], plain["last"]) if plain else None


@dataclass(frozen=True, slots=True)
class GradeAmount:
    """An amount for each child in the grades from `first` to `last`."""

    first: int
    last: int
    minor: int


@dataclass(frozen=True, slots=True)
class CircumstanceAmount:
    """An amount for a family to which this happened."""

    circumstance: Circumstance
    minor: int


@dataclass(frozen=True, slots=True)
class Gift:
    """So many of one good for each family, member or child; for children, of some grades and by grade or size."""

    good: str
    quantity: int
    per: Per
    grades: Span | None = None
    variant: Variant = Variant.ONE
    there_are: tuple[str, ...] = ()  # the variants of the catalogue on the day it is computed; none: any

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Gift:
        """The gift that `plain` wrote."""
        grades = Span.from_plain(plain["grades"])
        return cls(plain["good"], plain["quantity"], Per(plain["per"]), grades, Variant(plain["variant"]))

    def plain(self) -> dict[str, Any]:
        """The gift as a map; what the catalogue has is no part of a rule."""
        grades = plain(self.grades) if self.grades else None
        return {
            "good": self.good,
            "quantity": self.quantity,
            "per": self.per.value,
            "grades": grades,
            "variant": self.variant.value,
        }


@dataclass(frozen=True, slots=True)
class ProgrammeRule:
    """Who gets how much; all amounts in the currency's smallest unit.

    Where birth years or grades are named, only such children count, and a family without one is not eligible.
    """

    currency: str
    eligible: frozenset[Circumstance]  # none: whatever happened to them
    per_family: int
    per_member: int
    per_child: int  # on top of per_member
    per_grade: tuple[GradeAmount, ...]  # for a child in the grade, instead of per_child
    cap: int | None
    child_until: int = CHILD_UNTIL
    join: Join = Join.ANY
    localities: frozenset[str] = frozenset()  # codes; none: wherever they live
    born: Span | None = None  # children's birth years
    grades: Span | None = None  # children's grades
    months_unpaid: int = 0  # at least so many whole months without wage; 0: whether or not
    pause_days: int = 0  # nothing received within so many days before; 0: whatever they received
    pause_from: Scope = Scope.THIS
    per_circumstance: tuple[CircumstanceAmount, ...] = ()
    goods: tuple[Gift, ...] = ()
    cap_days: int = 0  # the cap holds for so many days together; 0: for each time
    repeats: bool = False  # whether a family may get it again
    unit: int = 1  # people are paid in multiples of it
    rounding: Rounding = Rounding.DOWN

    def plain(self) -> dict[str, Any]:
        """The rule as maps, lists and numbers."""
        written: dict[str, Any] = plain(self)
        return {**written, "goods": [gift.plain() for gift in self.goods]}

    def with_variants(self, there_are: Mapping[str, Sequence[str]]) -> ProgrammeRule:
        """The rule on a day: with the variants that each good has in the catalogue then."""
        goods = (replace(gift, there_are=tuple(there_are.get(gift.good, ()))) for gift in self.goods)
        return replace(self, goods=tuple(goods))

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> ProgrammeRule:
        """The rule that `plain` wrote; the oldest ones say only what comes first here."""
        return cls(
            currency=plain["currency"],
            eligible=frozenset(Circumstance(value) for value in plain["eligible"]),
            per_family=plain["per_family"],
            per_member=plain["per_member"],
            per_child=plain["per_child"],
            per_grade=tuple(GradeAmount(part["first"], part["last"], part["minor"]) for part in plain["per_grade"]),
            cap=plain["cap"],
            child_until=plain["child_until"],
            **_later(plain),
        )

    @property
    def looks_back_days(self) -> int:
        """How many days of earlier aid it asks for."""
        return max(self.pause_days, self.cap_days)

    def counts(self, member: MemberFacts, today: date) -> bool:
        """Whether this member is a child that the programme gives for."""
        return (
            member.is_child(today, self.child_until)
            and (self.born is None or member.birth_year in self.born)
            and (self.grades is None or member.grade in self.grades)
        )


def _later(plain: Mapping[str, Any]) -> dict[str, Any]:
    """What rules say since programmes fit life."""
    if "join" not in plain:
        return {}
    return {
        "join": Join(plain["join"]),
        "localities": frozenset(plain["localities"]),
        "born": Span.from_plain(plain["born"]),
        "grades": Span.from_plain(plain["grades"]),
        "months_unpaid": plain["months_unpaid"],
        "pause_days": plain["pause_days"],
        "pause_from": Scope(plain["pause_from"]),
        "per_circumstance": tuple(
            CircumstanceAmount(Circumstance(part["circumstance"]), part["minor"]) for part in plain["per_circumstance"]
        ),
        "goods": tuple(Gift.from_plain(part) for part in plain["goods"]),
        "cap_days": plain["cap_days"],
        "repeats": plain["repeats"],
        "unit": plain["unit"],
        "rounding": Rounding(plain["rounding"]),
    }
