"""Undoing a collection: within minutes, with a reason, while the family still stands at the table."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from aid.domain.vouchers import CLOSED_STATES, VoucherState
from aid.domain.words import Message, _

UNDO_WITHIN = timedelta(minutes=15)
"""After that the family has gone with what it was given, and the day's count says what is missing."""


class UndoReason(StrEnum):
    """Why a collection was wrong."""

    WRONG_FAMILY = "wrong_family"
    NOTHING_TAKEN = "nothing_taken"
    GIVEN_BACK = "given_back"
    SOMETHING_ELSE = "something_else"
    PRESSED_TOO_EARLY = "pressed_too_early"


UNDO_TITLES: Mapping[UndoReason, Message] = MappingProxyType(
    {
        UndoReason.PRESSED_TOO_EARLY: _("Pressed too early: nothing was handed out yet"),
        UndoReason.NOTHING_TAKEN: _("The family left without it"),
        UndoReason.GIVEN_BACK: _("The family gave it back"),
        UndoReason.WRONG_FAMILY: _("It was another family’s voucher"),
        UndoReason.SOMETHING_ELSE: _("Something else was handed out than is written"),
    }
)


@dataclass(frozen=True, slots=True)
class Handing:
    """What the rule needs to know of a collection that somebody wants undone."""

    entered_at: datetime  # when it was written down
    is_own: bool  # by whoever handed out, or somebody who may undo what others did
    is_undone: bool
    state: VoucherState


def why_not_undo(handing: Handing, *, now: datetime) -> Message | None:
    """Say why this collection may not be undone, or nothing."""
    if handing.is_undone:
        return _("This collection was undone already.")
    if not handing.is_own:
        return _("Whoever handed it out undoes it, or a coordinator.")
    if now > handing.entered_at + UNDO_WITHIN:
        return _("More than 15 minutes have passed. Tell the coordinator, who explains it when the day is closed.")
    if handing.state in CLOSED_STATES:
        return _("What was left of this voucher went back to the fund meanwhile. Tell the coordinator.")
    return None
