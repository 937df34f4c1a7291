"""What was accepted of a shop's invoice is paid from one of the fund's bank accounts, in one entry."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain import entries
from aid.domain.clock import Instant
from aid.domain.entries import EntryKind
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models.shops import ShopInvoice, ShopInvoiceLine, ShopPayment
from aid.services import audit, ledger
from aid.services.banks import bank_in_use, must_hold
from aid.services.shops.invoicing import refuse_own
from aid.services.stops import refuse_while_stopped
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopPayOrder:
    """From which bank account an invoice is paid, and on which day of the bank's."""

    invoice_id: UUID
    bank_id: UUID
    value_on: date


@dataclass(frozen=True, slots=True)
class ShopPaid:
    """A shop is paid."""

    invoice_id: UUID


def pay_shop(session: Session, *, actor: Actor, now: Instant, order: ShopPayOrder) -> ShopPaid:
    """Pay exactly what was accepted of an invoice. Raises RuleBroken beside its field."""
    actor.must(Permission.PAY_OUT)
    assert actor.person_id is not None, "a person pays"
    refuse_while_stopped(session, now=now)
    invoice = session.scalar(select(ShopInvoice).where(ShopInvoice.id == order.invoice_id).with_for_update())
    if invoice is None:
        raise RuleBroken(_("There is no such invoice."))
    if not invoice.accepted_minor:
        raise RuleBroken(_("Nothing of this invoice was accepted, so nothing is paid."))
    if session.get(ShopPayment, invoice.id, populate_existing=True) is not None:
        raise RuleBroken(_("This invoice is paid already."))
    if order.value_on > now.today:
        raise RuleBroken(_("The bank’s day is not in the future."), "value_on")
    lines = select(ShopInvoiceLine.collection_id).where(ShopInvoiceLine.invoice_id == invoice.id)
    refuse_own(session, actor=actor, collection_ids=[id_ for id_ in session.scalars(lines) if id_ is not None])
    amount = Money(invoice.accepted_minor, invoice.currency)
    bank_in_use(session, order.bank_id, currency=amount.currency)
    must_hold(session, order.bank_id, amount, field="bank")
    entry, transfers = ledger.post(
        session,
        entries.settled(invoice.point_id, order.bank_id, amount),
        kind=EntryKind.PAYMENT,
        cause=invoice.id,
        now=now,
        value_on=order.value_on,
    )
    payment = ShopPayment(
        invoice_id=invoice.id,
        bank_id=order.bank_id,
        paid_by_id=actor.person_id,
        paid_at=now.instant,
        entry_id=entry.id,
    )
    session.add(payment)
    audit.say(session, "shop.paid", subject=invoice.id, made=[payment, entry, *transfers])
    return ShopPaid(invoice.id)
