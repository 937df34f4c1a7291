"""How bank lines end: parts add up to the line, and two lines come to nothing only against each other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aid.domain.entries import EntryKind
from aid.domain.line_ends import OF_ENTRY, EndKind, check_against, check_parts, may_end, opposite
from aid.domain.money import Money
from aid.domain.payments import Direction
from aid.domain.refusals import RuleBroken


def euros(minor: int) -> Money:
    return Money(minor, "EUR")


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=8), st.integers(0, 10**9))
def test_what_is_open_is_what_the_parts_leave(parts: list[int], rest: int) -> None:
    assert check_parts([euros(part) for part in parts], still=euros(sum(parts) + rest)) == euros(rest)


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=8), st.integers(1, 10**9))
def test_no_more_ends_than_the_line_has(parts: list[int], short: int) -> None:
    with pytest.raises(RuleBroken) as refusal:
        check_parts([euros(part) for part in parts], still=euros(sum(parts) - short))

    assert refusal.value.field == "amount"


@pytest.mark.parametrize("part", [euros(0), euros(-5), Money(5, "KZT")])
def test_a_part_is_some_money_of_the_lines_currency(part: Money) -> None:
    with pytest.raises(RuleBroken):
        check_parts([part], still=euros(10))


def test_a_donation_comes_in_and_a_payment_goes_out() -> None:
    assert may_end(EndKind.DONATION, Direction.CREDIT)
    assert not may_end(EndKind.DONATION, Direction.DEBIT)
    assert not may_end(EndKind.PAYMENT, Direction.CREDIT)
    assert all(may_end(EndKind.FEE, direction) for direction in Direction)


def test_every_entry_that_can_move_a_bank_account_explains_a_line() -> None:
    inside = {
        EntryKind.RESERVATION,
        EntryKind.RELEASE,
        EntryKind.COLLECTION,
        EntryKind.LOSS,  # of cash at a point
        EntryKind.FOUND,  # there too
        EntryKind.CASH_ARRIVAL,
    }

    assert set(OF_ENTRY) == set(EntryKind) - inside


@given(st.integers(1, 100), st.integers(0, 100), st.integers(0, 100))
def test_lines_are_set_against_each_other_by_what_both_have_open(amount: int, still: int, other: int) -> None:
    def check() -> None:
        check_against(Direction.CREDIT, Direction.DEBIT, euros(amount), still=euros(still), other_still=euros(other))

    if amount <= min(still, other):
        check()
    else:
        with pytest.raises(RuleBroken):
            check()


@pytest.mark.parametrize("direction", list(Direction))
def test_two_lines_of_one_direction_do_not_undo_each_other(direction: Direction) -> None:
    with pytest.raises(RuleBroken, match="go the same way"):
        check_against(direction, direction, euros(1), still=euros(1), other_still=euros(1))

    check_against(direction, opposite(direction), euros(1), still=euros(1), other_still=euros(1))
