"""Proof that what is in transit was sent and has neither arrived nor been explained, each by another person."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from aid.domain.entries import AccountKind, EntryKind
from aid.domain.remittances import DifferenceKind
from aid.models.ledger import Account, Entry, Transfer
from aid.models.remittances import Remittance, RemittanceDecision, RemittanceReceipt
from aid.services.verification.findings import Finding
from aid.services.verification.reading import Unreadable, rows_of

OURS = (EntryKind.SENDING, EntryKind.RECEIPT, EntryKind.CHARGES)
"""Entries that move what is in transit between bank accounts; money on its way to points has its own proof."""


def prove_remittances(session: Session) -> Iterator[Finding]:
    """Remittances that hold another amount in transit than was sent less what arrived and what is explained."""
    in_transit: dict[str, int] = {}
    for row in rows_of(session, Remittance):
        if isinstance(row, Unreadable):
            continue
        in_transit[row.currency] = in_transit.get(row.currency, 0) + row.left_minor
        yield from (Finding("remittance", str(row.id), fault) for fault in _faults(session, row))
    for currency, held in _held(session).items():
        said = in_transit.get(currency, 0)
        if held != said:
            yield Finding("account", f"transit/{currency}", f"it holds {held}, but remittances say {said}")


def _faults(session: Session, row: Remittance) -> Iterator[str]:
    charges = select(RemittanceDecision).where(
        RemittanceDecision.remittance_id == row.id, RemittanceDecision.kind == DifferenceKind.CHARGES
    )
    receipts = list(session.scalars(_of(row.id)))
    arrived = sum(receipt.amount_minor for receipt in receipts)
    explained = sum(decision.amount_minor for decision in session.scalars(charges))
    if row.left_minor != row.amount_minor - arrived - explained or row.left_minor < 0:
        yield (
            f"it says {row.left_minor} is in transit, but {row.amount_minor} was sent, "
            f"{arrived} arrived and {explained} is explained"
        )
    receivers = {receipt.received_by_id for receipt in receipts}
    if row.sent_by_id in receivers:
        yield "who sent it said that it arrived"
    everything = select(RemittanceDecision.decided_by_id, RemittanceDecision.decided_at).where(
        RemittanceDecision.remittance_id == row.id
    )
    for decider, at in session.execute(everything):
        before = {receipt.received_by_id for receipt in receipts if receipt.received_at <= at}
        if decider == row.sent_by_id or decider in before:
            yield "who sent it or said that it arrived decided about the difference"


def _of(remittance_id: UUID) -> "Select[RemittanceReceipt]":
    receipts = select(RemittanceReceipt).where(RemittanceReceipt.remittance_id == remittance_id)
    return receipts.execution_options(populate_existing=True)


def _held(session: Session) -> dict[str, int]:
    """What the accounts of money in transit hold of remittances, by currency."""
    corrected = aliased(Entry)
    held: dict[str, int] = {}
    for side, sign in ((Transfer.debit_id, 1), (Transfer.credit_id, -1)):
        summed = (
            select(Account.currency, func.sum(Transfer.amount_minor))
            .join(Transfer, side == Account.id)
            .join(Entry, Entry.id == Transfer.entry_id)
            .outerjoin(corrected, corrected.id == Entry.corrects_id)
            .where(Account.kind == AccountKind.TRANSIT, func.coalesce(corrected.kind, Entry.kind).in_(OURS))
            .group_by(Account.currency)
        )
        for currency, minor in session.execute(summed):
            held[currency] = held.get(currency, 0) + sign * int(minor)
    return held
