"""Money for the cash of points: what was carried, sent and counted; and the currencies that the fund has money in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aid.domain.allocations import AllocationKind, AllocationState
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.domain.purchases import CASH_FAULT_TITLES
from aid.domain.words import Message
from aid.models.allocations import Allocation, AllocationLine, Decision
from aid.models.fund import Fund, Point
from aid.models.ledger import BankAccount
from aid.models.purchases import CashArrival, CashSending
from aid.vault.actor import Actor

PAGE = 30


@dataclass(frozen=True, slots=True)
class CashRow:
    """Money for one point, from the decision to its counting."""

    line_id: UUID
    number: int
    point_id: UUID
    point: Mapping[str, str]
    amount: Money
    notice_until: datetime
    is_resting: bool
    sent_at: datetime | None
    sent_by_id: UUID | None
    arrived: Money
    fault: Message | None

    @property
    def missing(self) -> Money:
        """What has not been counted at the point."""
        return self.amount - self.arrived

    @property
    def has_arrived(self) -> bool:
        """Whether all of it was counted."""
        return self.missing.minor == 0


def cash(session: Session, *, actor: Actor, now: datetime, line_id: UUID | None = None) -> tuple[CashRow, ...]:
    """Money for points that this person may see: what is not wholly there first, then the latest."""
    actor.must(Permission.SEE_STOCK)
    arrived = (
        select(
            CashArrival.line_id, func.sum(CashArrival.amount_minor).label("minor"), func.max(CashArrival.n).label("n")
        )
        .group_by(CashArrival.line_id)
        .subquery()
    )
    wanted = (
        select(AllocationLine, Allocation.number, Point, Decision.notice_until, CashSending, arrived.c.minor)
        .add_columns(CashArrival.fault)
        .join(
            Allocation, (Allocation.id == AllocationLine.allocation_id) & (Allocation.version == AllocationLine.version)
        )
        .join(Decision, (Decision.allocation_id == Allocation.id) & Decision.carried)
        .join(Point, Point.id == AllocationLine.point_id)
        .outerjoin(CashSending, CashSending.line_id == AllocationLine.id)
        .outerjoin(arrived, arrived.c.line_id == AllocationLine.id)
        .outerjoin(CashArrival, (CashArrival.line_id == AllocationLine.id) & (CashArrival.n == arrived.c.n))
        .where(Allocation.kind == AllocationKind.TRANSFER, Allocation.state == AllocationState.CARRIED)
        .order_by((func.coalesce(arrived.c.minor, 0) == AllocationLine.amount_minor), Allocation.number.desc())
        .limit(PAGE)
    )
    if line_id is not None:
        wanted = wanted.where(AllocationLine.id == line_id)
    if not actor.everywhere(Permission.SEE_STOCK):
        wanted = wanted.where(AllocationLine.point_id.in_(actor.points))
    return tuple(_cash_row(row, now) for row in session.execute(wanted))


def _cash_row(row: Any, now: datetime) -> CashRow:
    line, number, point, notice_until, sending, minor, fault = row
    return CashRow(
        line_id=line.id,
        number=number,
        point_id=point.id,
        point=point.names,
        amount=Money(line.amount_minor, line.currency),
        notice_until=notice_until,
        is_resting=now < notice_until,
        sent_at=sending.sent_at if sending else None,
        sent_by_id=sending.sent_by_id if sending else None,
        arrived=Money(int(minor or 0), line.currency),
        fault=CASH_FAULT_TITLES[fault] if fault else None,
    )


def currencies(session: Session) -> list[str]:
    """The currencies that the fund has bank accounts in, its own first."""
    own = session.execute(select(Fund.currency)).scalar_one()
    others = set(session.scalars(select(BankAccount.currency).where(BankAccount.closed_at.is_(None))))
    return [own, *sorted(others - {own})]
