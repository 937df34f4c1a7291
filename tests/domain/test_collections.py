"""A voucher is collected once, at its point, on its newest paper, in time, and not from who vouched for the family."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from aid.domain.collections import ALREADY_COLLECTED, RefusalCode, VoucherFacts, why_not_collect
from aid.domain.vouchers import VoucherState

LAST_DAY = date(2026, 9, 1)
GOOD = VoucherFacts(
    state=VoucherState.PRINTED,
    point="Club",
    is_here=True,
    last_day=LAST_DAY,
    grace_until=None,
    paper_is_current=True,
    vouched_by_me=False,
)


def why(voucher: VoucherFacts, *, today: date = LAST_DAY) -> tuple[RefusalCode, str]:
    refusal = why_not_collect(voucher, today=today)
    assert refusal is not None
    return refusal.code, str(refusal.reason)


def test_a_good_voucher_is_collected_up_to_its_last_day() -> None:
    assert why_not_collect(GOOD, today=LAST_DAY) is None


def test_a_voucher_is_not_collected_twice() -> None:
    voucher = replace(GOOD, state=VoucherState.COLLECTED)

    assert why_not_collect(voucher, today=LAST_DAY) == ALREADY_COLLECTED
    assert why(replace(voucher, paper_is_current=False, is_here=False))[0] is RefusalCode.ALREADY_COLLECTED


def test_a_second_collection_is_told_when_the_first_was() -> None:
    first = datetime(2026, 8, 30, 9, 5, tzinfo=UTC)
    code, words = why(replace(GOOD, state=VoucherState.COLLECTED, collected_at=first))

    assert code is RefusalCode.ALREADY_COLLECTED
    assert "already collected on 2026-08-30 09:05" in words


@pytest.mark.parametrize(
    ("state", "code", "words"),
    [
        (VoucherState.VOID, RefusalCode.CANCELLED, "was cancelled"),
        (VoucherState.EXPIRED, RefusalCode.EXPIRED, "expired on 2026-09-01"),
        (VoucherState.ISSUED, RefusalCode.NOT_PRINTED, "waits for the printer"),
    ],
)
def test_a_voucher_that_is_not_open_is_refused_with_its_reason(
    state: VoucherState, code: RefusalCode, words: str
) -> None:
    refused_as, said = why(replace(GOOD, state=state))

    assert refused_as is code
    assert words in said


def test_a_paper_that_was_replaced_is_refused() -> None:
    assert why(replace(GOOD, paper_is_current=False))[0] is RefusalCode.REPLACED
    assert why(replace(GOOD, paper_is_current=False, is_here=False))[0] is RefusalCode.ELSEWHERE  # it went there


def test_a_voucher_of_another_point_is_sent_there() -> None:
    code, words = why(replace(GOOD, is_here=False))

    assert code is RefusalCode.ELSEWHERE
    assert "collected at Club" in words


def test_a_voucher_past_its_last_day_is_refused() -> None:
    assert "expired on 2026-09-01" in why(GOOD, today=date(2026, 9, 2))[1]


def test_days_of_grace_are_honoured_and_end() -> None:
    voucher = replace(GOOD, grace_until=date(2026, 9, 5))

    assert why_not_collect(voucher, today=date(2026, 9, 5)) is None
    assert "expired on 2026-09-05" in why(voucher, today=date(2026, 9, 6))[1]


def test_an_earlier_grace_never_shortens_what_the_paper_says() -> None:
    assert why_not_collect(replace(GOOD, grace_until=date(2026, 8, 1)), today=LAST_DAY) is None


def test_who_registered_the_family_does_not_hand_out_to_it() -> None:
    code, words = why(replace(GOOD, vouched_by_me=True))

    assert code is RefusalCode.OWN_FAMILY
    assert "You registered or confirmed this family" in words
