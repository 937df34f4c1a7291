"""Expiry: what nobody collected within the days of grace goes back to its purpose, every night or when asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.vouchers import OPEN_STATES
from aid.domain.words import _
from aid.models.ledger import Transfer
from aid.models.vouchers import Voucher
from aid.services import audit
from aid.services.allocations import lock_allocation
from aid.services.vouchers import holding
from aid.vault.actor import Actor

CHUNK: Final = 50
"""Vouchers that one commit closes at night: collecting elsewhere waits for no more than that."""


@dataclass(frozen=True, slots=True)
class Returned:
    """So many vouchers expired, and their money is available again."""

    vouchers: int
    amount: Money | None = None  # None where nothing was left to close


def return_expired(session: Session, *, actor: Actor, now: Instant, allocation_id: UUID) -> Returned:
    """Close an allocation's vouchers whose grace is over, each with an entry that sets its money free.

    A collection at the same moment waits for this, or this for it: the voucher's row decides. Raises RuleBroken.
    """
    actor.must(Permission.PRINT_VOUCHERS)
    returned = _close(session, allocation_id, now=now, most=None)
    if not returned.vouchers:
        raise RuleBroken(_("No voucher of this allocation has expired: nothing goes back."))
    return returned


def expire_some(session: Session, *, actor: Actor, now: Instant, most: int) -> Returned:
    """Close some of what expired, of one allocation: the night's work, a chunk a commit, until nothing is left.

    It needs nobody's keys. Broken off, it goes on where it stopped: what is closed is found no more.
    """
    assert actor.person_id is None, "the worker's"
    over = select(Voucher.allocation_id).where(_is_over(now)).order_by(Voucher.grace_until, Voucher.id).limit(1)
    allocation_id = session.scalar(over)
    return _close(session, allocation_id, now=now, most=most) if allocation_id else Returned(0)


def _close(session: Session, allocation_id: UUID, *, now: Instant, most: int | None) -> Returned:
    """Close an allocation's expired vouchers, or the first of them."""
    lock_allocation(session, allocation_id)
    chosen = select(Voucher).where(Voucher.allocation_id == allocation_id, _is_over(now))
    chosen = chosen.order_by(Voucher.id).limit(most).with_for_update().execution_options(populate_existing=True)
    expired: Sequence[Voucher] = session.scalars(chosen).all()
    if not expired:
        return Returned(0)
    made = holding.close(session, expired, now=now)
    audit.say(session, "vouchers.expired", subject=allocation_id, made=made)
    freed = sum(each.amount_minor for each in made if isinstance(each, Transfer))
    return Returned(len(expired), Money(freed, expired[0].currency))


def _is_over(now: Instant) -> ColumnElement[bool]:
    return Voucher.state.in_(OPEN_STATES) & (Voucher.grace_until < now.today)
