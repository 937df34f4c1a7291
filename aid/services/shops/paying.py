"""What was accepted of a shop's invoice is paid from one of the fund's bank accounts, in one entry."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from aid.domain import entries
from aid.domain.clock import Instant
from aid.domain.entries import EntryKind
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.domain.refusals import Refusals, RuleBroken
from aid.domain.remittances import check_day
from aid.domain.shop_invoices import why_not_pay
from aid.domain.words import _
from aid.models.shops import ShopInvoice, ShopPayment
from aid.services import audit, ledger
from aid.services.banks import bank_in_use, must_hold
from aid.services.shops.answering import collections_of, locked_invoice, state_of
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


def check_pay(session: Session, *, actor: Actor, now: Instant, order: ShopPayOrder) -> ShopInvoice:
    """The invoice, held, where it can be paid so. Raises RuleBroken beside its field."""
    actor.must(Permission.PAY_OUT)
    refuse_while_stopped(session, now=now)
    invoice = locked_invoice(session, order.invoice_id)
    if refusal := why_not_pay(state_of(session, invoice)):
        raise RuleBroken(refusal)
    refuse_own(session, actor=actor, collection_ids=collections_of(session, invoice))
    refusals, amount = Refusals(), Money(invoice.accepted_minor, invoice.currency)
    with refusals:
        bank_in_use(session, order.bank_id, currency=amount.currency)
        must_hold(session, order.bank_id, amount, field="bank")
    with refusals:
        _check_bank_day(order.value_on, dated=invoice.dated, today=now.today)
    refusals.tell()
    return invoice


def pay_shop(session: Session, *, actor: Actor, now: Instant, order: ShopPayOrder) -> ShopPaid:
    """Pay exactly what was accepted of an invoice, once a second person agreed. Raises RuleBroken beside its field."""
    invoice = check_pay(session, actor=actor, now=now, order=order)
    assert actor.person_id is not None, "a person pays"
    entry, transfers = ledger.post(
        session,
        entries.settled(invoice.point_id, order.bank_id, Money(invoice.accepted_minor, invoice.currency)),
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


def _check_bank_day(day: date, *, dated: date, today: date) -> None:
    """Raise RuleBroken unless the bank can have paid an invoice of that date on this day."""
    check_day(day, field="value_on", today=today)
    if day < dated:
        raise RuleBroken(_("The invoice is of %(day)s; the bank did not pay it before that.", day=dated), "value_on")
