"""Vouchers by code and number: what was printed, and what became of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aid.domain.allocations import ALLOCATION_KIND_TITLES
from aid.domain.money import Money
from aid.domain.papers import FORMAT_TITLES, VoucherFormat
from aid.domain.permissions import Permission
from aid.domain.vouchers import (
    ON_PAPER,
    OPEN_STATES,
    REPRINT_REASON_TITLES,
    ReprintReason,
    VoucherState,
    printed_number,
    title_of,
)
from aid.domain.words import Message, _
from aid.models.allocations import Allocation, AllocationLine
from aid.models.fund import Point
from aid.models.people import Person
from aid.models.programmes import Programme
from aid.models.vouchers import Paper, PrintBatch, Voucher
from aid.services.collections.parts import HANDED_SOME, LEFT_MINOR
from aid.vault.actor import Actor

PAGE = 50
AGAIN = _("Waits to be printed anew")


@dataclass(frozen=True, slots=True)
class VoucherRow:
    """One voucher of a list."""

    serial: int
    family_code: str
    amount: Money
    point: Mapping[str, str]
    last_day: date
    state: VoucherState
    state_title: Message
    papers: int

    @property
    def printed_number(self) -> str:
        """The number as it stands on the paper."""
        return printed_number(self.serial)

    @property
    def may_be_moved(self) -> bool:
        """Whether it may go to another point."""
        return self.state in OPEN_STATES

    @property
    def may_be_reprinted(self) -> bool:
        """Whether a lost paper of it is printed anew."""
        return self.state in ON_PAPER


@dataclass(frozen=True, slots=True)
class OneVoucher:
    """A voucher by itself."""

    id: UUID
    allocation_id: UUID
    point_id: UUID
    row: VoucherRow


@dataclass(frozen=True, slots=True)
class VoucherList:
    """One page of an allocation's vouchers, by number."""

    allocation_number: int
    programme: Mapping[str, str] | Message
    rows: tuple[VoucherRow, ...]
    more_after: int | None


@dataclass(frozen=True, slots=True)
class Lapsed:
    """The vouchers of an allocation that nobody collected within the days of grace."""

    vouchers: int
    amount: Money


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One press run."""

    batch_id: UUID
    allocation_id: UUID
    number: int
    point: Mapping[str, str]
    printed_at: datetime
    by: str  # a handle
    papers: int
    reason: Message | None
    format: VoucherFormat | None

    @property
    def printed_on(self) -> Message | None:
        """On which paper, where that was written down."""
        return FORMAT_TITLES[self.format] if self.format else None


def voucher_list(session: Session, *, actor: Actor, allocation_id: UUID, after: int = 0) -> VoucherList | None:
    """An allocation's vouchers by number, a page at a time; nothing for an unknown allocation."""
    actor.must(Permission.SEE_VOUCHERS)
    allocation = session.execute(
        select(Allocation.number, Allocation.kind, Programme.titles)
        .outerjoin(Programme, Programme.id == Allocation.programme_id)
        .where(Allocation.id == allocation_id)
    ).one_or_none()
    if allocation is None:
        return None
    found = session.execute(
        select(Voucher, AllocationLine.family_code, Point.names, HANDED_SOME)
        .join(AllocationLine, AllocationLine.id == Voucher.id)
        .join(Point, Point.id == Voucher.point_id)
        .where(Voucher.allocation_id == allocation_id, Voucher.serial > after)
        .order_by(Voucher.serial)
        .limit(PAGE + 1)
    ).all()
    rows = tuple(
        _voucher_row(voucher, code or "", point, handed=handed) for voucher, code, point, handed in found[:PAGE]
    )
    title = allocation.titles or ALLOCATION_KIND_TITLES[allocation.kind]
    return VoucherList(allocation.number, title, rows, rows[-1].serial if len(found) > PAGE else None)


def voucher(session: Session, *, actor: Actor, serial: int) -> OneVoucher | None:
    """The voucher with this number, or nothing."""
    actor.must(Permission.SEE_VOUCHERS)
    found = session.execute(
        select(Voucher, AllocationLine.family_code, Point.names, HANDED_SOME)
        .join(AllocationLine, AllocationLine.id == Voucher.id)
        .join(Point, Point.id == Voucher.point_id)
        .where(Voucher.serial == serial)
    ).one_or_none()
    if found is None:
        return None
    row, code, point, handed = found
    return OneVoucher(row.id, row.allocation_id, row.point_id, _voucher_row(row, code or "", point, handed=handed))


def batches(session: Session, *, actor: Actor, allocation_id: UUID) -> tuple[BatchRow, ...]:
    """The press runs of an allocation, the latest first."""
    actor.must(Permission.SEE_VOUCHERS)
    wanted = _batches().where(PrintBatch.allocation_id == allocation_id).order_by(PrintBatch.number.desc()).limit(PAGE)
    return tuple(_batch_row(*row) for row in session.execute(wanted))


def batch(session: Session, *, actor: Actor, batch_id: UUID) -> BatchRow | None:
    """One press run, if there is such a one."""
    actor.must(Permission.SEE_VOUCHERS)
    found = session.execute(_batches().where(PrintBatch.id == batch_id)).one_or_none()
    return _batch_row(*found) if found else None


def _batches() -> Any:
    return (
        select(PrintBatch, Point.names, Person.handle)
        .join(Point, Point.id == PrintBatch.point_id)
        .join(Person, Person.id == PrintBatch.printed_by_id)
    )


def _batch_row(batch: PrintBatch, point: Mapping[str, str], handle: str) -> BatchRow:
    return BatchRow(
        batch_id=batch.id,
        allocation_id=batch.allocation_id,
        number=batch.number,
        point=point,
        printed_at=batch.printed_at,
        by=handle,
        papers=batch.papers,
        reason=REPRINT_REASON_TITLES[ReprintReason(batch.reason)] if batch.reason else None,
        format=batch.format,
    )


def format_of(session: Session, *, actor: Actor, serial: int) -> VoucherFormat | None:
    """On what a voucher's newest paper was printed, where that was written down."""
    actor.must(Permission.SEE_VOUCHERS)
    batch = select(PrintBatch.format).join(Paper, Paper.batch_id == PrintBatch.id)
    return session.scalar(
        batch.join(Voucher, Voucher.id == Paper.voucher_id).where(
            Voucher.serial == serial, Paper.number == Voucher.papers
        )
    )


def _voucher_row(voucher: Voucher, family_code: str, point: Mapping[str, str], *, handed: bool) -> VoucherRow:
    waits_again = voucher.state is VoucherState.ISSUED and voucher.papers > 0
    return VoucherRow(
        serial=voucher.serial,
        family_code=family_code,
        amount=Money(voucher.amount_minor, voucher.currency),
        point=point,
        last_day=voucher.valid_until,
        state=voucher.state,
        state_title=AGAIN if waits_again else title_of(voucher.state, handed=handed),
        papers=voucher.papers,
    )


def lapsed(session: Session, *, actor: Actor, allocation_id: UUID, today: date) -> Lapsed | None:
    """What of an allocation has expired and still holds money, if anything."""
    actor.must(Permission.SEE_VOUCHERS)
    over = (
        select(func.count(), func.sum(LEFT_MINOR), Voucher.currency)
        .where(Voucher.allocation_id == allocation_id, Voucher.state.in_(OPEN_STATES), Voucher.grace_until < today)
        .group_by(Voucher.currency)
    )
    found = session.execute(over).one_or_none()
    return Lapsed(found[0], Money(int(found[1]), found[2])) if found else None
