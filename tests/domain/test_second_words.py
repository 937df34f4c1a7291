"""What one person may book alone at a bank: little, counted together, and of the account no more than a hundredth."""

import pytest

from aid.domain.money import Money
from aid.domain.refusals import RuleBroken
from aid.domain.second_words import Alone, WordKind, check_bound, counted_with, first_bound


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


def test_a_bound_is_not_below_nothing() -> None:
    check_bound(Money(0, "EUR"))
    with pytest.raises(RuleBroken):
        check_bound(Money(-1, "EUR"))
