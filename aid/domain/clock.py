"""Time, passed in and never fetched: the instant in UTC and the fund's own day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Instant:
    """A moment: `instant` is aware and in UTC, `today` is the day it falls on in the fund's time zone."""

    instant: datetime
    today: date

    def __post_init__(self) -> None:
        assert self.instant.utcoffset() == timedelta(0), "an instant is kept in UTC"

    @classmethod
    def at(cls, when: datetime, zone: ZoneInfo) -> Instant:
        """The moment `when`, which must know its time zone, seen from the fund's time zone."""
        assert when.tzinfo is not None, "a naive time has no instant"
        return cls(when.astimezone(UTC), when.astimezone(zone).date())
