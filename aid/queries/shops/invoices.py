"""One invoice of a shop with all its lines and differences; and what a shop gave over some days, for its statement."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import literal, select, union_all
from sqlalchemy.orm import Session

from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.domain.shop_invoices import WITHDRAWN_TITLES, why_not_withdraw
from aid.domain.shops import DIFFERENCE_TITLES, Difference, Unpaid
from aid.domain.vouchers import printed_number
from aid.domain.words import Message
from aid.models.collections import Collection
from aid.models.fund import Point
from aid.models.late import LateLine
from aid.models.ledger import BankAccount
from aid.models.people import Person
from aid.models.shops import (
    ShopInvoice,
    ShopInvoiceApproval,
    ShopInvoiceDifference,
    ShopInvoiceLine,
    ShopInvoiceWithdrawal,
    ShopPayment,
)
from aid.models.vouchers import Voucher
from aid.queries.ledger.statement import Period
from aid.queries.shops.standing import FATE, InvoiceRow, ShopRow, invoice_row, invoices, with_fate
from aid.services.fund_days import day_bounds, zone_of
from aid.services.shops.owed import GIVEN, LOST, given_at, lost_at
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class AcceptedRow:
    """A voucher that the fund pays for."""

    serial: int
    at: datetime
    amount: Money
    is_loss: bool

    @property
    def printed_number(self) -> str:
        """The number as it stands on the paper."""
        return printed_number(self.serial)


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """What does not agree, and why."""

    serial: int | None
    claimed: Money | None
    ours: Money | None
    reason: Message
    is_refused: bool  # the shop asks for it; else it may ask for it next time

    @property
    def printed_number(self) -> str:
        """The number as it stands on the paper; nothing where it is about the whole sum."""
        return printed_number(self.serial) if self.serial is not None else ""


@dataclass(frozen=True, slots=True)
class PaidRow:
    """How an invoice was paid."""

    at: datetime
    by: str  # a handle
    bank: Mapping[str, str]
    entry_id: UUID


@dataclass(frozen=True, slots=True)
class ApprovedRow:
    """Who agreed that an invoice is paid."""

    at: datetime
    by: str  # a handle


@dataclass(frozen=True, slots=True)
class WithdrawnRow:
    """Why an invoice is not paid after all."""

    at: datetime
    by: str  # a handle
    reason: Message
    words: str


@dataclass(frozen=True, slots=True)
class InvoicePage:
    """An invoice as the treasurer, the auditor and, on paper, the shop look at it."""

    row: InvoiceRow
    point_id: UUID
    shop: Mapping[str, str]
    has_list: bool
    by: str  # a handle
    is_own: bool  # whoever looks at it took it in
    at: datetime
    accepted: tuple[AcceptedRow, ...]
    differences: tuple[DifferenceRow, ...]
    approved: ApprovedRow | None
    paid: PaidRow | None
    withdrawn: WithdrawnRow | None

    @property
    def refused(self) -> tuple[DifferenceRow, ...]:
        """What the shop asks for and is not paid."""
        return tuple(row for row in self.differences if row.is_refused)

    @property
    def forgotten(self) -> tuple[DifferenceRow, ...]:
        """What was collected there and is not on the invoice."""
        return tuple(row for row in self.differences if not row.is_refused)

    @property
    def stands(self) -> bool:
        """Whether it may still be withdrawn."""
        return why_not_withdraw(self.row.state) is None


@dataclass(frozen=True, slots=True)
class DayRow:
    """What was collected at a shop on one day: which vouchers, and what they come to."""

    day: date
    numbers: tuple[str, ...]  # as they stand on the papers
    amount: Money


@dataclass(frozen=True, slots=True)
class ShopStatement:
    """What a shop gave over some days, day by day, its invoices, and what it is owed now."""

    period: Period
    days: tuple[DayRow, ...]
    total: Money
    count: int
    shop: ShopRow
    invoices: tuple[InvoiceRow, ...]  # of those days, the first first


def invoice(session: Session, *, actor: Actor, invoice_id: UUID) -> InvoicePage | None:
    """One invoice, or nothing where there is none."""
    actor.must(Permission.SEE_MONEY)
    found = session.execute(
        with_fate(select(ShopInvoice, *FATE, Point.names, Person.handle))
        .join(Point, Point.id == ShopInvoice.point_id)
        .join(Person, Person.id == ShopInvoice.written_by_id)
        .where(ShopInvoice.id == invoice_id)
    ).one_or_none()
    if found is None:
        return None
    row, *fate, names, handle = found
    return InvoicePage(
        row=invoice_row(row, *fate),
        point_id=row.point_id,
        shop=names,
        has_list=row.has_list,
        by=handle,
        is_own=row.written_by_id == actor.person_id,
        at=row.written_at,
        accepted=_accepted(session, row),
        differences=_differences(session, row),
        approved=_approved(session, invoice_id),
        paid=_paid(session, invoice_id),
        withdrawn=_withdrawn(session, invoice_id),
    )


def statement(session: Session, *, actor: Actor, shop: ShopRow, period: Period) -> ShopStatement:
    """What a shop gave over some days, by the fund's clock, and the invoices that it dated in them."""
    actor.must(Permission.SEE_MONEY)
    zone = zone_of(session)
    begin, end = day_bounds(session, period.first, period.last)
    own = given_at(shop.id, shop.currency, *GIVEN).where(
        Collection.collected_at >= begin, Collection.collected_at < end
    )
    lost = lost_at(shop.id, shop.currency, *LOST).where(LateLine.handed_at >= begin, LateLine.handed_at < end)
    given = [*session.execute(own), *session.execute(lost)]
    by_day: defaultdict[date, list[tuple[int, int]]] = defaultdict(list)
    for at, _id, serial, minor in given:
        by_day[at.astimezone(zone).date()].append((serial, int(minor)))
    days = tuple(_day(day, sorted(by_day[day]), shop.currency) for day in sorted(by_day))
    return ShopStatement(
        period=period,
        days=days,
        total=sum((row.amount for row in days), Money.zero(shop.currency)),
        count=len(given),
        shop=shop,
        invoices=tuple(
            row
            for row in reversed(invoices(session, actor=actor, point_id=shop.id))
            if period.first <= row.dated <= period.last
        ),
    )


def _day(day: date, given: list[tuple[int, int]], currency: str) -> DayRow:
    numbers = tuple(printed_number(serial) for serial, _minor in given)
    return DayRow(day, numbers, Money(sum(minor for _serial, minor in given), currency))


def _accepted(session: Session, row: ShopInvoice) -> tuple[AcceptedRow, ...]:
    line, no, yes = ShopInvoiceLine, literal(0), literal(1)
    collected = (
        select(line.n, Voucher.serial, Collection.collected_at.label("at"), line.amount_minor, no.label("is_loss"))
        .join(Collection, Collection.id == line.collection_id)
        .join(Voucher, Voucher.id == Collection.voucher_id)
        .where(line.invoice_id == row.id)
    )
    lost = (
        select(line.n, LateLine.serial, LateLine.handed_at.label("at"), line.amount_minor, yes.label("is_loss"))
        .join(LateLine, LateLine.id == line.late_line_id)
        .where(line.invoice_id == row.id)
    )
    rows: Any = union_all(collected, lost).order_by("n")
    return tuple(
        AcceptedRow(serial, at, Money(int(minor), row.currency), bool(is_loss))
        for _n, serial, at, minor, is_loss in session.execute(rows)
    )


def _differences(session: Session, row: ShopInvoice) -> tuple[DifferenceRow, ...]:
    of = select(ShopInvoiceDifference).where(ShopInvoiceDifference.invoice_id == row.id)
    told = session.scalars(of.order_by(ShopInvoiceDifference.n))
    every = (Unpaid(each.reason, each.serial, each.claimed_minor, each.ours_minor) for each in told)
    return difference_rows(every, row.currency)


def difference_rows(every: Iterable[Unpaid], currency: str) -> tuple[DifferenceRow, ...]:
    """Differences as they are shown."""
    return tuple(
        DifferenceRow(
            serial=each.serial,
            claimed=Money(each.claimed, currency) if each.claimed is not None else None,
            ours=Money(each.ours, currency) if each.ours is not None else None,
            reason=DIFFERENCE_TITLES[each.reason],
            is_refused=each.reason is not Difference.NOT_CLAIMED,
        )
        for each in every
    )


def _approved(session: Session, invoice_id: UUID) -> ApprovedRow | None:
    said = select(ShopInvoiceApproval.approved_at, Person.handle)
    said = said.join(Person, Person.id == ShopInvoiceApproval.approved_by_id)
    found = session.execute(said.where(ShopInvoiceApproval.invoice_id == invoice_id)).one_or_none()
    return ApprovedRow(*found) if found else None


def _withdrawn(session: Session, invoice_id: UUID) -> WithdrawnRow | None:
    gone = ShopInvoiceWithdrawal
    said = select(gone.withdrawn_at, Person.handle, gone.reason, gone.words)
    said = said.join(Person, Person.id == gone.withdrawn_by_id)
    found = session.execute(said.where(gone.invoice_id == invoice_id)).one_or_none()
    return WithdrawnRow(found[0], found[1], WITHDRAWN_TITLES[found[2]], found[3]) if found else None


def _paid(session: Session, invoice_id: UUID) -> PaidRow | None:
    found = session.execute(
        select(ShopPayment.paid_at, Person.handle, BankAccount.names, ShopPayment.entry_id)
        .join(Person, Person.id == ShopPayment.paid_by_id)
        .join(BankAccount, BankAccount.id == ShopPayment.bank_id)
        .where(ShopPayment.invoice_id == invoice_id)
    ).one_or_none()
    return PaidRow(*found) if found else None
