"""Meetings of the committee: when they are, what may be said of a line, and when a meeting's minutes are made."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from aid.domain.allocations import AllocationState
from aid.domain.refusals import RuleBroken
from aid.domain.words import Message, _, n_

LONGEST_WORDS = 1000
"""What a member says of a proposal fits on a page."""
FARTHEST = timedelta(days=90)
"""A meeting or a deadline farther away than this is a slip of the pen."""


class QuestionReason(StrEnum):
    """What a member doubts in a line."""

    SUM = "sum"
    FACTS = "facts"
    TWICE = "twice"
    NEED = "need"
    OTHER = "other"


class HoldReason(StrEnum):
    """Why a line is held out of a proposal."""

    UNANSWERED = "unanswered"
    WRONG = "wrong"
    PAPERS = "papers"
    WISH = "wish"
    OTHER = "other"


QUESTION_TITLES: Mapping[QuestionReason, Message] = MappingProxyType(
    {
        QuestionReason.SUM: _("The sum looks wrong"),
        QuestionReason.FACTS: _("What it rests on looks wrong"),
        QuestionReason.TWICE: _("It may be given twice"),
        QuestionReason.NEED: _("The need may be greater or smaller"),
        QuestionReason.OTHER: _("Something else"),
    }
)
HOLD_TITLES: Mapping[HoldReason, Message] = MappingProxyType(
    {
        HoldReason.UNANSWERED: _("A question is not answered yet"),
        HoldReason.WRONG: _("The line is wrong and has to be corrected"),
        HoldReason.PAPERS: _("A paper is missing"),
        HoldReason.WISH: _("The committee wants to decide on it later"),
        HoldReason.OTHER: _("Another reason"),
    }
)


class MeetingState(StrEnum):
    """How far a meeting has come."""

    CALLED = "called"
    UNDER_WAY = "under_way"  # it has begun, and its deadline is not over
    OVERDUE = "overdue"  # its deadline is over, and its minutes are not made
    CLOSED = "closed"
    CALLED_OFF = "called_off"


MEETING_TITLES: Mapping[MeetingState, Message] = MappingProxyType(
    {
        MeetingState.CALLED: _("Called"),
        MeetingState.UNDER_WAY: _("Has begun"),
        MeetingState.OVERDUE: _("Waits for its minutes"),
        MeetingState.CLOSED: _("Closed"),
        MeetingState.CALLED_OFF: _("Called off"),
    }
)


@dataclass(frozen=True, slots=True)
class MeetingTimes:
    """When a meeting is, and until when its members vote."""

    meets_at: datetime
    votes_until: datetime


@dataclass(frozen=True, slots=True)
class MeetingEnd:
    """How a meeting ended, if it did."""

    is_closed: bool = False
    is_called_off: bool = False


def state_of(times: MeetingTimes, end: MeetingEnd, *, now: datetime) -> MeetingState:
    """How far a meeting has come at this moment."""
    if end.is_called_off:
        return MeetingState.CALLED_OFF
    if end.is_closed:
        return MeetingState.CLOSED
    if now < times.meets_at:
        return MeetingState.CALLED
    return MeetingState.UNDER_WAY if now < times.votes_until else MeetingState.OVERDUE


def why_times_are_wrong(times: MeetingTimes, *, now: datetime) -> tuple[Message, str] | None:
    """Say why a meeting can't be called for these times, and of which field, or nothing."""
    if times.meets_at <= now:
        return _("A meeting is called before it begins: choose a later time."), "meets_on"
    if times.meets_at - now > FARTHEST:
        return _("That is more than three months away; look at the date again."), "meets_on"
    if times.votes_until < times.meets_at:
        return _("Votes end when the meeting begins, or later: those at the table need the time too."), "votes_until_on"
    if times.votes_until - now > FARTHEST:
        return _("That is more than three months away; look at the date again."), "votes_until_on"
    return None


def why_ended(end: MeetingEnd) -> Message | None:
    """Say why nothing of this meeting may change any more, or nothing."""
    if end.is_called_off:
        return _("This meeting was called off.")
    if end.is_closed:
        return _("The minutes of this meeting are made. Nothing in it changes any more.")
    return None


def why_not_close(times: MeetingTimes, end: MeetingEnd, *, still_open: int, now: datetime) -> Message | None:
    """Say why the minutes can't be made now, or nothing.

    Members who vote from their phones were promised time until the deadline.
    """
    if reason := why_ended(end):
        return reason
    if now < times.meets_at:
        return _("This meeting has not begun yet.")
    if still_open and now < times.votes_until:
        return n_(
            "%(num)s proposal is open, and members may vote until %(until)s. Make the minutes after that.",
            "%(num)s proposals are open, and members may vote until %(until)s. Make the minutes after that.",
            still_open,
            until=times.votes_until,
        )
    return None


def why_not_called_off(times: MeetingTimes, end: MeetingEnd, *, now: datetime) -> Message | None:
    """Say why this meeting can't be called off, or nothing: what took place has minutes."""
    if reason := why_ended(end):
        return reason
    return _("This meeting has begun: make its minutes instead.") if now >= times.meets_at else None


def why_not_open(state: AllocationState) -> Message | None:
    """Say why a proposal can't be spoken about in a way that would change it, or nothing."""
    if state is AllocationState.WITHDRAWN:
        return _("This allocation was withdrawn.")
    return None if state is AllocationState.PROPOSED else _("This allocation is already decided.")


def why_not_answer(state: AllocationState, *, is_answered: bool) -> Message | None:
    """Say why a question can't be answered, or nothing."""
    if is_answered:
        return _("This question is answered already. The member can ask another one.")
    return why_not_open(state)


def why_not_hold_out(*, chosen: int, lines: int) -> Message | None:
    """Say why so many of a proposal's lines can't be held out, or nothing."""
    if chosen == 0:
        return _("Choose at least one line to hold out.")
    if chosen >= lines:
        return _("Then no line would be left. Withdraw the allocation instead.")
    return None


def checked_words(words: str, *, needed: bool = True) -> str:
    """What somebody wrote, without spaces around it. Raises RuleBroken for nothing, and for too much."""
    said = words.strip()
    if needed and not said:
        raise RuleBroken(_("Write what you want to say."), "words")
    if len(said) > LONGEST_WORDS:
        raise RuleBroken(_("That is too long; %(most)s letters at most.", most=LONGEST_WORDS), "words")
    return said


def check_agenda(items: Collection[object], invited: Collection[object]) -> None:
    """Raise RuleBroken unless a meeting has something to decide, and somebody to decide it."""
    if not items:
        raise RuleBroken(_("Choose at least one proposal for the agenda."), "items")
    if not invited:
        raise RuleBroken(_("Invite at least one member."), "invited")
