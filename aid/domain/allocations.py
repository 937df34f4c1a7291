"""Allocations: what is put to the committee, line by line, and who may vote on it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from aid.domain.codes import grouped
from aid.domain.goods import Item, check_items
from aid.domain.membership import NOT_CERTIFIED
from aid.domain.money import LARGEST, Money
from aid.domain.refusals import RuleBroken
from aid.domain.words import Message, _


class AllocationState(StrEnum):
    """Where an allocation stands."""

    PROPOSED = "proposed"
    CARRIED = "carried"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class AllocationKind(StrEnum):
    """What an allocation gives. All are voted on alike."""

    ROUND = "round"  # many families, computed from a programme's rule
    GRANT = "grant"  # one family, for a reason that no programme is made for
    PURCHASE = "purchase"  # goods from a supplier, to the stock of points
    TRANSFER = "transfer"  # money from a bank account to the cash of points


ALLOCATION_KIND_TITLES: Mapping[AllocationKind, Message] = MappingProxyType(
    {
        AllocationKind.ROUND: _("Round of a programme"),
        AllocationKind.GRANT: _("Grant to one family"),
        AllocationKind.PURCHASE: _("Purchase of goods"),
        AllocationKind.TRANSFER: _("Cash for points"),
    }
)
GIVES_VOUCHERS = frozenset({AllocationKind.ROUND, AllocationKind.GRANT})
"""Whose lines are families, each of whom gets a voucher."""


ALLOCATION_STATE_TITLES: Mapping[AllocationState, Message] = MappingProxyType(
    {
        AllocationState.PROPOSED: _("Waits for votes"),
        AllocationState.CARRIED: _("Carried"),
        AllocationState.REJECTED: _("Rejected"),
        AllocationState.WITHDRAWN: _("Withdrawn"),
    }
)


@dataclass(frozen=True, slots=True)
class Line:
    """What is to be given, and where: a family's code, the amount in minor units, the point's code, and any goods.

    Lines of a purchase or a transfer have no family.
    """

    code: str | None
    minor: int
    currency: str
    point: str
    items: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class VotingFacts:
    """What the rule needs to know of an allocation and of who wants to vote on it."""

    state: AllocationState
    is_member: bool  # with a certified seat today
    is_proposer: bool
    has_recused: bool  # stepped out before


def why_not_vote(voting: VotingFacts) -> Message | None:
    """Say why this person may not vote on this allocation, or nothing."""
    if not voting.is_member:
        return NOT_CERTIFIED
    if reason := _why_not_open(voting.state):
        return reason
    if voting.is_proposer:
        return _("You proposed this allocation, so others decide on it.")
    if voting.has_recused:
        return _("You stepped out of this decision and can't come back to it.")
    return None


def why_not_withdraw(state: AllocationState, *, is_proposer: bool) -> Message | None:
    """Say why this person may not withdraw an allocation, or nothing."""
    if reason := _why_not_open(state):
        return reason
    if not is_proposer:
        return _("Only who proposed an allocation may withdraw it.")
    return None


def _why_not_open(state: AllocationState) -> Message | None:
    if state is AllocationState.WITHDRAWN:
        return _("This allocation was withdrawn.")
    return None if state is AllocationState.PROPOSED else _("This allocation is already decided.")


def check_lines(lines: Collection[Line]) -> Money:
    """Raise RuleBroken unless the lines can be put to the committee together; give their sum."""
    if not lines:
        raise RuleBroken(_("No family is due anything in this allocation; check the programme's rule."))
    currencies = {line.currency for line in lines}
    if len(currencies) > 1:
        raise RuleBroken(_("An allocation has one currency; make one allocation for each."))
    seen: set[str] = set()
    for line in lines:
        _check_line(line, seen)
        if line.code is not None:
            seen.add(line.code)
    return sum((Money(line.minor, line.currency) for line in lines), Money.zero(currencies.pop()))


def _check_line(line: Line, seen: Collection[str]) -> None:
    if line.code is not None and line.code in seen:
        raise RuleBroken(_("The family %(code)s stands twice in this allocation; remove one.", code=grouped(line.code)))
    check_items(line.items)
    if 0 < line.minor <= LARGEST or (line.minor == 0 and line.items):
        return
    if line.code is None:
        raise RuleBroken(_("One of the amounts is not possible: write one above zero."))
    raise RuleBroken(_("The amount for the family %(code)s is not possible.", code=grouped(line.code)))
