"""What may be said of a family by code: what happened to it, who is what in it, how far its registration has come."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from aid.domain.words import Message, _


class Circumstance(StrEnum):
    """What happened to the family, so far as it bears on aid."""

    DISMISSED = "dismissed"
    ON_STRIKE = "on_strike"
    DETAINED = "detained"
    BEREAVED = "bereaved"
    ILL = "ill"
    DISABLED = "disabled"
    PREGNANT = "pregnant"
    SINGLE_PARENT = "single_parent"
    HOME_BURNT = "home_burnt"


class Kinship(StrEnum):
    """What a member is to the family."""

    WORKER = "worker"
    PARTNER = "partner"
    CHILD = "child"
    PARENT = "parent"
    OTHER = "other"


class FamilyState(StrEnum):
    """How far a family's registration has come."""

    REGISTERED = "registered"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"


class WithdrawalReason(StrEnum):
    """Why a family is no longer in the fund."""

    OWN_WISH = "own_wish"
    MOVED = "moved"
    TWICE = "twice"  # registered a second time
    UNITED = "united"  # its people live in another family now
    NOT_REAL = "not_real"
    RETENTION = "retention"  # nothing for so long that nobody may keep it
    SAMPLE = "sample"  # practice, before the fund was whole
    UNDONE = "undone"  # the import it came by was undone


class ChangeKind(StrEnum):
    """What a version of a family is, so far as that is said in the clear."""

    WRITTEN = "written"  # registered, or corrected in what a confirmation vouches for
    CONTACT = "contact"  # how to reach it was corrected: a confirmation stands
    LIFE = "life"  # somebody was born, joined, left or died
    SPLIT = "split"
    UNITED = "united"
    MOVED = "moved"
    RETURNED = "returned"


class HistoryKind(StrEnum):
    """What a family's file remembers."""

    BORN = "born"
    JOINED = "joined"
    LEFT = "left"
    DIED = "died"
    SPLIT = "split"  # some of it became a family of their own
    CAME_OF = "came_of"  # it was part of another family
    UNITED = "united"  # another family's people came into it
    MOVED = "moved"
    RETURNED = "returned"


class TieKind(StrEnum):
    """How two families have to do with each other."""

    SPLIT = "split"  # the other came of it
    UNITED = "united"  # the other's people live in it now
    TWICE = "twice"  # the other was the same family, registered again


CHANGE_TITLES: Mapping[ChangeKind, Message] = MappingProxyType(
    {
        ChangeKind.WRITTEN: _("Corrected"),
        ChangeKind.CONTACT: _("Corrected how to reach it"),
        ChangeKind.LIFE: _("Wrote down who came or went"),
        ChangeKind.SPLIT: _("Part of it became a family of its own"),
        ChangeKind.UNITED: _("Joined with another family"),
        ChangeKind.MOVED: _("Moved"),
        ChangeKind.RETURNED: _("Came back to the fund"),
    }
)

HISTORY_TITLES: Mapping[HistoryKind, Message] = MappingProxyType(
    {
        HistoryKind.BORN: _("A child was born"),
        HistoryKind.JOINED: _("Somebody joined the family"),
        HistoryKind.LEFT: _("Somebody left the family"),
        HistoryKind.DIED: _("Somebody died"),
        HistoryKind.SPLIT: _("Some became a family of their own"),
        HistoryKind.CAME_OF: _("It came of another family"),
        HistoryKind.UNITED: _("Another family joined it"),
        HistoryKind.MOVED: _("It moved"),
        HistoryKind.RETURNED: _("It came back to the fund"),
    }
)

CIRCUMSTANCE_TITLES: Mapping[Circumstance, Message] = MappingProxyType(
    {
        Circumstance.DISMISSED: _("Dismissed from work"),
        Circumstance.ON_STRIKE: _("On strike, wages stopped"),
        Circumstance.DETAINED: _("A member is detained"),
        Circumstance.BEREAVED: _("A member was killed or died"),
        Circumstance.ILL: _("Someone is seriously ill"),
        Circumstance.DISABLED: _("Someone has a disability"),
        Circumstance.PREGNANT: _("Someone is pregnant or nursing"),
        Circumstance.SINGLE_PARENT: _("One parent alone"),
        Circumstance.HOME_BURNT: _("The home was burnt"),
    }
)

KINSHIP_TITLES: Mapping[Kinship, Message] = MappingProxyType(
    {
        Kinship.WORKER: _("Worker"),
        Kinship.PARTNER: _("Wife or husband"),
        Kinship.CHILD: _("Child"),
        Kinship.PARENT: _("Parent"),
        Kinship.OTHER: _("Other relative"),
    }
)

FAMILY_STATE_TITLES: Mapping[FamilyState, Message] = MappingProxyType(
    {
        FamilyState.REGISTERED: _("Waits for confirmation"),
        FamilyState.CONFIRMED: _("Confirmed"),
        FamilyState.WITHDRAWN: _("Left the fund"),
    }
)
