"""What a fund is founded on: the values of `fund.toml` and of the sitting. Their rules are in `founding`."""

import re
from dataclasses import dataclass

from aid.domain.languages import Language
from aid.domain.permissions import Role

LONGEST_NAME = 120
LONGEST_NOTICE_HOURS = 30 * 24
SHORTEST_ABSENCE_HOURS = 24
LONGEST_CODE = 32
_HANDLE = re.compile(r"[a-z][a-z0-9]*([.-][a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Names:
    """A text in each of the fund's languages."""

    kk: str | None = None
    ru: str | None = None
    en: str | None = None

    def given(self, language: Language) -> str | None:
        """The text in this language, if there is one."""
        return {Language.KK: self.kk, Language.RU: self.ru, Language.EN: self.en}[language]

    def said(self, language: Language) -> str:
        """The text in this language, or else in the first that has one."""
        return self.given(language) or self.kk or self.ru or self.en or ""


@dataclass(frozen=True, slots=True)
class PurposePlan:
    """An earmark of the fund's money."""

    code: str
    names: Names


@dataclass(frozen=True, slots=True)
class LocalityPlan:
    """Where families live and registrars work."""

    code: str
    names: Names


@dataclass(frozen=True, slots=True)
class PointPlan:
    """Where vouchers are collected; `address` is what the voucher prints, where there is one."""

    code: str
    names: Names
    locality: str
    address: Names | None = None


@dataclass(frozen=True, slots=True)
class PersonPlan:
    """Someone who works with Komek; `localities` and `points` are codes."""

    handle: str
    name: str | None
    language: Language
    roles: frozenset[Role]
    localities: frozenset[str] = frozenset()
    points: frozenset[str] = frozenset()
    alternate: str | None = None  # the handle of who takes a committee member's seat when they are kept away


@dataclass(frozen=True, slots=True)
class HolderPlan:
    """Who gets one recovery share, and in which country its paper will lie (ISO 3166-1 alpha-2)."""

    handle: str
    country: str


@dataclass(frozen=True, slots=True)
class FundPlan:
    """The whole fund on its first day. `paper_title` is neutral: it tells a finder of the paper nothing."""

    name: Names
    paper_title: Names
    currency: str
    languages: tuple[Language, ...]  # the first is the fund's own
    time_zone: str
    purposes: tuple[PurposePlan, ...]
    localities: tuple[LocalityPlan, ...]
    points: tuple[PointPlan, ...]
    people: tuple[PersonPlan, ...]
    quorum: int
    notice_hours: int
    delay_hours: int = 24  # between the signing of a change of the committee and its effect
    absence_hours: int = 72  # that an alternate's taking a seat is announced before
    share_threshold: int = 3  # recovery shares that are enough
    share_count: int = 5
    share_holders: tuple[HolderPlan, ...] = ()  # of the recovery shares; none: a coordinator makes them later
    despite_country: bool = False  # enough shares may lie in one country: somebody said so on purpose
    backup_recipients: tuple[str, ...] = ()  # age public keys, beside the recovery shares

    def holders(self, role: Role) -> tuple[PersonPlan, ...]:
        """The people with this role."""
        return tuple(person for person in self.people if role in person.roles)


def is_handle(text: str) -> bool:
    """Whether somebody can be called so: it is typed on any keyboard."""
    return len(text) <= LONGEST_CODE and _HANDLE.fullmatch(text) is not None
