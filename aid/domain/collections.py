"""Whether a voucher may be collected: once, here, on the newest paper, in time, and not from who vouched for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from aid.domain.vouchers import VoucherState
from aid.domain.words import Message, _

GUESSES = 10
GUESSES_AT_POINT = 40
GUESSES_WITHIN = timedelta(minutes=10)
"""So many unknown codes of one person, or of all at one point together, within that time, and nothing more is looked
up: sixteen digits are not found by trying, nor by several who try in turns. One who types wrong does not close the
point to the others: four would have to. Digits that the check digits refuse are not counted: nothing is looked up for
them, so they teach nothing, and tired hands and creased papers make dozens a day.
"""


class RefusalCode(StrEnum):
    """Why nothing was handed out, as it is kept and counted."""

    UNKNOWN = "unknown"
    TOO_MANY_TRIES = "too_many_tries"
    ALREADY_COLLECTED = "already_collected"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    NOT_PRINTED = "not_printed"
    REPLACED = "replaced"
    ELSEWHERE = "elsewhere"
    OWN_FAMILY = "own_family"
    NO_SLIP = "no_slip"
    CHANGED = "changed"
    NOT_AGREED = "not_agreed"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a voucher may not be collected: a code to count by, and the words for the table."""

    code: RefusalCode
    reason: Message


@dataclass(frozen=True, slots=True)
class VoucherFacts:
    """What the rule needs to know of a voucher. `point` is the name of the only point where it is collected."""

    state: VoucherState
    point: str
    is_here: bool  # asked for at that very point
    last_day: date  # as printed
    grace_until: date | None  # the fund still honours it until this day, though the paper says less
    paper_is_current: bool  # no newer paper was printed
    vouched_by_me: bool  # whoever hands out registered or confirmed this family
    collected_at: datetime | None = None

    @property
    def really_until(self) -> date:
        """The last day on which the fund honours it."""
        return max(self.last_day, self.grace_until or self.last_day)


REFUSAL_TITLES: Mapping[RefusalCode, Message] = MappingProxyType(
    {
        RefusalCode.UNKNOWN: _("the code is not known"),
        RefusalCode.TOO_MANY_TRIES: _("too many unknown codes were tried"),
        RefusalCode.ALREADY_COLLECTED: _("it was collected before"),
        RefusalCode.CANCELLED: _("it is cancelled"),
        RefusalCode.EXPIRED: _("it has expired"),
        RefusalCode.NOT_PRINTED: _("it is not printed"),
        RefusalCode.REPLACED: _("a newer paper was printed"),
        RefusalCode.ELSEWHERE: _("it belongs to another point"),
        RefusalCode.OWN_FAMILY: _("who hands out vouched for the family"),
        RefusalCode.NO_SLIP: _("who may collect could not be read"),
        RefusalCode.CHANGED: _("something changed after it was read"),
        RefusalCode.NOT_AGREED: _("nobody agreed to the collector"),
    }
)
"""Why something was refused, as it is told afterwards."""

UNKNOWN = Refusal(RefusalCode.UNKNOWN, _("This code is not known at this point. Check the digits."))
NO_SLIP = Refusal(
    RefusalCode.NO_SLIP,
    _("Who may collect for this family can't be read at this point; it may have moved. Call the coordinator."),
)
CHANGED = Refusal(
    RefusalCode.CHANGED,
    _("Something was handed out for this voucher, or taken back, after it was read. Read it again."),
)
SLIP_CHANGED = Refusal(
    RefusalCode.CHANGED,
    _("Who may collect for this family was changed after the voucher was read. Read it again."),
)
NOT_AGREED = Refusal(
    RefusalCode.NOT_AGREED, _("Nobody has agreed to this person, or too long ago. Read the voucher again.")
)
ALREADY_COLLECTED = Refusal(RefusalCode.ALREADY_COLLECTED, _("This voucher was already collected."))


def why_not_collect(voucher: VoucherFacts, *, today: date) -> Refusal | None:
    """Say why this voucher may not be collected here and today, or nothing."""
    return _why_not_open(voucher, today) or _why_not_here(voucher)


def too_many_tries(until: datetime) -> Refusal:
    """The refusal of every code, for a while, after too many that nobody knows."""
    return Refusal(
        RefusalCode.TOO_MANY_TRIES, _("Too many unknown codes were tried. Wait until %(until)s.", until=until)
    )


def _why_not_open(voucher: VoucherFacts, today: date) -> Refusal | None:
    """What would refuse this voucher anywhere."""
    match voucher.state:
        case VoucherState.COLLECTED:
            return _already(voucher)
        case VoucherState.VOID:
            return Refusal(RefusalCode.CANCELLED, _("This voucher was cancelled. Send the family to the coordinator."))
        case VoucherState.EXPIRED:
            return _expired(voucher)
        case VoucherState.ISSUED:
            return Refusal(
                RefusalCode.NOT_PRINTED,
                _("No paper of this voucher is good: it waits for the printer. Send the family to the coordinator."),
            )
        case VoucherState.PRINTED | VoucherState.BEGUN if not voucher.paper_is_current and voucher.is_here:
            return Refusal(RefusalCode.REPLACED, _("This paper was replaced by a newer one. Ask for the newer paper."))
        case VoucherState.PRINTED | VoucherState.BEGUN:
            return _expired(voucher) if today > voucher.really_until else None


def _why_not_here(voucher: VoucherFacts) -> Refusal | None:
    """What refuses it at this table and from this person."""
    if not voucher.is_here:
        return Refusal(RefusalCode.ELSEWHERE, _("This voucher is collected at %(point)s.", point=voucher.point))
    if voucher.vouched_by_me:
        return Refusal(
            RefusalCode.OWN_FAMILY,
            _("You registered or confirmed this family, so someone else must hand out its aid."),
        )
    return None


def _already(voucher: VoucherFacts) -> Refusal:
    if voucher.collected_at is None:
        return ALREADY_COLLECTED
    return Refusal(
        RefusalCode.ALREADY_COLLECTED,
        _("This voucher was already collected on %(moment)s.", moment=voucher.collected_at),
    )


def _expired(voucher: VoucherFacts) -> Refusal:
    return Refusal(RefusalCode.EXPIRED, _("This voucher expired on %(day)s.", day=voucher.really_until))
