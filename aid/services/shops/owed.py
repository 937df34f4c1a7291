"""What a shop gave for vouchers and is not paid for: collections and losses that stand and are on no invoice."""

from collections.abc import Collection as Several
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.shops import Difference, Due
from aid.domain.undoing import UNDO_WITHIN
from aid.models.collections import Collection
from aid.models.late import LateAnswer, LateEntry, LateLine, PointList
from aid.models.shops import ShopInvoiceLine
from aid.models.vouchers import Voucher
from aid.services.collections.parts import MINOR, STANDS
from aid.services.fund_days import day_bounds

SETTLED_AFTER: Final = UNDO_WITHIN + timedelta(minutes=1)
"""Nobody can undo it any more, nor is just about to."""
WRITTEN = func.coalesce(Collection.entered_at, Collection.collected_at)
"""When a collection was written down."""
_STANDS = ~ShopInvoiceLine.withdrawn
GIVEN = (Collection.collected_at, Collection.id, Voucher.serial, MINOR)
LOST = (LateLine.handed_at, LateAnswer.line_id, LateLine.serial, LateAnswer.loss_minor)
"""When, which, the voucher's number, how much."""
NOT_INVOICED = ~exists().where(ShopInvoiceLine.collection_id == Collection.id, _STANDS).correlate(Collection)
NO_LOSS_INVOICED = ~exists().where(ShopInvoiceLine.late_line_id == LateAnswer.line_id, _STANDS).correlate(LateAnswer)


def dues(session: Session, *, point_id: UUID, currency: str, up_to: date, now: Instant) -> tuple[Due, ...]:
    """What an invoice up to a day can be for, in the order it was given."""
    given = [*_collections(session, point_id, currency, now=now), *_losses(session, point_id, currency)]
    _begin, end = day_bounds(session, up_to)
    return tuple(due for at, due in sorted(given, key=lambda pair: (pair[0], pair[1].id)) if at < end)


def unsettled(session: Session, *, point_id: UUID, currency: str, now: Instant) -> int:
    """What was just collected there and may still be undone, in minor units: no invoice can be for it yet."""
    lately = given_at(point_id, currency, func.coalesce(func.sum(MINOR), 0))
    return int(session.execute(lately.where(NOT_INVOICED, now.instant - SETTLED_AFTER <= WRITTEN)).scalar_one())


def given_at(point_id: UUID, currency: str, *columns: Any) -> Select[Any]:
    """Of collections at a shop that stand and are worth money, what is asked for."""
    given = select(*columns).select_from(Collection).join(Voucher, Voucher.id == Collection.voucher_id)
    return given.where(Collection.point_id == point_id, Voucher.currency == currency, MINOR > 0, STANDS)


def lost_at(point_id: UUID, currency: str, *columns: Any) -> Select[Any]:
    """Of what a shop gave by a paper list on vouchers that were not good any more, likewise."""
    return (
        select(*columns)
        .select_from(LateAnswer)
        .join(LateLine, LateLine.id == LateAnswer.line_id)
        .join(LateEntry, LateEntry.id == LateLine.entry_id)
        .join(PointList, PointList.id == LateEntry.list_id)
        .join(Voucher, Voucher.id == LateLine.voucher_id)
        .where(PointList.point_id == point_id, Voucher.currency == currency, LateAnswer.loss_minor > 0)
    )


def _collections(session: Session, point_id: UUID, currency: str, *, now: Instant) -> Iterator[tuple[datetime, Due]]:
    settled = now.instant - SETTLED_AFTER
    found = given_at(point_id, currency, *GIVEN).where(NOT_INVOICED, settled > WRITTEN)
    for at, id_, serial, minor in session.execute(found):
        yield at, Due(id_, serial, int(minor))


def _losses(session: Session, point_id: UUID, currency: str) -> Iterator[tuple[datetime, Due]]:
    for at, id_, serial, minor in session.execute(lost_at(point_id, currency, *LOST).where(NO_LOSS_INVOICED)):
        yield at, Due(id_, serial, int(minor), is_loss=True)


def why_not_owed(session: Session, *, point_id: UUID, serials: Several[int]) -> dict[int, Difference]:
    """What is known of vouchers that a shop asks for, where it is not owed for them. Unknown numbers are left out."""
    told: dict[int, Difference] = {}
    some = sorted(serials)
    for start in range(0, len(some), 500):
        told |= _told(session, point_id, some[start : start + 500])
    return told


def _told(session: Session, point_id: UUID, serials: list[int]) -> dict[int, Difference]:
    rows = session.execute(
        select(Voucher.serial, Collection.point_id, STANDS.label("stands"), (~NOT_INVOICED).label("invoiced"))
        .outerjoin(Collection, Collection.voucher_id == Voucher.id)
        .where(Voucher.serial.in_(serials))
    )
    told: dict[int, Difference] = {}
    for serial, where, stands, invoiced in rows:
        is_so = _of(where, here=point_id, stands=bool(stands), invoiced=bool(invoiced))
        told[serial] = max(told.get(serial, is_so), is_so, key=_TELLING.index)
    return told


_TELLING = (
    Difference.NOT_COLLECTED,
    Difference.UNDONE,
    Difference.ELSEWHERE,
    Difference.INVOICED,
    Difference.LATER,
)
"""Of several collections of one voucher, the one further down says more."""


def _of(where: UUID | None, *, here: UUID, stands: bool, invoiced: bool) -> Difference:
    """What became of one collection, or that there is none."""
    if where is None or (not stands and where != here):
        return Difference.NOT_COLLECTED
    if not stands:
        return Difference.UNDONE
    if where != here:
        return Difference.ELSEWHERE
    return Difference.INVOICED if invoiced else Difference.LATER
