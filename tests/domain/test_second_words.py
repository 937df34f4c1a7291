"""What one person may book alone at a bank: little, counted together, and of the account no more than a hundredth."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aid.domain.money import Money
from aid.domain.refusals import RuleBroken
from aid.domain.second_words import (
    WINDOW,
    Alone,
    Bound,
    WordKind,
    check_bound,
    counted_with,
    first_bound,
    first_small,
)


def may(*, most: int = 50_00, held: int = 10_000_00, here: int = 0, everywhere: int = 0, small: int = 0) -> Alone:
    return Alone(*(Money(minor, "EUR") for minor in (most, held, here, everywhere, small)))


@pytest.mark.parametrize(
    ("alone", "minor", "asks"),
    [
        (may(), 50_00, False),
        (may(), 50_01, True),
        (may(held=1_000_00), 10_00, False),
        (may(held=1_000_00), 10_01, True),
        (may(everywhere=45_00), 5_00, False),
        (may(everywhere=45_00), 5_01, True),
        (may(held=1_000_00, here=9_00, everywhere=9_00), 1_00, False),
        (may(held=1_000_00, here=9_00, everywhere=9_00), 1_01, True),
        (may(held=0), 1, True),
        (may(held=-5_00), 1, True),
        (may(most=0), 1, True),
        (may(held=1_000_00, small=15_00), 15_00, False),
        (may(held=1_000_00, small=15_00), 15_01, True),
        (may(held=4_000_00, small=15_00), 40_00, False),
        (may(held=-5_00, small=15_00, here=6_00, everywhere=6_00), 9_00, False),
        (may(held=-5_00, small=15_00, here=6_00, everywhere=6_00), 9_01, True),
        (may(most=10_00, small=15_00), 10_01, True),
        (may(small=15_00, everywhere=49_00), 1_01, True),
    ],
)
def test_what_is_above_any_of_the_bounds_asks_a_second_person(alone: Alone, minor: int, *, asks: bool) -> None:
    assert alone.asks(Money(minor, "EUR")) is asks
    assert alone.left.minor >= 0


def test_of_a_currency_that_nobody_thought_of_every_fee_waits() -> None:
    assert first_bound("EUR") == Money(50_00, "EUR")
    assert first_bound("JPY") == Money(0, "JPY")


def test_all_that_takes_money_away_counts_together_and_interest_for_itself() -> None:
    assert counted_with(WordKind.FEE) == counted_with(WordKind.AGAINST) == counted_with(WordKind.CHARGES)
    assert WordKind.INTEREST not in counted_with(WordKind.FEE)
    assert counted_with(WordKind.INTEREST) == {WordKind.INTEREST}


def test_a_bound_is_not_below_nothing_and_that_of_a_small_account_not_above_it() -> None:
    check_bound(Money(0, "EUR"))
    check_bound(Money(50_00, "EUR"), Money(50_00, "EUR"))
    for most, small in ((-1, None), (50_00, 50_01), (50_00, -1)):
        with pytest.raises(RuleBroken):
            check_bound(Money(most, "EUR"), None if small is None else Money(small, "EUR"))


def test_a_fund_that_said_nothing_of_small_accounts_begins_with_a_part_of_its_bound() -> None:
    assert Bound.said("EUR") == Bound(first_bound("EUR"), first_small("EUR"))
    assert Bound.said("EUR", 5_00).small == Money(5_00, "EUR")
    assert Bound.said("EUR", 90_00, 0) == Bound(Money(90_00, "EUR"), Money(0, "EUR"))
    assert Bound.said("JPY").small == Money(0, "JPY")


# ---------------------------------------------------------------- many small ones


class Fee(NamedTuple):
    """What a treasurer tries to book alone."""

    account: int
    minor: int
    at: datetime


MOST, SMALL = 50_00, 15_00
HELD = (0, 300_00, 4_000_00)
fees = st.builds(
    lambda account, minor, hours: (account, minor, timedelta(hours=hours)),
    st.sampled_from(range(len(HELD))),
    st.integers(1, 6_000) | st.sampled_from([1, SMALL, 39_99, 40_00, MOST]),
    st.integers(0, 400),
)


@settings(max_examples=60)
@given(st.lists(fees, max_size=60))
def test_no_thirty_days_hold_more_than_the_bounds_however_it_is_sliced(
    tried: list[tuple[int, int, timedelta]],
) -> None:
    """Over accounts, over days, in any amounts: nobody hides a large sum by many small ones."""
    at, booked = datetime(2026, 1, 1, tzinfo=UTC), list[Fee]()
    held = list(HELD)
    for account, minor, later in tried:
        at += later
        lately = [fee for fee in booked if fee.at > at - WINDOW]
        here = sum(fee.minor for fee in lately if fee.account == account)
        everywhere = sum(fee.minor for fee in lately)
        alone = may(most=MOST, small=SMALL, held=held[account], here=here, everywhere=everywhere)
        if not alone.asks(Money(minor, "EUR")):
            booked.append(Fee(account, minor, at))
            held[account] -= minor

    for first in booked:
        month = [fee for fee in booked if first.at <= fee.at < first.at + WINDOW]
        assert sum(fee.minor for fee in month) <= MOST
        for account, minor in enumerate(HELD):
            assert sum(fee.minor for fee in month if fee.account == account) <= max(SMALL, minor // 100)
