"""A collection that was wrong, taken back within minutes: booked the other way round, its goods there again."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.entries import EntryKind, reversal
from aid.domain.goods import Item
from aid.domain.ids import new_id
from aid.domain.permissions import Permission
from aid.domain.refusals import NotAllowed, RuleBroken
from aid.domain.stock import MoveCause
from aid.domain.undoing import Handing, UndoReason, why_not_undo
from aid.domain.vouchers import VoucherState
from aid.domain.words import _
from aid.models.base import Permanent
from aid.models.collections import Collection, CollectionUndo
from aid.models.vouchers import Voucher
from aid.services import audit, ledger
from aid.services.collections.parts import handings, items_of
from aid.services.stock import moves as stock_moves
from aid.services.vouchers import holding
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class UndoOrder:
    """A collection that was wrong, and why."""

    collection_id: UUID
    reason: UndoReason


@dataclass(frozen=True, slots=True)
class Undone:
    """The voucher may be collected again."""

    collection_id: UUID
    serial: int


def undo_collection(session: Session, *, actor: Actor, now: Instant, order: UndoOrder) -> Undone:
    """Take a collection back. A rival that hands the rest out, or undoes it too, waits for the commit.

    Raises RuleBroken.
    """
    collection = session.get(Collection, order.collection_id)
    if collection is None or not may_see(actor=actor, point_id=collection.point_id):
        raise RuleBroken(_("There is no such collection at your points."))
    locked = select(Voucher).where(Voucher.id == collection.voucher_id).with_for_update()
    voucher = session.scalars(locked.execution_options(populate_existing=True)).one()
    undone = select(CollectionUndo.id).where(CollectionUndo.collection_id == collection.id)
    handing = Handing(
        entered_at=collection.entered_at or collection.collected_at,
        is_own=may_undo(actor=actor, collection=collection),
        is_undone=session.scalar(undone) is not None,
        state=voucher.state,
    )
    if reason := why_not_undo(handing, now=now.instant):
        raise RuleBroken(reason)
    _take_back(session, collection, order.reason, voucher, actor=actor, now=now)
    if voucher.state is not VoucherState.ISSUED:  # whose paper ended meanwhile
        voucher.state = holding.on_paper(session, voucher)
    return Undone(collection.id, voucher.serial)


def may_undo(*, actor: Actor, collection: Collection) -> bool:
    """Whether it is this person's to undo: their own, at a point where they still work; or any, for a coordinator."""
    own = collection.handed_by_id == actor.person_id and actor.may(Permission.HAND_OUT, point=collection.point_id)
    return own or actor.may(Permission.MEND_COLLECTIONS, point=collection.point_id)


def may_see(*, actor: Actor, point_id: UUID) -> bool:
    """Whether this point's collections are this person's to look at. Raises NotAllowed for who sees none anywhere."""
    actor.must(Permission.SEE_COLLECTIONS)
    return actor.may(Permission.SEE_COLLECTIONS, point=point_id)


def _take_back(
    session: Session, collection: Collection, reason: UndoReason, voucher: Voucher, *, actor: Actor, now: Instant
) -> None:
    """Book it the other way round, and put the goods back."""
    if actor.person_id is None:
        raise NotAllowed(_("A person undoes a collection."))
    undo_id = new_id()
    handed = session.execute(handings().where(Collection.id == collection.id)).one()
    back = [(collection.point_id, item.good, item.quantity) for item in map(Item.from_plain, items_of(handed))]
    moved = stock_moves.move(
        session, back, cause=MoveCause.TAKEN_BACK, cause_id=undo_id, by_id=actor.person_id, now=now
    )
    counter, booked = _counter(session, collection, now=now)
    row = CollectionUndo(
        id=undo_id,
        collection_id=collection.id,
        reason=reason,
        by_id=actor.person_id,
        at=now.instant,
        entry_id=counter,
    )
    session.add(row)
    session.flush()
    audit.say(session, "collection.undone", subject=voucher.id, made=[row, *booked, *moved])


def _counter(session: Session, collection: Collection, *, now: Instant) -> tuple[UUID | None, Sequence[Permanent]]:
    """What was spent is set aside again, and the cash is at the point."""
    if collection.entry_id is None:
        return None, []
    back = reversal(ledger.postings_of(session, collection.entry_id))
    entry, transfers = ledger.post(
        session,
        back,
        kind=EntryKind.CORRECTION,
        cause=collection.entry_id,
        now=now,
        corrects=collection.entry_id,
    )
    return entry.id, [entry, *transfers]
