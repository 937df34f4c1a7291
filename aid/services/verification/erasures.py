"""Proof that families which left the fund hold none of its money, and that of erased ones nothing sealed is left.

A family leaves once; nothing is written of it afterwards; and whoever erases it is not who took it out, but for those
that were made up to practise with, or came by an import that was undone: see imports.
"""

from collections.abc import Iterator

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from aid.domain.families import WithdrawalReason
from aid.domain.vouchers import OPEN_STATES, VoucherState
from aid.models.families import Erasure, FamilyVersion, FreshTokens, ImportMark, IndexToken, SampleFamily, Withdrawal
from aid.models.households import FamilyReturn, came_back
from aid.models.records import Record
from aid.models.vouchers import Voucher
from aid.services.verification.faults import Fault, faults_found, those
from aid.services.verification.findings import Finding


def prove_erasures(session: Session) -> Iterator[Finding]:
    """Families that left and still hold something, or were erased and are still there."""
    yield from faults_found(session, _withdrawals, _cancelled, _erasures)


def _withdrawals() -> Iterator[Fault]:
    gone = ~came_back()
    waits = exists().where(Voucher.family_id == Withdrawal.family_id, Voucher.state.in_(OPEN_STATES))
    yield those(Withdrawal.family_id, waits & gone, "it left the fund, but a voucher still waits for it")
    back = exists().where(FamilyReturn.withdrawal_id == Withdrawal.id, FamilyReturn.at <= FamilyVersion.at)
    back = back.correlate(Withdrawal, FamilyVersion)
    later = exists().where(FamilyVersion.family_id == Withdrawal.family_id, FamilyVersion.at > Withdrawal.at, ~back)
    yield those(Withdrawal.family_id, later, "it was changed after it had left the fund")
    sample = exists().where(SampleFamily.family_id == Withdrawal.family_id)
    posing = (Withdrawal.reason == WithdrawalReason.SAMPLE) & ~sample
    yield those(Withdrawal.family_id, posing, "it was taken out as made up, and is not")


def _cancelled() -> Iterator[Fault]:
    left = exists().where(Withdrawal.family_id == Voucher.family_id)
    cancelled = select(Voucher.id).where(Voucher.state == VoucherState.VOID, ~left)
    yield Fault(cancelled, "voucher", "it was cancelled, though its family never left the fund")


def _erasures() -> Iterator[Fault]:
    left = exists().where(Withdrawal.family_id == Erasure.family_id, Withdrawal.at <= Erasure.at, ~came_back())
    yield those(Erasure.family_id, ~left, "it was erased before it had left the fund")
    alone = exists().where(
        Withdrawal.family_id == Erasure.family_id,
        Withdrawal.by_id == Erasure.by_id,
        ~came_back(),
        Withdrawal.reason.not_in((WithdrawalReason.SAMPLE, WithdrawalReason.UNDONE)),
    )
    yield those(Erasure.family_id, alone, "who took it out of the fund erased it too")
    sealed = exists().where(or_(Record.family_id == Erasure.family_id, Record.row_id == Erasure.family_id))
    yield those(Erasure.family_id, sealed, "it was erased, but something sealed of it is still there")
    for kind in (FreshTokens, IndexToken, ImportMark):
        there = exists().where(kind.family_id == Erasure.family_id)
        yield those(Erasure.family_id, there, "it was erased, but it can still be found")
