"""Objections: what a family protests against, until when it is answered, by whom, and what may come of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType

from aid.domain.refusals import RuleBroken
from aid.domain.words import Message, _

ANSWER_DAYS = 14
"""Within so many days an objection is answered, until the fund says otherwise."""
DAYS = range(3, 61)
LONGEST_WORDS = 2000


class ObjectionReason(StrEnum):
    """What a family protests against."""

    TOO_LITTLE = "too_little"
    LEFT_OUT = "left_out"
    WRONG_FACTS = "wrong_facts"
    NEVER_RECEIVED = "never_received"
    TREATED_BADLY = "treated_badly"
    OTHER = "other"


class ReplyOutcome(StrEnum):
    """How an objection was answered."""

    UPHELD = "upheld"
    EXPLAINED = "explained"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"  # by the family


class Remedy(StrEnum):
    """What is done where the family is right."""

    CORRECT_FACTS = "correct_facts"
    PROPOSE_GRANT = "propose_grant"
    PRINT_AGAIN = "print_again"
    TALK = "talk"


class RefusalReason(StrEnum):
    """Why a family is told no."""

    RULE = "rule"
    FACTS = "facts"
    RECEIVED = "received"
    NO_MONEY = "no_money"
    OTHER = "other"


class PassedCause(StrEnum):
    """Why the committee has an objection before it."""

    REOPENED = "reopened"  # the family does not accept the answer
    OWN = "own"  # who would answer it is objected to


class ObjectionState(StrEnum):
    """How far an objection has come."""

    OPEN = "open"
    ANSWERED = "answered"
    COMMITTEE = "committee"
    CLOSED = "closed"  # the committee answered
    LAPSED = "lapsed"  # the family was erased


REASON_TITLES: Mapping[ObjectionReason, Message] = MappingProxyType(
    {
        ObjectionReason.TOO_LITTLE: _("It is too little"),
        ObjectionReason.LEFT_OUT: _("It was left out"),
        ObjectionReason.WRONG_FACTS: _("What is written of it is wrong"),
        ObjectionReason.NEVER_RECEIVED: _("It never received the aid"),
        ObjectionReason.TREATED_BADLY: _("It was treated badly"),
        ObjectionReason.OTHER: _("Something else"),
    }
)
OUTCOME_TITLES: Mapping[ReplyOutcome, Message] = MappingProxyType(
    {
        ReplyOutcome.UPHELD: _("The family is right"),
        ReplyOutcome.EXPLAINED: _("Explained"),
        ReplyOutcome.REFUSED: _("Refused"),
        ReplyOutcome.WITHDRAWN: _("Withdrawn by the family"),
    }
)
REMEDY_TITLES: Mapping[Remedy, Message] = MappingProxyType(
    {
        Remedy.CORRECT_FACTS: _("What is written of the family is corrected"),
        Remedy.PROPOSE_GRANT: _("A grant for the family is put to the committee"),
        Remedy.PRINT_AGAIN: _("Its voucher is printed again"),
        Remedy.TALK: _("We speak with who treated it badly"),
    }
)
REFUSAL_TITLES: Mapping[RefusalReason, Message] = MappingProxyType(
    {
        RefusalReason.RULE: _("The rule gives no more, and it is the same for all"),
        RefusalReason.FACTS: _("What is written of the family is right"),
        RefusalReason.RECEIVED: _("The aid was handed out to who may collect it"),
        RefusalReason.NO_MONEY: _("There is no money left for this purpose"),
        RefusalReason.OTHER: _("Another reason, as written below"),
    }
)
CAUSE_TITLES: Mapping[PassedCause, Message] = MappingProxyType(
    {
        PassedCause.REOPENED: _("The family does not accept the answer"),
        PassedCause.OWN: _("Who would answer it wrote the family down"),
    }
)
STATE_TITLES: Mapping[ObjectionState, Message] = MappingProxyType(
    {
        ObjectionState.OPEN: _("Waits for an answer"),
        ObjectionState.ANSWERED: _("Answered"),
        ObjectionState.COMMITTEE: _("Before the committee"),
        ObjectionState.CLOSED: _("Answered by the committee"),
        ObjectionState.LAPSED: _("The family was erased"),
    }
)

ABOUT_SAID: Mapping[ObjectionReason, Message] = MappingProxyType(
    {
        ObjectionReason.TOO_LITTLE: _("what your family was given is too little."),
        ObjectionReason.LEFT_OUT: _("your family was left out."),
        ObjectionReason.WRONG_FACTS: _("what is written of your family is wrong."),
        ObjectionReason.NEVER_RECEIVED: _("your family never received the aid."),
        ObjectionReason.TREATED_BADLY: _("your family was treated badly."),
        ObjectionReason.OTHER: _("something else, which was written down in your words."),
    }
)
"""What the family objected to, as it is told to it."""
_REMEDY_SAID: Mapping[Remedy, Message] = MappingProxyType(
    {
        Remedy.CORRECT_FACTS: _("We correct what is written of your family. The next list goes by it."),
        Remedy.PROPOSE_GRANT: _("We put a grant for your family to the committee. It decides, and you are told."),
        Remedy.PRINT_AGAIN: _("Your voucher is printed again. The old paper is worth nothing from then on."),
        Remedy.TALK: _("We speak with who treated you so, and ask you to come to us if it happens again."),
    }
)
_REFUSAL_SAID: Mapping[RefusalReason, Message] = MappingProxyType(
    {
        RefusalReason.RULE: _("The rule gives no more. It is the same for all families."),
        RefusalReason.FACTS: _("We looked again at what is written of your family, and found it right."),
        RefusalReason.RECEIVED: _("The aid was handed out to somebody who may collect it for your family."),
        RefusalReason.NO_MONEY: _("There is no money left for this purpose."),
        RefusalReason.OTHER: _("The reason is written below."),
    }
)

ABOUT_WHO_WROTE = frozenset({ObjectionReason.WRONG_FACTS, ObjectionReason.TREATED_BADLY})
"""Objections to how a family was written down: who wrote it does not answer them."""
WAITING = frozenset({ObjectionState.OPEN, ObjectionState.COMMITTEE})


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What happened to an objection so far."""

    is_answered: bool = False
    is_passed_on: bool = False
    is_final: bool = False  # the committee answered
    is_erased: bool = False  # its family was

    @property
    def state(self) -> ObjectionState:
        """How far it has come."""
        if self.is_final:
            return ObjectionState.CLOSED
        if self.is_answered and not self.is_passed_on:
            return ObjectionState.ANSWERED
        if self.is_erased:
            return ObjectionState.LAPSED
        return ObjectionState.COMMITTEE if self.is_passed_on else ObjectionState.OPEN


@dataclass(frozen=True, slots=True)
class Reply:
    """How an objection is answered: what is done where the family is right, and why it is refused where it is not."""

    outcome: ReplyOutcome
    remedy: Remedy | None = None
    refusal: RefusalReason | None = None


def said_of(reply: Reply) -> tuple[Message, ...]:
    """An answer in sentences for the family."""
    match reply.outcome:
        case ReplyOutcome.UPHELD if reply.remedy:
            return (_("You are right, and we are sorry."), _REMEDY_SAID[reply.remedy])
        case ReplyOutcome.REFUSED if reply.refusal:
            return (_("We looked into it, and can’t give you what you ask for."), _REFUSAL_SAID[reply.refusal])
        case ReplyOutcome.WITHDRAWN:
            return (_("You took your objection back. Nothing more is done about it."),)
    return (_("We looked into it. This is how it came about:"),)


def due_on(day: date, days: int) -> date:
    """The last day to answer what was said on this day."""
    return day + timedelta(days=days)


def check_days(days: int) -> None:
    """Raise RuleBroken for a deadline that nobody could keep, or that makes a family wait too long."""
    if days not in DAYS:
        raise RuleBroken(
            _("Choose between %(least)s and %(most)s days.", least=DAYS.start, most=DAYS.stop - 1), "answer_days"
        )


def check_reply(reply: Reply, words: str) -> None:
    """Raise RuleBroken unless the answer says what is done, or why not, and something the family can understand."""
    if (reply.outcome is ReplyOutcome.UPHELD) != (reply.remedy is not None):
        raise RuleBroken(_("Say what is done for the family, if it is right, and only then."), "remedy")
    if (reply.outcome is ReplyOutcome.REFUSED) != (reply.refusal is not None):
        raise RuleBroken(_("Say why it is refused, if it is, and only then."), "refusal")
    if not words and (reply.outcome is ReplyOutcome.EXPLAINED or reply.refusal is RefusalReason.OTHER):
        raise RuleBroken(_("Write the answer in words that the family understands."), "words")


def checked_words(words: str, *, needed: bool = True) -> str:
    """What was said, without spaces around it. Raises RuleBroken for nothing, and for too much."""
    said = words.strip()
    if needed and not said:
        raise RuleBroken(_("Write down what the family says."), "words")
    if len(said) > LONGEST_WORDS:
        raise RuleBroken(_("That is too long; %(most)s letters at most.", most=LONGEST_WORDS), "words")
    return said


def why_not_answer(case: CaseFacts, reason: ObjectionReason, *, wrote_family: bool) -> Message | None:
    """Say why this coordinator does not answer this objection, or nothing."""
    if refusal := why_not_waiting(case):
        return refusal
    if case.is_passed_on:
        return _("This objection is before the committee: its members answer it.")
    if reason in ABOUT_WHO_WROTE and wrote_family:
        return _("You wrote this family down, and that is what it objects to: another coordinator answers it.")
    return None


def why_committee_may_not_answer(case: CaseFacts) -> Message | None:
    """Say why the committee does not answer this objection, or nothing."""
    if refusal := why_not_waiting(case):
        return refusal
    return None if case.is_passed_on else _("This objection waits for a coordinator, not for the committee.")


def why_not_waiting(case: CaseFacts) -> Message | None:
    """Say why an objection waits for nobody any more, or nothing."""
    match case.state:
        case ObjectionState.LAPSED:
            return _("This family was erased: nobody can be answered any more.")
        case ObjectionState.ANSWERED | ObjectionState.CLOSED:
            return _("This objection is answered already.")
    return None


def why_not_reopen(case: CaseFacts) -> Message | None:
    """Say why a family can't take its objection to the committee, or nothing: it can once, after an answer."""
    if case.is_final or (case.is_answered and case.is_passed_on):
        return _("The committee has this objection, or answered it: it is opened again only once.")
    if not case.is_answered:
        return _("This objection is not answered yet. Wait for the answer first.")
    return _("This family was erased: nobody can be answered any more.") if case.is_erased else None


def why_not_hand_over(case: CaseFacts, reason: ObjectionReason, *, wrote_family: bool) -> Message | None:
    """Say why a coordinator does not give an objection to the committee, or nothing: it is against their own work."""
    if refusal := why_not_waiting(case):
        return refusal
    if case.is_passed_on:
        return _("This objection is before the committee: its members answer it.")
    if reason not in ABOUT_WHO_WROTE or not wrote_family:
        return _("Only an objection to what you wrote yourself goes to the committee unanswered.")
    return None
