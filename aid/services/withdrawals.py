"""Taking families out of the fund: no more aid is proposed for them, and what still waits for them is free again."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.families import FamilyState, WithdrawalReason
from aid.domain.ids import new_id
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.vouchers import OPEN_STATES
from aid.domain.withdrawals import why_not_withdraw
from aid.models.base import Permanent
from aid.models.families import Family as FamilyRow
from aid.models.families import Withdrawal
from aid.models.vouchers import Voucher
from aid.services import audit
from aid.services.families import lock_family
from aid.services.vouchers import holding
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class FamilyLeft:
    """A family left the fund, and so many vouchers of it were cancelled."""

    family_id: UUID
    code: str
    cancelled: int


def withdraw(session: Session, *, actor: Actor, now: Instant, family_id: UUID, reason: WithdrawalReason) -> FamilyLeft:
    """Take a family out of the fund, and cancel the vouchers that it has not collected. Raises RuleBroken."""
    row = lock_family(session, family_id)
    actor.must(Permission.WITHDRAW_FAMILIES, locality=row.locality_id)
    if refusal := why_not_withdraw(row.state):
        raise RuleBroken(refusal)
    cancelled = let_go(session, by_id=actor.person_id, now=now, row=row, reason=reason)
    return FamilyLeft(row.id, row.code, cancelled)


def let_go(session: Session, *, by_id: UUID | None, now: Instant, row: FamilyRow, reason: WithdrawalReason) -> int:
    """Withdraw a family whose row is locked, whoever decided it; how many vouchers were cancelled."""
    row.state = FamilyState.WITHDRAWN
    withdrawal = Withdrawal(id=new_id(), family_id=row.id, by_id=by_id, reason=reason, at=now.instant)
    session.add(withdrawal)
    waiting = _open_of(session, [row.id])
    freed = holding.close(session, waiting, now=now)
    audit.say(session, "family.withdrawn", subject=row.id, made=[withdrawal, *freed])
    return len(waiting)


def cancel_for_who_left(session: Session, *, allocation_id: UUID, now: Instant) -> list[Permanent]:
    """Cancel at once what a decision just gave to families that left the fund while it was voted on.

    Their rows are locked first, so that one that leaves at this moment finds its voucher. What was made is returned
    for the audit line.
    """
    given = select(Voucher.family_id).where(Voucher.allocation_id == allocation_id)
    theirs = select(FamilyRow.id, FamilyRow.state).where(FamilyRow.id.in_(given)).order_by(FamilyRow.id)
    rows = session.execute(theirs.with_for_update(read=True))
    left = [family_id for family_id, state in rows if state is FamilyState.WITHDRAWN]
    return holding.close(session, _open_of(session, left), now=now) if left else []


def _open_of(session: Session, family_ids: Sequence[UUID]) -> Sequence[Voucher]:
    """The vouchers that these families could still collect, locked until the commit."""
    chosen = select(Voucher).where(Voucher.family_id.in_(family_ids), Voucher.state.in_(OPEN_STATES))
    fresh = chosen.order_by(Voucher.id).with_for_update().execution_options(populate_existing=True)
    return session.scalars(fresh).all()
