"""What was handed out: one collection for the table, and a point's day. No names."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.domain.vouchers import printed_number
from aid.models.allocations import AllocationLine
from aid.models.base import in_language
from aid.models.collections import Collection
from aid.models.fund import Fund, Point, Purpose
from aid.models.vouchers import Voucher
from aid.services.goods import GoodWords, words_for
from aid.vault.actor import Actor

PAGE = 50


@dataclass(frozen=True, slots=True)
class PointRow:
    """A point, by its names."""

    id: UUID
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Handed:
    """One collection, as the table and its list show it."""

    collection_id: UUID
    serial: int
    family_code: str
    amount: Money
    items: tuple[str, ...]
    purpose: str
    point_id: UUID
    collected_at: datetime

    @property
    def printed_number(self) -> str:
        """The number as it stands on the paper."""
        return printed_number(self.serial)


@dataclass(frozen=True, slots=True)
class PointDay:
    """What a point handed out on one of the fund's days: all of it counted, one page of it listed, latest first."""

    count: int
    sums: tuple[Money, ...]  # one a currency
    rows: tuple[Handed, ...]
    more_before: UUID | None


def own_points(session: Session, *, actor: Actor) -> tuple[PointRow, ...]:
    """The points whose collections a person may see, or at which they hand out."""
    actor.must(Permission.SEE_COLLECTIONS)
    rows = session.execute(select(Point.id, Point.names).where(Point.id.in_(actor.points)).order_by(Point.code))
    return tuple(PointRow(row.id, row.names) for row in rows)


def handed(session: Session, *, actor: Actor, collection_id: UUID) -> Handed | None:
    """One collection at a point of one's own."""
    actor.must(Permission.SEE_COLLECTIONS)
    found = session.execute(_collections().where(Collection.id == collection_id)).one_or_none()
    if found is None or not actor.may(Permission.SEE_COLLECTIONS, point=found.Collection.point_id):
        return None
    return _handed(found, actor, words_for(session, found.AllocationLine.items))


def point_day(session: Session, *, actor: Actor, point_id: UUID, day: date, before: UUID | None = None) -> PointDay:
    """What was handed out at a point on one of the fund's days."""
    actor.must(Permission.SEE_COLLECTIONS, point=point_id)
    here = (Collection.point_id == point_id) & _on(session, day)
    sums = session.execute(
        select(Voucher.currency, func.count(), func.sum(Voucher.amount_minor))
        .select_from(Collection)
        .join(Voucher, Voucher.id == Collection.voucher_id)
        .where(here)
        .group_by(Voucher.currency)
        .order_by(Voucher.currency)
    ).all()
    listed = _collections().where(here).order_by(Collection.id.desc()).limit(PAGE + 1)
    if before is not None:
        listed = listed.where(Collection.id < before)
    found = session.execute(listed).all()
    words = words_for(session, {plain for row in found for plain in row.AllocationLine.items})
    rows = [_handed(row, actor, words) for row in found]
    return PointDay(
        count=sum(count for _currency, count, _minor in sums),
        sums=tuple(Money(int(minor), currency) for currency, _count, minor in sums),
        rows=tuple(rows[:PAGE]),
        more_before=rows[PAGE - 1].collection_id if len(rows) > PAGE else None,
    )


def _collections() -> Any:
    return (
        select(Collection, Voucher, AllocationLine, Purpose.names)
        .join(Voucher, Voucher.id == Collection.voucher_id)
        .join(AllocationLine, AllocationLine.id == Voucher.id)
        .join(Purpose, Purpose.id == Voucher.purpose_id)
    )


def _on(session: Session, day: date) -> ColumnElement[bool]:
    """Whether something was handed out on this day of the fund's."""
    zone = ZoneInfo(session.execute(select(Fund.time_zone)).scalar_one())
    begins, ends = (datetime.combine(each, time(), zone) for each in (day, day + timedelta(days=1)))
    return and_(Collection.collected_at >= begins, Collection.collected_at < ends)


def _handed(row: Any, actor: Actor, words: GoodWords) -> Handed:
    collection, voucher, line, purpose = row
    return Handed(
        collection_id=collection.id,
        serial=voucher.serial,
        family_code=line.family_code,
        amount=Money(voucher.amount_minor, voucher.currency),
        items=words.say_all(line.items, actor.language),
        purpose=in_language(purpose, actor.language),
        point_id=collection.point_id,
        collected_at=collection.collected_at,
    )
