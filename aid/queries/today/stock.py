"""What waits at points and at the treasurer's: deliveries, cash, invoices, losses, and stock below zero."""

from datetime import datetime
from typing import Any

from sqlalchemy import ScalarSelect, Select, exists, func, select
from sqlalchemy.orm import Session, aliased

from aid.domain.allocations import AllocationKind, AllocationState
from aid.domain.clock import Instant
from aid.domain.permissions import Permission
from aid.domain.purchases import Fault
from aid.domain.stock import MoveCause
from aid.domain.words import _, n_
from aid.models.allocations import Allocation, AllocationLine, Decision
from aid.models.goods import Stock, StockAct, StockMove, WriteOffAnswer
from aid.models.purchases import CashArrival, CashSending, DeliveryLine, Invoice, PurchaseClosing
from aid.queries.today.waiting import Oldest, Waiting, oldest
from aid.vault.actor import Actor


def below_zero(session: Session, actor: Actor, _now: Instant) -> Waiting:
    """Goods at one's points of which more was handed out than anybody wrote down, since the move that left too few."""
    rows = select(_below_since()).where(Stock.quantity < 0)
    if not actor.everywhere(Permission.KEEP_POINT):
        rows = rows.where(Stock.point_id.in_(actor.points))
    found = oldest(session, rows)
    title = n_("good is below zero at a point", "goods are below zero at points", found.count)
    hint = _("Count what is really there, and say why.")
    return Waiting("stock.index", found.count, title, hint, found.since, patience=2)


def _below_since() -> ScalarSelect[datetime]:
    """When a good that is below zero at a point was last above: the first move after that."""
    above, below = aliased(StockMove), aliased(StockMove)
    last_above = (
        select(func.coalesce(func.max(above.n), 0))
        .where(above.point_id == Stock.point_id, above.good == Stock.good, above.after >= 0)
        .correlate(Stock)
        .scalar_subquery()
    )
    first_below = select(func.min(below.at)).where(
        below.point_id == Stock.point_id, below.good == Stock.good, below.n > last_above
    )
    return first_below.correlate(Stock).scalar_subquery()


def to_send(session: Session, _actor: Actor, now: Instant) -> Waiting:
    """Cash for points that the committee carried and nobody sent."""
    rows = (
        select(Decision.notice_until)
        .select_from(AllocationLine)
        .join(
            Allocation, (Allocation.id == AllocationLine.allocation_id) & (Allocation.version == AllocationLine.version)
        )
        .join(Decision, (Decision.allocation_id == Allocation.id) & Decision.carried)
        .where(
            Allocation.kind == AllocationKind.TRANSFER,
            Decision.notice_until <= now.instant,
            ~exists().where(CashSending.line_id == AllocationLine.id),
        )
    )
    found = oldest(session, rows)
    title = n_("sum to send to a point", "sums to send to points", found.count)
    return Waiting("deliveries.index", found.count, title, None, found.since, patience=2)


def to_pay(session: Session, _actor: Actor, now: Instant) -> Waiting:
    """Purchases that were carried, are not closed, and of which no invoice was paid."""
    found = oldest(session, _open_purchases(now).where(~exists().where(Invoice.allocation_id == Allocation.id)))
    title = n_("purchase to pay when its invoice comes", "purchases to pay when their invoices come", found.count)
    return Waiting("deliveries.index", found.count, title, None, found.since)


def to_close(session: Session, _actor: Actor, now: Instant) -> Waiting:
    """Purchases that were carried and are not closed."""
    found = oldest(session, _open_purchases(now))
    title = n_("purchase is under way", "purchases are under way", found.count)
    return Waiting(
        "deliveries.index", found.count, title, _("Close it when nothing more comes."), found.since, patience=30
    )


def to_take_in(session: Session, actor: Actor, now: Instant) -> Waiting:
    """Purchases of which something is still to come to one's own points. Who sees all points is told what to close."""
    settled = exists().where(
        DeliveryLine.line_id == AllocationLine.id, DeliveryLine.fault.is_distinct_from(Fault.LATER)
    )
    awaited = exists().where(
        AllocationLine.allocation_id == Allocation.id,
        AllocationLine.version == Allocation.version,
        AllocationLine.point_id.in_(actor.points),
        ~settled,
    )
    rows = _open_purchases(now).where(awaited)
    found = Oldest() if actor.everywhere(Permission.KEEP_POINT) else oldest(session, rows)
    title = n_("purchase comes to your point", "purchases come to your point", found.count)
    hint = _("Count what really came before you sign the supplier’s paper.")
    return Waiting("deliveries.index", found.count, title, hint, found.since, patience=14)


def to_count_in(session: Session, actor: Actor, _now: Instant) -> Waiting:
    """Money on its way to one's points."""
    arrived = (
        select(func.coalesce(func.sum(CashArrival.amount_minor), 0))
        .where(CashArrival.line_id == CashSending.line_id)
        .scalar_subquery()
    )
    rows = (
        select(CashSending.sent_at)
        .join(AllocationLine, AllocationLine.id == CashSending.line_id)
        .where(arrived < AllocationLine.amount_minor)
    )
    if not actor.everywhere(Permission.KEEP_POINT):
        rows = rows.where(AllocationLine.point_id.in_(actor.points))
    found = oldest(session, rows)
    title = n_("sum on its way to a point", "sums on their way to points", found.count)
    return Waiting("deliveries.index", found.count, title, _("Count it when it arrives."), found.since, patience=3)


def losses(session: Session, actor: Actor, _now: Instant) -> Waiting:
    """Losses that somebody else reported."""
    answered = exists().where(WriteOffAnswer.act_id == StockAct.id)
    rows = select(StockAct.at).where(StockAct.kind == MoveCause.WRITTEN_OFF, ~answered, StockAct.by_id != actor.id)
    if not actor.everywhere(Permission.KEEP_POINT):
        rows = rows.where(StockAct.point_id.in_(actor.points))
    found = oldest(session, rows)
    title = n_("loss of goods to agree to", "losses of goods to agree to", found.count)
    return Waiting("stock.losses", found.count, title, None, found.since)


def _open_purchases(now: Instant) -> Select[Any]:
    """Purchases that may be paid and taken in, by the end of their notice."""
    return (
        select(Decision.notice_until)
        .select_from(Allocation)
        .join(Decision, (Decision.allocation_id == Allocation.id) & Decision.carried)
        .where(
            Allocation.kind == AllocationKind.PURCHASE,
            Allocation.state == AllocationState.CARRIED,
            Decision.notice_until <= now.instant,
            ~exists().where(PurchaseClosing.allocation_id == Allocation.id),
        )
    )
