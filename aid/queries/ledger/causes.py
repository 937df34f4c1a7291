"""What an entry was made for, by the number people know it by."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from aid.models.allocations import Allocation, AllocationLine, Decision
from aid.models.collections import Collection
from aid.models.day_counts import DayCount
from aid.models.donations import Donation, DonationCorrection
from aid.models.exchanges import Exchange
from aid.models.late import LateLine
from aid.models.ledger import BankFee, BankInterest
from aid.models.purchases import Invoice
from aid.models.remittances import Remittance, RemittanceDecision, RemittanceReceipt
from aid.models.shops import ShopInvoice
from aid.models.vouchers import Voucher


class CauseKind(StrEnum):
    """What an entry was made for."""

    DONATION = "donation"
    ALLOCATION = "allocation"
    VOUCHER = "voucher"
    REMITTANCE = "remittance"
    EXCHANGE = "exchange"
    FEE = "fee"
    INTEREST = "interest"
    DAY_COUNT = "day_count"
    SHOP_INVOICE = "shop_invoice"


@dataclass(frozen=True, slots=True)
class Cause:
    """What an entry was made for, by the number people know it by."""

    kind: CauseKind
    id: UUID  # of the donation, allocation, voucher, remittance, exchange, shop's invoice or bank account
    number: int


def causes_of(session: Session, ids: Sequence[UUID]) -> dict[UUID, Cause]:
    """By what entries give as their cause."""
    found: dict[UUID, Cause] = {}
    for kind, statement in (*_of_money(ids), *_of_aid(ids)):
        found |= {cause: Cause(kind, subject, number) for cause, subject, number in session.execute(statement)}
    return found


Asked: TypeAlias = tuple[CauseKind, Select[UUID, UUID, int]]
"""A kind of cause, and how what entries give for it leads to what is opened and its number."""


def _of_money(ids: Sequence[UUID]) -> Iterator[Asked]:
    """What came, went between accounts, or became another currency."""
    yield CauseKind.DONATION, select(Donation.id, Donation.id, Donation.number).where(Donation.id.in_(ids))
    corrected = select(DonationCorrection.corrects_id, Donation.id, Donation.number)
    yield (
        CauseKind.DONATION,
        corrected.join(Donation, Donation.id == DonationCorrection.donation_id).where(
            DonationCorrection.corrects_id.in_(ids)
        ),
    )
    yield CauseKind.REMITTANCE, select(Remittance.id, Remittance.id, Remittance.number).where(Remittance.id.in_(ids))
    for part in (RemittanceReceipt, RemittanceDecision):
        of_part = select(part.id, Remittance.id, Remittance.number)
        yield (
            CauseKind.REMITTANCE,
            of_part.join(Remittance, Remittance.id == part.remittance_id).where(part.id.in_(ids)),
        )
    yield CauseKind.EXCHANGE, select(Exchange.id, Exchange.id, Exchange.number).where(Exchange.id.in_(ids))
    for cause in (BankFee.id, BankFee.entry_id):  # what undoes a fee gives its entry
        yield CauseKind.FEE, select(cause, BankFee.bank_id, BankFee.number).where(cause.in_(ids))
    for of_interest in (BankInterest.id, BankInterest.entry_id):
        own = select(of_interest, BankInterest.bank_id, BankInterest.number)
        yield CauseKind.INTEREST, own.where(of_interest.in_(ids))


def _of_aid(ids: Sequence[UUID]) -> Iterator[Asked]:
    """What the committee decided, and what was paid and handed out for it."""
    yield CauseKind.ALLOCATION, select(Allocation.id, Allocation.id, Allocation.number).where(Allocation.id.in_(ids))
    for part, cause in ((Decision, Decision.id), (Invoice, Invoice.id), (AllocationLine, AllocationLine.id)):
        of_part = select(cause, Allocation.id, Allocation.number)
        yield (
            CauseKind.ALLOCATION,
            of_part.join(Allocation, Allocation.id == part.allocation_id).where(cause.in_(ids)),
        )
    yield (
        CauseKind.SHOP_INVOICE,
        select(ShopInvoice.id, ShopInvoice.id, ShopInvoice.number).where(ShopInvoice.id.in_(ids)),
    )
    yield CauseKind.VOUCHER, select(Voucher.id, Voucher.id, Voucher.serial).where(Voucher.id.in_(ids))
    for of_table in (Collection.id, Collection.entry_id):  # what takes a collection back gives its entry
        collected: Any = select(of_table, Voucher.id, Voucher.serial)
        yield CauseKind.VOUCHER, collected.join(Voucher, Voucher.id == Collection.voucher_id).where(of_table.in_(ids))
    yield CauseKind.DAY_COUNT, select(DayCount.id, DayCount.id, DayCount.n).where(DayCount.id.in_(ids))
    lost: Any = select(LateLine.id, Voucher.id, Voucher.serial)
    yield CauseKind.VOUCHER, lost.join(Voucher, Voucher.id == LateLine.voucher_id).where(LateLine.id.in_(ids))
