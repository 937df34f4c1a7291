"""A shop's invoice, matched against what was collected there: what agrees is paid, and each difference has its reason.

Everything here is about vouchers' numbers and amounts; the shop knows no family.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from uuid import UUID

from aid.domain.money import Money, parse_money
from aid.domain.refusals import RuleBroken
from aid.domain.words import Message, _

MOST_LINES: Final = 5_000
"""Vouchers of one invoice."""
INVOICE_WITHIN: Final = timedelta(days=30)
"""A shop that has not sent an invoice for what was collected so long ago is reminded."""


class Difference(StrEnum):
    """Why something of an invoice is not paid, or is not on it."""

    UNKNOWN = "unknown"
    NOT_COLLECTED = "not_collected"
    ELSEWHERE = "elsewhere"
    UNDONE = "undone"
    INVOICED = "invoiced"
    OTHER_AMOUNT = "other_amount"
    LATER = "later"
    TWICE = "twice"
    TOO_MUCH = "too_much"
    NOT_CLAIMED = "not_claimed"


DIFFERENCE_TITLES: Mapping[Difference, Message] = MappingProxyType(
    {
        Difference.UNKNOWN: _("No voucher has this number"),
        Difference.NOT_COLLECTED: _("This voucher was not collected"),
        Difference.ELSEWHERE: _("This voucher was collected somewhere else"),
        Difference.UNDONE: _("This collection was undone"),
        Difference.INVOICED: _("It was on an invoice before"),
        Difference.OTHER_AMOUNT: _("It was collected for another amount"),
        Difference.LATER: _("It was collected too late for this invoice: put it on the next one"),
        Difference.TWICE: _("It stands twice on this invoice"),
        Difference.TOO_MUCH: _("The invoice asks for more than was collected"),
        Difference.NOT_CLAIMED: _("It was collected, but is not on this invoice: put it on the next one"),
    }
)
"""As a shop reads it, too."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One line of a shop's own list: a voucher's number, and what the shop gave for it."""

    serial: int
    minor: int


@dataclass(frozen=True, slots=True)
class Due:
    """Goods that a shop gave and was not paid for: a collection, or a loss by a paper list."""

    id: UUID
    serial: int
    minor: int
    is_loss: bool = False


@dataclass(frozen=True, slots=True)
class Unpaid:
    """A difference: what the shop asks for a voucher, and what the books say."""

    reason: Difference
    serial: int | None = None
    claimed: int | None = None
    ours: int | None = None


@dataclass(frozen=True, slots=True)
class Matched:
    """What an invoice comes to."""

    lines: tuple[Due, ...]
    differences: tuple[Unpaid, ...]

    @property
    def accepted(self) -> int:
        """What is paid, in minor units."""
        return sum(line.minor for line in self.lines)


def matched(claims: Sequence[Claim], dues: Sequence[Due], *, why: Mapping[int, Difference]) -> Matched:
    """Match a shop's list against what it is owed. `why`: what is known of claimed vouchers that it is not owed for.

    A claim may be for one part of a voucher, or for all its parts together.
    """
    open_: defaultdict[int, list[Due]] = defaultdict(list)
    for due in dues:
        open_[due.serial].append(due)
    lines, differences, seen = list[Due](), list[Unpaid](), set[int]()
    for claim in claims:
        found = _of(claim, open_[claim.serial])
        lines += found
        open_[claim.serial] = [due for due in open_[claim.serial] if due not in found]
        if not found:
            differences.append(_refused(claim, open_[claim.serial], why=why, twice=claim.serial in seen))
        seen.add(claim.serial)
    told = {difference.serial for difference in differences if difference.reason is Difference.OTHER_AMOUNT}
    left = (due for some in open_.values() for due in some if due.serial not in told)
    differences += [Unpaid(Difference.NOT_CLAIMED, due.serial, None, due.minor) for due in left]
    return Matched(tuple(lines), tuple(differences))


def matched_whole(claimed: int, dues: Sequence[Due]) -> Matched | None:
    """Match a sum without a list against all that is owed; nothing where it is less, and nobody knows for what."""
    owed = sum(due.minor for due in dues)
    if claimed < owed:
        return None
    more = (Unpaid(Difference.TOO_MUCH, None, claimed, owed),) if claimed > owed else ()
    return Matched(tuple(dues), more)


def _of(claim: Claim, dues: Sequence[Due]) -> list[Due]:
    """What a claim is for: one due of its amount, or all of the voucher's together."""
    for due in dues:
        if due.minor == claim.minor:
            return [due]
    return [*dues] if dues and sum(due.minor for due in dues) == claim.minor else []


def _refused(claim: Claim, dues: Sequence[Due], *, why: Mapping[int, Difference], twice: bool) -> Unpaid:
    if dues:
        return Unpaid(Difference.OTHER_AMOUNT, claim.serial, claim.minor, sum(due.minor for due in dues))
    reason = Difference.TWICE if twice else why.get(claim.serial, Difference.UNKNOWN)
    return Unpaid(reason, claim.serial, claim.minor)


# ---------------------------------------------------------------- a shop's own list

_LINE = re.compile(r"0*(\d{1,9})(?:\s*[;:\t]\s*|\s+)(\S.*)")
_NUMBER = re.compile(r"0*(\d{1,9})(?:\.0+)?")


def claims_of(text: str, currency: str) -> tuple[Claim, ...]:
    """What somebody typed from a shop's list, a line each: “000012 15 000”. Raises RuleBroken beside `lines`."""
    claims = []
    for row in filter(None, (row.strip() for row in text.splitlines())):
        found = _LINE.fullmatch(row)
        if found is None:
            raise RuleBroken(
                _("“%(row)s” can't be read. Write the voucher’s number and the amount: 000012 15 000.", row=row[:60]),
                "lines",
            )
        claims.append(Claim(int(found[1]), _minor(found[2], currency)))
    return few_enough(claims)


def claim_of(number: str, amount: str, currency: str) -> Claim | None:
    """A row of a shop's table; nothing where its number is none, as in a heading. Raises RuleBroken."""
    found = _NUMBER.fullmatch(number.strip())
    return Claim(int(found[1]), _minor(amount, currency)) if found else None


def few_enough(claims: Sequence[Claim]) -> tuple[Claim, ...]:
    """A list of claims that is not too long, and that holds some. Raises RuleBroken beside `lines`."""
    if not claims:
        raise RuleBroken(_("Write a line for each voucher: its number, and the amount."), "lines")
    if len(claims) > MOST_LINES:
        raise RuleBroken(_("It has more than %(most)s lines: split it.", most=MOST_LINES), "lines")
    return tuple(claims)


def text_of(claims: Sequence[Claim], currency: str) -> str:
    """Claims as one would type them."""
    return "\n".join(f"{claim.serial:06} {Money(claim.minor, currency).decimal():f}" for claim in claims)


def _minor(amount: str, currency: str) -> int:
    try:
        money = parse_money(amount, currency)
    except RuleBroken as refusal:
        raise RuleBroken(refusal.message, "lines") from None
    if money.minor <= 0:
        raise RuleBroken(_("Write an amount above zero."), "lines")
    return money.minor
