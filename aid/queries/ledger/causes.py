"""What an entry was made for, by the number people know it by."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from aid.models.allocations import Allocation, AllocationLine, Decision
from aid.models.collections import Collection
from aid.models.donations import Donation, DonationCorrection
from aid.models.exchanges import Exchange
from aid.models.ledger import BankFee
from aid.models.purchases import Invoice
from aid.models.remittances import Remittance, RemittanceDecision, RemittanceReceipt
from aid.models.vouchers import Voucher


class CauseKind(StrEnum):
    """What an entry was made for."""

    DONATION = "donation"
    ALLOCATION = "allocation"
    VOUCHER = "voucher"
    REMITTANCE = "remittance"
    EXCHANGE = "exchange"
    FEE = "fee"


@dataclass(frozen=True, slots=True)
class Cause:
    """What an entry was made for, by the number people know it by."""

    kind: CauseKind
    id: UUID  # of the donation, allocation, voucher, remittance, exchange or bank account
    number: int


def causes_of(session: Session, ids: Sequence[UUID]) -> dict[UUID, Cause]:
    """By what entries give as their cause."""
    found: dict[UUID, Cause] = {}
    for kind, statement in _asked(ids):
        found |= {cause: Cause(kind, subject, number) for cause, subject, number in session.execute(statement)}
    return found


def _asked(ids: Sequence[UUID]) -> tuple[tuple[CauseKind, Select[UUID, UUID, int]], ...]:
    """Each kind's cause, what is opened for it, and its number."""
    return (
        (CauseKind.DONATION, select(Donation.id, Donation.id, Donation.number).where(Donation.id.in_(ids))),
        (
            CauseKind.DONATION,
            select(DonationCorrection.corrects_id, Donation.id, Donation.number)
            .join(Donation, Donation.id == DonationCorrection.donation_id)
            .where(DonationCorrection.corrects_id.in_(ids)),
        ),
        (
            CauseKind.ALLOCATION,
            select(Decision.id, Allocation.id, Allocation.number)
            .join(Allocation, Allocation.id == Decision.allocation_id)
            .where(Decision.id.in_(ids)),
        ),
        (
            CauseKind.ALLOCATION,
            select(Invoice.id, Allocation.id, Allocation.number)
            .join(Allocation, Allocation.id == Invoice.allocation_id)
            .where(Invoice.id.in_(ids)),
        ),
        (
            CauseKind.ALLOCATION,
            select(AllocationLine.id, Allocation.id, Allocation.number)
            .join(Allocation, Allocation.id == AllocationLine.allocation_id)
            .where(AllocationLine.id.in_(ids)),
        ),
        (CauseKind.ALLOCATION, select(Allocation.id, Allocation.id, Allocation.number).where(Allocation.id.in_(ids))),
        (
            CauseKind.VOUCHER,
            select(Collection.id, Voucher.id, Voucher.serial)
            .join(Voucher, Voucher.id == Collection.voucher_id)
            .where(Collection.id.in_(ids)),
        ),
        (CauseKind.VOUCHER, select(Voucher.id, Voucher.id, Voucher.serial).where(Voucher.id.in_(ids))),
        (CauseKind.REMITTANCE, select(Remittance.id, Remittance.id, Remittance.number).where(Remittance.id.in_(ids))),
        *(
            (
                CauseKind.REMITTANCE,
                select(part.id, Remittance.id, Remittance.number)
                .join(Remittance, Remittance.id == part.remittance_id)
                .where(part.id.in_(ids)),
            )
            for part in (RemittanceReceipt, RemittanceDecision)
        ),
        (CauseKind.EXCHANGE, select(Exchange.id, Exchange.id, Exchange.number).where(Exchange.id.in_(ids))),
        (CauseKind.FEE, select(BankFee.id, BankFee.bank_id, BankFee.number).where(BankFee.id.in_(ids))),
    )
