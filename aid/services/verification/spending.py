"""Proof of what follows decisions that make no vouchers: payments, deliveries, cash for points; and of grants' caps."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import cache
from itertools import chain, groupby
from typing import Any
from uuid import UUID

from sqlalchemy import Exists, Select, and_, exists, func, select
from sqlalchemy.orm import Session, aliased

from aid.domain import entries
from aid.domain.allocations import AllocationKind
from aid.domain.entries import EntryKind
from aid.domain.grants import GrantRules
from aid.domain.money import Money
from aid.models.allocations import Allocation, AllocationLine, AllocationVersion, Decision
from aid.models.purchases import (
    CashArrival,
    CashSending,
    Delivery,
    DeliveryLine,
    GrantRulesVersion,
    Invoice,
    Payment,
    PurchaseClosing,
)
from aid.models.vouchers import Voucher
from aid.services.collections.parts import COUNTS, GIVEN_MINOR
from aid.services.verification.causes import IDS, Cause, booked
from aid.services.verification.faults import Fault, faults_found
from aid.services.verification.findings import Finding, named


def causes_of_spending(session: Session, ids: Sequence[UUID]) -> Iterator[tuple[UUID, Cause]]:
    """What these entries were made for, where it is a payment, the end of a purchase, or cash for a point."""
    yield from chain(_paid(session, ids), _closed(session, ids), _sent(session, ids), _arrived(session, ids))


def _paid(session: Session, ids: Sequence[UUID]) -> Iterator[tuple[UUID, Cause]]:
    for entry_id, bank, invoice, purpose in session.execute(_payments(), {"ids": ids}):
        assert purpose is not None, "asked for above"
        asked = entries.paid(purpose, bank, Money(invoice.amount_minor, invoice.currency))
        yield entry_id, Cause(EntryKind.PAYMENT, invoice.id, booked(asked))


@cache
def _payments() -> Select[UUID, UUID, Invoice, UUID | None]:
    return (
        select(Payment.entry_id, Payment.bank_id, Invoice, Allocation.purpose_id)
        .join(Invoice, Invoice.id == Payment.invoice_id)
        .join(Allocation, Allocation.id == Invoice.allocation_id)
        .where(Payment.entry_id.in_(IDS), Allocation.purpose_id.is_not(None))
        .execution_options(populate_existing=True)
    )


def _closed(session: Session, ids: Sequence[UUID]) -> Iterator[tuple[UUID, Cause]]:
    """What a purchase did not use is what was carried, less its invoices."""
    for entry_id, id_, purpose, version, spent in session.execute(_closings(), {"ids": ids}):
        assert entry_id is not None, "asked for by its entry"
        assert purpose is not None, "asked for above"
        asked = entries.released(purpose, Money(version.total_minor - int(spent), version.currency))
        yield entry_id, Cause(EntryKind.RELEASE, id_, booked(asked))


@cache
def _closings() -> Select[Any]:
    invoiced = (
        select(func.coalesce(func.sum(Invoice.amount_minor), 0))
        .where(Invoice.allocation_id == Allocation.id)
        .scalar_subquery()
    )
    return (
        select(PurchaseClosing.entry_id, Allocation.id, Allocation.purpose_id, AllocationVersion, invoiced)
        .join(Allocation, Allocation.id == PurchaseClosing.allocation_id)
        .join(
            AllocationVersion,
            and_(AllocationVersion.allocation_id == Allocation.id, AllocationVersion.version == Allocation.version),
        )
        .where(PurchaseClosing.entry_id.in_(IDS), Allocation.purpose_id.is_not(None))
    )


def _sent(session: Session, ids: Sequence[UUID]) -> Iterator[tuple[UUID, Cause]]:
    for entry_id, bank, line in session.execute(_sendings(), {"ids": ids}):
        asked = entries.sent(bank, Money(line.amount_minor, line.currency))
        yield entry_id, Cause(EntryKind.CASH_SENDING, line.id, booked(asked))


@cache
def _sendings() -> Select[UUID, UUID, AllocationLine]:
    return (
        select(CashSending.entry_id, CashSending.bank_id, AllocationLine)
        .join(AllocationLine, AllocationLine.id == CashSending.line_id)
        .where(CashSending.entry_id.in_(IDS))
    )


def _arrived(session: Session, ids: Sequence[UUID]) -> Iterator[tuple[UUID, Cause]]:
    for entry_id, minor, line in session.execute(_arrivals(), {"ids": ids}):
        assert entry_id is not None, "asked for by its entry"
        asked = entries.counted_in(line.point_id, Money(minor, line.currency))
        yield entry_id, Cause(EntryKind.CASH_ARRIVAL, line.id, booked(asked))


@cache
def _arrivals() -> Select[UUID | None, int, AllocationLine]:
    return (
        select(CashArrival.entry_id, CashArrival.amount_minor, AllocationLine)
        .join(AllocationLine, AllocationLine.id == CashArrival.line_id)
        .where(CashArrival.entry_id.in_(IDS))
    )


# ---------------------------------------------------------------- what rests on decisions


def prove_spending(session: Session) -> Iterator[Finding]:
    """Payments, deliveries and cash beyond what was carried, and grants beyond their rules."""
    yield from faults_found(session, _undecided, _overspent)
    yield from _elsewhere(session)
    yield from faults_found(session, _too_much_cash)
    yield from _beyond_rules(session)


def _undecided() -> Iterator[Fault]:
    """Nothing is paid, sent or taken in that was not carried, or while the decision rests."""
    for kind, at, of, what in (
        (Invoice, Invoice.written_at, Invoice.allocation_id, AllocationKind.PURCHASE),
        (Delivery, Delivery.taken_in_at, Delivery.allocation_id, AllocationKind.PURCHASE),
        (PurchaseClosing, PurchaseClosing.closed_at, PurchaseClosing.allocation_id, AllocationKind.PURCHASE),
    ):
        undecided = select(of).where(~_carried(of, at, what)).distinct()
        yield Fault(undecided, kind.__tablename__, "no decision that was in force lets it be")
    line = select(AllocationLine.allocation_id).where(AllocationLine.id == CashSending.line_id)
    sent = line.correlate(CashSending).scalar_subquery()  # of this sending, however deep it is asked
    wrong = ~_carried(sent, CashSending.sent_at, AllocationKind.TRANSFER)
    undecided = select(CashSending.line_id).where(wrong)
    yield Fault(undecided, "cash_sending", "no decision that was in force lets it be")


def _carried(of: Any, at: Any, kind: AllocationKind) -> Exists:
    return exists().where(
        Decision.allocation_id == of,
        Decision.carried,
        Decision.notice_until <= at,
        Allocation.id == Decision.allocation_id,
        Allocation.kind == kind,
    )


def _overspent() -> Iterator[Fault]:
    invoiced = (
        select(Invoice.allocation_id, func.sum(Invoice.amount_minor).label("minor"))
        .group_by(Invoice.allocation_id)
        .subquery()
    )
    decided = and_(
        AllocationVersion.allocation_id == Decision.allocation_id, AllocationVersion.version == Decision.version
    )
    found = (
        select(invoiced.c.allocation_id)
        .join(Decision, Decision.allocation_id == invoiced.c.allocation_id)
        .join(AllocationVersion, decided)
    )
    over = found.where(invoiced.c.minor > AllocationVersion.total_minor)
    yield Fault(over, "allocation", "more was invoiced than was carried")
    unpaid = select(Invoice.id).where(~exists().where(Payment.invoice_id == Invoice.id))
    yield Fault(unpaid, "invoice", "it has no payment")


def _elsewhere(session: Session) -> Iterator[Finding]:
    """A delivery is of lines that were carried for its point."""
    own = exists().where(
        Delivery.id == DeliveryLine.delivery_id,
        AllocationLine.id == DeliveryLine.line_id,
        AllocationLine.allocation_id == Delivery.allocation_id,
        AllocationLine.point_id == Delivery.point_id,
        Decision.allocation_id == Delivery.allocation_id,
        Decision.version == AllocationLine.version,
    )
    for key in session.execute(select(DeliveryLine.delivery_id, DeliveryLine.line_id).where(~own)):
        yield Finding("delivery_line", named(tuple(key)), "it was not ordered for this point")


def _too_much_cash() -> Iterator[Fault]:
    arrived = (
        select(CashArrival.line_id, func.sum(CashArrival.amount_minor).label("minor"))
        .group_by(CashArrival.line_id)
        .subquery()
    )
    found = select(arrived.c.line_id).join(AllocationLine, AllocationLine.id == arrived.c.line_id)
    yield Fault(
        found.where(arrived.c.minor > AllocationLine.amount_minor), "cash_arrival", "more arrived than was sent"
    )


def _beyond_rules(session: Session) -> Iterator[Finding]:
    """With what a family was carried before within the period, no carried grant is above the cap of its rules."""
    first = aliased(AllocationVersion)
    grants = session.execute(
        select(AllocationLine, AllocationVersion.proposed_at, first.proposed_at, GrantRulesVersion.rules, GIVEN_MINOR)
        .join(Allocation, Allocation.id == AllocationLine.allocation_id)
        .join(Decision, and_(Decision.allocation_id == Allocation.id, Decision.version == AllocationLine.version))
        .join(
            AllocationVersion,
            and_(AllocationVersion.allocation_id == Allocation.id, AllocationVersion.version == AllocationLine.version),
        )
        .join(first, and_(first.allocation_id == Allocation.id, first.version == 1))
        .join(Voucher, Voucher.id == AllocationLine.id)
        .join(GrantRulesVersion, GrantRulesVersion.version == AllocationVersion.grant_rules_version)
        .where(Allocation.kind == AllocationKind.GRANT, Decision.carried, COUNTS)
        .order_by(AllocationLine.family_id, AllocationVersion.proposed_at)
    )
    for _family, some in groupby(grants, key=lambda grant: grant[0].family_id):
        yield from _beyond_cap(list(some))


def _beyond_cap(grants: Sequence[Any]) -> Iterator[Finding]:
    """Of one family's grants in the order they were proposed, those that are too much with the ones before."""
    for place, (line, proposed_at, _first, plain, minor) in enumerate(grants):
        rules = GrantRules.from_plain(plain)
        since = proposed_at - timedelta(days=rules.days)
        before = [
            other_minor
            for other, _other_at, other_first, _rules, other_minor in grants[:place]
            if other.currency == line.currency and other_first > since
        ]
        if sum(before) + minor > rules.cap:
            yield Finding("allocation_line", str(line.id), "with earlier grants it is above what a family may get")
