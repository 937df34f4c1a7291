"""How the committee changes itself: what may be proposed, who must agree, and when it holds."""

from enum import StrEnum

from aid.domain.words import _

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
