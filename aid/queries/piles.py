"""Vouchers by allocation and point: what waits for the printer, and how many were printed and collected."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from aid.domain.allocations import ALLOCATION_KIND_TITLES
from aid.domain.money import Money
from aid.domain.papers import A_SHEET, VoucherFormat
from aid.domain.permissions import Permission
from aid.domain.vouchers import VoucherState
from aid.domain.words import Message
from aid.models.allocations import Allocation, Decision
from aid.models.fund import Point
from aid.models.programmes import Programme
from aid.models.vouchers import Voucher
from aid.services.collections.parts import LEFT_MINOR
from aid.vault.actor import Actor

ALLOCATIONS = 20


@dataclass(frozen=True, slots=True)
class Pile:
    """The vouchers of one allocation at one point."""

    allocation_id: UUID
    number: int
    programme: Mapping[str, str] | Message
    point_id: UUID
    point: Mapping[str, str]
    notice_until: datetime
    is_resting: bool  # the notice still runs
    last_day: date
    to_print: int
    printed: int
    collected: int
    unprinted: Money

    @property
    def sheets(self) -> Mapping[VoucherFormat, int]:
        """How many sheets the printer needs, by what they are."""
        return {format_: -(-self.to_print // a_sheet) for format_, a_sheet in A_SHEET.items()}


@dataclass(frozen=True, slots=True)
class Piles:
    """One page of piles, the newest allocations first."""

    rows: tuple[Pile, ...]
    more_before: int | None  # the allocation number that the next page begins below


def piles(session: Session, *, actor: Actor, now: datetime, before: int | None = None) -> Piles:
    """The carried allocations, newest first, each by point."""
    actor.must(Permission.SEE_VOUCHERS)
    numbers = (
        select(Allocation.number)
        .join(Decision, Decision.allocation_id == Allocation.id)
        .where(Decision.carried)
        .order_by(Allocation.number.desc())
        .limit(ALLOCATIONS + 1)
    )
    if before is not None:
        numbers = numbers.where(Allocation.number < before)
    shown = session.scalars(numbers).all()
    rows = _piles(session, Allocation.number.in_(shown[:ALLOCATIONS]), now=now)
    return Piles(rows, shown[ALLOCATIONS - 1] if len(shown) > ALLOCATIONS else None)


def pile(session: Session, *, actor: Actor, now: datetime, allocation_id: UUID, point_id: UUID) -> Pile | None:
    """The vouchers of one allocation at one point; nothing where there are none."""
    actor.must(Permission.SEE_VOUCHERS, point=point_id)
    rows = _piles(session, (Voucher.allocation_id == allocation_id) & (Voucher.point_id == point_id), now=now)
    return rows[0] if rows else None


def _piles(session: Session, wanted: Any, *, now: datetime) -> tuple[Pile, ...]:
    counted = (
        select(
            Voucher.allocation_id,
            Voucher.point_id,
            func.max(Voucher.valid_until).label("last_day"),
            func.max(Voucher.currency).label("currency"),
            _count(Voucher.state == VoucherState.ISSUED).label("to_print"),
            _count((Voucher.papers > 0) & (Voucher.state != VoucherState.ISSUED)).label("printed"),
            _count(Voucher.state == VoucherState.COLLECTED).label("collected"),
            func.sum(case((Voucher.state == VoucherState.ISSUED, LEFT_MINOR), else_=0)).label("unprinted"),
        )
        .join(Allocation, Allocation.id == Voucher.allocation_id)
        .where(wanted)
        .group_by(Voucher.allocation_id, Voucher.point_id)
        .subquery()
    )
    found = session.execute(
        select(counted, Allocation.number, Allocation.kind, Programme.titles, Point.names, Decision.notice_until)
        .join(Allocation, Allocation.id == counted.c.allocation_id)
        .outerjoin(Programme, Programme.id == Allocation.programme_id)
        .join(Point, Point.id == counted.c.point_id)
        .join(Decision, (Decision.allocation_id == Allocation.id) & Decision.carried)
        .order_by(Allocation.number.desc(), Point.code)
    )
    return tuple(_pile(row, now=now) for row in found)


def _pile(row: Any, *, now: datetime) -> Pile:
    return Pile(
        allocation_id=row.allocation_id,
        number=row.number,
        programme=row.titles or ALLOCATION_KIND_TITLES[row.kind],
        point_id=row.point_id,
        point=row.names,
        notice_until=row.notice_until,
        is_resting=now < row.notice_until,
        last_day=row.last_day,
        to_print=row.to_print,
        printed=row.printed,
        collected=row.collected,
        unprinted=Money(int(row.unprinted), row.currency),
    )


def _count(condition: Any) -> Any:
    return func.count(case((condition, 1)))
