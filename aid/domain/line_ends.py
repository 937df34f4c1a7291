"""How bank lines end: as what, for which entry of the books, and how much of a line is still open.

A line is explained by entries that moved its account the same way. Only a mistake of the bank, or money that was sent
back, needs no entry: two opposite lines are set against each other and come to nothing.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType

from aid.domain.entries import EntryKind
from aid.domain.money import Money
from aid.domain.payments import Direction
from aid.domain.refusals import RuleBroken
from aid.domain.words import Message, _


class EndKind(StrEnum):
    """What a line, or a part of it, turned out to be."""

    DONATION = "donation"
    FEE = "fee"
    TRANSFER = "transfer"  # between the fund's accounts, or to a point's cash
    EXCHANGE = "exchange"
    PAYMENT = "payment"
    INTEREST = "interest"  # what the bank gave; what it took for a debt is a fee
    REFUND = "refund"  # money that went back where it came from
    MISTAKE = "mistake"  # the bank's own, and it undid it


AGAINST_EACH_OTHER = frozenset({EndKind.REFUND, EndKind.MISTAKE})
"""Ends that two opposite lines can share; a refund may rest on an entry instead."""

OF_ENTRY: Mapping[EntryKind, EndKind] = MappingProxyType(
    {
        EntryKind.DONATION: EndKind.DONATION,
        EntryKind.CHARGES: EndKind.FEE,
        EntryKind.SENDING: EndKind.TRANSFER,
        EntryKind.RECEIPT: EndKind.TRANSFER,
        EntryKind.CASH_SENDING: EndKind.TRANSFER,
        EntryKind.EXCHANGE: EndKind.EXCHANGE,
        EntryKind.PAYMENT: EndKind.PAYMENT,
        EntryKind.CORRECTION: EndKind.REFUND,
        EntryKind.INTEREST: EndKind.INTEREST,
    }
)
"""What a line is that such an entry explains. Other entries move no bank account."""

END_TITLES: Mapping[EndKind, Message] = MappingProxyType(
    {
        EndKind.DONATION: _("Donation"),
        EndKind.FEE: _("Bank fee"),
        EndKind.TRANSFER: _("Between the fund’s accounts"),
        EndKind.EXCHANGE: _("Exchange"),
        EndKind.PAYMENT: _("Payment"),
        EndKind.INTEREST: _("Interest"),
        EndKind.REFUND: _("Money sent back"),
        EndKind.MISTAKE: _("The bank’s mistake"),
    }
)

_ONLY: Mapping[EndKind, Direction] = MappingProxyType(
    {EndKind.DONATION: Direction.CREDIT, EndKind.INTEREST: Direction.CREDIT, EndKind.PAYMENT: Direction.DEBIT}
)


def may_end(kind: EndKind, direction: Direction) -> bool:
    """Whether money that went this way can have been that. A fee comes in where the bank gave it back."""
    return _ONLY.get(kind, direction) is direction


def opposite(direction: Direction) -> Direction:
    """The other way."""
    return Direction.DEBIT if direction is Direction.CREDIT else Direction.CREDIT


def check_parts(parts: Sequence[Money], *, still: Money, waits: Money | None = None) -> Money:
    """What stays open of a line once these parts of it have ended. Raises RuleBroken beside the amount.

    `waits`: so much of what is open waits for a second person's word, and is not ended meanwhile.
    """
    left = still - waits if waits else still
    for part in parts:
        if part.currency != still.currency:
            raise RuleBroken(_("This line is in %(currency)s.", currency=still.currency), field="amount")
        if part.minor <= 0:
            raise RuleBroken(_("Write how much of the line this is."), field="amount")
        left -= part
    if left.minor < 0 and waits and waits.minor:
        raise RuleBroken(
            _("%(waits)s of this line waits for a second person’s word. Wait for it, or take it back.", waits=waits),
            field="amount",
        )
    if left.minor < 0:
        raise RuleBroken(_("Only %(left)s of this line is still open.", left=still), field="amount")
    return left


def check_against(one: Direction, other: Direction, amount: Money, *, still: Money, other_still: Money) -> None:
    """Raise RuleBroken unless two lines can be set against each other by this amount."""
    if one is other:
        raise RuleBroken(_("Both lines go the same way. Choose one that goes the other way."), field="other")
    if still.currency != other_still.currency:
        raise RuleBroken(_("This line is in %(currency)s.", currency=other_still.currency), field="other")
    check_parts([amount], still=still)
    if amount > other_still:
        raise RuleBroken(_("Only %(left)s of the other line is still open.", left=other_still), field="amount")


def why_not_with_others(amount: Money, *, is_thanked: bool, free: Money | None) -> Message | None:
    """Why a donation that a line booked is not taken out of the books together with others, or nothing.

    `free`: what its purpose still has, beside what is asked to be taken out of it already; none where it is not known.
    """
    if is_thanked:
        return _("The giver was thanked already: each of these is undone by itself, on the line’s page.")
    if free is not None and free < amount:
        return _("The money is promised already: its purpose has not so much available.")
    return None
