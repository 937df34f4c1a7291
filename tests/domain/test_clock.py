"""The fund's day is the day in its own time zone."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from aid.domain.clock import Instant

AQTAU = ZoneInfo("Asia/Aqtau")


def test_late_in_the_evening_in_utc_it_is_already_tomorrow_for_the_fund() -> None:
    now = Instant.at(datetime(2026, 8, 31, 21, 0, tzinfo=UTC), AQTAU)

    assert now.today == date(2026, 9, 1)
    assert now.instant == datetime(2026, 8, 31, 21, 0, tzinfo=UTC)


def test_an_instant_is_kept_in_utc_whatever_clock_it_was_read_from() -> None:
    now = Instant.at(datetime(2026, 9, 1, 2, 0, tzinfo=timezone(timedelta(hours=5))), AQTAU)

    assert now.instant.tzinfo is UTC
    assert now == Instant.at(datetime(2026, 8, 31, 21, 0, tzinfo=UTC), AQTAU)


def test_a_time_that_knows_no_zone_is_a_bug() -> None:
    with pytest.raises(AssertionError):
        Instant.at(datetime(2026, 9, 1), AQTAU)  # noqa: DTZ001
    with pytest.raises(AssertionError):
        Instant(datetime(2026, 9, 1, tzinfo=AQTAU), date(2026, 9, 1))
