"""Vouchers that wait: to be printed, to be handed out, to give their money back."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.vouchers import ON_PAPER, OPEN_STATES, VoucherState
from aid.domain.words import _, n_
from aid.models.allocations import Decision
from aid.models.vouchers import Voucher
from aid.queries.today.waiting import Waiting, oldest
from aid.vault.actor import Actor


def to_print(session: Session, _actor: Actor, now: Instant) -> Waiting:
    """Vouchers whose notice is over and that are not printed yet."""
    over = (Decision.allocation_id == Voucher.allocation_id) & Decision.carried
    rows = select(Decision.notice_until).select_from(Voucher).join(Decision, over)
    found = oldest(session, rows.where(Voucher.state == VoucherState.ISSUED, Decision.notice_until <= now.instant))
    title = n_("voucher to print", "vouchers to print", found.count)
    return Waiting("vouchers.index", found.count, title, None, found.since, patience=2)


def to_give_back(session: Session, _actor: Actor, now: Instant) -> Waiting:
    """Vouchers that nobody collected in time, and whose money is still set aside."""
    over = select(Voucher.grace_until).where(Voucher.state.in_(OPEN_STATES), Voucher.grace_until < now.today)
    found = oldest(session, over)
    title = n_("expired voucher still holds money", "expired vouchers still hold money", found.count)
    hint = _("Close them, and the money is available again.")
    return Waiting("vouchers.index", found.count, title, hint, found.since, patience=7)


def to_hand_out(session: Session, actor: Actor, now: Instant) -> Waiting:
    """Vouchers that may still be collected at one's own points: families come when they can."""
    open_ = select(func.count()).select_from(Voucher)
    open_ = open_.where(
        Voucher.state.in_(ON_PAPER), Voucher.point_id.in_(actor.points), Voucher.grace_until >= now.today
    )
    count = session.scalar(open_) or 0
    return Waiting("collections.new", count, n_("voucher to hand out", "vouchers to hand out", count))
