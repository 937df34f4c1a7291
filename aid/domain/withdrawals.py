"""When a family leaves the fund, when nobody may keep it any longer, and when the last trace of it is gone."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from types import MappingProxyType
from uuid import UUID

from aid.domain.families import FamilyState, WithdrawalReason
from aid.domain.words import Message, _

RETENTION_YEARS = 1
"""So long after the last thing that happened to a family it is kept, and no longer without being asked about."""

WITHDRAWAL_TITLES: Mapping[WithdrawalReason, Message] = MappingProxyType(
    {
        WithdrawalReason.OWN_WISH: _("The family wishes it"),
        WithdrawalReason.MOVED: _("It moved away, or is helped elsewhere"),
        WithdrawalReason.TWICE: _("It was registered twice"),
        WithdrawalReason.UNITED: _("Its people live in another family now"),
        WithdrawalReason.NOT_REAL: _("There is no such family"),
        WithdrawalReason.RETENTION: _("Nothing happened for a year"),
        WithdrawalReason.SAMPLE: _("It was made up to practise with"),
        WithdrawalReason.UNDONE: _("The import it came by was undone"),
    }
)


def why_not_withdraw(state: FamilyState) -> Message | None:
    """Say why a family may not be taken out of the fund, or nothing."""
    if state is FamilyState.WITHDRAWN:
        return _("This family was already taken out of the fund.")
    return None


def why_not_erase(
    state: FamilyState, *, withdrawn_by: UUID | None, actor_id: UUID | None, is_erased: bool
) -> Message | None:
    """Say why this person may not erase a family now, or nothing. Nobody makes one vanish alone."""
    if is_erased:
        return _("This family was already erased.")
    if state is not FamilyState.WITHDRAWN:
        return _("Take the family out of the fund first. Then somebody else erases it.")
    if withdrawn_by == actor_id:
        return _("You took this family out of the fund, so another coordinator erases it.")
    return None


def nothing_since(today: date) -> date:
    """Families to which nothing happened since this day are asked about."""
    try:
        return today.replace(year=today.year - RETENTION_YEARS)
    except ValueError:
        return today.replace(year=today.year - RETENTION_YEARS, day=28)


def forgotten_by(today: date, *, keep_days: int, kept_until: Iterable[date] = ()) -> date:
    """The day on which the last backup that may hold what was erased today is destroyed.

    `kept_until` are the last days of the backups there are; one may be made today, and is kept `keep_days`.
    """
    return max([today + timedelta(days=keep_days - 1), *kept_until]) + timedelta(days=1)
