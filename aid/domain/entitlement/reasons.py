"""Why an amount is part of what a family is due, or why nothing is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from aid.domain.families import CIRCUMSTANCE_TITLES, Circumstance
from aid.domain.words import Message, _, n_


class ReasonCode(StrEnum):
    """Why an amount is part of what a family is due, or why nothing is."""

    FAMILY = "family"
    MEMBERS = "members"
    CHILDREN = "children"
    GRADE = "grade"
    CIRCUMSTANCE = "circumstance"
    GOODS = "goods"
    NO_SIZE = "no_size"
    CAP = "cap"
    ROUNDED = "rounded"
    SHORT = "short"
    NO_CIRCUMSTANCE = "no_circumstance"
    NOT_ALL = "not_all"
    ELSEWHERE = "elsewhere"
    NO_SUCH_CHILD = "no_such_child"
    PAID_LATELY = "paid_lately"
    AIDED_LATELY = "aided_lately"
    CAP_REACHED = "cap_reached"
    NOTHING_DUE = "nothing_due"
    NO_MONEY = "no_money"


@dataclass(frozen=True, slots=True)
class Reason:
    """One part of an entitlement: `count` times something made `minor`; a cap's part is negative.

    `first` and `last` name the grades of a part that depends on them, `of` its circumstance or its good.
    """

    code: ReasonCode
    count: int
    minor: int
    first: int | None = None
    last: int | None = None
    of: str | None = None

    def plain(self) -> dict[str, Any]:
        """The reason as a map."""
        return {
            "code": self.code.value,
            "count": self.count,
            "minor": self.minor,
            "first": self.first,
            "last": self.last,
            "of": self.of,
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Reason:
        """The reason that `plain` wrote."""
        parts = plain.get("first"), plain.get("last"), plain.get("of")
        return cls(ReasonCode(plain["code"]), plain["count"], plain["minor"], *parts)


_SAID: Mapping[ReasonCode, Message] = {
    ReasonCode.FAMILY: _("The family"),
    ReasonCode.CAP: _("Down to the most a family can get"),
    ReasonCode.ROUNDED: _("Rounded to what people can be paid in"),
    ReasonCode.SHORT: _("Less, because there is not enough money for all"),
    ReasonCode.NO_CIRCUMSTANCE: _("None of the circumstances this programme is for."),
    ReasonCode.NOT_ALL: _("Not all of the circumstances this programme is for."),
    ReasonCode.ELSEWHERE: _("Lives where this programme does not reach."),
    ReasonCode.NO_SUCH_CHILD: _("No child of the years or grades this programme is for."),
    ReasonCode.PAID_LATELY: _("Not without wages for as long as this programme asks, or it is not written down."),
    ReasonCode.AIDED_LATELY: _("Received aid not long ago."),
    ReasonCode.CAP_REACHED: _("Received the most a family can get in this time already."),
    ReasonCode.NOTHING_DUE: _("Nobody in the family that this programme gives for."),
    ReasonCode.NO_MONEY: _("The money ended before their turn."),
}


def describe(reason: Reason) -> Message:
    """One reason in words; its amount stands beside it."""
    match reason.code:
        case ReasonCode.MEMBERS:
            return n_("%(num)s member", "%(num)s members", reason.count)
        case ReasonCode.CHILDREN:
            return n_("%(num)s child", "%(num)s children", reason.count)
        case ReasonCode.GRADE:
            return _in_grades(reason.count, reason.first or 0, reason.last or 0)
        case ReasonCode.CIRCUMSTANCE if reason.of:
            return CIRCUMSTANCE_TITLES[Circumstance(reason.of)]
        case ReasonCode.GOODS:
            return _("Goods: %(quantity)s × %(good)s", quantity=reason.count, good=reason.of or "")
        case ReasonCode.NO_SIZE:
            return n_(
                "%(num)s child gets no %(good)s: its size is not written down, or there is none of it",
                "%(num)s children get no %(good)s: their sizes are not written down, or there are none of them",
                reason.count,
                good=reason.of or "",
            )
    return _SAID[reason.code]


def _in_grades(count: int, first: int, last: int) -> Message:
    if last == 0:
        return n_("%(num)s child in the preparatory class", "%(num)s children in the preparatory class", count)
    if first == 0:
        return n_(
            "%(num)s child from the preparatory class to grade %(last)s",
            "%(num)s children from the preparatory class to grade %(last)s",
            count,
            last=last,
        )
    if first == last:
        return n_("%(num)s child in grade %(first)s", "%(num)s children in grade %(first)s", count, first=first)
    return n_(
        "%(num)s child in grades %(first)s to %(last)s",
        "%(num)s children in grades %(first)s to %(last)s",
        count,
        first=first,
        last=last,
    )
