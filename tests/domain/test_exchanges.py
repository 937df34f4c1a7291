"""Exchanges: nothing is lost between purposes, and a rate that is off is seen."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aid.domain.exchanges import (
    Deal,
    Rate,
    check_deal,
    check_source,
    deviation,
    is_off,
    parse_rate,
    shares,
    tenths_of_percent,
)
from aid.domain.money import Money
from aid.domain.refusals import RuleBroken

EUR = Rate("600", "EUR", "KZT")


def euros(minor: int) -> Money:
    return Money(minor, "EUR")


def tenge(minor: int) -> Money:
    return Money(minor, "KZT")


@settings(deadline=None)
@given(st.integers(0, 10**15), st.lists(st.integers(1, 10**12), min_size=1, max_size=6))
def test_what_is_shared_out_adds_up_and_nobody_is_a_whole_unit_off(total: int, weights: list[int]) -> None:
    parts, together = shares(total, weights), sum(weights)

    assert sum(parts) == total
    assert all(abs(Fraction(part) - Fraction(total * w, together)) < 1 for part, w in zip(parts, weights, strict=True))


def test_the_first_of_equals_gets_the_unit_that_is_left() -> None:
    assert shares(10, [1, 1, 1]) == (4, 3, 3)
    assert shares(100, [1, 2]) == (33, 67)


@pytest.mark.parametrize(
    ("bought", "off"), [(60_000, False), (61_800, False), (61_801, True), (58_200, False), (58_199, True)]
)
def test_a_rate_more_than_three_percent_off_its_source_is_off_on_either_side(bought: int, off: bool) -> None:
    assert is_off(euros(100), tenge(bought), EUR) is off


def test_a_rate_is_the_same_told_from_either_currency() -> None:
    back = Rate("0.0016", "KZT", "EUR")

    assert deviation(euros(100), tenge(62_500), back) == 0
    assert deviation(tenge(62_500), euros(100), Rate("625", "EUR", "KZT")) == 0


def test_a_currency_without_small_coins_has_its_rate_too() -> None:
    assert deviation(Money(16_000, "JPY"), euros(100_00), Rate("160", "EUR", "JPY")) == 0


def test_what_is_off_never_looks_even() -> None:
    assert tenths_of_percent(Fraction(30001, 1_000_000)) == 31
    assert tenths_of_percent(Fraction(-1, 10_000)) == -1


def test_a_rate_is_read_as_people_write_it() -> None:
    assert [parse_rate(text) for text in ("612,35", " 1 612.350", "0.00160")] == ["612.35", "1612.35", "0.0016"]
    for text in ("", "abc", "0", "-5", "1.2.3", "٣", "1e5", "9" * 13):
        with pytest.raises(RuleBroken):
            parse_rate(text)


def test_each_purpose_gets_its_part_and_bears_its_part_of_the_charges() -> None:
    deal = Deal((euros(100), euros(200)), tenge(100), euros(7), EUR)

    assert deal.bought_of_each() == (tenge(33), tenge(67))
    assert deal.charges_of_each() == (2, 5)
    assert deal.sold_together == euros(300)


@pytest.mark.parametrize(
    ("deal", "field"),
    [
        (Deal((), tenge(1), None, EUR), "sold"),
        (Deal((euros(0),), tenge(1), None, EUR), "sold"),
        (Deal((euros(1),), euros(1), None, EUR), "to_bank"),
        (Deal((euros(1),), tenge(0), None, EUR), "bought"),
        (Deal((euros(1),), Money(600, "USD"), None, EUR), "rate"),
        (Deal((euros(1),), tenge(600), Money(5, "USD"), EUR), "charges"),
        (Deal((euros(1), euros(10**6)), tenge(5), None, EUR), "sold"),
        (Deal((euros(100),), tenge(60_000), None, Rate("612.35", "KZT", "EUR")), "base"),
        (Deal((euros(100),), Money(116, "USD"), None, Rate("1.16", "USD", "EUR")), "base"),
    ],
)
def test_what_cannot_have_been_exchanged_is_refused_beside_its_field(deal: Deal, field: str) -> None:
    with pytest.raises(RuleBroken) as refusal:
        check_deal(deal)

    assert refusal.value.field == field


def test_an_exchange_that_can_be_is_let_through() -> None:
    check_deal(Deal((euros(100),), tenge(60_000), euros(1), EUR))
    check_deal(Deal((euros(100),), tenge(20_000), None, EUR))  # a bad rate is no turned one: a second person sees it
    check_deal(Deal((euros(100),), Money(110, "USD"), None, Rate("0.95", "EUR", "USD")))
    check_source("National Bank of Kazakhstan")
    with pytest.raises(RuleBroken):
        check_source(" ")
