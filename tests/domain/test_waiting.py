"""What may wait a while, and what is overdue at once."""

from datetime import UTC, date, datetime, timedelta

import pytest

from aid.domain.clock import Instant
from aid.domain.waiting import Age, age_of, days_waited

NOW = Instant(datetime(2026, 9, 10, 12, tzinfo=UTC), date(2026, 9, 10))


@pytest.mark.parametrize(
    ("days", "patience", "age"),
    [
        (0, 3, Age.NEW),
        (2, 3, Age.NEW),
        (3, 3, Age.OLD),
        (8, 3, Age.OLD),
        (9, 3, Age.OVERDUE),
        (0, 0, Age.OVERDUE),
    ],
)
def test_what_waits_is_old_after_its_patience_and_overdue_after_three_times_that(
    days: int, patience: int, age: Age
) -> None:
    assert age_of(days, patience=patience) is age


def test_waiting_is_counted_in_whole_days_from_an_instant_or_from_a_day() -> None:
    assert days_waited(NOW.instant - timedelta(hours=47), now=NOW) == 1
    assert days_waited(date(2026, 9, 3), now=NOW) == 7


def test_what_begins_later_has_not_waited_yet() -> None:
    assert days_waited(NOW.instant + timedelta(hours=5), now=NOW) == 0
    assert days_waited(date(2026, 9, 12), now=NOW) == 0
