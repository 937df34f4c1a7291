"""A voucher's states have words; it is printed after the notice, and again only while it can be collected."""

from datetime import UTC, date, datetime, timedelta

import pytest

from aid.domain.allocations import AllocationState
from aid.domain.vouchers import (
    REPRINT_REASON_TITLES,
    VOUCHER_STATE_TITLES,
    ReprintReason,
    VoucherState,
    why_not_print,
    why_not_reprint,
)

NOTICE = datetime(2026, 8, 2, 12, tzinfo=UTC)
LAST_DAY = date(2026, 9, 1)


def test_every_state_and_every_reason_has_a_title() -> None:
    assert set(VOUCHER_STATE_TITLES) == set(VoucherState)
    assert set(REPRINT_REASON_TITLES) == set(ReprintReason)


def test_vouchers_are_printed_once_the_notice_is_over() -> None:
    assert why_not_print(AllocationState.CARRIED, notice_until=NOTICE, now=NOTICE) is None


def test_nothing_is_printed_during_the_notice() -> None:
    reason = why_not_print(AllocationState.CARRIED, notice_until=NOTICE, now=NOTICE - timedelta(seconds=1))

    assert "notice runs until 2026-08-02 12:00" in str(reason)


@pytest.mark.parametrize("state", [state for state in AllocationState if state is not AllocationState.CARRIED])
def test_nothing_is_printed_that_was_not_carried(state: AllocationState) -> None:
    assert "has not carried" in str(why_not_print(state, notice_until=NOTICE, now=NOTICE))


def test_a_printed_voucher_is_printed_again_until_its_grace_ends() -> None:
    assert why_not_reprint(VoucherState.PRINTED, grace_until=LAST_DAY, today=LAST_DAY) is None
    assert "expired" in str(
        why_not_reprint(VoucherState.PRINTED, grace_until=LAST_DAY, today=LAST_DAY + timedelta(days=1))
    )


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (VoucherState.ISSUED, "No paper of this voucher is good"),
        (VoucherState.COLLECTED, "already collected"),
        (VoucherState.VOID, "cancelled"),
        (VoucherState.EXPIRED, "expired"),
    ],
)
def test_what_can_no_longer_be_collected_is_not_printed_again(state: VoucherState, words: str) -> None:
    assert words in str(why_not_reprint(state, grace_until=LAST_DAY, today=LAST_DAY))
