"""Proof of shops: what each is owed is what was collected there, less what was paid; each collection is paid once.

Invoices are the sum of their lines, whatever else a shop asked for stands with its reason, and lines are of collections
that stood, at that shop, in that currency, before the invoice was taken in. Nothing is paid that was withdrawn, or that
no second person agreed to.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, and_, exists, func, or_, select, union_all
from sqlalchemy.orm import Session

from aid.domain import entries
from aid.domain.entries import AccountKind, EntryKind
from aid.domain.money import Money
from aid.domain.points import PointKind
from aid.domain.shops import Difference
from aid.domain.undoing import UNDO_WITHIN
from aid.models.collections import Collection
from aid.models.fund import Point
from aid.models.late import LateAnswer, LateEntry, LateLine, PointList
from aid.models.ledger import Account, Transfer
from aid.models.shops import ShopAgreement, ShopInvoice, ShopInvoiceDifference, ShopInvoiceLine, ShopPayment
from aid.models.vouchers import Voucher
from aid.services.collections.parts import MINOR, STANDS
from aid.services.fund_days import zone_of
from aid.services.verification.causes import IDS, Cause, booked
from aid.services.verification.faults import Fault, faults_found, those
from aid.services.verification.findings import Finding
from aid.services.verification.shop_invoices import approved, paid, withdrawn


def causes_of_shops(session: Session, ids: Sequence[UUID]) -> Iterator[tuple[UUID, Cause]]:
    """What was accepted of an invoice, paid from a bank account."""
    for entry_id, bank_id, invoice in session.execute(_payments(), {"ids": ids}):
        amount = Money(invoice.accepted_minor, invoice.currency)
        asked = entries.settled(invoice.point_id, bank_id, amount) if amount.minor > 0 else ()
        yield entry_id, Cause(EntryKind.PAYMENT, invoice.id, booked(asked))


@cache
def _payments() -> Select[UUID, UUID, ShopInvoice]:
    return (
        select(ShopPayment.entry_id, ShopPayment.bank_id, ShopInvoice)
        .join(ShopInvoice, ShopInvoice.id == ShopPayment.invoice_id)
        .where(ShopPayment.entry_id.in_(IDS))
        .execution_options(populate_existing=True)
    )


def prove_shops(session: Session) -> Iterator[Finding]:
    """Shops that are owed something else than they gave, and invoices that are not what was collected."""
    yield from faults_found(session, _kinds, _invoices, approved, withdrawn, paid)
    yield from _agreements(session)
    yield from _lines(session)
    yield from _owed(session)


def _kinds() -> Iterator[Fault]:
    agreed = exists().where(ShopAgreement.point_id == Point.id)
    yield those(Point.id, (Point.kind == PointKind.SHOP) & ~agreed, "it is a shop, and nothing was agreed with it")
    yield those(Point.id, (Point.kind != PointKind.SHOP) & agreed, "it is no shop, and something was agreed with it")
    a_shop = exists().where(Point.id == Account.point_id, Point.kind == PointKind.SHOP)
    a_table = exists().where(Point.id == Account.point_id, Point.kind == PointKind.TABLE)
    wrong = or_((Account.kind == AccountKind.OWED) & ~a_shop, (Account.kind == AccountKind.CASH) & ~a_table)
    yield those(Account.id, wrong, "a table has cash, and a shop is owed; this is the other way round")
    foreign = ~exists().where(ShopAgreement.point_id == ShopInvoice.point_id)
    yield those(ShopInvoice.id, foreign, "it is of no shop")


def _invoices() -> Iterator[Fault]:
    lines = (
        select(func.coalesce(func.sum(ShopInvoiceLine.amount_minor), 0))
        .where(ShopInvoiceLine.invoice_id == ShopInvoice.id)
        .scalar_subquery()
    )
    yield those(ShopInvoice.id, ShopInvoice.accepted_minor != lines, "its lines come to another sum")
    of = ShopInvoiceDifference.invoice_id == ShopInvoice.id
    refused = select(func.coalesce(func.sum(ShopInvoiceDifference.claimed_minor), 0)).where(of).scalar_subquery()
    by_list = and_(ShopInvoice.has_list, ShopInvoice.claimed_minor != ShopInvoice.accepted_minor + refused)
    yield those(ShopInvoice.id, by_list, "what it asks for is neither accepted nor refused")
    whole = and_(
        of,
        ShopInvoiceDifference.reason == Difference.TOO_MUCH,
        ShopInvoiceDifference.claimed_minor == ShopInvoice.claimed_minor,
        ShopInvoiceDifference.ours_minor == ShopInvoice.accepted_minor,
    )
    more = ShopInvoice.claimed_minor > ShopInvoice.accepted_minor
    told = exists().where(whole)
    by_sum = and_(~ShopInvoice.has_list, or_(and_(more, ~told), and_(~more, exists().where(of))))
    yield those(ShopInvoice.id, by_sum, "what it asks for is neither accepted nor refused")


def _agreements(session: Session) -> Iterator[Finding]:
    """Versions follow each other, in one currency."""
    rows = session.execute(
        select(
            ShopAgreement.point_id,
            func.count(),
            func.max(ShopAgreement.version),
            func.count(ShopAgreement.currency.distinct()),
        ).group_by(ShopAgreement.point_id)
    )
    for point_id, count, last, currencies in rows:
        if count != last or currencies != 1:
            yield Finding("shop_agreement", str(point_id), "its versions do not follow each other")


def _lines(session: Session) -> Iterator[Finding]:
    """Each line is of a collection or loss of that shop which stood when the invoice was taken in."""
    zone = zone_of(session)
    seen: set[UUID] = set()
    for id_, n, line, given in _told(session):
        name = f"{id_}/{n}"
        if line in seen and not given.withdrawn:
            yield Finding("shop_invoice_line", name, "it is on two invoices")
        if not given.withdrawn:
            seen.add(line)
        if fault := _fault(given, zone):
            yield Finding("shop_invoice_line", name, fault)


def _fault(given: Any, zone: ZoneInfo) -> str | None:
    """What is wrong with a line; `given` is what its collection says, beside its invoice."""
    if given.point_id != given.shop_id or given.currency != given.in_currency:
        return "it was not collected at this shop, in its currency"
    if given.minor != given.amount_minor:
        return "it was collected for another amount"
    if not given.stands:
        return "its collection was undone"
    if not _settled(given.written, given.taken_in):
        return "it could still be undone when the invoice was taken in"
    if given.at.astimezone(zone).date() > given.up_to:
        return "it was collected after the last day of the invoice"
    return None


def _settled(written: datetime, taken_in: datetime) -> bool:
    return taken_in > written + UNDO_WITHIN


def _told(session: Session) -> Iterator[tuple[UUID, int, UUID, Any]]:
    for statement in (_collected(), _lost()):
        for row in session.execute(statement):
            yield row.invoice_id, row.n, row.id, row


@cache
def _collected() -> Select[Any]:
    written = func.coalesce(Collection.entered_at, Collection.collected_at, type_=Collection.collected_at.type)
    return (
        _of_invoice(Collection.id, Collection.point_id, Collection.collected_at.label("at"), written, MINOR, STANDS)
        .join(Collection, Collection.id == ShopInvoiceLine.collection_id)
        .join(Voucher, Voucher.id == Collection.voucher_id)
    )


@cache
def _lost() -> Select[Any]:
    stands = LateAnswer.loss_minor > 0
    return (
        _of_invoice(
            LateLine.id,
            PointList.point_id,
            LateLine.handed_at.label("at"),
            LateLine.handed_at,
            LateAnswer.loss_minor,
            stands,
        )
        .join(LateAnswer, LateAnswer.line_id == ShopInvoiceLine.late_line_id)
        .join(LateLine, LateLine.id == LateAnswer.line_id)
        .join(LateEntry, LateEntry.id == LateLine.entry_id)
        .join(PointList, PointList.id == LateEntry.list_id)
        .join(Voucher, Voucher.id == LateLine.voucher_id)
    )


def _of_invoice(id_: Any, point: Any, at: Any, written: Any, minor: Any, stands: Any) -> Select[Any]:
    columns = (
        ShopInvoiceLine.invoice_id,
        ShopInvoiceLine.n,
        ShopInvoiceLine.amount_minor,
        ShopInvoiceLine.withdrawn,
        ShopInvoice.point_id.label("shop_id"),
        ShopInvoice.currency.label("in_currency"),
        ShopInvoice.up_to,
        ShopInvoice.written_at.label("taken_in"),
        Voucher.currency,
        id_.label("id"),
        point.label("point_id"),
        at,
        written.label("written"),
        minor.label("minor"),
        stands.label("stands"),
    )
    own = select(*columns).select_from(ShopInvoiceLine)
    return own.join(ShopInvoice, ShopInvoice.id == ShopInvoiceLine.invoice_id)


def _owed(session: Session) -> Iterator[Finding]:
    """What the books say that each shop is owed, against what it gave, less what it was paid."""
    in_books: Counter[tuple[UUID, str]] = Counter()
    for sign, side in ((1, Transfer.credit_id), (-1, Transfer.debit_id)):
        for point, currency, minor in session.execute(_moved(side)):
            in_books[point, currency] += sign * int(minor)
    given: Counter[tuple[UUID, str]] = Counter()
    for point, currency, minor in session.execute(_given()):
        given[point, currency] += int(minor)
    for of in sorted(in_books.keys() | given.keys(), key=str):
        if in_books[of] != given[of]:
            text = (
                f"the books owe it {in_books[of]} minor units, but it gave goods worth {given[of]} more than was paid"
            )
            yield Finding("point", f"{of[0]}/{of[1]}", text)


@cache
def _moved(side: Any) -> Any:
    return (
        select(Account.point_id, Account.currency, func.sum(Transfer.amount_minor))
        .join(Transfer, side == Account.id)
        .where(Account.kind == AccountKind.OWED)
        .group_by(Account.point_id, Account.currency)
    )


@cache
def _given() -> Any:
    """Collections that stand, losses, and payments with the other sign, at shops."""
    shop = Point.kind == PointKind.SHOP
    collected = (
        select(Collection.point_id, Voucher.currency, func.sum(MINOR))
        .join(Voucher, Voucher.id == Collection.voucher_id)
        .join(Point, Point.id == Collection.point_id)
        .where(shop, STANDS)
        .group_by(Collection.point_id, Voucher.currency)
    )
    lost = (
        select(PointList.point_id, Voucher.currency, func.sum(LateAnswer.loss_minor))
        .join(LateLine, LateLine.id == LateAnswer.line_id)
        .join(LateEntry, LateEntry.id == LateLine.entry_id)
        .join(PointList, PointList.id == LateEntry.list_id)
        .join(Voucher, Voucher.id == LateLine.voucher_id)
        .join(Point, Point.id == PointList.point_id)
        .where(shop)
        .group_by(PointList.point_id, Voucher.currency)
    )
    paid = (
        select(ShopInvoice.point_id, ShopInvoice.currency, -func.sum(ShopInvoice.accepted_minor))
        .join(ShopPayment, ShopPayment.invoice_id == ShopInvoice.id)
        .group_by(ShopInvoice.point_id, ShopInvoice.currency)
    )
    return union_all(collected, lost, paid)
