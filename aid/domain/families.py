"""A family as a volunteer writes it down: who lives in it, what happened to it, who may collect, what it agreed to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from aid.domain.languages import Language
from aid.domain.refusals import RuleBroken
from aid.domain.words import Message, _

CHILD_UNTIL = 18
"""Who turns this age during a year is a child until the end of it: facts hold the birth year only."""

MOST_MEMBERS = 40  # real tables hold households of 37
MOST_COLLECTORS = 5
LAST_GRADE = 12
OLDEST = 120  # years
OLDEST_PUPIL = 20  # years
LONGEST_NAME = 120
LONGEST_ADDRESS = 300
LONGEST_SIZE = 20
CHECK_WORD_LENGTHS = range(3, 21)


class Circumstance(StrEnum):
    """What happened to the family, so far as it bears on aid."""

    DISMISSED = "dismissed"
    ON_STRIKE = "on_strike"
    DETAINED = "detained"
    BEREAVED = "bereaved"
    ILL = "ill"
    DISABLED = "disabled"
    PREGNANT = "pregnant"
    SINGLE_PARENT = "single_parent"
    HOME_BURNT = "home_burnt"


class Kinship(StrEnum):
    """What a member is to the family."""

    WORKER = "worker"
    PARTNER = "partner"
    CHILD = "child"
    PARENT = "parent"
    OTHER = "other"


class FamilyState(StrEnum):
    """How far a family's registration has come."""

    REGISTERED = "registered"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"


class WithdrawalReason(StrEnum):
    """Why a family is no longer in the fund."""

    OWN_WISH = "own_wish"
    MOVED = "moved"
    TWICE = "twice"  # registered a second time
    NOT_REAL = "not_real"
    RETENTION = "retention"  # nothing for so long that nobody may keep it
    SAMPLE = "sample"  # practice, before the fund was whole


CIRCUMSTANCE_TITLES: Mapping[Circumstance, Message] = MappingProxyType(
    {
        Circumstance.DISMISSED: _("Dismissed from work"),
        Circumstance.ON_STRIKE: _("On strike, wages stopped"),
        Circumstance.DETAINED: _("A member is detained"),
        Circumstance.BEREAVED: _("A member was killed or died"),
        Circumstance.ILL: _("Someone is seriously ill"),
        Circumstance.DISABLED: _("Someone has a disability"),
        Circumstance.PREGNANT: _("Someone is pregnant or nursing"),
        Circumstance.SINGLE_PARENT: _("One parent alone"),
        Circumstance.HOME_BURNT: _("The home was burnt"),
    }
)

KINSHIP_TITLES: Mapping[Kinship, Message] = MappingProxyType(
    {
        Kinship.WORKER: _("Worker"),
        Kinship.PARTNER: _("Wife or husband"),
        Kinship.CHILD: _("Child"),
        Kinship.PARENT: _("Parent"),
        Kinship.OTHER: _("Other relative"),
    }
)

FAMILY_STATE_TITLES: Mapping[FamilyState, Message] = MappingProxyType(
    {
        FamilyState.REGISTERED: _("Waits for confirmation"),
        FamilyState.CONFIRMED: _("Confirmed"),
        FamilyState.WITHDRAWN: _("Withdrawn"),
    }
)


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


@dataclass(frozen=True, slots=True)
class Consent:
    """What the family agreed to: the wording it was read, by number, and the day."""

    given_on: date
    wording: int


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of need that aid is computed from, and no more."""

    members: tuple[MemberFacts, ...]
    circumstances: frozenset[Circumstance] = frozenset()
    dismissed_on: date | None = None
    wages_stopped_on: date | None = None

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Facts:
        """The facts that `plain` wrote."""
        return cls(
            members=tuple(MemberFacts.from_plain(member) for member in plain["members"]),
            circumstances=_circumstances(plain),
            dismissed_on=_day(plain.get("dismissed_on")),
            wages_stopped_on=_day(plain.get("wages_stopped_on")),
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


@dataclass(frozen=True, slots=True)
class Family:
    """All that a registrar writes down of one family."""

    members: tuple[Member, ...]
    phone: str | None  # E.164 where it is one, else the digits as given
    address: str | None
    circumstances: frozenset[Circumstance]
    workplace: str | None
    dismissed_on: date | None
    wages_stopped_on: date | None
    language: Language
    collectors: tuple[str, ...]  # the first, then alternates
    check_word: str
    consent: Consent

    def facts(self) -> Facts:
        """What its need rests on."""
        members = tuple(member.facts() for member in self.members)
        return Facts(members, self.circumstances, self.dismissed_on, self.wages_stopped_on)

    def slip(self) -> Slip:
        """What the table at a point needs of it."""
        return Slip(self.collectors, self.check_word)

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Family:
        """The family that `plain` wrote."""
        consent = plain["consent"]
        return cls(
            members=tuple(Member.from_plain(member) for member in plain["members"]),
            phone=plain.get("phone"),
            address=plain.get("address"),
            circumstances=_circumstances(plain),
            workplace=plain.get("workplace"),
            dismissed_on=_day(plain.get("dismissed_on")),
            wages_stopped_on=_day(plain.get("wages_stopped_on")),
            language=Language(plain["language"]),
            collectors=tuple(plain["collectors"]),
            check_word=plain["check_word"],
            consent=Consent(_known_day(consent["given_on"]), consent["wording"]),
        )


def plain(value: Any) -> Any:
    """A value of the domain as maps, lists, numbers and text: what is sealed, and what `from_plain` takes back."""
    match value:
        case BirthDate():
            return value.iso()
        case StrEnum():
            return value.value
        case date():
            return value.isoformat()
        case tuple():
            return [plain(part) for part in value]
        case frozenset():
            return sorted(plain(part) for part in value)
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    return value


def check_family(family: Family, today: date) -> None:
    """Refuse a family that can't be right, naming the member by number and what to do.

    Fields are named as forms name them: `members-0-born` is the first member's birth date.
    """
    if not family.members:
        raise RuleBroken(_("Write down at least one member of the family."), "members")
    if len(family.members) > MOST_MEMBERS:
        raise RuleBroken(
            _(
                "A family has at most %(most)s members: register the others as a family of their own.",
                most=MOST_MEMBERS,
            ),
            "members",
        )
    for place, member in enumerate(family.members):
        _check_member(member, place, today)
    _check_collectors(family.collectors)
    _check_check_word(family.check_word)
    _check_length(family.phone, 32, "phone", _("The phone number"))
    _check_length(family.address, LONGEST_ADDRESS, "address", _("The address"))
    _check_length(family.workplace, LONGEST_NAME, "workplace", _("The workplace"))
    for field, day in (
        ("dismissed_on", family.dismissed_on),
        ("wages_stopped_on", family.wages_stopped_on),
        ("consent_on", family.consent.given_on),
    ):
        if day and day > today:
            raise RuleBroken(_("%(day)s is still to come: write the day it happened.", day=day), field)


def _check_member(member: Member, place: int, today: date) -> None:
    number, field = place + 1, f"members-{place}"
    _check_length(member.name, LONGEST_NAME, f"{field}-name", _("The name of member %(n)s", n=number))
    _check_length(member.school, LONGEST_NAME, f"{field}-school", _("The school of member %(n)s", n=number))
    _check_length(
        member.clothes_size, LONGEST_SIZE, f"{field}-clothes_size", _("The clothes size of member %(n)s", n=number)
    )
    _check_length(member.shoe_size, LONGEST_SIZE, f"{field}-shoe_size", _("The shoe size of member %(n)s", n=number))
    if member.born and member.born.earliest > today:
        raise RuleBroken(_("Member %(n)s would be born in the future: check the year.", n=number), f"{field}-born")
    if member.born and today.year - member.born.year > OLDEST:
        raise RuleBroken(
            _("Member %(n)s would be over %(most)s years old: check the year.", n=number, most=OLDEST), f"{field}-born"
        )
    if member.grade is None:
        return
    if not 0 <= member.grade <= LAST_GRADE:
        raise RuleBroken(
            _("Member %(n)s: a grade is a number from 0 (preparatory) to %(last)s.", n=number, last=LAST_GRADE),
            f"{field}-grade",
        )
    age = member.age(today)
    if age > OLDEST_PUPIL if age is not None else member.kinship not in (Kinship.CHILD, Kinship.OTHER):
        raise RuleBroken(
            _(
                "Member %(n)s has a grade but is not a child: leave the grade empty or correct the birth date.",
                n=number,
            ),
            f"{field}-grade",
        )


def _check_collectors(collectors: tuple[str, ...]) -> None:
    if not collectors or not collectors[0].strip():
        raise RuleBroken(_("Name the person who may collect for the family."), "collectors")
    if len(collectors) > MOST_COLLECTORS:
        raise RuleBroken(_("At most %(most)s people may collect: name fewer.", most=MOST_COLLECTORS), "collectors")
    for number, name in enumerate(collectors, 1):
        if not name.strip():
            raise RuleBroken(
                _("Collector %(n)s has no name: write one, or leave the line out.", n=number), "collectors"
            )
        _check_length(name, LONGEST_NAME, "collectors", _("The name of collector %(n)s", n=number))


def _check_check_word(word: str) -> None:
    if len(word) not in CHECK_WORD_LENGTHS or not word.isalpha():
        raise RuleBroken(
            _(
                "The check word is one word of %(least)s to %(most)s letters that the family will remember.",
                least=CHECK_WORD_LENGTHS.start,
                most=CHECK_WORD_LENGTHS.stop - 1,
            ),
            "check_word",
        )


def _check_length(text: str | None, most: int, field: str, what: Message) -> None:
    """Refuse text that is too long, or holds characters no one can see or print."""
    if text is None:
        return
    if len(text) > most:
        raise RuleBroken(_("%(what)s is longer than %(most)s characters: shorten it.", what=what, most=most), field)
    if not text.replace("\n", "").isprintable():
        raise RuleBroken(_("%(what)s holds a character that can't be printed: type it again.", what=what), field)


def _circumstances(plain: Mapping[str, Any]) -> frozenset[Circumstance]:
    return frozenset(Circumstance(value) for value in plain.get("circumstances", ()))


def _day(value: str | date | None) -> date | None:
    return None if value is None else _known_day(value)


def _known_day(value: str | date) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)
