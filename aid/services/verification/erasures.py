"""Proof that families which left the fund hold none of its money, and that of erased ones nothing sealed is left.

A family leaves once; nothing is written of it afterwards; and whoever erases it is not who took it out, but for those
that were made up to practise with, or came by an import that was undone: see imports.
"""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import ColumnElement, Exists, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from aid.domain.families import WithdrawalReason
from aid.domain.vouchers import OPEN_STATES, VoucherState
from aid.models.families import Erasure, FamilyVersion, FreshTokens, ImportMark, IndexToken, SampleFamily, Withdrawal
from aid.models.households import FamilyReturn, came_back
from aid.models.records import Record
from aid.models.vouchers import Voucher
from aid.services.verification.findings import Finding


def prove_erasures(session: Session) -> Iterator[Finding]:
    """Families that left and still hold something, or were erased and are still there."""
    yield from _withdrawals(session)
    yield from _cancelled(session)
    yield from _erasures(session)


def _withdrawals(session: Session) -> Iterator[Finding]:
    gone = ~came_back()
    waits = exists().where(Voucher.family_id == Withdrawal.family_id, Voucher.state.in_(OPEN_STATES))
    yield from _wrong(session, Withdrawal.family_id, waits & gone, "it left the fund, but a voucher still waits for it")
    back = exists().where(FamilyReturn.withdrawal_id == Withdrawal.id, FamilyReturn.at <= FamilyVersion.at)
    back = back.correlate(Withdrawal, FamilyVersion)
    later = exists().where(FamilyVersion.family_id == Withdrawal.family_id, FamilyVersion.at > Withdrawal.at, ~back)
    yield from _wrong(session, Withdrawal.family_id, later, "it was changed after it had left the fund")
    sample = exists().where(SampleFamily.family_id == Withdrawal.family_id)
    posing = (Withdrawal.reason == WithdrawalReason.SAMPLE) & ~sample
    yield from _wrong(session, Withdrawal.family_id, posing, "it was taken out as made up, and is not")


def _cancelled(session: Session) -> Iterator[Finding]:
    left = exists().where(Withdrawal.family_id == Voucher.family_id)
    for (id_,) in session.execute(select(Voucher.id).where(Voucher.state == VoucherState.VOID, ~left)):
        yield Finding("voucher", str(id_), "it was cancelled, though its family never left the fund")


def _erasures(session: Session) -> Iterator[Finding]:
    left = exists().where(Withdrawal.family_id == Erasure.family_id, Withdrawal.at <= Erasure.at, ~came_back())
    yield from _wrong(session, Erasure.family_id, ~left, "it was erased before it had left the fund")
    alone = exists().where(
        Withdrawal.family_id == Erasure.family_id,
        Withdrawal.by_id == Erasure.by_id,
        ~came_back(),
        Withdrawal.reason.not_in((WithdrawalReason.SAMPLE, WithdrawalReason.UNDONE)),
    )
    yield from _wrong(session, Erasure.family_id, alone, "who took it out of the fund erased it too")
    sealed = exists().where(or_(Record.family_id == Erasure.family_id, Record.row_id == Erasure.family_id))
    yield from _wrong(session, Erasure.family_id, sealed, "it was erased, but something sealed of it is still there")
    for kind in (FreshTokens, IndexToken, ImportMark):
        there = exists().where(kind.family_id == Erasure.family_id)
        yield from _wrong(session, Erasure.family_id, there, "it was erased, but it can still be found")


def _wrong(
    session: Session, key: InstrumentedAttribute[UUID], fault: ColumnElement[bool] | Exists, text: str
) -> Iterator[Finding]:
    for (id_,) in session.execute(select(key).where(fault).order_by(key)):
        yield Finding("family", str(id_), text)
