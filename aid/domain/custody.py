"""Why people are cut off, and why they begin anew."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType

from aid.domain.permissions import Role
from aid.domain.words import Message, _


class SuspensionReason(StrEnum):
    """Why a person was cut off."""

    ARRESTED = "arrested"
    DEVICE_TAKEN = "device_taken"
    PRESSED = "pressed"  # somebody makes them do it
    UNUSUAL = "unusual"
    LEFT = "left"


class ResetReason(StrEnum):
    """Why a person has a first password again."""

    LOST_PASSWORD = "lost_password"  # noqa: S105
    REINSTATED = "reinstated"
    RECOVERED = "recovered"  # by recovery shares


SUSPENSION_TITLES: Mapping[SuspensionReason, Message] = MappingProxyType(
    {
        SuspensionReason.ARRESTED: _("Arrested or detained"),
        SuspensionReason.DEVICE_TAKEN: _("Their phone or computer is lost or was taken"),
        SuspensionReason.PRESSED: _("Somebody puts them under pressure"),
        SuspensionReason.UNUSUAL: _("The account does unusual things"),
        SuspensionReason.LEFT: _("They no longer work with the fund"),
    }
)

MOST_CUT_OFF, CUT_OFF_WITHIN = 3, timedelta(hours=24)
"""One account that is not a coordinator's or an administrator's cuts off no more: a stolen one would take all."""

TWO_KEYS_WITHIN = timedelta(minutes=10)
"""Two people turn their keys within this time to open a locked fund."""


def why_not_cut_off(roles: Collection[Role], *, lately: int) -> Message | None:
    """Say why somebody who cut off so many people lately may not cut off another, or nothing."""
    if lately < MOST_CUT_OFF or {Role.COORDINATOR, Role.ADMINISTRATOR} & set(roles):
        return None
    return _(
        "You have cut off three people within a day. If more are in danger, lock the whole fund, "
        "or ask a coordinator or an administrator."
    )


def why_not_open(turned: Collection[Role], other: Collection[Role]) -> Message | None:
    """Say why these two people's keys do not open a locked fund together, or nothing."""
    if set(turned) & set(other):
        return _("Two people with different roles open the fund: nobody who shares a role with the first.")
    return None
