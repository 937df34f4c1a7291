"""Whether a voucher may be collected: once, here, on the newest paper, in time, and not from the family's registrar."""

from dataclasses import dataclass
from datetime import date

from aid.domain.vouchers import VoucherState
from aid.domain.words import Message, _

ALREADY_COLLECTED = _("This voucher was already collected.")


@dataclass(frozen=True, slots=True)
class VoucherFacts:
    """What the rule needs to know of a voucher. `point` is the code of the only point where it is collected."""

    state: VoucherState
    point: str
    last_day: date  # as printed
    grace_until: date | None  # the fund still honours it until this day, though the paper says less
    paper_is_current: bool  # no newer paper was printed
    registered_by_me: bool  # whoever hands out registered this family


def why_not_collect(voucher: VoucherFacts, *, here: str, today: date) -> Message | None:
    """Say why this voucher may not be collected here and today, or nothing. Both points are given by code."""
    return _why_not_open(voucher) or _why_not_here(voucher, here=here, today=today)


def _why_not_open(voucher: VoucherFacts) -> Message | None:
    """What would refuse this voucher anywhere."""
    match voucher.state:
        case VoucherState.COLLECTED:
            return ALREADY_COLLECTED
        case VoucherState.VOID:
            return _("This voucher was cancelled. Send the family to the coordinator.")
        case VoucherState.EXPIRED:
            return _expired(voucher)
        case VoucherState.ISSUED:
            return _("This voucher is not printed yet, so no paper of it can be good.")
        case VoucherState.PRINTED if not voucher.paper_is_current:
            return _("This paper was replaced by a newer one. Ask for the newer paper.")
        case VoucherState.PRINTED:
            return None


def _why_not_here(voucher: VoucherFacts, *, here: str, today: date) -> Message | None:
    """What refuses it at this table, on this day, from this person."""
    if voucher.point != here:
        return _("This voucher is collected at %(point)s.", point=voucher.point)
    if today > max(voucher.last_day, voucher.grace_until or voucher.last_day):
        return _expired(voucher)
    if voucher.registered_by_me:
        return _("You registered this family, so someone else must hand out its aid.")
    return None


def _expired(voucher: VoucherFacts) -> Message:
    return _("This voucher expired on %(day)s.", day=max(voucher.last_day, voucher.grace_until or voucher.last_day))
