"""Purchases: goods from a supplier to points, their invoice and payment, and what was really delivered.

Also money for a point's cash: what was sent from a bank account, and what arrived.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType

from aid.domain.allocations import AllocationState
from aid.domain.goods import MOST
from aid.domain.money import Money
from aid.domain.words import Message, _


class Fault(StrEnum):
    """Why something else came than was ordered."""

    LATER = "later"
    SHORT = "short"
    DAMAGED = "damaged"
    WRONG = "wrong"
    TOO_MANY = "too_many"

    @property
    def is_final(self) -> bool:
        """Whether nothing more is to come."""
        return self is not Fault.LATER


FAULT_TITLES: Mapping[Fault, Message] = MappingProxyType(
    {
        Fault.LATER: _("The rest comes later"),
        Fault.SHORT: _("Some are missing and will not come"),
        Fault.DAMAGED: _("Some were damaged and went back"),
        Fault.WRONG: _("Something else came and went back"),
        Fault.TOO_MANY: _("More came than was ordered"),
    }
)


class CashFault(StrEnum):
    """Why less arrived at a point than was sent."""

    LATER = "later"
    FEE = "fee"
    COUNTED_WRONG = "counted_wrong"
    TAKEN = "taken"
    UNKNOWN = "unknown"


CASH_FAULT_TITLES: Mapping[CashFault, Message] = MappingProxyType(
    {
        CashFault.LATER: _("The rest comes later"),
        CashFault.FEE: _("The bank kept a fee"),
        CashFault.COUNTED_WRONG: _("It was counted wrong when it was sent"),
        CashFault.TAKEN: _("It was taken on the way"),
        CashFault.UNKNOWN: _("Nobody knows yet"),
    }
)


def why_not_follow(state: AllocationState, *, notice_until: datetime | None, now: datetime) -> Message | None:
    """Say why nothing may be paid, sent or taken in for this allocation yet, or nothing."""
    if state is not AllocationState.CARRIED or notice_until is None:
        return _("The committee has not carried this allocation.")
    if now < notice_until:
        return _("The decision rests until %(until)s. Nothing is paid or sent before.", until=notice_until)
    return None


def why_not_bank_day(day: date, *, first: date, today: date) -> Message | None:
    """Say why the bank can't have paid or sent on this day, or nothing. `first`: when the notice was over."""
    if day > today:
        return _("The bank’s day is not in the future.")
    if day < first:
        return _("The decision rested until %(day)s; the bank paid nothing before that. Correct the day.", day=first)
    return None


def why_not_invoice(amount: Money, *, dated: date, carried: Money, invoiced: Money, today: date) -> Message | None:
    """Say why an invoice can't be taken for a purchase, or nothing."""
    if amount.minor <= 0:
        return _("Write an amount above zero.")
    if dated > today:
        return _("An invoice is not dated in the future.")
    if (invoiced + amount) > carried:
        return _(
            "The committee carried %(carried)s, and invoices of %(invoiced)s are here already. For more, propose "
            "another purchase.",
            carried=carried,
            invoiced=invoiced,
        )
    return None


def why_not_delivered(delivered: int, *, ordered: int, earlier: int, fault: Fault | None) -> Message | None:
    """Say why what came can't be written down like this, or nothing. A difference is named."""
    if not 0 <= delivered <= MOST:
        return _("Write a quantity from 0 to %(most)s.", most=MOST)
    together = earlier + delivered
    if together == ordered:
        return None if fault is None else _("As many came as were ordered: leave the difference empty.")
    if fault is None:
        return _("%(ordered)s were ordered, with these %(came)s came: say why.", ordered=ordered, came=together)
    if (together > ordered) != (fault is Fault.TOO_MANY):
        return _("This does not fit the quantities: choose what else happened.")
    return None


def why_not_arrived(arrived: Money, *, sent: Money, earlier: Money, fault: CashFault | None) -> Message | None:
    """Say why what a point counted can't be written down like this, or nothing. A difference is named."""
    if arrived.minor < 0 or (arrived.minor == 0 and fault is None):
        return _("Write what you counted.")
    together = earlier + arrived
    if together > sent:
        return _(
            "Only %(left)s is on its way to you. Count again with a second person, without what was in the cash "
            "before. If it is still more, write %(left)s, keep the rest apart, and tell the treasurer: they compare "
            "it with the bank.",
            left=sent - earlier,
        )
    if together == sent:
        return None if fault is None else _("All of it arrived: leave the difference empty.")
    if fault is None:
        return _("%(missing)s is missing: say why.", missing=sent - together)
    return None
