"""Vouchers in people's hands: of their codes only a fingerprint under the point's key is kept, so that key is too."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.vouchers import VoucherState
from aid.models.fund import Point
from aid.models.people import RingEpoch
from aid.models.vouchers import Paper, PrintBatch, Voucher

CLOCKS_DIFFER = timedelta(hours=1)


def need_old_keys(session: Session, *, ring_id: UUID, epoch: int) -> bool:
    """Whether a voucher that may still be collected was printed under keys from before this epoch of a point's ring."""
    begun = session.scalar(select(RingEpoch.made_at).where(RingEpoch.ring_id == ring_id, RingEpoch.epoch == epoch))
    assert begun is not None, "an epoch of this ring"
    printed = (
        select(Voucher.id)
        .join(Paper, (Paper.voucher_id == Voucher.id) & (Paper.number == Voucher.papers))
        .join(PrintBatch, PrintBatch.id == Paper.batch_id)
        .join(Point, Point.id == Paper.point_id)
        .where(
            Point.ring_id == ring_id,
            Voucher.state == VoucherState.PRINTED,
            PrintBatch.printed_at < begun + CLOCKS_DIFFER,
        )
    )
    return session.scalar(printed.limit(1)) is not None
