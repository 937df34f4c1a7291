"""Which lines were held out of an allocation: whatever is computed anew, their families stay out of it."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.models.allocations import AllocationLine
from aid.models.meetings import HeldLine


def families_held_out(session: Session, allocation_id: UUID) -> frozenset[UUID]:
    """The families whose lines were held out of any version of this allocation; a later one may give to them."""
    held = (
        select(AllocationLine.family_id)
        .join(HeldLine, HeldLine.line_id == AllocationLine.id)
        .where(HeldLine.allocation_id == allocation_id, AllocationLine.family_id.is_not(None))
    )
    return frozenset(family for family in session.scalars(held) if family is not None)


def lines_held_out(session: Session, allocation_id: UUID) -> Sequence[tuple[HeldLine, AllocationLine]]:
    """Each line that was held out of a version of this allocation, in their order."""
    held = (
        select(HeldLine, AllocationLine)
        .join(AllocationLine, AllocationLine.id == HeldLine.line_id)
        .where(HeldLine.allocation_id == allocation_id)
        .order_by(AllocationLine.version, AllocationLine.n)
    )
    return [(row, line) for row, line in session.execute(held)]
