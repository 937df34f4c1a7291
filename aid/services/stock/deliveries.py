"""What follows a carried purchase: its invoices are paid, its goods taken in, and at the end it is closed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aid.domain import entries
from aid.domain.allocations import AllocationKind
from aid.domain.clock import Instant
from aid.domain.entries import EntryKind
from aid.domain.goods import Item
from aid.domain.ids import new_id
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.domain.purchases import Fault, why_not_bank_day, why_not_delivered, why_not_follow, why_not_invoice
from aid.domain.refusals import RuleBroken
from aid.domain.stock import MoveCause
from aid.domain.words import _
from aid.models.allocations import Allocation, AllocationLine, AllocationVersion, Decision
from aid.models.base import Permanent
from aid.models.purchases import Delivery, DeliveryLine, Invoice, Payment, PurchaseClosing
from aid.services import audit, ledger
from aid.services.allocations import lock_allocation
from aid.services.banks import bank_in_use, must_hold
from aid.services.fund_days import zone_of
from aid.services.stock import moves as stock_moves
from aid.services.stops import refuse_while_stopped
from aid.vault.actor import Actor

NUMBER_AT_MOST = 40
_NOTICE = select(Decision.notice_until).where(Decision.carried)


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceOrder:
    """A supplier's invoice, to be paid from a bank account now."""

    allocation_id: UUID
    number: str
    dated: date
    amount: Money
    bank_id: UUID
    value_on: date


@dataclass(frozen=True, slots=True)
class Came:
    """How many of a line came, and why not as many as were to come."""

    line_id: UUID
    delivered: int
    fault: Fault | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryOrder:
    """A delivery note: what really came to a point."""

    allocation_id: UUID
    point_id: UUID
    lines: tuple[Came, ...]


@dataclass(frozen=True, slots=True)
class Paid:
    """An invoice is paid."""

    invoice_id: UUID


@dataclass(frozen=True, slots=True)
class TakenIn:
    """A delivery is in stock."""

    delivery_id: UUID


@dataclass(frozen=True, slots=True)
class Closed:
    """A purchase is over, and so much is free again."""

    freed: Money


def pay_invoice(session: Session, *, actor: Actor, now: Instant, order: InvoiceOrder) -> Paid:
    """Take a supplier's invoice and pay it from a bank account. Raises RuleBroken beside its field."""
    actor.must(Permission.PAY_OUT)
    assert actor.person_id is not None, "a person pays"
    refuse_while_stopped(session, now=now)
    allocation, carried = locked_to_follow(session, order.allocation_id, AllocationKind.PURCHASE, now=now)
    _refuse_closed(session, allocation.id)
    _check_invoice(session, order, carried, now=now)
    bank_in_use(session, order.bank_id, currency=order.amount.currency)
    must_hold(session, order.bank_id, order.amount, field="bank")
    assert allocation.purpose_id is not None, "a purchase has a purpose"
    invoice = Invoice(
        id=new_id(),
        allocation_id=allocation.id,
        number=order.number.strip(),
        dated=order.dated,
        amount_minor=order.amount.minor,
        currency=order.amount.currency,
        written_by_id=actor.person_id,
        written_at=now.instant,
    )
    session.add(invoice)
    session.flush()
    postings = entries.paid(allocation.purpose_id, order.bank_id, order.amount)
    entry, transfers = ledger.post(
        session, postings, kind=EntryKind.PAYMENT, cause=invoice.id, now=now, value_on=order.value_on
    )
    payment = Payment(
        invoice_id=invoice.id,
        bank_id=order.bank_id,
        paid_by_id=actor.person_id,
        paid_at=now.instant,
        entry_id=entry.id,
    )
    session.add(payment)
    audit.say(session, "purchase.paid", subject=allocation.id, made=[invoice, payment, entry, *transfers])
    return Paid(invoice.id)


def take_in(session: Session, *, actor: Actor, now: Instant, order: DeliveryOrder) -> TakenIn:
    """Write down what a supplier really brought to a point: it comes to the point's stock. Differences are named."""
    actor.must(Permission.KEEP_POINT, point=order.point_id)
    assert actor.person_id is not None, "a person takes goods in"
    allocation, _carried = locked_to_follow(session, order.allocation_id, AllocationKind.PURCHASE, now=now)
    _refuse_closed(session, allocation.id)
    ordered = _ordered(session, allocation, order.point_id)
    delivery = Delivery(
        id=new_id(),
        allocation_id=allocation.id,
        point_id=order.point_id,
        taken_in_by_id=actor.person_id,
        taken_in_at=now.instant,
    )
    lines, moves = [], []
    for came in order.lines:
        line = ordered.pop(came.line_id, None)
        if line is None:
            raise RuleBroken(_("This was not ordered for this point."), "lines")
        item, earlier = Item.from_plain(line.items[0]), _delivered(session, line.id)
        reason = why_not_delivered(came.delivered, ordered=item.quantity, earlier=earlier, fault=came.fault)
        if reason:
            raise RuleBroken(_("%(good)s: %(why)s", good=item.good, why=reason), "lines")
        lines.append(DeliveryLine(delivery_id=delivery.id, line_id=line.id, delivered=came.delivered, fault=came.fault))
        if came.delivered:
            moves.append((order.point_id, item.good, came.delivered))
    if not lines:
        raise RuleBroken(_("Write what came."), "lines")
    session.add(delivery)
    session.flush()
    session.add_all(lines)
    moved = stock_moves.move(
        session, moves, cause=MoveCause.DELIVERED, cause_id=delivery.id, by_id=actor.person_id, now=now
    )
    made: list[Permanent] = [delivery, *lines, *moved]
    audit.say(session, "purchase.delivered", subject=allocation.id, made=made)
    return TakenIn(delivery.id)


def close_purchase(session: Session, *, actor: Actor, now: Instant, allocation_id: UUID) -> Closed:
    """End a purchase: what was set aside and not paid is free again. No invoice and no delivery follows."""
    actor.must(Permission.PROPOSE)
    assert actor.person_id is not None, "a person closes it"
    allocation, carried = locked_to_follow(session, allocation_id, AllocationKind.PURCHASE, now=now)
    _refuse_closed(session, allocation.id)
    freed = carried - Money(_invoiced(session, allocation.id), carried.currency)
    made: list[Permanent] = []
    entry_id = None
    if freed.minor:
        assert allocation.purpose_id is not None, "a purchase has a purpose"
        postings = entries.released(allocation.purpose_id, freed)
        entry, transfers = ledger.post(session, postings, kind=EntryKind.RELEASE, cause=allocation.id, now=now)
        entry_id, made = entry.id, [entry, *transfers]
    closing = PurchaseClosing(
        allocation_id=allocation.id,
        freed_minor=freed.minor,
        closed_by_id=actor.person_id,
        closed_at=now.instant,
        entry_id=entry_id,
    )
    session.add(closing)
    audit.say(session, "purchase.closed", subject=allocation.id, made=[closing, *made])
    return Closed(freed)


def locked_to_follow(
    session: Session, allocation_id: UUID, kind: AllocationKind, *, now: Instant
) -> tuple[Allocation, Money]:
    """A carried allocation whose notice is over, locked until the commit; and what it may spend. Raises RuleBroken."""
    allocation = lock_allocation(session, allocation_id)
    if allocation.kind is not kind:
        raise RuleBroken(_("This allocation does not exist; choose one from the list."))
    notice = session.scalar(_NOTICE.where(Decision.allocation_id == allocation_id))
    if reason := why_not_follow(allocation.state, notice_until=notice, now=now.instant):
        raise RuleBroken(reason)
    version = session.get_one(AllocationVersion, (allocation.id, allocation.version))
    return allocation, Money(version.total_minor, version.currency)


def check_bank_day(session: Session, allocation_id: UUID, day: date, *, now: Instant) -> None:
    """Raise RuleBroken unless the bank can have paid or sent on this day for a carried allocation."""
    over = session.execute(_NOTICE.where(Decision.allocation_id == allocation_id)).scalar_one()
    assert over is not None, "what was carried has rested"
    first = over.astimezone(zone_of(session)).date()
    if reason := why_not_bank_day(day, first=first, today=now.today):
        raise RuleBroken(reason, "value_on")


def _refuse_closed(session: Session, allocation_id: UUID) -> None:
    if session.get(PurchaseClosing, allocation_id) is not None:
        raise RuleBroken(_("This purchase is closed."))


def _check_invoice(session: Session, order: InvoiceOrder, carried: Money, *, now: Instant) -> None:
    """Raise RuleBroken beside its field unless this invoice can be paid now."""
    invoiced = Money(_invoiced(session, order.allocation_id), carried.currency)
    if order.amount.currency != carried.currency:
        raise RuleBroken(_("This purchase is paid in %(currency)s.", currency=carried.currency), "bank")
    if reason := why_not_invoice(order.amount, dated=order.dated, carried=carried, invoiced=invoiced, today=now.today):
        raise RuleBroken(reason, "amount")
    _check_number(session, order)
    check_bank_day(session, order.allocation_id, order.value_on, now=now)


def _check_number(session: Session, order: InvoiceOrder) -> None:
    number = order.number.strip()
    if not number:
        raise RuleBroken(_("Write the invoice’s number as it stands on it."), "number")
    if len(number) > NUMBER_AT_MOST:
        raise RuleBroken(
            _("Write the number in %(most)s characters or fewer: its end, if need be.", most=NUMBER_AT_MOST), "number"
        )
    twin = select(Invoice.id).where(Invoice.allocation_id == order.allocation_id, Invoice.number == number)
    if session.scalar(twin) is not None:
        raise RuleBroken(_("This invoice is paid already."), "number")


def _invoiced(session: Session, allocation_id: UUID) -> int:
    sums = select(func.coalesce(func.sum(Invoice.amount_minor), 0)).where(Invoice.allocation_id == allocation_id)
    return int(session.execute(sums).scalar_one())


def _delivered(session: Session, line_id: UUID) -> int:
    sums = select(func.coalesce(func.sum(DeliveryLine.delivered), 0)).where(DeliveryLine.line_id == line_id)
    return int(session.execute(sums).scalar_one())


def _ordered(session: Session, allocation: Allocation, point_id: UUID) -> dict[UUID, AllocationLine]:
    lines: Sequence[AllocationLine] = session.scalars(
        select(AllocationLine).where(
            AllocationLine.allocation_id == allocation.id,
            AllocationLine.version == allocation.version,
            AllocationLine.point_id == point_id,
        )
    ).all()
    return {line.id: line for line in lines}
