"""What waits about shops: an invoice to pay, and what was collected long ago and is on none."""

from typing import Any

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.points import PointKind
from aid.domain.shops import INVOICE_WITHIN
from aid.domain.words import _, n_
from aid.models.collections import Collection
from aid.models.fund import Point
from aid.models.shops import ShopInvoice, ShopInvoiceApproval, ShopPayment
from aid.models.vouchers import Voucher
from aid.queries.today.waiting import Waiting, oldest
from aid.services.collections.parts import MINOR, STANDS
from aid.services.shops.owed import NOT_INVOICED
from aid.vault.actor import Actor

APPROVED = exists().where(ShopInvoiceApproval.invoice_id == ShopInvoice.id)
PAID = exists().where(ShopPayment.invoice_id == ShopInvoice.id)
STANDS_FOR = (ShopInvoice.accepted_minor > 0, ~PAID, ~ShopInvoice.withdrawn)


def to_pay(session: Session, _actor: Actor, _now: Instant) -> Waiting:
    """Invoices of shops that a second person agreed to and that are not paid."""
    rows = select(ShopInvoice.written_at, ShopInvoice.id).where(*STANDS_FOR, APPROVED)
    found = oldest(session, rows)
    title = n_("invoice of a shop to pay", "invoices of shops to pay", found.count)
    one = found.alone("invoice_id")
    page = "shops.invoice" if one else "shops.index"
    return Waiting(page, found.count, title, None, found.since, patience=7, values=one)


def to_approve(session: Session, actor: Actor, _now: Instant) -> Waiting:
    """Invoices of shops that somebody else took in."""
    others = ShopInvoice.written_by_id != actor.id
    found = oldest(session, select(ShopInvoice.written_at, ShopInvoice.id).where(*STANDS_FOR, ~APPROVED, others))
    title = n_("invoice of a shop to look at", "invoices of shops to look at", found.count)
    hint = _("It is paid once somebody else agrees.")
    one = found.alone("invoice_id")
    return Waiting("shops.invoice" if one else "shops.index", found.count, title, hint, found.since, 3, values=one)


def without_invoice(session: Session, _actor: Actor, now: Instant) -> Waiting:
    """Shops that gave something long ago, and sent no invoice for it."""
    first: Any = func.min(Collection.collected_at)
    rows: Select[Any] = (
        select(first, Point.id)
        .select_from(Collection)
        .join(Point, Point.id == Collection.point_id)
        .join(Voucher, Voucher.id == Collection.voucher_id)
        .where(Point.kind == PointKind.SHOP, STANDS, NOT_INVOICED, MINOR > 0)
        .group_by(Point.id)
        .having(first < now.instant - INVOICE_WITHIN)
    )
    found = oldest(session, rows)
    title = n_("shop sent no invoice for a month", "shops sent no invoice for a month", found.count)
    hint = _("Ask it for one: what was collected there is owed to it.")
    one = found.alone("point_id")
    return Waiting("shops.show" if one else "shops.index", found.count, title, hint, found.since, 45, values=one)
