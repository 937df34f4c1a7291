"""Months: where they begin, end and follow each other."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aid.domain.months import Month, months


@settings(deadline=None)
@given(st.dates(date(1, 1, 1), date(9998, 12, 31)))
def test_every_day_is_in_one_month_and_the_next_begins_after_its_last(day: date) -> None:
    month = Month.of(day)

    assert month.first <= day <= month.last
    assert month.next().first == month.last + timedelta(days=1)
    assert Month.from_plain(str(month)) == month


def test_months_from_one_to_another_are_all_there() -> None:
    found = [str(month) for month in months(Month(2025, 11), Month(2026, 2))]

    assert found == ["2025-11", "2025-12", "2026-01", "2026-02"]
    assert list(months(Month(2026, 2), Month(2026, 1))) == []


@pytest.mark.parametrize("text", ["", "2026", "2026-00", "2026-13", "26-01", "2026-1", "0000-05", "2026-01-01"])
def test_what_is_no_month_is_not_read_as_one(text: str) -> None:
    assert Month.from_plain(text) is None
