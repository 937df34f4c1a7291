"""Somebody who is not on the slip comes for a family's aid: for a reason, and only with a second person's word.

Nothing is written of who they are: their identity card is looked at, and the check word asked, by two people.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from aid.domain.words import Message, _

WAITS = timedelta(minutes=30)
"""So long a question waits for a word, and so long the word holds: both look at the person who stands there."""


class StrangerReason(StrEnum):
    """Why somebody else comes."""

    ILL = "ill"
    CARES_FOR_CHILD = "cares_for_child"
    AT_WORK = "at_work"
    AWAY = "away"
    HELD = "held"
    DIED = "died"
    OTHER = "other"


STRANGER_TITLES: Mapping[StrangerReason, Message] = MappingProxyType(
    {
        StrangerReason.ILL: _("Those on the list are ill or can’t walk"),
        StrangerReason.CARES_FOR_CHILD: _("They stay with a small child or an ill person"),
        StrangerReason.AT_WORK: _("They are at work"),
        StrangerReason.AWAY: _("They are away from town"),
        StrangerReason.HELD: _("They are held by the police"),
        StrangerReason.DIED: _("They have died"),
        StrangerReason.OTHER: _("Another reason, which both have heard"),
    }
)


def why_not_agree(
    *, asked_by: UUID, me: UUID, vouched_by: Collection[UUID], is_answered: bool, asked_at: datetime, now: datetime
) -> Message | None:
    """Say why this person may not agree to a stranger, or nothing."""
    if is_answered:
        return _("Somebody answered this already.")
    if asked_by == me:
        return _("You asked for this yourself. Somebody else looks at it.")
    if me in vouched_by:
        return _("You registered or confirmed this family, so someone else must agree.")
    if now > asked_at + WAITS:
        return _("This was asked more than 30 minutes ago. The voucher is read again at the table.")
    return None


def still_holds(answered_at: datetime, *, now: datetime) -> bool:
    """Whether a word that was given still lets something be handed out."""
    return now <= answered_at + WAITS
