"""What was handed out: one collection for the table, and a point's day. No names."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session, aliased

from aid.domain.clock import Instant
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.domain.points import PointKind
from aid.domain.undoing import UNDO_TITLES, UNDO_WITHIN
from aid.domain.vouchers import VoucherState, printed_number
from aid.domain.words import Message, _
from aid.models.allocations import AllocationLine
from aid.models.base import in_language
from aid.models.collections import Collection, CollectionUndo
from aid.models.fund import Point, Purpose
from aid.models.people import Person
from aid.models.ready import Ready
from aid.models.vouchers import Voucher
from aid.services.collections.parts import MINOR, STANDS, handings, items_of, rest_of
from aid.services.collections.undoing import may_undo
from aid.services.fund_days import day_bounds
from aid.services.goods import GoodWords, words_for
from aid.vault.actor import Actor

PAGE = 50
IS_LAST = and_(Voucher.state == VoucherState.COLLECTED, Collection.turn == Voucher.turns)
"""Whether nothing of its voucher was left after a collection, where both are asked for."""


@dataclass(frozen=True, slots=True)
class PointRow:
    """A point, by its names."""

    id: UUID
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A collection was undone."""

    at: datetime
    by: str  # a handle
    reason: Message


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
    by: str  # a handle
    is_stranger: bool  # handed to somebody who is not on the slip
    undone: TakenBack | None = None
    part: Message | None = None  # where it was not all that the voucher was worth
    at_shop: bool = False  # in goods worth the amount

    @property
    def printed_number(self) -> str:
        """The number as it stands on the paper."""
        return printed_number(self.serial)


@dataclass(frozen=True, slots=True)
class HandedPage:
    """One collection by itself: what of its voucher waits, and whether the reader may undo it now."""

    handed: Handed
    waiting_amount: Money
    waiting_items: tuple[str, ...]
    undo_until: datetime | None  # none where the reader may not, or not any more
    is_last_part: bool  # of a voucher that was handed out in several

    @property
    def waits(self) -> bool:
        """Whether the voucher is good for more."""
        return bool(self.waiting_amount.minor or self.waiting_items)


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
    return tuple(PointRow(id_, names) for id_, names in _POINTS.rows(session, {}) if id_ in actor.points)


_POINTS = Ready(select(Point.id, Point.names).order_by(Point.code))
"""All of a fund's points are few. Asked for each family that comes: built once."""


def point_of(session: Session, *, actor: Actor, serial: int) -> Mapping[str, str] | None:
    """At which point the voucher with this number is collected: of a paper that a table does not know, no more."""
    actor.must(Permission.HAND_OUT)
    return session.scalar(
        select(Point.names).join(Voucher, Voucher.point_id == Point.id).where(Voucher.serial == serial)
    )


def handed(session: Session, *, actor: Actor, now: Instant, collection_id: UUID) -> HandedPage | None:
    """One collection at a point of one's own."""
    actor.must(Permission.SEE_COLLECTIONS)
    found = session.execute(_collections().where(Collection.id == collection_id)).one_or_none()
    if found is None or not actor.may(Permission.SEE_COLLECTIONS, point=found.Collection.point_id):
        return None
    collection, voucher = found.Collection, found.Voucher
    rest = rest_of(session, voucher, found.all_items) if voucher.state is VoucherState.BEGUN else None
    words = words_for(session, found.all_items)
    until = (collection.entered_at or collection.collected_at) + UNDO_WITHIN
    is_open = found.CollectionUndo is None and now.instant <= until and may_undo(actor=actor, collection=collection)
    return HandedPage(
        handed=_handed(found, actor, words),
        waiting_amount=rest.amount if rest else Money(0, voucher.currency),
        waiting_items=words.say_all(rest.plain(), actor.language) if rest else (),
        undo_until=until if is_open else None,
        is_last_part=found.is_last and _part(found) is not None,
    )


def point_day(session: Session, *, actor: Actor, point_id: UUID, day: date, before: UUID | None = None) -> PointDay:
    """What was handed out at a point on one of the fund's days."""
    actor.must(Permission.SEE_COLLECTIONS, point=point_id)
    here = (Collection.point_id == point_id) & _on(session, day)
    sums = session.execute(
        select(Voucher.currency, func.count(), func.sum(MINOR))
        .select_from(Collection)
        .join(Voucher, Voucher.id == Collection.voucher_id)
        .where(here, STANDS)
        .group_by(Voucher.currency)
        .order_by(Voucher.currency)
    ).all()
    listed = _collections().where(here).order_by(Collection.id.desc()).limit(PAGE + 1)
    if before is not None:
        listed = listed.where(Collection.id < before)
    found = session.execute(listed).all()
    words = words_for(session, {plain for row in found for plain in items_of(row)})
    rows = [_handed(row, actor, words) for row in found]
    return PointDay(
        count=sum(count for _currency, count, _minor in sums),
        sums=tuple(Money(int(minor), currency) for currency, _count, minor in sums),
        rows=tuple(rows[:PAGE]),
        more_before=rows[PAGE - 1].collection_id if len(rows) > PAGE else None,
    )


def _collections() -> Any:
    undoer = aliased(Person)
    return (
        handings()
        .add_columns(
            IS_LAST.label("is_last"),
            Collection,
            Voucher,
            AllocationLine.family_code,
            Purpose.names,
            Person.handle,
            CollectionUndo,
        )
        .add_columns(undoer.handle.label("undoer"), Point.kind.label("point_kind"))
        .join(Point, Point.id == Collection.point_id)
        .join(Purpose, Purpose.id == Voucher.purpose_id)
        .join(Person, Person.id == Collection.handed_by_id)
        .outerjoin(CollectionUndo, CollectionUndo.collection_id == Collection.id)
        .outerjoin(undoer, undoer.id == CollectionUndo.by_id)
    )


def _on(session: Session, day: date) -> ColumnElement[bool]:
    """Whether something was handed out on this day of the fund's."""
    begins, ends = day_bounds(session, day)
    return and_(Collection.collected_at >= begins, Collection.collected_at < ends)


def _handed(row: Any, actor: Actor, words: GoodWords) -> Handed:
    collection, undo = row.Collection, row.CollectionUndo
    return Handed(
        collection_id=collection.id,
        serial=row.Voucher.serial,
        family_code=row.family_code,
        amount=Money(row.minor, row.Voucher.currency),
        items=words.say_all(items_of(row), actor.language),
        purpose=in_language(row.names, actor.language),
        point_id=collection.point_id,
        collected_at=collection.collected_at,
        by=row.handle,
        is_stranger=collection.stranger_id is not None,
        part=_part(row),
        undone=TakenBack(undo.at, row.undoer, UNDO_TITLES[undo.reason]) if undo else None,
        at_shop=row.point_kind is PointKind.SHOP,
    )


def _part(row: Any) -> Message | None:
    """Whether only a part was handed out, and whether it was the last one."""
    if row.minor == row.Voucher.amount_minor and items_of(row) == row.all_items:
        return None
    return _("The last part") if row.is_last else _("A part")
