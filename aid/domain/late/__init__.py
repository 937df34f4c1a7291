"""Late entry: what a point's paper list says of a day without network, and how it goes together with the books."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from aid.domain.goods import Item
from aid.domain.late.typed import Chosen
from aid.domain.money import Money, parse_money
from aid.domain.parts import Worth
from aid.domain.refusals import RuleBroken
from aid.domain.vouchers import VoucherState, printed_number
from aid.domain.words import Message, _

MOST_AHEAD: Final = 7
"""Days for which a list may be printed ahead: vouchers change, and the list does not."""
NAMED: Final = 5
"""So many of those who may do something are told by their handles."""


class Conflict(StrEnum):
    """Why a line of the paper does not go together with the books."""

    UNKNOWN = "unknown"
    NOT_ON_LIST = "not_on_list"
    ELSEWHERE = "elsewhere"
    TWICE = "twice"
    COLLECTED = "collected"
    PART_COLLECTED = "part_collected"
    VOIDED = "voided"
    EXPIRED = "expired"
    MOVED = "moved"
    REPLACED = "replaced"
    PAPER_ENDED = "paper_ended"
    UNDONE = "undone"
    OWN_FAMILY = "own_family"
    CUT_SHORT = "cut_short"


class Verdict(StrEnum):
    """What a coordinator found out about such a line."""

    HANDED_OUT = "handed_out"
    PAPER_WRONG = "paper_wrong"


class LateReason(StrEnum):
    """Why something was handed out that the books do not go together with."""

    NOBODY_KNEW = "nobody_knew"
    SAME_FAMILY = "same_family"
    FALSE_PAPER = "false_paper"
    MISTAKE = "mistake"
    OTHER = "other"


CONFLICT_TITLES: Mapping[Conflict, Message] = MappingProxyType(
    {
        Conflict.UNKNOWN: _("No voucher has this number"),
        Conflict.NOT_ON_LIST: _("It was not on this list"),
        Conflict.ELSEWHERE: _("It belongs to another point, and was never collected at this one"),
        Conflict.TWICE: _("It was entered twice"),
        Conflict.COLLECTED: _("It was collected already"),
        Conflict.PART_COLLECTED: _("A part of it was collected meanwhile"),
        Conflict.VOIDED: _("It was cancelled"),
        Conflict.EXPIRED: _("It expired"),
        Conflict.MOVED: _("It is collected at another point"),
        Conflict.REPLACED: _("A newer paper was printed"),
        Conflict.PAPER_ENDED: _("Its paper was written down as worth nothing"),
        Conflict.UNDONE: _("A collection of it was undone meanwhile"),
        Conflict.OWN_FAMILY: _("Who handed out had vouched for the family"),
        Conflict.CUT_SHORT: _("Only a part was given, and it goes as a whole"),
    }
)

VERDICT_TITLES: Mapping[Verdict, Message] = MappingProxyType(
    {
        Verdict.HANDED_OUT: _("It was really handed out, as the paper says"),
        Verdict.PAPER_WRONG: _("Nothing more was handed out: the paper is wrong, or the books have it already"),
    }
)

REASON_TITLES: Mapping[LateReason, Message] = MappingProxyType(
    {
        LateReason.NOBODY_KNEW: _("The list was older than the books: nobody at the table could know"),
        LateReason.SAME_FAMILY: _("The family came twice"),
        LateReason.FALSE_PAPER: _("A copied or false paper"),
        LateReason.MISTAKE: _("A mistake at the table"),
        LateReason.OTHER: _("Another reason"),
    }
)


@dataclass(frozen=True, slots=True)
class ListLine:
    """One voucher of a list: its number, which paper of it was good, and what was left of it then."""

    serial: int
    paper: int
    worth: Worth

    def plain(self) -> str:
        """As it is kept: `12 1 2500000 KZT; 2 school-kit; 1 flour`."""
        amount = self.worth.amount
        return "; ".join([f"{self.serial} {self.paper} {amount.minor} {amount.currency}", *self.worth.plain()])

    @classmethod
    def from_plain(cls, plain: str) -> ListLine:
        """What `plain` wrote."""
        head, *goods = plain.split("; ")
        serial, paper, minor, currency = head.split(" ")
        items = tuple(map(Item.from_plain, goods))
        return cls(int(serial), int(paper), Worth(Money(int(minor), currency), items))


@dataclass(frozen=True, slots=True)
class LateFacts:
    """What the rule needs to know of a voucher that the paper says was handed out."""

    state: VoucherState
    is_on_list: bool
    is_here: bool
    was_here: bool  # the books know a day on which it was to be collected at the list's point
    is_repeated: bool  # an earlier line, of this entry or another, says the same
    is_same_paper: bool  # the newest paper is the one that was good when the list was printed
    handed_since: bool  # something was handed out after the list was printed
    undone_since: bool
    vouched: bool  # whoever handed out registered or confirmed the family
    is_cut_short: bool  # a part was given of what the table gives as a whole
    grace_until: date
    day: date  # on which it was handed out by the paper


def conflict_of(voucher: LateFacts) -> Conflict | None:
    """Say why this line does not go together with the books, or nothing. What happened to money comes first."""
    closed = {
        VoucherState.COLLECTED: Conflict.COLLECTED,
        VoucherState.VOID: Conflict.VOIDED,
        VoucherState.EXPIRED: Conflict.EXPIRED,
    }
    found = (
        (voucher.is_repeated, Conflict.TWICE),
        (voucher.state in closed, closed.get(voucher.state)),
        (voucher.day > voucher.grace_until, Conflict.EXPIRED),
        (not voucher.is_here, Conflict.MOVED if voucher.was_here else Conflict.ELSEWHERE),
        (not voucher.is_on_list, Conflict.NOT_ON_LIST),
        (voucher.state is VoucherState.ISSUED, Conflict.PAPER_ENDED),
        (not voucher.is_same_paper, Conflict.REPLACED),
        (voucher.handed_since, Conflict.PART_COLLECTED),
        (voucher.undone_since, Conflict.UNDONE),
        (voucher.vouched, Conflict.OWN_FAMILY),
        (voucher.is_cut_short, Conflict.CUT_SHORT),
    )
    return next((conflict for holds, conflict in found if holds), None)


def why_not_day(day: date, *, today: date) -> Message | None:
    """Say why no list is printed for this day, or nothing."""
    if day < today:
        return _("A list is printed for today, or a day that comes.")
    if (day - today).days > MOST_AHEAD:
        return _("Print the list at most %(most)s days ahead: vouchers change meanwhile.", most=MOST_AHEAD)
    return None


def why_not_close(*, is_own: bool, others: Sequence[str]) -> Message | None:
    """Say why who handed out by a list, and entered it, does not close it too, or nothing: where others could look."""
    if not is_own or not others:
        return None
    return _(
        "You handed out by this list and entered it. Somebody else compares the paper with what is entered, and closes "
        "it: %(people)s.",
        people=", ".join(others[:NAMED]),
    )


def why_not_hour(at: datetime, *, printed_at: datetime, now: datetime, serial: int) -> Message | None:
    """Say why nothing can have been handed out by a list at this moment, or nothing. Papers know minutes only."""
    number = printed_number(serial)
    if at > now:
        return _("%(number)s: %(moment)s has not come yet. Write the hour from the paper.", number=number, moment=at)
    if at < printed_at.replace(second=0, microsecond=0):
        return _("%(number)s: the list was printed later, at %(moment)s.", number=number, moment=printed_at)
    return None


def on_day(day: date, hour: time, zone: ZoneInfo) -> datetime:
    """The moment of an hour on a day of the fund's."""
    return datetime.combine(day, hour, zone)


def handed_by(line: ListLine, chosen: Sequence[Chosen]) -> Worth:
    """What of a line was handed out: all, or what was ticked. Money is its first thing, if there is any; then goods.

    Raises RuleBroken beside `text`.
    """
    if not chosen:
        return line.worth
    ticked = {each.place: each for each in chosen}
    if len(ticked) < len(chosen):
        number = printed_number(line.serial)
        raise RuleBroken(_("%(number)s: the same thing stands twice. Write it once.", number=number), "text")
    given = [_given(line, ticked[place]) for place in sorted(ticked)]
    minor = sum(thing.minor for thing in given if isinstance(thing, Money))
    items = tuple(thing for thing in given if isinstance(thing, Item))
    return Worth(Money(minor, line.worth.amount.currency), items)


def _given(line: ListLine, chosen: Chosen) -> Money | Item:
    """What was handed out of one thing. Raises RuleBroken."""
    money = line.worth.amount
    things = [*([money] if money.minor else []), *line.worth.items]
    match things[chosen.place - 1] if 0 < chosen.place <= len(things) else None:
        case Money() as whole if chosen.quantity is None:
            part = _sum(chosen.sum, whole.currency) if chosen.sum else whole
            if 0 < part.minor <= whole.minor:
                return part
        case Item(good, there) if not chosen.sum:
            number = there if chosen.quantity is None else chosen.quantity
            if 0 < number <= there:
                return Item(good, number)
    raise _not_there(line.serial)


def _sum(typed: str, currency: str) -> Money:
    try:
        return parse_money(typed, currency)
    except RuleBroken as refusal:
        raise RuleBroken(refusal.message, "text") from None


def _not_there(serial: int) -> RuleBroken:
    number = printed_number(serial)
    return RuleBroken(_("%(number)s: the list has no such thing, or fewer of it.", number=number), "text")


def common(one: Worth, other: Worth) -> Worth:
    """What of one is covered by the other."""
    there = {item.good: item.quantity for item in other.items}
    items = (Item(item.good, min(item.quantity, there.get(item.good, 0))) for item in one.items)
    minor = min(one.amount.minor, other.amount.minor)
    return Worth(Money(minor, one.amount.currency), tuple(item for item in items if item.quantity))
