"""Putting a grant, a purchase or a transfer to the committee anew, without the lines that were held out."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.allocations import AllocationKind
from aid.domain.clock import Instant
from aid.domain.goods import Item
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models.allocations import Allocation, AllocationLine
from aid.models.records import RecordKind
from aid.services import grants, records
from aid.services.putting import NOTHING_LEFT, Proposal, Proposed, Wanted, grounds_of, put_again
from aid.vault.actor import Actor


def put_anew(
    session: Session, *, allocation: Allocation, without: frozenset[UUID], actor: Actor, now: Instant
) -> Proposed:
    """Put an open, locked allocation that is no round to the vote again. Raises RuleBroken when nothing is left."""
    lines = session.scalars(
        select(AllocationLine)
        .where(AllocationLine.allocation_id == allocation.id, AllocationLine.version == allocation.version)
        .order_by(AllocationLine.n)
    ).all()
    if not without <= {line.id for line in lines}:
        raise RuleBroken(_("One of these lines is no longer part of the allocation. Look at what it says now."))
    kept = [line for line in lines if line.id not in without]
    if not kept:
        raise RuleBroken(NOTHING_LEFT)
    opened = records.take_out_all(
        session, kind=RecordKind.LINE, row_ids=[line.id for line in kept], keyring=actor.keyring
    )
    if allocation.kind is AllocationKind.GRANT:
        [line] = kept
        proposal = grants.again(session, allocation=allocation, line=line, record=opened[line.id], actor=actor, now=now)
    else:
        proposal = _same(allocation, kept, opened)
    return put_again(session, allocation=allocation, proposal=proposal, actor=actor, now=now)


def _same(
    allocation: Allocation, lines: Sequence[AllocationLine], opened: Mapping[UUID, Mapping[str, Any]]
) -> Proposal:
    """What was proposed before, line by line."""
    return Proposal(
        kind=allocation.kind,
        purpose_id=allocation.purpose_id,
        currency=lines[0].currency,
        lines=tuple(
            Wanted(
                minor=line.amount_minor,
                point_id=line.point_id,
                items=tuple(Item.from_plain(plain) for plain in line.items),
                why=grounds_of(opened[line.id]),
            )
            for line in lines
        ),
    )
