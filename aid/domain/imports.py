"""Lists of families that people bring: how far one has come, how long it waits, and what an undoing rests on."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType

from aid.domain.words import Message, _

KEPT_FOR = timedelta(days=7)
"""So long a list waits for who brought it. Its families may be erased meanwhile: no backup ever holds it."""

MOST_WAITING = 3
"""Lists of one person at a time."""


class Stage(StrEnum):
    """How far a list has come."""

    READ = "read"  # it waits to be understood
    RUNNING = "running"
    ENDED = "ended"  # what could not be imported waits to be mended


class Rest(StrEnum):
    """What rests on a family, so that its import is not undone any more."""

    CONFIRMED = "confirmed"
    CHANGED = "changed"
    ALLOCATED = "allocated"
    LEFT = "left"


REST_TITLES: Mapping[Rest, Message] = MappingProxyType(
    {
        Rest.CONFIRMED: _("It was confirmed"),
        Rest.CHANGED: _("It was changed"),
        Rest.ALLOCATED: _("It stands in an allocation"),
        Rest.LEFT: _("It left the fund"),
    }
)
