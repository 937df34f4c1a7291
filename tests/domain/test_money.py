"""Money is whole minor units, read as people and banks write it."""

from contextlib import suppress
from decimal import Decimal

import pytest
from babel.numbers import get_currency_precision
from hypothesis import given
from hypothesis import strategies as st

from aid.domain.currencies import DIGITS
from aid.domain.money import LARGEST, Money, digits_of, parse_money
from aid.domain.refusals import RuleBroken

currencies = st.sampled_from(sorted(DIGITS))
# Here Unicode follows custom instead of ISO 4217 and drops the digits nobody uses.
CUSTOM_WITHOUT_DIGITS = ("AFN", "ALL", "IQD", "IRR", "KPW", "LAK", "LBP", "MGA", "MMK", "RSD", "SOS", "SYP", "YER")
minors = st.integers(0, LARGEST)


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("1 234,50", "KZT", 123450),
        ("1,234.50", "EUR", 123450),
        ("1.234,50", "EUR", 123450),
        ("1'234.50", "CHF", 123450),
        ("1’234.50", "CHF", 123450),
        ("1\u00a0234,5", "KZT", 123450),
        ("1\u202f234\u202f567", "KZT", 123456700),
        ("5000", "KZT", 500000),
        (" 5000 KZT ", "KZT", 500000),
        ("EUR 12.30", "EUR", 1230),
        ("0", "KZT", 0),
        ("0,05", "EUR", 5),
        ("٣٫٥", "EUR", 350),
        ("100.00", "JPY", 100),
        ("1.2340", "KWD", 1234),
    ],
)
def test_an_amount_is_read_as_it_is_written(text: str, currency: str, minor: int) -> None:
    assert parse_money(text, currency) == Money(minor, currency)


@pytest.mark.parametrize("text", ["1,234", "1.234", "1 234", "1'234"])
def test_one_separator_before_three_digits_parts_thousands(text: str) -> None:
    assert parse_money(text, "KZT") == Money(123400, "KZT")
    assert parse_money(text, "JPY") == Money(1234, "JPY")


def test_one_point_before_three_digits_is_the_decimal_point_of_a_currency_with_three() -> None:
    assert parse_money("1,234", "KWD") == parse_money("1.234", "KWD") == Money(1234, "KWD")
    assert parse_money("1 234", "KWD") == parse_money("1,234.000", "KWD") == Money(1234000, "KWD")


@pytest.mark.parametrize(
    "text", ["", " ", "abc", "12 34", "1,23,4", "1,234,5", "1..2", ".5", "5.", "1e3", "10²", "½", "5 EUR", "1" * 65]
)
def test_what_does_not_read_as_an_amount_is_refused(text: str) -> None:
    with pytest.raises(RuleBroken, match="is not an amount"):
        parse_money(text, "KZT")


@pytest.mark.parametrize(("text", "currency"), [("0.005", "EUR"), ("0.234", "EUR"), ("1.5", "JPY"), ("1,2345", "KWD")])
def test_more_digits_than_the_currency_has_are_refused_by_name(text: str, currency: str) -> None:
    with pytest.raises(RuleBroken, match=f"has too many digits: {currency}"):
        parse_money(text, currency)


@pytest.mark.parametrize("text", ["1.500", "1,234.5000", "7.1000000"])
def test_surplus_digits_that_are_zeros_are_forgiven(text: str) -> None:
    assert parse_money(text, "EUR").currency == "EUR"


def test_an_amount_too_large_to_be_meant_is_refused() -> None:
    assert parse_money("10000000000000.00", "EUR").minor == LARGEST
    with pytest.raises(RuleBroken, match="too large"):
        parse_money("10000000000000.01", "EUR")


def test_a_sign_is_read_only_where_it_is_expected() -> None:
    assert parse_money("-5,00", "EUR", signed=True) == Money(-500, "EUR")
    assert parse_money("\u22125", "EUR", signed=True) == Money(-500, "EUR")
    assert parse_money("+5", "EUR", signed=True) == Money(500, "EUR")
    with pytest.raises(RuleBroken, match="without a sign"):
        parse_money("-5", "EUR")


@given(minors, currencies)
def test_what_is_written_out_reads_back_the_same(minor: int, currency: str) -> None:
    amount = Money(minor, currency)

    assert parse_money(f"{amount.decimal():f}", currency) == amount
    assert parse_money(str(amount), currency) == amount


@given(minors, currencies, st.sampled_from([(",", "."), (".", ","), (" ", ","), ("'", "."), ("\u00a0", ",")]))
def test_every_way_of_grouping_reads_back_the_same(minor: int, currency: str, marks: tuple[str, str]) -> None:
    thousands, point = marks
    written = f"{Money(minor, currency).decimal():,f}"
    written = "".join({",": thousands, ".": point}.get(sign, sign) for sign in written)

    assert parse_money(written, currency) == Money(minor, currency)


@given(st.text(max_size=80), currencies)
def test_any_text_is_an_amount_or_refused(text: str, currency: str) -> None:
    with suppress(RuleBroken):
        assert 0 <= parse_money(text, currency).minor <= LARGEST


@given(minors, minors, st.integers(-1000, 1000), currencies)
def test_sums_are_exact(one: int, other: int, times: int, currency: str) -> None:
    a, b = Money(one, currency), Money(other, currency)

    assert (a + b).minor == one + other
    assert a + b - b == a
    assert (a * times).minor == (times * a).minor == one * times
    assert (a < b) == (one < other)
    assert (a >= b) == (one >= other)
    assert a + Money.zero(currency) == a
    assert (-a).minor == -one
    assert a.decimal() == Decimal(one) / 10 ** digits_of(currency)


def test_two_currencies_never_mix() -> None:
    for mix in (lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a < b, lambda a, b: a >= b):
        with pytest.raises(ValueError, match="do not mix"):
            mix(Money(1, "KZT"), Money(1, "EUR"))
    assert Money(1, "KZT") != Money(1, "EUR")


def test_money_is_never_a_float_and_never_of_an_unknown_currency() -> None:
    with pytest.raises(AssertionError):
        Money(1.5, "KZT")  # type: ignore[arg-type]
    with pytest.raises(RuleBroken, match="not a currency"):
        Money(1, "XYZ")


def test_the_table_of_currencies_agrees_with_iso_4217() -> None:
    differing = {code for code, digits in DIGITS.items() if digits != get_currency_precision(code)}

    assert differing == set(CUSTOM_WITHOUT_DIGITS)
    assert all(get_currency_precision(code) == 0 for code in differing)


def test_a_currency_out_of_use_is_still_counted_and_offered_to_nobody() -> None:
    assert (Money(12345, "DEM").decimal(), Money(12345, "ITL").decimal()) == (Decimal("123.45"), Decimal(12345))
    assert not {"DEM", "ITL", "HRK", "BGN"} & {*DIGITS}
