"""Codes catch what people mistype, and forgive how they write."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aid.domain.codes import family_code, grouped, parse_family_code, parse_voucher_code, voucher_code
from aid.domain.refusals import RuleBroken

digits = "0123456789"


def test_codes_have_their_length_and_are_told_apart() -> None:
    families = {family_code() for _n in range(500)}
    vouchers = {voucher_code() for _n in range(500)}

    assert {len(code) for code in families} == {9}
    assert {len(code) for code in vouchers} == {16}
    assert len(vouchers) == 500
    assert not any(code.startswith("0") for code in families)


@given(st.builds(family_code))
def test_every_single_wrong_digit_of_a_family_code_is_caught(code: str) -> None:
    for place in range(len(code)):
        for digit in set(digits) - {code[place]}:
            with pytest.raises(RuleBroken, match="mistyped"):
                parse_family_code(code[:place] + digit + code[place + 1 :])


@given(st.builds(voucher_code))
def test_every_single_wrong_digit_of_a_voucher_code_is_caught(code: str) -> None:
    for place in range(len(code)):
        for digit in set(digits) - {code[place]}:
            with pytest.raises(RuleBroken, match="mistyped"):
                parse_voucher_code(code[:place] + digit + code[place + 1 :])


@given(st.builds(voucher_code), st.builds(family_code))
def test_every_swap_of_two_neighbours_is_caught(voucher: str, family: str) -> None:
    for code, parse in ((voucher, parse_voucher_code), (family, parse_family_code)):
        for place in range(len(code) - 1):
            swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
            if swapped != code:
                with pytest.raises(RuleBroken, match="mistyped"):
                    parse(swapped)


@given(st.builds(voucher_code), st.sampled_from([" ", "-", "–", "\u00a0", "\u200b", "\u2212", "\t"]))
def test_spaces_and_dashes_are_forgiven(code: str, mark: str) -> None:
    assert parse_voucher_code(f" {mark}".join(code)) == code
    assert parse_voucher_code(grouped(code)) == code


def test_a_scanner_at_a_keyboard_that_is_set_to_kazakh_is_read() -> None:
    code = voucher_code()
    keys = 'қ"әіңғ,.үұ'
    typed = "".join(keys[int(digit)] for digit in code)

    assert parse_voucher_code(typed) == parse_voucher_code(typed.upper()) == code
    with pytest.raises(RuleBroken, match="16 digits"):
        parse_voucher_code(code[:15] + typed[15])


@pytest.mark.parametrize("zero", ["٠", "۰", "０"])
def test_digits_of_other_scripts_are_read(zero: str) -> None:
    code = family_code()

    assert parse_family_code("".join(chr(ord(zero) + int(digit)) for digit in code)) == code


@pytest.mark.parametrize("text", ["", "12345678", "1234567890", "12345678O", "²23456789", "1" * 5000, "семь"])
def test_what_is_not_nine_digits_is_no_family_code(text: str) -> None:
    with pytest.raises(RuleBroken, match="9 digits"):
        parse_family_code(text)


def test_a_family_code_is_no_voucher_code() -> None:
    with pytest.raises(RuleBroken, match="16 digits"):
        parse_voucher_code(family_code())


def test_codes_are_grouped_as_they_are_said() -> None:
    assert grouped("123456789") == "123 456 789"
    assert grouped("1234567890123456") == "1234 5678 9012 3456"


@given(st.text(max_size=40))
def test_any_text_is_a_code_or_refused(text: str) -> None:
    for parse in (parse_family_code, parse_voucher_code):
        with suppress(RuleBroken):
            assert parse(text).isascii()
