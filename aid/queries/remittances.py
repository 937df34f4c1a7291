"""Remittances as pages show them: what is on its way, what arrived, and what was decided about the rest."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.domain.remittances import DifferenceKind
from aid.models.fund import Purpose
from aid.models.ledger import BankAccount
from aid.models.people import Person
from aid.models.remittances import Remittance, RemittanceDecision, RemittanceReceipt
from aid.vault.actor import Actor

PAGE = 50


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """What arrived."""

    amount: Money
    received_on: date
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """What was decided about what did not arrive."""

    kind: DifferenceKind
    amount: Money
    purpose: Mapping[str, str] | None
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RemittanceRow:
    """One remittance; `missing` where somebody decided that the rest is, and it did not come since."""

    id: UUID
    number: int
    amount: Money
    left: Money
    from_bank: Mapping[str, str]
    to_bank: Mapping[str, str]
    sent_on: date
    sent_at: datetime
    sent_by: str
    sent_by_id: UUID
    reference: str | None
    receipts: tuple[ReceiptRow, ...]
    decisions: tuple[DecisionRow, ...]
    involved: frozenset[UUID]  # who sent it or confirmed its arrival

    @property
    def is_done(self) -> bool:
        """Whether all of it arrived or is explained."""
        return self.left.minor == 0

    @property
    def missing(self) -> bool:
        return not self.is_done and any(row.kind is DifferenceKind.MISSING for row in self.decisions)

    @property
    def arrived(self) -> Money:
        return sum((row.amount for row in self.receipts), Money.zero(self.amount.currency))


@dataclass(frozen=True, slots=True)
class RemittanceList:
    """A page of remittances, the latest first."""

    rows: tuple[RemittanceRow, ...]
    before: int | None
    open: int  # of all, how many have something in transit


def remittances(session: Session, *, actor: Actor, before: int | None = None, size: int = PAGE) -> RemittanceList:
    """A page of remittances with a number under `before`."""
    actor.must(Permission.SEE_MONEY)
    wanted = select(Remittance).order_by(Remittance.number.desc()).limit(size + 1)
    found = session.scalars(wanted.where(Remittance.number < before) if before else wanted).all()
    still = select(func.count()).select_from(Remittance).where(Remittance.left_minor > 0)
    return RemittanceList(
        rows=_rows(session, found[:size]),
        before=found[size - 1].number if len(found) > size else None,
        open=session.execute(still).scalar_one(),
    )


def remittance(session: Session, *, actor: Actor, remittance_id: UUID) -> RemittanceRow | None:
    """One remittance, or None where there is none."""
    actor.must(Permission.SEE_MONEY)
    found = session.get(Remittance, remittance_id)
    return _rows(session, [found])[0] if found else None


def _rows(session: Session, found: Sequence[Remittance]) -> tuple[RemittanceRow, ...]:
    ids = [row.id for row in found]
    receipts, receivers = _receipts(session, ids)
    decisions = _decisions(session, ids)
    source, target = aliased(BankAccount), aliased(BankAccount)
    around = session.execute(
        select(Remittance.id, source.names, target.names, Person.handle)
        .join(source, source.id == Remittance.from_bank_id)
        .join(target, target.id == Remittance.to_bank_id)
        .join(Person, Person.id == Remittance.sent_by_id)
        .where(Remittance.id.in_(ids))
    )
    known = {id_: (from_bank, to_bank, handle) for id_, from_bank, to_bank, handle in around}
    return tuple(
        RemittanceRow(
            id=row.id,
            number=row.number,
            amount=Money(row.amount_minor, row.currency),
            left=Money(row.left_minor, row.currency),
            from_bank=known[row.id][0],
            to_bank=known[row.id][1],
            sent_on=row.sent_on,
            sent_at=row.sent_at,
            sent_by=known[row.id][2],
            sent_by_id=row.sent_by_id,
            reference=row.reference,
            receipts=tuple(receipts[row.id]),
            decisions=tuple(decisions[row.id]),
            involved=frozenset({row.sent_by_id, *receivers[row.id]}),
        )
        for row in found
    )


def _receipts(
    session: Session, ids: Sequence[UUID]
) -> tuple[defaultdict[UUID, list[ReceiptRow]], defaultdict[UUID, set[UUID]]]:
    rows: defaultdict[UUID, list[ReceiptRow]] = defaultdict(list)
    receivers: defaultdict[UUID, set[UUID]] = defaultdict(set)
    confirmed = session.execute(
        select(RemittanceReceipt, Remittance.currency, Person.handle)
        .join(Remittance, Remittance.id == RemittanceReceipt.remittance_id)
        .join(Person, Person.id == RemittanceReceipt.received_by_id)
        .where(RemittanceReceipt.remittance_id.in_(ids))
        .order_by(RemittanceReceipt.received_at, RemittanceReceipt.id)
    )
    for receipt, currency, handle in confirmed:
        amount = Money(receipt.amount_minor, currency)
        rows[receipt.remittance_id].append(ReceiptRow(amount, receipt.received_on, handle, receipt.received_at))
        receivers[receipt.remittance_id].add(receipt.received_by_id)
    return rows, receivers


def _decisions(session: Session, ids: Sequence[UUID]) -> defaultdict[UUID, list[DecisionRow]]:
    rows: defaultdict[UUID, list[DecisionRow]] = defaultdict(list)
    decided = session.execute(
        select(RemittanceDecision, Remittance.currency, Person.handle, Purpose.names)
        .join(Remittance, Remittance.id == RemittanceDecision.remittance_id)
        .join(Person, Person.id == RemittanceDecision.decided_by_id)
        .outerjoin(Purpose, Purpose.id == RemittanceDecision.purpose_id)
        .where(RemittanceDecision.remittance_id.in_(ids))
        .order_by(RemittanceDecision.decided_at, RemittanceDecision.id)
    )
    for row, currency, handle, purpose in decided:
        amount = Money(row.amount_minor, currency)
        rows[row.remittance_id].append(DecisionRow(row.kind, amount, purpose, row.reason, handle, row.decided_at))
    return rows
