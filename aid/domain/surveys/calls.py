"""Calling a family: what became of a call, who may make it and when, and what is asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from aid.domain.money import LARGEST
from aid.domain.refusals import Refusals, RuleBroken
from aid.domain.words import Message, _

MOST_TRIES = 3
"""After so many a family could not be reached."""
APART = timedelta(hours=2)
"""Whoever did not pick up is not called again sooner."""
IN_HAND = timedelta(minutes=30)
"""So long a family that one coordinator opened is theirs to call: it is not called twice."""


class Reach(StrEnum):
    """What became of one try."""

    ANSWERED = "answered"
    NO_ANSWER = "no_answer"
    STRANGER = "stranger"  # somebody picked up who is not of the family, or can't talk now
    NO_NUMBER = "no_number"  # there is none, or it is wrong: nobody tries again
    DECLINED = "declined"


class CallState(StrEnum):
    """How far a family's call has come."""

    WAITING = "waiting"
    AGAIN = "again"
    ANSWERED = "answered"
    DECLINED = "declined"
    UNREACHED = "unreached"
    ERASED = "erased"  # before it answered: nobody knows its phone any more


class Received(StrEnum):
    """How much of it arrived."""

    ALL = "all"
    PART = "part"
    NOTHING = "nothing"


class Waited(StrEnum):
    """How long the family waited at the point."""

    SHORT = "short"
    MIDDLE = "middle"
    LONG = "long"


class Said(StrEnum):
    """Yes or no."""

    YES = "yes"
    NO = "no"


class Finding(StrEnum):
    """What was found out about an answer that something is wrong."""

    MISTAKEN = "mistaken"
    OTHER_MEMBER = "other_member"
    STILL_DUE = "still_due"
    SHORT_HANDED = "short_handed"
    NOT_HANDED = "not_handed"
    MONEY_TAKEN = "money_taken"
    NOT_FOUND_OUT = "not_found_out"


REACH_TITLES: Mapping[Reach, Message] = MappingProxyType(
    {
        Reach.ANSWERED: _("The family answers"),
        Reach.NO_ANSWER: _("Nobody picked up"),
        Reach.STRANGER: _("Somebody else picked up, or it is no good moment"),
        Reach.DECLINED: _("The family does not want to answer"),
        Reach.NO_NUMBER: _("There is no number, or it is wrong"),
    }
)
CALL_STATE_TITLES: Mapping[CallState, Message] = MappingProxyType(
    {
        CallState.WAITING: _("To call"),
        CallState.AGAIN: _("To try again"),
        CallState.ANSWERED: _("Answered"),
        CallState.DECLINED: _("Did not want to answer"),
        CallState.UNREACHED: _("Could not be reached"),
        CallState.ERASED: _("Left the fund and was erased"),
    }
)
RECEIVED_TITLES: Mapping[Received, Message] = MappingProxyType(
    {
        Received.ALL: _("All of it"),
        Received.PART: _("A part of it"),
        Received.NOTHING: _("Nothing"),
    }
)
WAITED_TITLES: Mapping[Waited, Message] = MappingProxyType(
    {
        Waited.SHORT: _("Less than half an hour"),
        Waited.MIDDLE: _("Half an hour to two hours"),
        Waited.LONG: _("More than two hours"),
    }
)
SAID_TITLES: Mapping[Said, Message] = MappingProxyType({Said.YES: _("Yes"), Said.NO: _("No")})
FINDING_TITLES: Mapping[Finding, Message] = MappingProxyType(
    {
        Finding.MISTAKEN: _("It was a mistake: the family has it all"),
        Finding.OTHER_MEMBER: _("Somebody else of the family had taken it"),
        Finding.STILL_DUE: _("The rest still waits to be collected"),
        Finding.SHORT_HANDED: _("Less was handed out than is written"),
        Finding.NOT_HANDED: _("It was not handed out to this family"),
        Finding.MONEY_TAKEN: _("Somebody took money for it"),
        Finding.NOT_FOUND_OUT: _("It could not be found out"),
    }
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a family says. Only whether it arrived must be said."""

    received: Received
    amount_minor: int | None = None  # that it says it got, in the voucher's currency
    received_on: date | None = None
    waited: Waited | None = None
    respected: Said | None = None
    paid: Said | None = None  # anything to anybody for it

    @property
    def is_exception(self) -> bool:
        """Whether somebody has to find out what happened."""
        return self.received is not Received.ALL or self.paid is Said.YES


@dataclass(frozen=True, slots=True)
class CallFacts:
    """What the rule needs to know of a family that somebody is about to call."""

    state: CallState
    is_involved: bool  # whoever would call wrote it down, confirmed it or handed out to it
    is_closed: bool  # its survey
    in_hand: bool  # another coordinator has it open
    tried_at: datetime | None  # the last time


def state_of(tries: Sequence[Reach], *, is_erased: bool) -> CallState:
    """How far a call has come, by its tries, the first first."""
    if Reach.ANSWERED in tries:
        return CallState.ANSWERED
    if Reach.DECLINED in tries:
        return CallState.DECLINED
    if is_erased:
        return CallState.ERASED
    if Reach.NO_NUMBER in tries or len(tries) >= MOST_TRIES:
        return CallState.UNREACHED
    return CallState.AGAIN if tries else CallState.WAITING


OPEN_STATES = frozenset({CallState.WAITING, CallState.AGAIN})
"""Somebody is still to call."""


def why_not_call(facts: CallFacts, *, now: datetime) -> Message | None:
    """Say why this family may not be called by this person now, or nothing."""
    if facts.is_closed:
        return _("This survey is closed: nobody is called any more.")
    if facts.state not in OPEN_STATES:
        return _("This family is not called any more.")
    if facts.is_involved:
        return _("You wrote this family down, confirmed it or handed out to it. Another coordinator calls it.")
    if facts.in_hand:
        return _("Another coordinator is calling this family just now.")
    if facts.tried_at is not None and now < facts.tried_at + APART:
        return _("It was tried less than two hours ago. Call it later.")
    return None


def check_answer(answer: Answer, *, today: date, handed_minor: int) -> None:
    """Raise RuleBroken for an answer that says two things at once, or what can't be. `handed_minor`: by the books."""
    refusals = Refusals()
    with refusals:
        _check_amount(answer, handed_minor)
    with refusals:
        _check_day(answer, today)
    refusals.tell()


def _check_day(answer: Answer, today: date) -> None:
    if answer.received_on is not None and answer.received_on > today:
        raise RuleBroken(_("This day is not here yet."), "received_on")
    if answer.received is Received.NOTHING and answer.received_on is not None:
        raise RuleBroken(_("Nothing arrived, and still a day is written. Ask again."), "received_on")


def _check_amount(answer: Answer, handed_minor: int) -> None:
    said = answer.amount_minor
    if said is None:
        return
    if not handed_minor:
        raise RuleBroken(_("It was goods alone. Leave the amount empty."), "amount")
    if not 0 <= said <= LARGEST:
        raise RuleBroken(_("This amount can't be. Leave it empty if the family does not say one."), "amount")
    if answer.received is Received.NOTHING and said:
        raise RuleBroken(_("Nothing arrived, and still an amount is written. Ask again."), "amount")
    if answer.received is Received.ALL and said < handed_minor:
        raise RuleBroken(_("By the books it was more. If the family says so, choose “A part of it”."), "received")
