"""All that is written down of one family."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from aid.domain.families.facts import Facts, Slip
from aid.domain.families.members import Member
from aid.domain.families.plainly import circumstances_of, day_of, known_day
from aid.domain.families.words import Circumstance, HistoryKind
from aid.domain.languages import Language


@dataclass(frozen=True, slots=True)
class Consent:
    """What the family agreed to: the wording it was read, by number, and the day."""

    given_on: date
    wording: int


@dataclass(frozen=True, slots=True)
class Happened:
    """What the file remembers: somebody who came or went and why, or the other family of a split or union by code."""

    kind: HistoryKind
    on: date
    who: str | None = None
    reason: str | None = None
    code: str | None = None

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Happened:
        """The memory that `plain` wrote."""
        return cls(
            kind=HistoryKind(plain["kind"]),
            on=known_day(plain["on"]),
            who=plain.get("who"),
            reason=plain.get("reason"),
            code=plain.get("code"),
        )


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
    history: tuple[Happened, ...] = ()  # the oldest first

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
            circumstances=circumstances_of(plain),
            workplace=plain.get("workplace"),
            dismissed_on=day_of(plain.get("dismissed_on")),
            wages_stopped_on=day_of(plain.get("wages_stopped_on")),
            language=Language(plain["language"]),
            collectors=tuple(plain["collectors"]),
            check_word=plain["check_word"],
            consent=Consent(known_day(consent["given_on"]), consent["wording"]),
            history=tuple(Happened.from_plain(event) for event in plain.get("history", ())),
        )
