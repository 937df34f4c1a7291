"""What can become of a voucher."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from aid.domain.words import Message, _


class VoucherState(StrEnum):
    """Where a voucher stands; only a printed one can be collected."""

    ISSUED = "issued"  # decided, not yet printed
    PRINTED = "printed"
    COLLECTED = "collected"
    VOID = "void"
    EXPIRED = "expired"


VOUCHER_STATE_TITLES: Mapping[VoucherState, Message] = MappingProxyType(
    {
        VoucherState.ISSUED: _("Not yet printed"),
        VoucherState.PRINTED: _("Waits to be collected"),
        VoucherState.COLLECTED: _("Collected"),
        VoucherState.VOID: _("Cancelled"),
        VoucherState.EXPIRED: _("Expired"),
    }
)
