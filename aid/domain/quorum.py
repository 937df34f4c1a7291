"""How the committee decides: at least a quorum of yes, and more yes than no, counted again at every ballot."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from aid.domain.words import Message, _, n_

SMALLEST_QUORUM = 3
"""Two can be pressed or bribed together far more easily than three."""


class Choice(StrEnum):
    """What a member answers."""

    YES = "yes"
    NO = "no"
    RECUSAL = "recusal"


class RecusalReason(StrEnum):
    """Why a member steps out of a decision."""

    RELATIVE = "relative"
    FRIEND_OR_NEIGHBOUR = "friend_or_neighbour"
    SAME_WORKPLACE = "same_workplace"
    OTHER_INTEREST = "other_interest"


class Outcome(StrEnum):
    """Where a decision stands."""

    OPEN = "open"
    CARRIED = "carried"
    REJECTED = "rejected"


CHOICE_TITLES: Mapping[Choice, Message] = MappingProxyType(
    {Choice.YES: _("Yes"), Choice.NO: _("No"), Choice.RECUSAL: _("Stepped out")}
)
RECUSAL_TITLES: Mapping[RecusalReason, Message] = MappingProxyType(
    {
        RecusalReason.RELATIVE: _("A relative is in it"),
        RecusalReason.FRIEND_OR_NEIGHBOUR: _("A friend or neighbour is in it"),
        RecusalReason.SAME_WORKPLACE: _("Someone from my workplace is in it"),
        RecusalReason.OTHER_INTEREST: _("Another interest of mine"),
    }
)


@dataclass(frozen=True, slots=True)
class Ballot:
    """One member's answer."""

    member_id: UUID
    choice: Choice


@dataclass(frozen=True, slots=True)
class Policy:
    """How the committee decides: votes needed, and the hours between decision and printing."""

    version: int
    quorum: int
    notice_hours: int


def outcome(ballots: Iterable[Ballot], *, members: Collection[UUID], proposer: UUID | None, quorum: int) -> Outcome:
    """Where the decision stands after these ballots, given in the order they were cast.

    A member's latest ballot counts; the proposer's and a stranger's do not. All of them count, the newest too: when
    someone was suspended, the ballots before it could say more without them than they said when they were cast.
    It is rejected once all who have not answered could not carry it.
    """
    entitled = frozenset(members) - {proposer}
    given = list({ballot.member_id: ballot.choice for ballot in ballots if ballot.member_id in entitled}.values())
    yes, no, still_out = given.count(Choice.YES), given.count(Choice.NO), len(entitled) - len(given)
    if _carries(yes, no, quorum):
        return Outcome.CARRIED
    return Outcome.OPEN if _carries(yes + still_out, no, quorum) else Outcome.REJECTED


def _carries(yes: int, no: int, quorum: int) -> bool:
    return yes >= quorum and yes > no


def why_reason_is_wrong(choice: Choice, reason: RecusalReason | None) -> Message | None:
    """Say why this reason does not go with this choice, or nothing: who steps out says why, who votes does not."""
    if choice is Choice.RECUSAL and reason is None:
        return _("Say why you step out of this decision.")
    if choice is not Choice.RECUSAL and reason is not None:
        return _("A reason is given only by a member who steps out.")
    return None


def why_quorum_is_wrong(quorum: int, members: int) -> Message | None:
    """Say why a committee of so many members can't have this quorum, or nothing."""
    if quorum < SMALLEST_QUORUM:
        return _("The quorum is at least %(smallest)s votes; raise it.", smallest=SMALLEST_QUORUM)
    if quorum > members:
        return n_(
            "The quorum of %(quorum)s votes is more than the committee's %(num)s member; add members or lower it.",
            "The quorum of %(quorum)s votes is more than the committee's %(num)s members; add members or lower it.",
            members,
            quorum=quorum,
        )
    return None
