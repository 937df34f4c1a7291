"""Numbers of papers are read as people write them, and papers end, move and are counted by rule."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aid.domain.paper_trail import (
    CountReason,
    numbers_of,
    ranges_of,
    span_of,
    why_not_count,
    why_not_end,
    why_not_move,
    written,
)
from aid.domain.refusals import RuleBroken
from aid.domain.vouchers import OPEN_STATES, VoucherState


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("12", (12,)),
        ("000012-000014, 31", (12, 13, 14, 31)),
        ("12–14; 13\n31", (12, 13, 14, 31)),
        (" 7 - 8 ,", (7, 8)),
    ],
)
def test_numbers_are_read_as_they_are_written(text: str, numbers: tuple[int, ...]) -> None:
    assert numbers_of(text) == numbers


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "Write the numbers"),
        (" , ", "Write the numbers"),
        ("12a", "is no number"),
        ("1-2-3", "is no number"),
        ("12-", "is no number"),
        ("²", "is no number"),
        ("1234567890", "is no number"),
        ("14-12", "goes backwards"),
        ("1-2001", "too many"),
        ("1-2000, 3001-5000, 7000", "too many"),
    ],
)
def test_what_is_no_list_of_numbers_is_refused_beside_its_field(text: str, says: str) -> None:
    with pytest.raises(RuleBroken, match=says) as refusal:
        numbers_of(text)
    assert refusal.value.field == "serials"


@settings(max_examples=50)
@given(st.sets(st.integers(1, 500), min_size=1))
def test_runs_say_all_numbers_and_nothing_else(serials: set[int]) -> None:
    assert set(numbers_of(", ".join(written(ranges_of(serials))))) == serials


def test_runs_of_neighbours_are_written_once() -> None:
    runs = written(ranges_of([31, 13, 12, 14]))
    assert runs == ("000012–000014", "000031")
    assert span_of(runs) == "000012 … 000031"
    assert span_of(runs[:1]) == "000012–000014"
    assert span_of(()) == ""


def test_a_paper_ends_only_while_its_voucher_waits_with_it() -> None:
    for waits in (VoucherState.PRINTED, VoucherState.BEGUN):
        assert why_not_end(waits, serial=12, is_of_batch=True) is None
    assert "not of this batch" in str(why_not_end(VoucherState.PRINTED, serial=12, is_of_batch=False))
    said = {state: str(why_not_end(state, serial=12, is_of_batch=True)) for state in VoucherState}
    assert "worth nothing already" in said[VoucherState.ISSUED]
    assert "collected already" in said[VoucherState.COLLECTED]
    assert "closed already" in said[VoucherState.VOID] == said[VoucherState.EXPIRED]


def test_a_voucher_moves_while_something_of_it_waits() -> None:
    for state in VoucherState:
        refusal = why_not_move(state, is_there=False)
        assert (refusal is None) == (state in OPEN_STATES)
    assert "there already" in str(why_not_move(VoucherState.PRINTED, is_there=True))


def test_another_number_than_was_given_needs_a_reason() -> None:
    assert why_not_count(given=5, counted=5, reason=None) is None
    assert why_not_count(given=5, counted=4, reason=CountReason.MISSING) is None
    assert "Choose why" in str(why_not_count(given=5, counted=6, reason=None))
