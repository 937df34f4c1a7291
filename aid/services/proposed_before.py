"""What a grant, a purchase or a transfer said, opened for who proposes it anew, changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.allocations import AllocationKind, AllocationState
from aid.domain.clock import Instant
from aid.domain.goods import Item
from aid.domain.grants import GrantReason
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models.allocations import Allocation, AllocationLine
from aid.models.records import RecordKind
from aid.services import audit, records, sightings
from aid.services.cash import TransferOrder
from aid.services.grants import GrantOrder
from aid.services.purchases import OrderedLine, PurchaseOrder
from aid.vault.actor import Actor

Order = GrantOrder | PurchaseOrder | TransferOrder
Grounds = Sequence[tuple[AllocationLine, Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class ProposedBefore:
    """An earlier proposal as it was written, and whether the committee still has it before it."""

    id: UUID
    number: int
    is_open: bool
    order: Order = field(repr=False)


def proposed_before(
    session: Session, *, actor: Actor, now: Instant, allocation_id: UUID, kind: AllocationKind
) -> ProposedBefore:
    """Open what was proposed, to write it anew. Opening is recorded, so call it by `look`. Raises RuleBroken."""
    actor.must(Permission.PROPOSE)
    assert actor.person_id is not None, "only a person has keys"
    allocation = session.get(Allocation, allocation_id)
    if allocation is None or allocation.kind is not kind:
        raise RuleBroken(_("This allocation does not exist; choose one from the list."))
    newest = (AllocationLine.allocation_id == allocation.id) & (AllocationLine.version == allocation.version)
    lines = session.scalars(select(AllocationLine).where(newest).order_by(AllocationLine.n)).all()
    ids = [line.id for line in lines]
    opened = records.take_out_all(session, kind=RecordKind.LINE, row_ids=ids, keyring=actor.keyring)
    if len(opened) < len(lines):
        raise RuleBroken(_("What allocation no. %(number)s rests on was erased.", number=allocation.number))
    families = [line.family_id for line in lines if line.family_id is not None]
    sightings.saw(session, person_id=actor.person_id, families=families, what=RecordKind.LINE, why="grant", now=now)
    order = _order(allocation, [(line, opened[line.id]) for line in lines])
    if kind is AllocationKind.PURCHASE:
        audit.say(session, "supplier.opened", subject=allocation.id)
    is_open = allocation.state is AllocationState.PROPOSED
    return ProposedBefore(allocation.id, allocation.number, is_open, order)


def _order(allocation: Allocation, lines: Grounds) -> Order:
    match allocation.kind:
        case AllocationKind.GRANT:
            return _grant(allocation, *lines[0])
        case AllocationKind.PURCHASE:
            return _purchase(allocation, lines)
        case AllocationKind.TRANSFER:
            sums = tuple((line.point_id, line.amount_minor) for line, _why in lines)
            return TransferOrder(currency=lines[0][0].currency, lines=sums, words=lines[0][1]["transfer"]["words"])
    raise AssertionError("a round is computed anew, not written anew")


def _grant(allocation: Allocation, line: AllocationLine, why: Mapping[str, Any]) -> GrantOrder:
    assert line.family_code is not None, "a grant has a family"
    assert allocation.purpose_id is not None, "a grant has a purpose"
    return GrantOrder(
        family_code=line.family_code,
        reason=GrantReason(why["grant"]["reason"]),
        amount=Money(line.amount_minor, line.currency),
        purpose_id=allocation.purpose_id,
        words=why["grant"]["words"],
    )


def _purchase(allocation: Allocation, lines: Grounds) -> PurchaseOrder:
    assert allocation.purpose_id is not None, "a purchase has a purpose"
    return PurchaseOrder(
        supplier=lines[0][1]["purchase"]["supplier"],
        purpose_id=allocation.purpose_id,
        currency=lines[0][0].currency,
        lines=tuple(
            OrderedLine(Item.from_plain(plain), why["purchase"]["each"], line.point_id)
            for line, why in lines
            for plain in line.items
        ),
    )
