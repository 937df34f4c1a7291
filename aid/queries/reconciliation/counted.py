"""What adds up, counted by the database: a tally for each decision at each point, in a handful of statements."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import String, case, cast, func, or_, select, union_all
from sqlalchemy.orm import Session

from aid.domain.allocations import GIVES_VOUCHERS
from aid.domain.entries import AccountKind, EntryKind
from aid.domain.goods import Item
from aid.domain.reconciliation import Standing, Tally, added, total
from aid.domain.vouchers import VoucherState
from aid.models.allocations import Allocation, AllocationLine, Decision
from aid.models.collections import Collection, CollectionUndo
from aid.models.late import LateAnswer, LateEntry, LateLine, PointList
from aid.models.ledger import Account, Entry, Transfer
from aid.models.vouchers import Voucher, VoucherMove
from aid.queries.reconciliation.lives import HANDED_GOODS, LINE_GOODS, is_moved, lives
from aid.services.collections.parts import STANDS

Place = tuple[UUID, UUID, str]
"""A decision (its allocation), a point, and a currency."""


@dataclass(slots=True)
class _Cell:
    """What is being put together of one place."""

    sums: Counter[str] = field(default_factory=Counter)
    of: dict[VoucherState, Standing] = field(default_factory=dict)
    lost_goods: Counter[str] = field(default_factory=Counter)

    def add(self, state: VoucherState, standing: Standing) -> None:
        """More vouchers of one state."""
        self.of[state] = self.of.get(state, Standing()) + standing

    def tally(self, currency: str) -> Tally:
        """The finished one."""
        return Tally(currency=currency, of=self.of, lost_goods=self.lost_goods, **self.sums)


def by_place(session: Session) -> dict[Place, Tally]:
    """Each decision at each point, in each currency."""
    cells: defaultdict[Place, _Cell] = defaultdict(_Cell)
    for allocation_id, point_id, currency, count, minor in session.execute(_carried()):
        cells[allocation_id, point_id, currency].sums.update(carried=count, carried_minor=int(minor))
    for allocation_id, old, new, currency, count, minor in session.execute(_moves()):
        cells[allocation_id, old, currency].sums.update(went=count, went_minor=int(minor))
        cells[allocation_id, new, currency].sums.update(came=count, came_minor=int(minor))
    for place, state, standing in _standings(session):
        cells[place].add(state, standing)
    for allocation_id, point_id, currency, minor, goods in session.execute(_losses()):
        cell = cells[allocation_id, point_id, currency]
        cell.sums.update(lost_minor=minor)
        cell.lost_goods = added(cell.lost_goods, goods_of(goods, 1))
    return {place: cell.tally(place[2]) for place, cell in cells.items()}


def by_decision(session: Session, places: Mapping[Place, Tally]) -> dict[UUID, tuple[Tally, ...]]:
    """Each decision by its allocation, with what the ledger keeps for its vouchers."""
    kept = {(allocation_id, currency): int(minor) for allocation_id, currency, minor in session.execute(_kept())}
    some: defaultdict[UUID, list[Tally]] = defaultdict(list)
    for (allocation_id, _point, _currency), tally in places.items():
        some[allocation_id].append(tally)
    currencies = {(allocation_id, currency) for allocation_id, _point, currency in places}
    for allocation_id, currency in currencies | kept.keys():
        some[allocation_id].append(Tally(currency=currency, kept_minor=kept.get((allocation_id, currency), 0)))
    return {allocation_id: total(tallies) for allocation_id, tallies in some.items()}


def by_point(places: Mapping[Place, Tally]) -> dict[UUID, tuple[Tally, ...]]:
    """Each point. The ledger keeps money for purposes, not for points."""
    some: defaultdict[UUID, list[Tally]] = defaultdict(list)
    for (_allocation, point_id, _currency), tally in places.items():
        some[point_id].append(tally)
    return {point_id: total(tallies) for point_id, tallies in some.items()}


def goods_of(text: str, times: int) -> Counter[str]:
    """The goods of so many vouchers that hold the same."""
    return Counter({item.good: item.quantity * times for item in map(Item.from_plain, json.loads(text))})


# ---------------------------------------------------------------- what is asked


@cache
def _carried() -> Any:
    """The committee's lines for families, as they were carried."""
    return (
        select(
            AllocationLine.allocation_id,
            AllocationLine.point_id,
            AllocationLine.currency,
            func.count(),
            func.sum(AllocationLine.amount_minor),
        )
        .join(Decision, Decision.allocation_id == AllocationLine.allocation_id)
        .join(Allocation, Allocation.id == AllocationLine.allocation_id)
        .where(
            Decision.carried,
            Decision.version == AllocationLine.version,
            Allocation.kind.in_(GIVES_VOUCHERS),
            AllocationLine.family_id.is_not(None),
        )
        .group_by(AllocationLine.allocation_id, AllocationLine.point_id, AllocationLine.currency)
    )


@cache
def _moves() -> Any:
    life = lives()
    places = (life.c.allocation_id, VoucherMove.from_point_id, VoucherMove.to_point_id, life.c.currency)
    return (
        select(*places, func.count(), func.sum(life.c.amount_minor))
        .join(life, life.c.id == VoucherMove.voucher_id)
        .where(is_moved(life))
        .group_by(*places)
    )


def _standings(session: Session) -> Iterator[tuple[Place, VoucherState, Standing]]:
    for row in session.execute(_vouchers()):
        standing = Standing(
            count=row.vouchers,
            minor=int(row.minor),
            handed=int(row.handed),
            freed=int(row.freed),
            closings=int(row.closings),
            begun=row.begun,
            goods=goods_of(row.goods, row.vouchers),
        )
        yield (row.allocation_id, row.point_id, row.currency), row.state, standing
    for row in session.execute(_handed()):
        standing = Standing(handed_goods=goods_of(row.goods, row.vouchers))
        yield (row.allocation_id, row.point_id, row.currency), row.state, standing


@cache
def _vouchers() -> Any:
    life = lives()
    of = (life.c.allocation_id, life.c.point_id, life.c.currency, life.c.state, LINE_GOODS.label("goods"))
    return (
        select(
            *of,
            func.count().label("vouchers"),
            func.sum(life.c.amount_minor).label("minor"),
            func.sum(life.c.handed).label("handed"),
            func.sum(life.c.freed).label("freed"),
            func.sum(life.c.closings).label("closings"),
            func.count(case((life.c.turns > 0, 1))).label("begun"),
        )
        .join(AllocationLine, AllocationLine.id == life.c.id)
        .group_by(*of)
    )


@cache
def _handed() -> Any:
    """Goods that were handed out, and not taken back."""
    life = lives()
    of = (life.c.allocation_id, life.c.point_id, life.c.currency, life.c.state, HANDED_GOODS.label("goods"))
    return (
        select(*of, func.count().label("vouchers"))
        .select_from(Collection)
        .join(life, life.c.id == Collection.voucher_id)
        .join(AllocationLine, AllocationLine.id == Collection.voucher_id)
        .where(STANDS, HANDED_GOODS != "[]")
        .group_by(*of)
    )


@cache
def _losses() -> Any:
    """What a paper list handed out beyond what its vouchers were good for, where it left."""
    goods = cast(LateAnswer.loss_items, String)
    return (
        select(Voucher.allocation_id, PointList.point_id, Voucher.currency, LateAnswer.loss_minor, goods)
        .join(LateLine, LateLine.id == LateAnswer.line_id)
        .join(LateEntry, LateEntry.id == LateLine.entry_id)
        .join(PointList, PointList.id == LateEntry.list_id)
        .join(Voucher, Voucher.id == LateLine.voucher_id)
        .where(or_(LateAnswer.loss_minor > 0, goods != "[]"))
    )


@cache
def _kept() -> Any:
    """What the ledger set aside for each decision's vouchers, less what was spent or set free of it."""
    aside = select(Account.id).where(Account.kind == AccountKind.RESERVED)
    entry_of = union_all(
        select(Decision.entry_id.label("entry_id"), Decision.allocation_id.label("allocation_id"))
        .join(Allocation, Allocation.id == Decision.allocation_id)
        .where(Decision.entry_id.is_not(None), Allocation.kind.in_(GIVES_VOUCHERS)),
        select(Collection.entry_id, Voucher.allocation_id)
        .join(Voucher, Voucher.id == Collection.voucher_id)
        .where(Collection.entry_id.is_not(None)),
        select(CollectionUndo.entry_id, Voucher.allocation_id)
        .join(Collection, Collection.id == CollectionUndo.collection_id)
        .join(Voucher, Voucher.id == Collection.voucher_id)
        .where(CollectionUndo.entry_id.is_not(None)),
        select(Entry.id, Voucher.allocation_id)
        .join(Voucher, Voucher.id == Entry.cause_id)
        .where(Entry.kind == EntryKind.RELEASE),
    ).subquery("entry_of")
    signed = case((Transfer.credit_id.in_(aside), Transfer.amount_minor), else_=-Transfer.amount_minor)
    return (
        select(entry_of.c.allocation_id, Transfer.currency, func.sum(signed))
        .join(Transfer, Transfer.entry_id == entry_of.c.entry_id)
        .where(or_(Transfer.credit_id.in_(aside), Transfer.debit_id.in_(aside)))
        .group_by(entry_of.c.allocation_id, Transfer.currency)
    )
