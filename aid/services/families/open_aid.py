"""The aid of a family that counts: proposed, waiting or received. It is carried over when families part or join."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from aid.domain.allocations import AllocationState
from aid.domain.vouchers import OPEN_STATES
from aid.models.allocations import Allocation, AllocationLine
from aid.models.households import EarlierAid, FamilyTie
from aid.models.vouchers import Voucher
from aid.services.collections.parts import COUNTS


def points_that_wait(session: Session, family_id: UUID) -> set[UUID]:
    """The points where this family can still collect something, or could if the committee says yes."""
    vouchers = select(Voucher.point_id).where(Voucher.family_id == family_id, Voucher.state.in_(OPEN_STATES))
    proposed = _lines().where(AllocationLine.family_id == family_id, Allocation.state == AllocationState.PROPOSED)
    return {*session.scalars(vouchers), *session.scalars(proposed.with_only_columns(AllocationLine.point_id))}


def lines_that_count(session: Session, family_id: UUID) -> set[UUID]:
    """The lines by which this family was given something, or is asked to be: its own, and those carried over to it."""
    return set(session.scalars(_lines().where(counts_for(family_id), COUNTS)))


def counts_for(family_id: UUID) -> ColumnElement[bool]:
    """Whether a line is this family's own, or counts for it since its people were part of another."""
    carried = select(EarlierAid.line_id).where(EarlierAid.family_id == family_id)
    return (AllocationLine.family_id == family_id) | AllocationLine.id.in_(carried)


def carry_over(session: Session, tie: FamilyTie, *, to: UUID, of: UUID) -> list[EarlierAid]:
    """Let what one family had count for the other too. The rows, for the audit line."""
    known = lines_that_count(session, to)
    rows = [
        EarlierAid(family_id=to, line_id=line_id, tie_id=tie.id)
        for line_id in sorted(lines_that_count(session, of) - known)
    ]
    session.add_all(rows)
    return rows


def also_given(line_ids: Select[UUID]) -> Select[UUID]:
    """The families for which any of these lines counts, though it was another family's."""
    return select(EarlierAid.family_id).where(EarlierAid.line_id.in_(line_ids))


def carried_over(session: Session) -> Mapping[UUID, Sequence[UUID]]:
    """By line, the other families for which it counts."""
    families: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for line_id, family_id in session.execute(select(EarlierAid.line_id, EarlierAid.family_id)):
        families[line_id].append(family_id)
    return families


def _lines() -> Select[UUID]:
    """The lines of allocations that are open or carried, as they stand in their latest version."""
    latest = (Allocation.id == AllocationLine.allocation_id) & (Allocation.version == AllocationLine.version)
    return (
        select(AllocationLine.id)
        .join(Allocation, latest)
        .outerjoin(Voucher, Voucher.id == AllocationLine.id)
        .where(Allocation.state.in_((AllocationState.PROPOSED, AllocationState.CARRIED)))
    )
