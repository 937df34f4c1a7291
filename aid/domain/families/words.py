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
    NOT_REAL = "not_real"
    RETENTION = "retention"  # nothing for so long that nobody may keep it
    SAMPLE = "sample"  # practice, before the fund was whole


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
        FamilyState.WITHDRAWN: _("Withdrawn"),
    }
)
