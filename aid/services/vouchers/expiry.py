"""Expiry: what nobody collected within the days of grace goes back to its purpose."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.vouchers import OPEN_STATES
from aid.domain.words import _
from aid.models.vouchers import Voucher
from aid.services import audit
from aid.services.allocations import lock_allocation
from aid.services.vouchers import holding
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class Returned:
    """So many vouchers expired, and their money is available again."""

    vouchers: int
    amount: Money


def return_expired(session: Session, *, actor: Actor, now: Instant, allocation_id: UUID) -> Returned:
    """Close an allocation's vouchers whose grace is over, each with an entry that sets its money free.

    A collection at the same moment waits for this, or this for it: the voucher's row decides. Raises RuleBroken.
    """
    actor.must(Permission.PRINT_VOUCHERS)
    lock_allocation(session, allocation_id)
    expired = _expired(session, allocation_id, now=now)
    if not expired:
        raise RuleBroken(_("No voucher of this allocation has expired: nothing goes back."))
    made = holding.close(session, expired, now=now)
    audit.say(session, "vouchers.expired", subject=allocation_id, made=made)
    return Returned(len(expired), Money(sum(voucher.amount_minor for voucher in expired), expired[0].currency))


def _expired(session: Session, allocation_id: UUID, *, now: Instant) -> Sequence[Voucher]:
    chosen = select(Voucher).where(
        Voucher.allocation_id == allocation_id,
        Voucher.state.in_(OPEN_STATES),
        Voucher.grace_until < now.today,
    )
    return session.scalars(chosen.order_by(Voucher.id).with_for_update()).all()
