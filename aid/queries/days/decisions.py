"""Decisions whose vouchers wait at a point, for whoever plans which come on a day; and those that were chosen."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from aid.domain.allocations import ALLOCATION_KIND_TITLES
from aid.domain.permissions import Permission
from aid.domain.vouchers import OPEN_STATES
from aid.domain.words import Message
from aid.models.allocations import Allocation
from aid.models.days import DayDecision
from aid.models.programmes import Programme
from aid.models.vouchers import Voucher
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class DayDecisionRow:
    """A decision, and how many of its vouchers wait at the point."""

    id: UUID
    number: int
    titles: Mapping[str, str] | Message
    waiting: int


def decisions_at(session: Session, *, actor: Actor, point_id: UUID) -> tuple[DayDecisionRow, ...]:
    """All whose vouchers wait at this point, the first one first."""
    actor.must(Permission.PRINT_VOUCHERS, point=point_id)
    return tuple(row for row in _rows(session, point_id) if row.waiting)


def chosen_for(session: Session, plan_id: UUID) -> frozenset[UUID]:
    """Those that a plan chose; none where all come."""
    return frozenset(session.scalars(select(DayDecision.allocation_id).where(DayDecision.plan_id == plan_id)))


def rows_of(session: Session, point_id: UUID, chosen: Collection[UUID]) -> tuple[DayDecisionRow, ...]:
    """The decisions that were chosen, as pages name them."""
    return tuple(_rows(session, point_id, Allocation.id.in_(chosen))) if chosen else ()


def _rows(session: Session, point_id: UUID, *where: ColumnElement[bool]) -> list[DayDecisionRow]:
    waits = (Voucher.allocation_id == Allocation.id) & (Voucher.point_id == point_id) & Voucher.state.in_(OPEN_STATES)
    found: Any = (
        select(Allocation.id, Allocation.number, Allocation.kind, Programme.titles, func.count(Voucher.id))
        .outerjoin(Programme, Programme.id == Allocation.programme_id)
        .outerjoin(Voucher, waits)
        .where(*where)
        .group_by(Allocation.id, Allocation.number, Allocation.kind, Programme.id)
        .order_by(Allocation.number)
    )
    return [
        DayDecisionRow(id_, number, titles or ALLOCATION_KIND_TITLES[kind], int(waiting))
        for id_, number, kind, titles, waiting in session.execute(found)
    ]
