"""Proof of shops' invoices: nothing is paid that was withdrawn, or that no second person agreed to."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from aid.models.collections import Collection
from aid.models.shops import (
    ShopInvoice,
    ShopInvoiceApproval,
    ShopInvoiceLine,
    ShopInvoiceWithdrawal,
    ShopPayment,
)
from aid.services.verification.faults import Fault, those


def approved() -> Iterator[Fault]:
    """Somebody else agreed, who handed out nothing of it, before it was paid."""
    said, id_ = ShopInvoiceApproval, ShopInvoiceApproval.invoice_id
    invoice = exists().where(ShopInvoice.id == id_)
    own = or_(said.approved_by_id == said.taken_by_id, invoice.where(ShopInvoice.written_by_id == said.approved_by_id))
    yield those(id_, own, "who took it in agreed to it")
    handed = exists().where(
        ShopInvoiceLine.invoice_id == id_,
        Collection.id == ShopInvoiceLine.collection_id,
        Collection.handed_by_id == said.approved_by_id,
    )
    yield those(id_, handed, "who handed some of it out agreed to it")
    early = invoice.where(ShopInvoice.written_at > said.approved_at)
    yield those(id_, early, "somebody agreed to it before it was there")


def withdrawn() -> Iterator[Fault]:
    """What was withdrawn says so, with all its lines; and nothing else does."""
    gone = exists().where(ShopInvoiceWithdrawal.invoice_id == ShopInvoice.id)
    yield those(ShopInvoice.id, ShopInvoice.withdrawn != gone, "it says otherwise whether it was withdrawn")
    other = exists().where(
        ShopInvoiceLine.invoice_id == ShopInvoice.id, ShopInvoiceLine.withdrawn != ShopInvoice.withdrawn
    )
    yield those(ShopInvoice.id, other, "its lines say otherwise whether it was withdrawn")
    early = ShopInvoice.written_at > ShopInvoiceWithdrawal.withdrawn_at
    earlier = exists().where(ShopInvoiceWithdrawal.invoice_id == ShopInvoice.id, early)
    yield those(ShopInvoice.id, earlier, "it was withdrawn before it was there")


def paid() -> Iterator[Fault]:
    """What is paid stands, and somebody else agreed to it."""
    invoice = ShopInvoice.id == ShopPayment.invoice_id
    for wrong, text in (
        (ShopInvoice.accepted_minor <= 0, "nothing of its invoice was accepted"),
        (ShopInvoice.written_at > ShopPayment.paid_at, "it was paid before it was there"),
        (ShopInvoice.withdrawn, "its invoice was withdrawn"),
    ):
        yield those(ShopPayment.invoice_id, exists().where(invoice, wrong), text)
    gone = ~exists().where(invoice)
    yield those(ShopPayment.invoice_id, gone, "it is for no invoice")
    agreed = exists().where(
        ShopInvoiceApproval.invoice_id == ShopPayment.invoice_id, ShopInvoiceApproval.approved_at <= ShopPayment.paid_at
    )
    alone = and_(~agreed, ShopPayment.paid_at > _two_people_since())
    yield those(ShopPayment.invoice_id, alone, "nobody else agreed to it before it was paid")


def _two_people_since() -> Any:
    """When somebody first agreed to an invoice: what was paid before that was paid on one person's word."""
    first: Any = aliased(ShopInvoiceApproval)
    return select(func.min(first.approved_at)).scalar_subquery()
