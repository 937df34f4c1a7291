"""References for payments: two check digits, found in whatever banks make of a text, and told in words."""

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from aid.domain.codes import REFERENCE_DIGITS, is_reference, reference_code
from aid.domain.references import Days, references_in

CODES = st.integers(10_000_000, 99_999_999).map(lambda number: f"{number}{98 - number * 100 % 97:02}")
"""By the rule of the standard itself: ISO 7064 MOD 97-10."""


@given(CODES)
def test_a_reference_has_the_check_digits_of_the_standard(code: str) -> None:
    assert is_reference(code)


def test_those_we_give_out_are_references_that_never_begin_with_nought() -> None:
    for _time in range(200):
        code = reference_code()
        assert is_reference(code)
        assert len(code) == REFERENCE_DIGITS
        assert code[0] != "0"


@given(CODES, st.integers(0, 9), st.integers(1, 9))
def test_one_wrong_digit_is_no_reference(code: str, place: int, off: int) -> None:
    wrong = str((int(code[place]) + off) % 10)

    assert not is_reference(code[:place] + wrong + code[place + 1 :])


@given(CODES, st.integers(0, 8))
def test_two_neighbours_swapped_are_no_reference(code: str, place: int) -> None:
    assume(code[place] != code[place + 1])

    assert not is_reference(code[:place] + code[place + 1] + code[place] + code[place + 2 :])


GAPS = st.lists(st.sampled_from(["", " ", ".", "-", "/", "\n", " - ", "  ", "\u00a0"]), min_size=9, max_size=9)
AROUND = st.text(st.sampled_from("0123456789 .,:/-abcÄжө\n"), max_size=25)


@given(CODES, GAPS, AROUND, AROUND)
def test_it_is_found_between_spaces_dots_words_and_other_numbers(
    code: str, gaps: list[str], before: str, after: str
) -> None:
    written = "".join(digit + gap for digit, gap in zip(code, [*gaps, ""], strict=True))

    assert code in references_in(before + written + after)


@pytest.mark.parametrize(
    "text",
    [
        "Spende 1234 5678 89 danke",
        "REF:1234567889/2026",
        "12.345.678.89",
        "donation1234567889for the kids",
        "4021 1234567889",
        "12345678\n89 EUR 50",
        "１２３４ ５６７８ ８９",
    ],
)
def test_as_people_and_banks_write_it(text: str) -> None:
    assert references_in(text) == ("1234567889",)


@pytest.mark.parametrize("text", ["", "1234567881", "12345678a89", "0123456789", "no number", "1234567 882882"])
def test_what_has_no_fitting_digits_is_none(text: str) -> None:
    assert "1234567889" not in references_in(text)


def test_two_in_one_text_are_both_told_each_once() -> None:
    assert references_in("1234567889 and 1000000064, 1234567889") == ("1234567889", "1000000064")


def test_a_text_without_end_is_not_read_to_its_end() -> None:
    assert references_in("1" * 1_000_000 + " 1234567889") == references_in("1" * 20_000)


def test_it_is_to_be_used_in_ninety_days_and_erased_after_a_hundred_and_fifty() -> None:
    days = Days.from_day(date(2026, 1, 1))

    assert (days.last, days.erased_on) == (date(2026, 4, 1), date(2026, 5, 31))
