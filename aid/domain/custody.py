"""Why people are cut off, and why they begin anew."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

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
