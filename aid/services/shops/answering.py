"""An invoice that is kept is looked at by a second person, who agrees that it is paid; or it is withdrawn."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.shop_invoices import (
    InvoiceFacts,
    InvoiceState,
    WithdrawnReason,
    why_not_approve,
    why_not_withdraw,
    why_not_words,
)
from aid.domain.words import _
from aid.models.shops import ShopInvoice, ShopInvoiceApproval, ShopInvoiceLine, ShopInvoiceWithdrawal, ShopPayment
from aid.services import audit
from aid.services.shops.invoicing import refuse_own
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawOrder:
    """Why an invoice is not paid after all; in words, where none of the reasons says it."""

    invoice_id: UUID
    reason: WithdrawnReason
    words: str = ""


@dataclass(frozen=True, slots=True)
class ShopInvoiceAnswered:
    """The invoice is to be paid, or it is withdrawn."""

    invoice_id: UUID
    point_id: UUID


def approve_invoice(session: Session, *, actor: Actor, now: Instant, invoice_id: UUID) -> ShopInvoiceAnswered:
    """Agree, as a second person who compared it with the paper, that an invoice is paid. Raises RuleBroken."""
    actor.must(Permission.CONFIRM_MONEY)
    assert actor.person_id is not None, "a person agrees"
    invoice = locked_invoice(session, invoice_id)
    is_own = invoice.written_by_id == actor.person_id
    if refusal := why_not_approve(state_of(session, invoice), is_own=is_own):
        raise RuleBroken(refusal)
    refuse_own(session, actor=actor, collection_ids=collections_of(session, invoice))
    approval = ShopInvoiceApproval(
        invoice_id=invoice.id,
        taken_by_id=invoice.written_by_id,
        approved_by_id=actor.person_id,
        approved_at=now.instant,
    )
    session.add(approval)
    audit.say(session, "shop.approved", subject=invoice.id, made=[approval])
    return ShopInvoiceAnswered(invoice.id, invoice.point_id)


def withdraw_invoice(session: Session, *, actor: Actor, now: Instant, order: WithdrawOrder) -> ShopInvoiceAnswered:
    """Withdraw an invoice that is not paid; what it was for is free for another. Raises RuleBroken beside its field."""
    actor.must(Permission.CONFIRM_MONEY)
    assert actor.person_id is not None, "a person withdraws it"
    invoice = locked_invoice(session, order.invoice_id)
    if refusal := why_not_withdraw(state_of(session, invoice)):
        raise RuleBroken(refusal)
    words = " ".join(order.words.split())
    if refusal := why_not_words(order.reason, words):
        raise RuleBroken(refusal, "words")
    withdrawal = ShopInvoiceWithdrawal(
        invoice_id=invoice.id,
        reason=order.reason,
        words=words,
        withdrawn_by_id=actor.person_id,
        withdrawn_at=now.instant,
    )
    session.add(withdrawal)
    invoice.withdrawn = True
    lines = update(ShopInvoiceLine).where(ShopInvoiceLine.invoice_id == invoice.id)
    session.execute(lines.values(withdrawn=True).execution_options(synchronize_session=False))
    audit.say(session, "shop.withdrawn", subject=invoice.id, made=[withdrawal])
    return ShopInvoiceAnswered(invoice.id, invoice.point_id)


def locked_invoice(session: Session, invoice_id: UUID) -> ShopInvoice:
    """An invoice that nobody else answers or pays until the commit. Raises RuleBroken where there is none."""
    held = select(ShopInvoice).where(ShopInvoice.id == invoice_id).with_for_update()
    invoice = session.scalar(held.execution_options(populate_existing=True))
    if invoice is None:
        raise RuleBroken(_("There is no such invoice."))
    return invoice


def state_of(session: Session, invoice: ShopInvoice) -> InvoiceState:
    """How far an invoice has come, while it is held."""
    approved, paid = (
        session.get(table, invoice.id, populate_existing=True) is not None
        for table in (ShopInvoiceApproval, ShopPayment)
    )
    facts = InvoiceFacts(accepted=invoice.accepted_minor, approved=approved, paid=paid, withdrawn=invoice.withdrawn)
    return facts.state


def collections_of(session: Session, invoice: ShopInvoice) -> list[UUID]:
    """The collections that an invoice is for."""
    lines = select(ShopInvoiceLine.collection_id).where(ShopInvoiceLine.invoice_id == invoice.id)
    return [id_ for id_ in session.scalars(lines) if id_ is not None]
