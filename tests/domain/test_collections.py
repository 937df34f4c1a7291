"""A voucher is collected once, at its point, on its newest paper, in time, and not from the family's registrar."""

from dataclasses import replace
from datetime import date

import pytest

from aid.domain.collections import ALREADY_COLLECTED, VoucherFacts, why_not_collect
from aid.domain.vouchers import VoucherState

LAST_DAY = date(2026, 9, 1)
GOOD = VoucherFacts(
    state=VoucherState.PRINTED,
    point="club",
    last_day=LAST_DAY,
    grace_until=None,
    paper_is_current=True,
    registered_by_me=False,
)


def why(voucher: VoucherFacts, *, here: str = "club", today: date = LAST_DAY) -> str:
    return str(why_not_collect(voucher, here=here, today=today))


def test_a_good_voucher_is_collected_up_to_its_last_day() -> None:
    assert why_not_collect(GOOD, here="club", today=LAST_DAY) is None


def test_a_voucher_is_not_collected_twice() -> None:
    voucher = replace(GOOD, state=VoucherState.COLLECTED)

    assert why_not_collect(voucher, here="club", today=LAST_DAY) == ALREADY_COLLECTED
    assert "already collected" in why(replace(voucher, paper_is_current=False), here="elsewhere")


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (VoucherState.VOID, "was cancelled"),
        (VoucherState.EXPIRED, "expired on 2026-09-01"),
        (VoucherState.ISSUED, "not printed yet"),
    ],
)
def test_a_voucher_that_is_not_open_is_refused_with_its_reason(state: VoucherState, words: str) -> None:
    assert words in why(replace(GOOD, state=state))


def test_a_paper_that_was_replaced_is_refused() -> None:
    assert "replaced by a newer one" in why(replace(GOOD, paper_is_current=False))


def test_a_voucher_of_another_point_is_sent_there() -> None:
    assert "collected at club" in why(GOOD, here="market")


def test_a_voucher_past_its_last_day_is_refused() -> None:
    assert "expired on 2026-09-01" in why(GOOD, today=date(2026, 9, 2))


def test_days_of_grace_are_honoured_and_end() -> None:
    voucher = replace(GOOD, grace_until=date(2026, 9, 5))

    assert why_not_collect(voucher, here="club", today=date(2026, 9, 5)) is None
    assert "expired on 2026-09-05" in why(voucher, today=date(2026, 9, 6))


def test_an_earlier_grace_never_shortens_what_the_paper_says() -> None:
    assert why_not_collect(replace(GOOD, grace_until=date(2026, 8, 1)), here="club", today=LAST_DAY) is None


def test_who_registered_the_family_does_not_hand_out_to_it() -> None:
    assert "You registered this family" in why(replace(GOOD, registered_by_me=True))
