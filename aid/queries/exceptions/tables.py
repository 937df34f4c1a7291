"""The table: strangers, collections that were undone, what was refused, and what was collected in the days of grace."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import and_, false, or_, select
from sqlalchemy.orm import aliased

from aid.domain.collections import REFUSAL_TITLES, RefusalCode
from aid.domain.exceptions import ExceptionKind
from aid.domain.strangers import STRANGER_TITLES
from aid.domain.undoing import UNDO_TITLES
from aid.domain.vouchers import VOUCHER_STATE_TITLES, VoucherState, printed_number
from aid.domain.words import Message, _, n_
from aid.models.collections import Collection, CollectionUndo, RefusedCollection, StrangerAnswer, StrangerAsked
from aid.models.fund import Point
from aid.models.people import Person
from aid.models.vouchers import Voucher
from aid.queries.exceptions.asking import Asked, Story, told_by
from aid.services.collections.parts import STANDS
from aid.services.fund_days import begin_of, zone_of


def strangers(asked: Asked) -> Iterator[Story]:
    """Somebody who is not on the slip came; what a second person said, and whether anything was handed out."""
    second = aliased(Person)
    of = (StrangerAsked, Voucher.serial, Point.names, StrangerAnswer.agreed, second.handle.label("second"))
    rows = (
        told_by(*of, Collection.id.label("handed"), by=StrangerAsked.by_id)
        .join(Voucher, Voucher.id == StrangerAsked.voucher_id)
        .join(Point, Point.id == StrangerAsked.point_id)
        .outerjoin(StrangerAnswer, StrangerAnswer.asked_id == StrangerAsked.id)
        .outerjoin(second, second.id == StrangerAnswer.by_id)
        .outerjoin(Collection, and_(Collection.stranger_id == StrangerAsked.id, STANDS))
    )
    told = asked.told(rows, at=StrangerAsked.at, point=StrangerAsked.point_id, allocation=Voucher.allocation_id)
    for row in told:
        said = _(
            "Somebody not on the list came with voucher %(number)s: %(reason)s",
            number=printed_number(row.serial),
            reason=STRANGER_TITLES[row.StrangerAsked.reason],
        )
        yield Story(
            kind=ExceptionKind.STRANGER,
            at=row.StrangerAsked.at,
            what=said,
            by=row.handle,
            fate=_answered(row),
            point=row.names,
            **asked.voucher(row.serial),
        )


def undone(asked: Asked) -> Iterator[Story]:
    """Collections that were taken back."""
    rows = (
        told_by(CollectionUndo, Collection.turn, Voucher, Point.names, by=CollectionUndo.by_id)
        .join(Collection, Collection.id == CollectionUndo.collection_id)
        .join(Voucher, Voucher.id == Collection.voucher_id)
        .join(Point, Point.id == Collection.point_id)
    )
    told = asked.told(rows, at=CollectionUndo.at, point=Collection.point_id, allocation=Voucher.allocation_id)
    for row in told:
        voucher = row.Voucher
        said = _(
            "The collection of voucher %(number)s was undone: %(reason)s",
            number=printed_number(voucher.serial),
            reason=UNDO_TITLES[row.CollectionUndo.reason],
        )
        again = voucher.state is VoucherState.COLLECTED and voucher.turns > row.turn
        yield Story(
            kind=ExceptionKind.UNDONE,
            at=row.CollectionUndo.at,
            what=said,
            by=row.handle,
            fate=_("It was collected anew.") if again else VOUCHER_STATE_TITLES[voucher.state],
            point=row.names,
            **asked.voucher(voucher.serial),
        )


def refused(asked: Asked) -> Iterator[Story]:
    """What was refused. Unknown codes of one person in a row are one story: tired hands type wrong."""
    rows = (
        told_by(RefusedCollection, Voucher, Point.names, by=RefusedCollection.person_id)
        .join(Point, Point.id == RefusedCollection.point_id)
        .outerjoin(Voucher, Voucher.id == RefusedCollection.voucher_id)
    )
    told = asked.told(rows, at=RefusedCollection.at, point=RefusedCollection.point_id, allocation=Voucher.allocation_id)
    for _key, some in groupby(told, key=_alike):
        first, *others = some
        yield _refused(asked, first, len(others) + 1)


def grace(asked: Asked) -> Iterator[Story]:
    """What was collected after the last day on the paper, within the days of grace."""
    zone, last_days = zone_of(asked.session), asked.session.scalars(select(Voucher.valid_until).distinct())
    after = [
        and_(Voucher.valid_until == day, Collection.collected_at >= begin_of(day + timedelta(days=1), zone))
        for day in last_days
    ]
    rows = (
        told_by(Collection, Voucher.serial, Voucher.valid_until, Point.names, by=Collection.handed_by_id)
        .join(Voucher, Voucher.id == Collection.voucher_id)
        .join(Point, Point.id == Collection.point_id)
        .where(or_(false(), *after), STANDS)
    )
    told = asked.told(rows, at=Collection.collected_at, point=Collection.point_id, allocation=Voucher.allocation_id)
    for row in told:
        said = _(
            "Voucher %(number)s was collected in the days of grace: its last day was %(day)s",
            number=printed_number(row.serial),
            day=row.valid_until,
        )
        link = asked.voucher(row.serial)
        at = row.Collection.collected_at
        yield Story(kind=ExceptionKind.GRACE, at=at, what=said, by=row.handle, point=row.names, **link)


def _alike(row: Any) -> tuple[object, ...]:
    """Unknown codes of one person at one point go together; what names a voucher stands by itself."""
    try_ = row.RefusedCollection
    return (try_.person_id, try_.point_id, try_.reason) if row.Voucher is None else (try_.id,)


def _refused(asked: Asked, row: Any, count: int) -> Story:
    try_, reason = row.RefusedCollection, REFUSAL_TITLES[RefusalCode(row.RefusedCollection.reason)]
    said = n_("%(num)s try refused: %(reason)s", "%(num)s tries refused: %(reason)s", count, reason=reason)
    fate, link = None, {}
    if row.Voucher is not None:
        number = printed_number(row.Voucher.serial)
        said = _("Voucher %(number)s was refused: %(reason)s", number=number, reason=reason)
        fate, link = VOUCHER_STATE_TITLES[row.Voucher.state], asked.voucher(row.Voucher.serial)
    of = {"what": said, "fate": fate, "by": row.handle, "point": row.names}
    return Story(kind=ExceptionKind.REFUSED, at=try_.at, **of, **link)


def _answered(row: Any) -> Message:
    if row.agreed is None:
        return _("Nobody answered, and nothing was handed out.")
    if not row.agreed:
        return _("%(who)s did not agree.", who=row.second)
    if row.handed is not None:
        return _("%(who)s agreed, and it was handed out.", who=row.second)
    return _("%(who)s agreed; nothing was handed out, or it was undone.", who=row.second)
