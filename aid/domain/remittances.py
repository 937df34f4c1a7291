"""Remittances: money on its way between two of the fund's accounts, and what becomes of what does not arrive."""

from collections.abc import Collection
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from aid.domain.money import Money
from aid.domain.refusals import RuleBroken
from aid.domain.words import Message, _

LONGEST_REASON = 500
LONGEST_REFERENCE = 64
OLDEST = timedelta(days=3660)


class DifferenceKind(StrEnum):
    """What was decided about money that was sent and did not arrive."""

    CHARGES = "charges"  # banks on the way took it
    MISSING = "missing"  # nobody knows yet: it stays in transit, and is asked after


def check_sending(amount: Money, *, from_bank: UUID, to_bank: UUID, sent_on: date, today: date) -> None:
    """Raise RuleBroken, beside its field, unless money can have been sent so."""
    if from_bank == to_bank:
        raise RuleBroken(_("Money is sent from one account to another; choose two."), field="to_bank")
    if amount.minor <= 0:
        raise RuleBroken(_("Write how much was sent."), field="amount")
    check_day(sent_on, field="sent_on", today=today)


def why_not_receive(
    amount: Money, *, left: Money, sender: UUID, receiver: UUID, sent_on: date, received_on: date
) -> RuleBroken | None:
    """Why this receipt can't be confirmed so, or nothing. Who sent is the one person who may not say it arrived."""
    if receiver == sender:
        return RuleBroken(_("You sent this yourself. Somebody else confirms that it arrived."))
    if left.minor == 0:
        return RuleBroken(_("All of this has arrived or is explained already."))
    if amount.minor <= 0:
        return RuleBroken(_("Write how much arrived."), "amount")
    if amount > left:
        return RuleBroken(_("Only %(left)s is still on its way. Compare it with the bank again.", left=left), "amount")
    if received_on < sent_on:
        return RuleBroken(_("It was sent on %(day)s; it did not arrive before.", day=sent_on), "received_on")
    return None


def why_not_decide(
    kind: DifferenceKind,
    *,
    left: Money,
    sender: UUID,
    receivers: Collection[UUID],
    decider: UUID,
    reason: str,
) -> RuleBroken | None:
    """Why this person may not decide so about what is missing, or nothing."""
    if left.minor == 0:
        return RuleBroken(_("All of this has arrived or is explained already."))
    if decider == sender or decider in receivers:
        return RuleBroken(_("Who sent it or confirmed its arrival does not decide about what is missing."))
    if kind is DifferenceKind.CHARGES and not receivers:
        return RuleBroken(_("Nothing has arrived yet, so banks can't have taken a part of it."), "kind")
    return why_not_reason(reason)


def why_not_reason(reason: str) -> RuleBroken | None:
    """Why this can't stand as a reason, or nothing."""
    if not reason.strip():
        return RuleBroken(_("Write the reason: those who come after you read it."), "reason")
    if len(reason) > LONGEST_REASON:
        return RuleBroken(_("Say it in %(longest)s letters or fewer.", longest=LONGEST_REASON), "reason")
    return None


def check_day(day: date, *, field: str, today: date) -> None:
    """Raise RuleBroken unless something at the bank can have happened on this day."""
    if day > today:
        raise RuleBroken(_("%(day)s has not come yet; correct the day.", day=day), field=field)
    if today - day > OLDEST:
        raise RuleBroken(_("%(day)s is more than ten years ago; correct the day.", day=day), field=field)


DIFFERENCE_TITLES: dict[DifferenceKind, Message] = {
    DifferenceKind.CHARGES: _("Bank charges"),
    DifferenceKind.MISSING: _("Still missing"),
}
