"""How the committee changes itself: what may be proposed, who must agree, and when it holds."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from aid.domain.fund import LONGEST_NOTICE_HOURS, SHORTEST_ABSENCE_HOURS
from aid.domain.quorum import SMALLEST_QUORUM, why_quorum_is_wrong
from aid.domain.words import Message, _, n_

STOP_HOURS = 72
"""An emergency stop lapses after so long, unless the quorum confirms it."""
STOP_AGAIN_DAYS = 30
"""So long a member waits before they may press it again."""

NOT_CERTIFIED = _(
    "You have no certified seat on the committee. Its members sign for a new member first, and the seat holds from the "
    "moment that their certificate names."
)


class ChangeKind(StrEnum):
    """What a change of the committee does."""

    ADMIT = "admit"  # a new member
    LEAVE = "leave"
    NEW_KEY = "new_key"  # after a lost password
    ALTERNATE = "alternate"  # takes the seat of an absent member
    NAME_ALTERNATE = "name_alternate"
    RULES = "rules"  # quorum, notice, delay


class Answer(StrEnum):
    """A member's answer to a proposed change."""

    YES = "yes"
    NO = "no"


class StopAnswerKind(StrEnum):
    """What a member says to an emergency stop."""

    CONFIRM = "confirm"
    LIFT = "lift"


class Standing(StrEnum):
    """Where a proposed change stands by the answers given."""

    OPEN = "open"
    AGREED = "agreed"
    REJECTED = "rejected"


class Stage(StrEnum):
    """How far a change has come, as its page says it."""

    WAITS = "waits"  # for the committee that would sign it to hold
    SIGNING = "signing"
    NOTICE = "notice"  # enough have signed, and its notice is not over
    READY = "ready"  # it only has to be completed
    CERTIFIED = "certified"  # and its delay is not over
    IN_FORCE = "in_force"
    REJECTED = "rejected"
    OVERTAKEN = "overtaken"


STAGE_TITLES: Mapping[Stage, Message] = MappingProxyType(
    {
        Stage.WAITS: _("Not to be signed yet"),
        Stage.SIGNING: _("Waits for signatures"),
        Stage.NOTICE: _("Signed, its notice runs"),
        Stage.READY: _("Ready to be completed"),
        Stage.CERTIFIED: _("Certified, its delay runs"),
        Stage.IN_FORCE: _("In force"),
        Stage.REJECTED: _("Rejected"),
        Stage.OVERTAKEN: _("Overtaken"),
    }
)
CHANGE_TITLES: Mapping[ChangeKind, Message] = MappingProxyType(
    {
        ChangeKind.ADMIT: _("A new member"),
        ChangeKind.LEAVE: _("A member leaves"),
        ChangeKind.NEW_KEY: _("A member’s new key"),
        ChangeKind.ALTERNATE: _("An alternate takes an absent member’s seat"),
        ChangeKind.NAME_ALTERNATE: _("Another alternate"),
        ChangeKind.RULES: _("Other rules"),
    }
)
ANSWER_TITLES: Mapping[Answer, Message] = MappingProxyType({Answer.YES: _("Yes"), Answer.NO: _("No")})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """By what the committee decides and changes: votes, and hours."""

    quorum: int
    notice_hours: int  # between a decision and printing
    delay_hours: int  # between the last signature under a change and its effect
    absence_hours: int  # that an alternate's taking a seat is announced before


@dataclass(frozen=True, slots=True, kw_only=True)
class Ballots:
    """What a proposed change was answered, and who may answer it."""

    answers: Mapping[UUID, Answer]
    members: Collection[UUID]  # of the committee that it would change
    suspended: Collection[UUID]
    quorum: int
    absent: UUID | None = None  # whose seat an alternate would take


def why_rules_are_wrong(rules: Rules, *, members: int) -> tuple[Message, str] | None:
    """Say why a committee of so many members can't have these rules, and of which field, or nothing."""
    if reason := why_quorum_is_wrong(rules.quorum, members):
        return reason, "quorum"
    longest = LONGEST_NOTICE_HOURS
    if not 0 <= rules.notice_hours <= longest:
        return _("Between 0 and %(longest)s hours.", longest=longest), "notice_hours"
    if not 1 <= rules.delay_hours <= longest:
        return _("Between 1 and %(longest)s hours.", longest=longest), "delay_hours"
    if not SHORTEST_ABSENCE_HOURS <= rules.absence_hours <= longest:
        shortest = SHORTEST_ABSENCE_HOURS
        return _("Between %(shortest)s and %(longest)s hours.", shortest=shortest, longest=longest), "absence_hours"
    return None


def why_too_few_stay(*, members: int, quorum: int) -> Message | None:
    """Say why nobody may leave a committee of so many members, or nothing."""
    if members - 1 >= quorum:
        return None
    if members <= SMALLEST_QUORUM:
        return n_(
            "The committee has only %(num)s member, and three are the fewest. Admit a new member first.",
            "The committee has only %(num)s members, and three are the fewest. Admit a new member first.",
            members,
        )
    return _(
        "Then fewer members would stay than the quorum of %(quorum)s. Admit a new member or lower the quorum first.",
        quorum=quorum,
    )


def standing(ballots: Ballots) -> Standing:
    """Where a change stands. Who is suspended is not asked, and what they answered before counts no more.

    It takes the quorum, and more yes than no. For an alternate it takes all but the absent member, at least three of
    them; and a no of anybody ends it, the absent member's too: then they are not absent.
    """
    active = set(ballots.members) - set(ballots.suspended)
    given = {member: answer for member, answer in ballots.answers.items() if member in active}
    yes = {member for member, answer in given.items() if answer is Answer.YES}
    no = given.keys() - yes
    if ballots.absent is not None:
        return _of_an_absence(yes, no, others=active - {ballots.absent})
    if _carries(len(yes), len(no), ballots.quorum):
        return Standing.AGREED
    still_out = len(active) - len(given)
    return Standing.OPEN if _carries(len(yes) + still_out, len(no), ballots.quorum) else Standing.REJECTED


def _of_an_absence(yes: set[UUID], no: set[UUID], *, others: set[UUID]) -> Standing:
    if no:
        return Standing.REJECTED
    return Standing.AGREED if others <= yes and len(others) >= SMALLEST_QUORUM else Standing.OPEN


def _carries(yes: int, no: int, quorum: int) -> bool:
    return yes >= quorum and yes > no


def counted_from(kind: ChangeKind, *, proposed_at: datetime, delay_hours: int, absence_hours: int) -> datetime:
    """From when enough answers make a certificate: an alternate's change is announced first.

    So much of that notice is left then as every certificate waits: together they are the absence hours at least.
    """
    notice = absence_hours - delay_hours if kind is ChangeKind.ALTERNATE else 0
    return proposed_at + timedelta(hours=max(notice, 0))


def holds_from(*, made_at: datetime, delay_hours: int) -> datetime:
    """From when a certificate holds that is made now, by the rule of the committee that signed it."""
    return made_at + timedelta(hours=delay_hours)


# ---------------------------------------------------------------- the emergency stop


def lapses_at(pressed_at: datetime) -> datetime:
    """When a stop that nobody confirms is over."""
    return pressed_at + timedelta(hours=STOP_HOURS)


def why_not_press(last_pressed_at: datetime | None, *, now: datetime) -> Message | None:
    """Say why this member may not stop the fund now, or nothing."""
    if last_pressed_at is None or now >= last_pressed_at + timedelta(days=STOP_AGAIN_DAYS):
        return None
    return _(
        "You pressed the emergency stop on %(day)s. You can press it again after thirty days; ask another member.",
        day=last_pressed_at,
    )


def agree_on_stop(
    words: Collection[tuple[UUID, StopAnswerKind]], *, active: Collection[UUID], quorum: int
) -> StopAnswerKind | None:
    """What the quorum says to a stop, of words in the order they were given; nothing while it is not agreed.

    Each member's latest word counts. Who is suspended is not counted.
    """
    latest = {member: kind for member, kind in words if member in active}
    for kind in (StopAnswerKind.LIFT, StopAnswerKind.CONFIRM):
        if list(latest.values()).count(kind) >= quorum:
            return kind
    return None
