"""How long something may wait before a person should mind."""

from datetime import date, datetime
from enum import StrEnum

from aid.domain.clock import Instant

PATIENCE = 3
"""Days that most things may wait."""


class Age(StrEnum):
    """How long the oldest of what waits has waited, by what is right for its kind."""

    NEW = "new"
    OLD = "old"
    OVERDUE = "overdue"


def days_waited(since: date | datetime, *, now: Instant) -> int:
    """Whole days: from an instant, or from a day of the fund's calendar. What begins later has waited none."""
    waited = now.instant - since if isinstance(since, datetime) else now.today - since
    return max(waited.days, 0)


def age_of(days: int, *, patience: int) -> Age:
    """New up to its patience, overdue from three times that on. Where there is no patience, overdue at once."""
    if days < patience:
        return Age.NEW
    return Age.OVERDUE if days >= 3 * patience else Age.OLD
