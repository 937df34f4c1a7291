"""Money for the cash of points: proposed, sent from a bank account, and counted where it arrives."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aid.domain import entries
from aid.domain.allocations import AllocationKind
from aid.domain.clock import Instant
from aid.domain.entries import EntryKind
from aid.domain.money import LARGEST, Money
from aid.domain.permissions import Permission
from aid.domain.points import PointKind
from aid.domain.purchases import CashFault, why_not_arrived
from aid.domain.refusals import Refusals, RuleBroken
from aid.domain.words import _
from aid.models.allocations import AllocationLine
from aid.models.base import Permanent
from aid.models.fund import Point
from aid.models.purchases import CashArrival, CashSending
from aid.services import audit, ledger
from aid.services.banks import bank_in_use, must_hold
from aid.services.putting import Proposal, Proposed, Wanted, put_new
from aid.services.stock.deliveries import check_bank_day, locked_to_follow
from aid.services.stops import refuse_while_stopped
from aid.vault.actor import Actor

WORDS_AT_MOST = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferOrder:
    """Money for points, as a coordinator writes it: (point, minor units)."""

    currency: str
    lines: tuple[tuple[UUID, int], ...]
    words: str = field(default="", repr=False)

    @property
    def total(self) -> Money:
        """What it comes to."""
        return Money(sum(minor for _point, minor in self.lines), self.currency)


@dataclass(frozen=True, slots=True, kw_only=True)
class SendOrder:
    """From which bank account a line's money goes to its point."""

    line_id: UUID
    bank_id: UUID
    value_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalOrder:
    """What a point counted, and why something is missing."""

    line_id: UUID
    minor: int
    fault: CashFault | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """Money is on its way to a point."""

    line_id: UUID


@dataclass(frozen=True, slots=True)
class Arrived:
    """A point's cash rose by what was counted; so much is still missing."""

    line_id: UUID
    missing: Money


def check_transfer(session: Session, order: TransferOrder) -> None:
    """Raise RuleBroken beside its field unless this can be proposed."""
    if not order.lines:
        raise RuleBroken(_("Write how much goes to at least one point."), "lines")
    points = [point for point, _minor in order.lines]
    if len(set(points)) < len(points) or not set(points) <= set(session.scalars(select(Point.id))):
        raise RuleBroken(_("Choose a point of the list, each once."), "lines")
    if session.scalar(select(Point.id).where(Point.id.in_(points), Point.kind == PointKind.SHOP).limit(1)):
        raise RuleBroken(_("A shop gets no cash: it gives goods, and its invoices are paid."), "lines")
    if not all(0 < minor <= LARGEST for _point, minor in order.lines):
        raise RuleBroken(_("Write an amount above zero."), "lines")
    if len(order.words) > WORDS_AT_MOST:
        raise RuleBroken(_("Write at most %(most)s letters.", most=WORDS_AT_MOST), "words")


def propose_transfer(session: Session, *, actor: Actor, now: Instant, order: TransferOrder) -> Proposed:
    """Put money for points to the committee. It spends nothing: it is the same money in another place."""
    actor.must(Permission.PROPOSE)
    check_transfer(session, order)
    why = {"transfer": {"words": order.words.strip()}}
    lines = tuple(Wanted(minor=minor, point_id=point, why=why) for point, minor in order.lines)
    proposal = Proposal(kind=AllocationKind.TRANSFER, purpose_id=None, currency=order.currency, lines=lines)
    return put_new(session, proposal=proposal, actor=actor, now=now)


def check_send(session: Session, *, actor: Actor, now: Instant, order: SendOrder) -> AllocationLine:
    """The line, held, where its money can be sent so. Raises RuleBroken beside its field."""
    actor.must(Permission.PAY_OUT)
    refuse_while_stopped(session, now=now)
    line = _line(session, order.line_id, now=now)
    if session.get(CashSending, line.id) is not None:
        raise RuleBroken(_("This was sent already."))
    refusals, amount = Refusals(), Money(line.amount_minor, line.currency)
    with refusals:
        bank_in_use(session, order.bank_id, currency=amount.currency)
        must_hold(session, order.bank_id, amount, field="bank")
    with refusals:
        check_bank_day(session, line.allocation_id, order.value_on, now=now)
    refusals.tell()
    return line


def send_cash(session: Session, *, actor: Actor, now: Instant, order: SendOrder) -> Sent:
    """Send a line's money from a bank account: it is in transit until the point counts it. Raises RuleBroken."""
    line = check_send(session, actor=actor, now=now, order=order)
    assert actor.person_id is not None, "a person sends money"
    amount = Money(line.amount_minor, line.currency)
    entry, transfers = ledger.post(
        session,
        entries.sent(order.bank_id, amount),
        kind=EntryKind.CASH_SENDING,
        cause=line.id,
        now=now,
        value_on=order.value_on,
    )
    sending = CashSending(
        line_id=line.id,
        bank_id=order.bank_id,
        sent_by_id=actor.person_id,
        sent_at=now.instant,
        entry_id=entry.id,
    )
    session.add(sending)
    audit.say(session, "cash.sent", subject=line.allocation_id, made=[sending, entry, *transfers])
    return Sent(line.id)


def count_arrival(session: Session, *, actor: Actor, now: Instant, order: ArrivalOrder) -> Arrived:
    """Write down what a point counted: its cash rises by that. What is missing stays in transit, with its reason."""
    line = _line(session, order.line_id, now=now)
    actor.must(Permission.KEEP_POINT, point=line.point_id)
    assert actor.person_id is not None, "a person counts money"
    sending = session.get(CashSending, line.id)
    if sending is None:
        raise RuleBroken(_("Nothing was sent yet."))
    if sending.sent_by_id == actor.person_id:
        raise RuleBroken(_("You sent it yourself: somebody at the point counts it."))
    sent, earlier, n = Money(line.amount_minor, line.currency), *_arrived(session, line)
    arrived = Money(order.minor, line.currency)
    if reason := why_not_arrived(arrived, sent=sent, earlier=earlier, fault=order.fault):
        raise RuleBroken(reason, "amount")
    made: list[Permanent] = []
    entry_id = None
    if arrived.minor:
        postings = entries.counted_in(line.point_id, arrived)
        entry, transfers = ledger.post(session, postings, kind=EntryKind.CASH_ARRIVAL, cause=line.id, now=now)
        entry_id, made = entry.id, [entry, *transfers]
    arrival = CashArrival(
        line_id=line.id,
        n=n + 1,
        amount_minor=arrived.minor,
        fault=order.fault,
        counted_by_id=actor.person_id,
        counted_at=now.instant,
        entry_id=entry_id,
    )
    session.add(arrival)
    audit.say(session, "cash.arrived", subject=line.allocation_id, made=[arrival, *made])
    return Arrived(line.id, sent - earlier - arrived)


def _line(session: Session, line_id: UUID, *, now: Instant) -> AllocationLine:
    """A line of a carried transfer, whose allocation is locked. Raises RuleBroken."""
    line = session.get(AllocationLine, line_id)
    if line is None:
        raise RuleBroken(_("This allocation does not exist; choose one from the list."))
    allocation, _total = locked_to_follow(session, line.allocation_id, AllocationKind.TRANSFER, now=now)
    if line.version != allocation.version:
        raise RuleBroken(_("This allocation does not exist; choose one from the list."))
    return line


def _arrived(session: Session, line: AllocationLine) -> tuple[Money, int]:
    """What arrived before, and how often something was counted."""
    sums = select(func.coalesce(func.sum(CashArrival.amount_minor), 0), func.count())
    minor, times = session.execute(sums.where(CashArrival.line_id == line.id)).one()
    return Money(int(minor), line.currency), times
