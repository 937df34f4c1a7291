"""A voucher's states have words."""

from aid.domain.vouchers import VOUCHER_STATE_TITLES, VoucherState


def test_every_state_has_a_title() -> None:
    assert set(VOUCHER_STATE_TITLES) == set(VoucherState)
