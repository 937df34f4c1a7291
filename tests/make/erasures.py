"""Families that left the fund, or were erased, for the fund in which everything has happened."""

from aid.domain.families import WithdrawalReason
from aid.services.erasure import erase
from aid.services.withdrawals import withdraw
from tests.make import do
from tests.make.families import make_family
from tests.make.fund import FoundedFund

KEPT = 30  # days that a backup is kept


def make_departures(fund: FoundedFund) -> None:
    """One family that left, and one that was erased by another person than who took it out."""
    left, erased = make_family(fund), make_family(fund)
    for family in (left, erased):
        do(withdraw, actor=fund.registrar, family_id=family.family_id, reason=WithdrawalReason.OWN_WISH)
    do(erase, actor=fund.coordinator, family_id=erased.family_id, keep_days=KEPT)
