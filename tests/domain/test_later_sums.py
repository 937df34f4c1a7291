"""A batch that is booked some days after its payments were listed: joined where it is sure, asked where it may be."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aid.domain.later_sums import WINDOW, LaterSide, joined_later
from aid.domain.sums import Joined

FRIDAY, MONDAY = date(2026, 3, 6), date(2026, 3, 9)
NAME = "BATCH-0001"


def booked(*amounts: int, day: date = MONDAY, **more: Any) -> list[LaterSide]:
    return [LaterSide(place, amount, day=day, **more) for place, amount in enumerate(amounts)]


def listed(*amounts: int, day: date = FRIDAY, **more: Any) -> list[LaterSide]:
    return booked(*amounts, day=day, **more)


def named(name: str = NAME) -> dict[str, Any]:
    return {"references": frozenset({name})}


def test_a_batch_of_monday_holds_the_payments_of_friday_under_its_reference() -> None:
    found = joined_later(booked(100, **named()), listed(60, 40, **named()), is_later=True)

    assert found == [Joined(0, (0, 1), True)]


@pytest.mark.parametrize("amounts", [(60, 30), (60, 50), (60,)])
def test_a_reference_whose_amounts_do_not_agree_is_asked(amounts: tuple[int, ...]) -> None:
    [join] = joined_later(booked(100, **named()), listed(*amounts, **named()), is_later=True)

    assert not join.is_sure


def test_a_reference_that_banks_count_up_anew_each_day_is_asked() -> None:
    [join] = joined_later(booked(100, **named("12")), listed(60, 40, **named("12")), is_later=True)

    assert not join.is_sure


def test_one_booking_on_two_days_is_known_by_its_own_reference() -> None:
    one, other = booked(50, own="2026030900017"), listed(50, own="2026030900017")

    assert joined_later(one, other, is_later=True) == [Joined(0, (0,), True)]
    assert not joined_later(one, listed(50, 50, own="2026030900017"), is_later=True)[0].is_sure


@pytest.mark.parametrize(
    ("more", "single"),
    [
        ({"batch": 2}, {}),
        ({"parts": (40, 60)}, {}),
        ({"mark": "1"}, {"mark": "1"}),
        ({}, {}),
    ],
)
def test_number_parts_and_amounts_alone_are_asked_over_days(more: dict[str, Any], single: dict[str, Any]) -> None:
    assert joined_later(booked(100, **more), listed(60, 40, **single), is_later=True) == [Joined(0, (0, 1), False)]


def test_a_sum_that_says_what_it_holds_is_asked_among_other_gifts_too() -> None:
    for more in ({"batch": 2}, {"parts": (40, 60)}):
        [join] = joined_later(booked(100, **more), listed(60, 7, 40, 9), is_later=True)
        assert join == Joined(0, (0, 2), False)
    assert joined_later(booked(100), listed(60, 7, 40, 9), is_later=True) == []


def test_what_one_givers_account_paid_is_no_sum_of_others() -> None:
    assert joined_later(booked(100, account="DE02120300000000202051"), listed(60, 40), is_later=True) == []


def test_a_batch_is_not_booked_before_its_payments_are_listed() -> None:
    assert joined_later(booked(100, day=FRIDAY), listed(60, 40, day=MONDAY), is_later=True) == []
    assert joined_later(booked(100, day=FRIDAY), listed(60, 40, day=MONDAY), is_later=False) != []


def test_beyond_some_days_nothing_is_joined() -> None:
    late = booked(100, day=FRIDAY + timedelta(days=WINDOW + 1), **named())

    assert joined_later(late, listed(60, 40, **named()), is_later=True) == []


def test_two_gifts_alike_on_two_days_are_asked_unless_something_tells_them_apart() -> None:
    assert joined_later(booked(50), listed(50), is_later=True) == [Joined(0, (0,), False)]
    for what in ("own", "end_to_end", "account", "name"):
        assert joined_later(booked(50, **_said(what, "one")), listed(50, **_said(what, "other")), is_later=True) == []


def _said(what: str, word: str) -> dict[str, Any]:
    return {what: word}


def test_a_batch_of_which_some_payments_are_listed_is_asked() -> None:
    assert joined_later(booked(100, batch=3), listed(60, 10), is_later=True) == [Joined(0, (0, 1), False)]
    assert joined_later(booked(100, batch=3, is_told=True), listed(60, 10), is_later=True) == []
    assert joined_later(booked(100, batch=2), listed(60, 10, 5), is_later=True) == []


LINES = st.lists(
    st.builds(
        lambda signed, name, back, batch, own: (signed, name, back, batch, own),
        st.integers(-6, 6).filter(bool),
        st.sampled_from((None, NAME, "7")),
        st.integers(0, 8),
        st.integers(0, 3),
        st.sampled_from(("", "2026030900017", "3")),
    ),
    max_size=6,
)


@given(LINES, LINES, st.booleans())
def test_whatever_is_joined_over_days_each_line_is_in_one_sum_and_what_is_sure_agrees_to_the_cent(
    sums: list[tuple[Any, ...]], singles: list[tuple[Any, ...]], is_later: bool
) -> None:
    left, right = (
        [
            LaterSide(n, signed, n, frozenset({name} - {None}), batch=batch, own=own, day=MONDAY - timedelta(days=back))
            for n, (signed, name, back, batch, own) in enumerate(rows)
        ]
        for rows in (sums, singles)
    )

    found = joined_later(left, right, is_later=is_later)

    used = [place for join in found for place in join.singles]
    assert len(used) == len(set(used))
    assert len({join.sum for join in found}) == len(found)
    for join in found:
        whole, some = left[join.sum], [right[place] for place in join.singles]
        assert all(each.signed * whole.signed > 0 and abs((each.day - whole.day).days) <= WINDOW for each in some)
        if join.is_sure:
            assert sum(each.signed for each in some) == whole.signed
            assert all(each.own == whole.own != "" or each.references & whole.references for each in some)
