"""Purchases of goods for points: written, and put to the committee."""

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.allocations import AllocationKind
from aid.domain.clock import Instant
from aid.domain.goods import Item
from aid.domain.money import LARGEST, Money
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models.allocations import Allocation, AllocationLine
from aid.models.fund import Point
from aid.models.records import RecordKind
from aid.services import audit, records
from aid.services.putting import Proposal, Proposed, Wanted, put_new
from aid.vault.actor import Actor

SUPPLIER_AT_MOST = 200


@dataclass(frozen=True, slots=True)
class OrderedLine:
    """So many of one good for a point, at a price each in minor units."""

    item: Item
    each: int
    point_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseOrder:
    """A purchase as a coordinator writes it. Who the supplier is, and the prices, are sealed."""

    supplier: str = field(repr=False)
    purpose_id: UUID
    currency: str
    lines: tuple[OrderedLine, ...]

    @property
    def total(self) -> Money:
        """What it comes to."""
        return Money(sum(line.each * line.item.quantity for line in self.lines), self.currency)


def check_purchase(session: Session, order: PurchaseOrder) -> None:
    """Raise RuleBroken beside its field unless this can be proposed."""
    if not 0 < len(order.supplier.strip()) <= SUPPLIER_AT_MOST:
        raise RuleBroken(_("Write who sells the goods."), "supplier")
    if not order.lines:
        raise RuleBroken(_("Write at least one good."), "lines")
    seen = set()
    points = set(session.scalars(select(Point.id)))
    for line in order.lines:
        if line.point_id not in points:
            raise RuleBroken(_("Choose a point of the list."), "lines")
        if (line.item.good, line.point_id) in seen:
            raise RuleBroken(_("%(good)s stands twice for one point.", good=line.item.good), "lines")
        if not 0 < line.each * line.item.quantity <= LARGEST:
            raise RuleBroken(_("Write a price above zero."), "lines")
        seen.add((line.item.good, line.point_id))


def propose_purchase(session: Session, *, actor: Actor, now: Instant, order: PurchaseOrder) -> Proposed:
    """Put a purchase to the committee. Raises RuleBroken beside its field."""
    actor.must(Permission.PROPOSE)
    check_purchase(session, order)
    supplier = order.supplier.strip()
    lines = tuple(
        Wanted(
            minor=line.each * line.item.quantity,
            point_id=line.point_id,
            items=(line.item,),
            why={"purchase": {"supplier": supplier, "each": line.each}},
        )
        for line in order.lines
    )
    proposal = Proposal(kind=AllocationKind.PURCHASE, purpose_id=order.purpose_id, currency=order.currency, lines=lines)
    return put_new(session, proposal=proposal, actor=actor, now=now)


def supplier_of(session: Session, *, actor: Actor, now: Instant, allocation_id: UUID) -> str:
    """Who sells the goods, for who pays them. It concerns no family; that it was looked at is recorded."""
    actor.must(Permission.PAY_OUT)
    line = session.execute(
        select(AllocationLine.id)
        .join(
            Allocation, (Allocation.id == AllocationLine.allocation_id) & (Allocation.version == AllocationLine.version)
        )
        .where(Allocation.id == allocation_id, Allocation.kind == AllocationKind.PURCHASE)
        .order_by(AllocationLine.n)
        .limit(1)
    ).scalar_one()
    audit.say(session, "supplier.opened", subject=allocation_id)
    opened = records.take_out(session, kind=RecordKind.LINE, row_id=line, keyring=actor.keyring)
    assert opened is not None, "what a purchase rests on stays"
    return str(opened["purchase"]["supplier"])
