"""Codes on paper: frozen, so that a sheet printed today holds in ten years; and no sheet's codes are another's."""

import pytest

from aid.vault.one_time import CODES, DIGITS, codes_of, place_of

SEED = b"12345678901234567890"
FROZEN = (
    "0712474116",
    "7764132313",
    "9944615760",
    "7265467346",
    "3247637312",
    "7519898924",
    "8675863206",
    "2444654584",
)
"""Computed apart, by RFC 5869 with a plain HMAC."""


def test_codes_are_those_that_were_printed() -> None:
    assert codes_of(SEED, 1) == FROZEN


def test_a_code_is_found_at_its_place() -> None:
    assert [place_of(SEED, 1, code) for code in codes_of(SEED, 1)] == list(range(CODES))


@pytest.mark.parametrize("typed", ["", "123456", "0000000000", "١٢٣٤٥٦٧٨٩٠", codes_of(SEED, 2)[0]])
def test_what_is_on_another_sheet_or_none_has_no_place(typed: str) -> None:
    assert place_of(SEED, 1, typed) is None


def test_nothing_is_on_a_sheet_that_was_never_printed() -> None:
    assert place_of(SEED, 0, codes_of(SEED, 0)[0]) is None


def test_codes_are_unlike_each_other_and_unlike_those_of_another_phone() -> None:
    many = [code for seed in (SEED, SEED[::-1]) for sheet in range(1, 6) for code in codes_of(seed, sheet)]

    assert len(set(many)) == len(many)
    assert {len(code) for code in many} == {DIGITS}
