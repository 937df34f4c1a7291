"""When a family is asked about, and when the last trace of it is gone."""

from datetime import date
from uuid import UUID

import pytest

from aid.domain.families import FamilyState, WithdrawalReason
from aid.domain.withdrawals import WITHDRAWAL_TITLES, forgotten_by, nothing_since, why_not_erase, why_not_withdraw

ONE, OTHER = UUID(int=1), UUID(int=2)


@pytest.mark.parametrize(
    ("today", "since"),
    [
        (date(2026, 11, 22), date(2025, 11, 22)),
        (date(2028, 2, 29), date(2027, 2, 28)),
        (date(2029, 3, 1), date(2028, 3, 1)),
    ],
)
def test_a_year_without_anything_is_asked_about(today: date, since: date) -> None:
    assert nothing_since(today) == since


@pytest.mark.parametrize(
    ("kept_until", "gone"),
    [
        ((), date(2026, 7, 31)),  # a backup made today would be kept 30 days, the last of them the 30th
        ((date(2026, 7, 20),), date(2026, 7, 31)),
        ((date(2026, 7, 20), date(2026, 9, 1)), date(2026, 9, 2)),  # it was made when they were kept for longer
    ],
)
def test_a_family_is_forgotten_with_the_last_backup_that_may_hold_it(kept_until: tuple[date, ...], gone: date) -> None:
    assert forgotten_by(date(2026, 7, 1), keep_days=30, kept_until=kept_until) == gone


def test_a_family_is_taken_out_once() -> None:
    assert why_not_withdraw(FamilyState.REGISTERED) is None
    assert why_not_withdraw(FamilyState.CONFIRMED) is None
    assert why_not_withdraw(FamilyState.WITHDRAWN) is not None


@pytest.mark.parametrize(
    ("state", "by", "is_erased", "refused"),
    [
        (FamilyState.WITHDRAWN, OTHER, False, False),
        (FamilyState.WITHDRAWN, ONE, False, True),
        (FamilyState.WITHDRAWN, OTHER, True, True),
        (FamilyState.CONFIRMED, None, False, True),
    ],
)
def test_two_people_make_a_family_vanish(state: FamilyState, by: UUID | None, is_erased: bool, refused: bool) -> None:
    refusal = why_not_erase(state, withdrawn_by=by, actor_id=ONE, is_erased=is_erased)

    assert (refusal is not None) is refused


def test_every_reason_has_a_name() -> None:
    assert set(WITHDRAWAL_TITLES) == set(WithdrawalReason)
