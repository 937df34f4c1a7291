"""Papers that are ready to be handed over: which batches of which points, and who may receive them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, aliased

from aid.domain.money import Money
from aid.domain.paper_trail import ranges_of, span_of, written
from aid.domain.permissions import Permission
from aid.models.allocations import Allocation
from aid.models.collections import Collection
from aid.models.fund import Point
from aid.models.handovers import Handover, HandoverBatch, HandoverReceipt
from aid.models.people import Person
from aid.models.vouchers import Paper, PrintBatch, Voucher
from aid.services.collections.parts import MINOR, STANDS
from aid.services.vouchers.ends import is_good, newest
from aid.services.vouchers.handovers import on_the_way, receivers
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class Ready:
    """A batch with papers that somebody may still come with, and that nobody is carrying now."""

    batch_id: UUID
    number: int
    allocation_number: int
    printed_at: datetime
    papers: int
    numbers: tuple[str, ...]
    amount: Money
    given_to: str  # who had it last, by handle; '' where nobody

    @property
    def span(self) -> str:
        """From which number to which they go."""
        return span_of(self.numbers)


@dataclass(frozen=True, slots=True)
class ReadyPoint:
    """A point with batches to hand over."""

    point_id: UUID
    point: Mapping[str, str]
    batches: int


def ready_points(session: Session, *, actor: Actor) -> tuple[ReadyPoint, ...]:
    """Points with batches that may be handed over."""
    actor.must(Permission.PRINT_VOUCHERS)
    counted = select(Point.id, Point.names, func.count(Paper.batch_id.distinct())).join(
        Paper, Paper.point_id == Point.id
    )
    found = counted.join(Voucher, newest()).where(is_good(), ~on_the_way(Paper.batch_id))
    return tuple(ReadyPoint(*row) for row in session.execute(found.group_by(Point.id).order_by(Point.code)))


def ready(session: Session, *, actor: Actor, point_id: UUID) -> tuple[Ready, ...]:
    """The batches of a point that may be handed over, the latest first."""
    actor.must(Permission.PRINT_VOUCHERS, point=point_id)
    here = and_(PrintBatch.point_id == point_id, ~on_the_way(PrintBatch.id), is_good())
    papers = (
        select(PrintBatch, Allocation.number, Voucher.serial, paper_worth().label("minor"), Voucher.currency)
        .join(Paper, Paper.batch_id == PrintBatch.id)
        .join(Voucher, newest())
        .join(Allocation, Allocation.id == PrintBatch.allocation_id)
        .where(here)
        .order_by(PrintBatch.number.desc(), Voucher.serial)
    )
    of_batch: defaultdict[UUID, list[Any]] = defaultdict(list)
    for row in session.execute(papers):
        of_batch[row[0].id].append(row)
    had = _had_last(session, list(of_batch))
    return tuple(
        Ready(
            batch_id=batch_id,
            number=rows[0][0].number,
            allocation_number=rows[0][1],
            printed_at=rows[0][0].printed_at,
            papers=len(rows),
            numbers=written(ranges_of(row[2] for row in rows)),
            amount=Money(int(sum(row[3] for row in rows)), rows[0][4]),
            given_to=had.get(batch_id, ""),
        )
        for batch_id, rows in of_batch.items()
    )


def receivers_at(session: Session, *, actor: Actor, point_id: UUID) -> Sequence[tuple[UUID, str]]:
    """Who may receive papers of a point, by handle."""
    actor.must(Permission.PRINT_VOUCHERS, point=point_id)
    return receivers(session, point_id, but=actor.id)


def paper_worth() -> Any:
    """What a paper says its voucher is worth: less what was handed out with earlier papers."""
    earlier = aliased(Paper)
    handed = (
        select(func.coalesce(func.sum(MINOR), 0))
        .join(earlier, earlier.id == Collection.paper_id)
        .where(Collection.voucher_id == Voucher.id, STANDS, earlier.number < Paper.number)
        .correlate(Voucher, Paper)
    )
    return Voucher.amount_minor - handed.scalar_subquery()


def _had_last(session: Session, batches: Sequence[UUID]) -> dict[UUID, str]:
    """Who received each of these batches last."""
    found = session.execute(
        select(HandoverBatch.batch_id, Person.handle)
        .join(Handover, Handover.id == HandoverBatch.handover_id)
        .join(HandoverReceipt, (HandoverReceipt.handover_id == Handover.id) & ~HandoverReceipt.taken_back)
        .join(Person, Person.id == Handover.to_id)
        .where(HandoverBatch.batch_id.in_(batches))
        .order_by(Handover.number)
    )
    return {batch_id: handle for batch_id, handle in found}  # noqa: C416 - pairs: the last one stays
