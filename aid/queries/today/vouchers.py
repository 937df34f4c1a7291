"""Vouchers that wait: to be printed, to be handed out, to give their money back."""

from datetime import timedelta
from typing import Final

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.vouchers import ON_PAPER, OPEN_STATES, VoucherState
from aid.domain.words import _, n_
from aid.models.allocations import Decision
from aid.models.handovers import Handover, HandoverBatch, HandoverCount, HandoverReceipt
from aid.models.vouchers import Voucher
from aid.queries import expired
from aid.queries.today.waiting import Waiting, oldest
from aid.vault.actor import Actor

TOLD_FOR: Final = 7
"""Days for which Today tells what went otherwise."""


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


def expired_lately(session: Session, _actor: Actor, now: Instant) -> Waiting:
    """Vouchers that expired in the last nights: whose, and what is available again."""
    count, first = expired.lately(session, since=now.today - timedelta(days=TOLD_FOR))
    title = n_("voucher expired lately", "vouchers expired lately", count)
    hint = _("The money is available again: see which they were, and ask why nobody came.")
    return Waiting("paper_trail.expired", count, title, hint, first, patience=TOLD_FOR + 1)


def to_count(session: Session, actor: Actor, _now: Instant) -> Waiting:
    """Piles of papers that somebody gave this person, and that they have not counted."""
    answered = exists().where(HandoverReceipt.handover_id == Handover.id)
    found = oldest(session, select(Handover.at, Handover.id).where(Handover.to_id == actor.id, ~answered))
    title = n_("pile of papers to count", "piles of papers to count", found.count)
    hint = _("Count it before you sign its list.")
    one = found.alone("handover_id")
    return Waiting(
        "handovers.count" if one else "handovers.index", found.count, title, hint, found.since, 1, values=one
    )


def counted_otherwise(session: Session, actor: Actor, now: Instant) -> Waiting:
    """Piles that lacked papers, or had too many, when they were counted these days."""
    lacks = HandoverCount.papers != HandoverBatch.papers
    rows = (
        select(HandoverReceipt.at, HandoverReceipt.handover_id)
        .join(HandoverCount, HandoverCount.handover_id == HandoverReceipt.handover_id)
        .join(
            HandoverBatch,
            (HandoverBatch.handover_id == HandoverCount.handover_id)
            & (HandoverBatch.batch_id == HandoverCount.batch_id),
        )
        .where(lacks, HandoverReceipt.at > now.instant - timedelta(days=TOLD_FOR))
        .distinct()
    )
    found = oldest(session, rows)
    title = n_("pile of papers was counted otherwise", "piles of papers were counted otherwise", found.count)
    hint = _("Cancel the papers that are missing, and print them anew.")
    one = found.alone("handover_id")
    return Waiting("handovers.show" if one else "handovers.index", found.count, title, hint, found.since, values=one)
