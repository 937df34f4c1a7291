"""What donors give, and who they are: a person or a union, with or without a name."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from aid.domain.money import Money
from aid.domain.refusals import RuleBroken
from aid.domain.words import _

LONGEST_NAME = 200
LONGEST_LINE = 120
MOST_LINES = 6
LONGEST_EMAIL = 254
OLDEST = timedelta(days=3660)
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@.]+")


class DonorKind(StrEnum):
    """Who gives: somebody, or a body of many."""

    PERSON = "person"
    UNION = "union"
    BRANCH = "branch"  # of a union that is a donor too: shown together, thanked apart


class ThanksWish(StrEnum):
    """How a donor wishes to be thanked."""

    LETTER = "letter"
    EMAIL = "email"
    PUBLISHED = "published"  # a line on the public page
    NOT_AT_ALL = "not_at_all"


class DonorChangeKind(StrEnum):
    """Why a donor's next version was written."""

    CORRECTED = "corrected"
    UNNAMED = "unnamed"  # asked never to be named
    NAMEABLE = "nameable"  # may be named again
    UNITED = "united"  # another was merged into them
    PARTED = "parted"  # and was not the same


@dataclass(frozen=True, slots=True, kw_only=True)
class DonorDetails:
    """What the donors' ring knows of a donor. `never_named`: no paper and no report may bear the name."""

    kind: DonorKind
    name: str | None  # none for one who gave no name
    address: tuple[str, ...] = ()
    email: str | None = None
    language: str  # one of Komek's, or one that the fund wrote a text of thanks in
    never_named: bool = False
    thanks: ThanksWish | None = None  # none: nobody asked them
    own_line: str | None = None  # how they wish to be named in public; none: they did not wish it
    union_id: UUID | None = None  # of a branch

    @property
    def paper_name(self) -> str | None:
        """The name as a paper may bear it."""
        return None if self.never_named else self.name

    def plain(self) -> dict[str, Any]:
        """The donor as a sealed record holds them."""
        return {
            "kind": self.kind.value,
            "name": self.name,
            "address": list(self.address),
            "email": self.email,
            "language": str(self.language),
            "never_named": self.never_named,
            "thanks": self.thanks.value if self.thanks else None,
            "own_line": self.own_line,
            "union": self.union_id.bytes if self.union_id else None,
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Self:
        """The donor that `plain` wrote."""
        return cls(
            kind=DonorKind(plain["kind"]),
            name=plain["name"],
            address=tuple(plain["address"]),
            email=plain["email"],
            language=plain["language"],
            never_named=plain["never_named"],
            thanks=ThanksWish(plain["thanks"]) if plain.get("thanks") else None,
            own_line=plain.get("own_line"),
            union_id=UUID(bytes=plain["union"]) if plain.get("union") else None,
        )


def check_donor(donor: DonorDetails) -> None:
    """Raise RuleBroken, beside its field, unless a donor can be entered so."""
    if donor.kind is not DonorKind.PERSON and not donor.name:
        raise RuleBroken(_("Give the union's name; only a person may stay without one."), field="name")
    if (donor.kind is DonorKind.BRANCH) != (donor.union_id is not None):
        raise RuleBroken(_("A branch belongs to a union: choose which, and for a branch only."), field="union")
    if len(donor.name or "") > LONGEST_NAME:
        raise RuleBroken(_("The name has more than %(longest)s letters; shorten it.", longest=LONGEST_NAME), "name")
    if len(donor.address) > MOST_LINES or any(len(line) > LONGEST_LINE for line in donor.address):
        raise RuleBroken(
            _(
                "An address has at most %(lines)s lines of %(longest)s letters; shorten it.",
                lines=MOST_LINES,
                longest=LONGEST_LINE,
            ),
            field="address",
        )
    if not _LANGUAGE.fullmatch(donor.language):
        raise RuleBroken(_("Choose the language to thank in."), field="language")
    if donor.email and (len(donor.email) > LONGEST_EMAIL or not _EMAIL.fullmatch(donor.email)):
        raise RuleBroken(_("This is not an e-mail address; write it like name@example.org."), field="email")
    _check_wishes(donor)


def _check_wishes(donor: DonorDetails) -> None:
    """How somebody wishes to be thanked and named must be possible."""
    if donor.thanks is ThanksWish.LETTER and not donor.address:
        raise RuleBroken(_("Write the postal address that the letter goes to."), field="address")
    if donor.thanks is ThanksWish.EMAIL and not donor.email:
        raise RuleBroken(_("Write the e-mail address that the message goes to."), field="email")
    if len(donor.own_line or "") > LONGEST_LINE:
        raise RuleBroken(
            _("The line has more than %(longest)s letters; shorten it.", longest=LONGEST_LINE), field="own_line"
        )
    if donor.own_line and donor.never_named:
        raise RuleBroken(_("This donor is never to be named: leave the line empty."), field="own_line")


def check_gift(amount: Money, received_on: date, *, today: date) -> None:
    """Raise RuleBroken, beside its field, unless this amount can have been received on this day."""
    if amount.minor <= 0:
        raise RuleBroken(_("A donation is more than nothing; write its amount."), field="amount")
    if received_on > today:
        raise RuleBroken(_("%(day)s has not come yet; correct the day.", day=received_on), field="received_on")
    if today - received_on > OLDEST:
        raise RuleBroken(_("%(day)s is more than ten years ago; correct the day.", day=received_on), "received_on")


@dataclass(frozen=True, slots=True)
class Booking:
    """How a donation stands in the books: for which purpose, on which account, how much."""

    purpose: UUID
    bank: UUID
    amount: Money


def takes_away(was: Booking, becomes: Booking) -> bool:
    """Whether a correction leaves less on the account: then one person alone does not make it."""
    same = (was.bank, was.amount.currency) == (becomes.bank, becomes.amount.currency)
    return not same or becomes.amount.minor < was.amount.minor
