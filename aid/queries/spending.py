"""What follows the decision on a purchase: its invoices, and what came to points."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.allocations import AllocationKind
from aid.domain.goods import Item
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.domain.purchases import FAULT_TITLES
from aid.domain.words import Message
from aid.models.allocations import Allocation, AllocationLine, AllocationVersion, Decision
from aid.models.fund import Point, Purpose
from aid.models.people import Person
from aid.models.purchases import Delivery, DeliveryLine, Invoice, PurchaseClosing
from aid.services.goods import words_for
from aid.vault.actor import Actor

PAGE = 30


@dataclass(frozen=True, slots=True)
class OrderedRow:
    """One line of a purchase: what was ordered for a point, and what came of it."""

    line_id: UUID
    point_id: UUID
    point: Mapping[str, str]
    name: str
    ordered: int
    delivered: int
    faults: tuple[Message, ...]
    is_settled: bool  # all came, or nothing more will
    each: Money  # the price of one

    @property
    def worth(self) -> Money:
        """What came, at the price it was ordered for."""
        return Money(self.each.minor * self.delivered, self.each.currency)

    @property
    def missing(self) -> int:
        """How many did not come."""
        return max(self.ordered - self.delivered, 0)


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """An invoice that was paid."""

    number: str
    dated: date
    amount: Money
    by: str


@dataclass(frozen=True, slots=True)
class PurchasePage:
    """A carried purchase."""

    allocation_id: UUID
    number: int
    purpose: Mapping[str, str]
    carried: Money
    notice_until: datetime
    is_resting: bool
    is_closed: bool
    lines: tuple[OrderedRow, ...]
    invoices: tuple[InvoiceRow, ...]

    @property
    def invoiced(self) -> Money:
        """What was paid so far."""
        return sum((invoice.amount for invoice in self.invoices), Money.zero(self.carried.currency))

    @property
    def left(self) -> Money:
        """What is still set aside for it."""
        return self.carried - self.invoiced

    @property
    def worth(self) -> Money:
        """What came so far, at the prices it was ordered for."""
        return sum((line.worth for line in self.lines), Money.zero(self.carried.currency))

    @property
    def is_delivered(self) -> bool:
        """Whether nothing more is to come."""
        return all(line.is_settled for line in self.lines)

    @property
    def ordered(self) -> int:
        """How many pieces were ordered altogether."""
        return sum(line.ordered for line in self.lines)

    @property
    def delivered(self) -> int:
        """How many pieces came altogether."""
        return sum(line.delivered for line in self.lines)

    def waits_at(self, point_id: UUID) -> bool:
        """Whether something is still to come to this point."""
        return any(line.point_id == point_id and not line.is_settled for line in self.lines)

    @property
    def points(self) -> dict[UUID, Mapping[str, str]]:
        """Where its goods go."""
        return {line.point_id: line.point for line in self.lines}


def purchases(
    session: Session, *, actor: Actor, now: datetime, before: int | None = None, size: int = PAGE
) -> tuple[PurchasePage, ...]:
    """Carried purchases of which goods go to points that this person may see, the newest first."""
    actor.must(Permission.SEE_STOCK)
    wanted = _carried(AllocationKind.PURCHASE).order_by(Allocation.number.desc()).limit(size)
    if before is not None:
        wanted = wanted.where(Allocation.number < before)
    if not actor.everywhere(Permission.SEE_STOCK):
        own = (AllocationLine.allocation_id == Allocation.id) & AllocationLine.point_id.in_(actor.points)
        wanted = wanted.where(select(AllocationLine.id).where(own).exists())
    return _purchases(session, wanted, actor=actor, now=now)


def purchase(session: Session, *, actor: Actor, now: datetime, allocation_id: UUID) -> PurchasePage | None:
    """One carried purchase, or None where there is none that this person may see."""
    actor.must(Permission.SEE_STOCK)
    found = _purchases(
        session, _carried(AllocationKind.PURCHASE).where(Allocation.id == allocation_id), actor=actor, now=now
    )
    seen = found and any(actor.may(Permission.SEE_STOCK, point=line.point_id) for line in found[0].lines)
    return found[0] if seen else None


def _carried(kind: AllocationKind) -> Any:
    return (
        select(Allocation, AllocationVersion, Decision.notice_until, Purpose.names, PurchaseClosing.closed_at)
        .join(
            AllocationVersion,
            (AllocationVersion.allocation_id == Allocation.id) & (AllocationVersion.version == Allocation.version),
        )
        .join(Decision, (Decision.allocation_id == Allocation.id) & Decision.carried)
        .join(Purpose, Purpose.id == Allocation.purpose_id)
        .outerjoin(PurchaseClosing, PurchaseClosing.allocation_id == Allocation.id)
        .where(Allocation.kind == kind)
    )


def _purchases(session: Session, wanted: Any, *, actor: Actor, now: datetime) -> tuple[PurchasePage, ...]:
    found = session.execute(wanted).all()
    ids = [row.Allocation.id for row in found]
    lines, invoices = _lines(session, ids, actor=actor), _invoices(session, ids)
    return tuple(
        PurchasePage(
            allocation_id=allocation.id,
            number=allocation.number,
            purpose=purpose,
            carried=Money(version.total_minor, version.currency),
            notice_until=notice_until,
            is_resting=now < notice_until,
            is_closed=closed_at is not None,
            lines=tuple(lines[allocation.id]),
            invoices=tuple(invoices[allocation.id]),
        )
        for allocation, version, notice_until, purpose, closed_at in found
    )


def _lines(session: Session, ids: Sequence[UUID], *, actor: Actor) -> dict[UUID, list[OrderedRow]]:
    found = session.execute(
        select(AllocationLine, Point.names)
        .join(
            Allocation, (Allocation.id == AllocationLine.allocation_id) & (Allocation.version == AllocationLine.version)
        )
        .join(Point, Point.id == AllocationLine.point_id)
        .where(Allocation.id.in_(ids))
        .order_by(Point.code, AllocationLine.n)
    ).all()
    came = _came(session, ids)
    words = words_for(session, {plain for line, _point in found for plain in line.items})
    rows: defaultdict[UUID, list[OrderedRow]] = defaultdict(list)
    for line, point in found:
        item = Item.from_plain(line.items[0])
        notes = came[line.id]
        rows[line.allocation_id].append(
            OrderedRow(
                line_id=line.id,
                point_id=line.point_id,
                point=point,
                name=words.name(item.good, actor.language),
                ordered=item.quantity,
                delivered=sum(note.delivered for note in notes),
                faults=tuple(FAULT_TITLES[note.fault] for note in notes[-1:] if note.fault),
                each=Money(line.amount_minor // item.quantity, line.currency),
                is_settled=bool(notes) and (notes[-1].fault is None or notes[-1].fault.is_final),
            )
        )
    return rows


def _came(session: Session, ids: Sequence[UUID]) -> dict[UUID, list[DeliveryLine]]:
    """What came of each line, delivery by delivery."""
    found = session.scalars(
        select(DeliveryLine)
        .join(Delivery, Delivery.id == DeliveryLine.delivery_id)
        .where(Delivery.allocation_id.in_(ids))
        .order_by(Delivery.taken_in_at, Delivery.id)
    )
    came: defaultdict[UUID, list[DeliveryLine]] = defaultdict(list)
    for line in found:
        came[line.line_id].append(line)
    return came


def _invoices(session: Session, ids: Sequence[UUID]) -> dict[UUID, list[InvoiceRow]]:
    found = session.execute(
        select(Invoice, Person.handle)
        .join(Person, Person.id == Invoice.written_by_id)
        .where(Invoice.allocation_id.in_(ids))
        .order_by(Invoice.written_at)
    )
    rows: defaultdict[UUID, list[InvoiceRow]] = defaultdict(list)
    for invoice, handle in found:
        amount = Money(invoice.amount_minor, invoice.currency)
        rows[invoice.allocation_id].append(InvoiceRow(invoice.number, invoice.dated, amount, handle))
    return rows
