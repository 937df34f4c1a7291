"""Vouchers in people's hands: of their codes only a fingerprint under the point's key is kept, so that key is too."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from sqlalchemy import false, or_, select
from sqlalchemy.orm import Session

from aid.domain.vouchers import ON_PAPER
from aid.models.fund import Point
from aid.models.people import RingEpoch
from aid.models.vouchers import Paper, PrintBatch, Voucher
from aid.vault.rings import RingRef

CLOCKS_DIFFER = timedelta(hours=1)


def need_old_keys(session: Session, *, ring_id: UUID, epoch: int) -> bool:
    """Whether a voucher that may still be collected was printed under keys from before this epoch of a point's ring."""
    return bool(rings_with_open_papers(session, [RingRef(ring_id, epoch)]))


def rings_with_open_papers(session: Session, newest: Collection[RingRef]) -> frozenset[UUID]:
    """The same of many rings: those whose old keys such a voucher needs."""
    epochs = select(RingEpoch.ring_id, RingEpoch.epoch, RingEpoch.made_at)
    epochs = epochs.where(RingEpoch.ring_id.in_([ref.ring_id for ref in newest]))
    before = [
        (Point.ring_id == ring_id) & (PrintBatch.printed_at < begun + CLOCKS_DIFFER)
        for ring_id, epoch, begun in session.execute(epochs)
        if RingRef(ring_id, epoch) in newest
    ]
    printed = (
        select(Point.ring_id)
        .select_from(Voucher)
        .join(Paper, (Paper.voucher_id == Voucher.id) & (Paper.number == Voucher.papers))
        .join(PrintBatch, PrintBatch.id == Paper.batch_id)
        .join(Point, Point.id == Paper.point_id)
        .where(Voucher.state.in_(ON_PAPER), or_(false(), *before))
    )
    return frozenset(session.scalars(printed.distinct()))
