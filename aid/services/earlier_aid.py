"""What families were granted earlier: rules ask for it, and nobody benefits twice unless the programme allows it."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from aid.domain.allocations import AllocationState
from aid.domain.entitlement import Earlier
from aid.models.allocations import Allocation, AllocationLine, Decision
from aid.models.programmes import Programme
from aid.models.vouchers import Voucher
from aid.services.collections.parts import COUNTS, GIVEN_MINOR
from aid.services.families.open_aid import also_given, carried_over
from aid.services.fund_days import zone_of

Granted = Mapping[UUID, tuple[Earlier, ...]]


def already_given(session: Session, programme: Programme, *, repeats: bool, besides: UUID | None) -> frozenset[UUID]:
    """Families that this programme, in any version, gives to or is asked to give to.

    Where it may repeat, only what waits for votes counts. A voucher that was cancelled or expired before anything of it
    was handed out gave nothing, so its family may be proposed again. `besides` is the allocation that would be
    replaced: its lines leave nobody out.
    """
    counted = [AllocationState.PROPOSED] if repeats else [AllocationState.PROPOSED, AllocationState.CARRIED]
    lines = (
        select(AllocationLine.family_id)
        .join(
            Allocation,
            (Allocation.id == AllocationLine.allocation_id) & (Allocation.version == AllocationLine.version),
        )
        .join(Programme, Programme.id == Allocation.programme_id)
        .outerjoin(Voucher, Voucher.id == AllocationLine.id)
        .where(Programme.code == programme.code, Allocation.state.in_(counted), COUNTS)
    )
    if besides is not None:
        lines = lines.where(Allocation.id != besides)
    theirs = also_given(lines.with_only_columns(AllocationLine.id))  # of a family that they were part of
    return frozenset(family for family in session.scalars(union(lines, theirs)) if family is not None)


def granted(session: Session, programme: Programme, *, currency: str) -> Granted:
    """What each family was granted by any decision, and on which of the fund's days, in the order of the days.

    Of a voucher that was cancelled or expired counts what was handed out of it before.
    """
    found = session.execute(
        select(
            AllocationLine.id,
            AllocationLine.family_id,
            GIVEN_MINOR,
            AllocationLine.currency,
            Decision.decided_at,
            Programme.code,
        )
        .join(
            Decision,
            (Decision.allocation_id == AllocationLine.allocation_id) & (Decision.version == AllocationLine.version),
        )
        .join(Allocation, Allocation.id == AllocationLine.allocation_id)
        .outerjoin(Programme, Programme.id == Allocation.programme_id)
        .outerjoin(Voucher, Voucher.id == AllocationLine.id)
        .where(AllocationLine.family_id.is_not(None), Decision.carried, COUNTS)
        .order_by(Decision.decided_at, AllocationLine.id)
    )
    zone = zone_of(session)
    by_family: defaultdict[UUID, list[Earlier]] = defaultdict(list)
    carried = carried_over(session)
    for line_id, family, minor, of_currency, decided_at, code in found:
        counts = minor if of_currency == currency else 0
        aid = Earlier(decided_at.astimezone(zone).date(), counts, code == programme.code)
        for each in filter(None, (family, *carried.get(line_id, ()))):
            by_family[each].append(aid)
    return {family: tuple(aid) for family, aid in by_family.items()}


def since_when(earlier: tuple[Earlier, ...], registered_on: date) -> date:
    """Since when a family waits: since it received aid, or since it was registered."""
    return max((aid.on for aid in earlier), default=registered_on)
