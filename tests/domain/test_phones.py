import pytest
from hypothesis import given
from hypothesis import strategies as st

from aid.domain.phones import MOST_DIGITS, in_groups, national_digits, normal_phone


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("8 701 555 01 02", "+77015550102"),
        ("+7 (701) 555-01-02", "+77015550102"),
        ("７０１ ５５５ ０１ ０２", "+77015550102"),
        ("٧٠١٥٥٥٠١٠٢", "+77015550102"),
        ("8 799 555 01 02", "+77995550102"),
        ("+998 90 123 45 67", "+998901234567"),
        ("00998901234567", "+998901234567"),
        ("001-813-852-7364x897", "+18138527364;ext=897"),
    ],
)
def test_one_number_has_one_form(typed: str, normal: str) -> None:
    assert normal_phone(typed) == normal


def test_what_is_no_number_keeps_its_digits() -> None:
    assert normal_phone("52995692551000") == "52995692551000"
    assert normal_phone("5-01-02 (кеште)") == "50102"
    assert normal_phone("жоқ") == ""


def test_two_spellings_of_a_number_end_alike() -> None:
    assert national_digits("+77015550102") == national_digits("87015550102") == national_digits("+77015550102;ext=4")


@pytest.mark.parametrize(
    ("normal", "read"),
    [
        ("+77015550102", "+7 701 555 0102"),
        ("+79031234567;ext=12", "+7 903 123-45-67 (12)"),
        ("50102", "50102"),
        ("", ""),
    ],
)
def test_a_number_is_read_in_groups(normal: str, read: str) -> None:
    assert in_groups(normal) == read


@given(st.text(max_size=40))
def test_any_text_is_taken_and_bounded(typed: str) -> None:
    assert len(normal_phone(typed)) <= MOST_DIGITS + 8


@given(st.integers(10**9, 10**10 - 1))
def test_a_normal_number_is_left_as_it_is(digits: int) -> None:
    normal = normal_phone(f"+7{digits}")

    assert normal_phone(normal) == normal
