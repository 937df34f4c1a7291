"""What can become of a voucher, and when its paper may be printed, or printed again."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType

from aid.domain.allocations import AllocationState
from aid.domain.words import Message, _


class VoucherState(StrEnum):
    """Where a voucher stands; only one that is printed, or begun, can be collected."""

    ISSUED = "issued"  # decided, not yet printed
    PRINTED = "printed"
    BEGUN = "begun"  # a part was collected, the rest waits
    COLLECTED = "collected"
    VOID = "void"
    EXPIRED = "expired"


class ReprintReason(StrEnum):
    """Why a voucher was printed again."""

    LOST_IN_PRINTER = "lost_in_printer"
    DAMAGED = "damaged"
    LOST = "lost"
    OTHER = "other"
    SPOILED = "spoiled"  # written down as spoiled by its number, and printed anew in the same step
    MOVED = "moved"  # the same sheet, which another point's keys open now


TYPED_REASONS = (ReprintReason.LOST_IN_PRINTER, ReprintReason.DAMAGED, ReprintReason.LOST, ReprintReason.OTHER)
"""What somebody chooses who prints again."""


OPEN_STATES = frozenset({VoucherState.ISSUED, VoucherState.PRINTED, VoucherState.BEGUN})
"""A voucher that may still be collected; what is left of its money is set aside."""
ON_PAPER = frozenset({VoucherState.PRINTED, VoucherState.BEGUN})
"""A voucher whose newest paper is worth something."""
CLOSED_STATES = frozenset({VoucherState.VOID, VoucherState.EXPIRED})
"""A voucher that is over; what of it was handed out before stays with the family, and counts."""

VOUCHER_STATE_TITLES: Mapping[VoucherState, Message] = MappingProxyType(
    {
        VoucherState.ISSUED: _("Not yet printed"),
        VoucherState.PRINTED: _("Waits to be collected"),
        VoucherState.BEGUN: _("Partly collected"),
        VoucherState.COLLECTED: _("Collected"),
        VoucherState.VOID: _("Cancelled"),
        VoucherState.EXPIRED: _("Expired"),
    }
)

REPRINT_REASON_TITLES: Mapping[ReprintReason, Message] = MappingProxyType(
    {
        ReprintReason.LOST_IN_PRINTER: _("It did not come out of the printer"),
        ReprintReason.DAMAGED: _("The paper is damaged"),
        ReprintReason.LOST: _("The family lost it"),
        ReprintReason.OTHER: _("Another reason"),
        ReprintReason.SPOILED: _("Spoiled sheets, printed anew"),
        ReprintReason.MOVED: _("The same sheet, taken over from another point"),
    }
)


def title_of(state: VoucherState, *, handed: bool) -> Message:
    """Where a voucher stands, as it is told; `handed`: whether something of it was handed out."""
    match state:
        case VoucherState.EXPIRED if handed:
            return _("A part was collected, the rest expired")
        case VoucherState.VOID if handed:
            return _("A part was collected, the rest is cancelled")
    return VOUCHER_STATE_TITLES[state]


def printed_number(serial: int) -> str:
    """A voucher's number as it stands on its paper: 000012."""
    return f"{serial:06}"


def why_not_print(state: AllocationState, *, notice_until: datetime | None, now: datetime) -> Message | None:
    """Say why vouchers of this allocation may not be printed now, or nothing."""
    if state is not AllocationState.CARRIED or notice_until is None:
        return _("The committee has not carried this allocation, so nothing of it is printed.")
    if now < notice_until:
        return _("The notice runs until %(moment)s. Nothing is printed before.", moment=notice_until)
    return None


def why_not_reprint(state: VoucherState, *, grace_until: date, today: date) -> Message | None:
    """Say why a voucher may not be printed again, or nothing."""
    match state:
        case VoucherState.ISSUED:
            return _("No paper of this voucher is good: print it with the others that wait for the printer.")
        case VoucherState.COLLECTED:
            return _("This voucher was already collected, so it is not printed again.")
        case VoucherState.VOID:
            return _("This voucher was cancelled, so it is not printed again.")
        case VoucherState.PRINTED | VoucherState.BEGUN if today <= grace_until:
            return None
        case _:
            return _("This voucher expired on %(day)s, so it is not printed again.", day=grace_until)
