"""Each voucher with what became of it, in one row: where it stands, what was handed out for it, what went back."""

from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, String, case, cast, func, literal, select, union_all

from aid.domain.entries import EntryKind
from aid.domain.vouchers import VoucherState
from aid.models.allocations import AllocationLine
from aid.models.collections import Collection
from aid.models.goods import GoodsRelease
from aid.models.ledger import Entry, Transfer
from aid.models.vouchers import Voucher, VoucherMove
from aid.services.collections.parts import MINOR, STANDS

LINE_GOODS = cast(AllocationLine.items, String)
HANDED_GOODS = func.coalesce(cast(Collection.items, String), LINE_GOODS)
"""Goods as text, so that the database counts the vouchers that hold the same."""


@cache
def lives() -> Any:
    """A row a voucher. `point_id` is where it was collected or closed; a move after that moves nothing."""
    handed, freed = _handed(), _freed()
    return (
        select(
            Voucher.id,
            Voucher.serial,
            Voucher.allocation_id,
            Voucher.family_id,
            Voucher.issued_point_id,
            _point(handed.c.last_at).label("point_id"),
            Voucher.currency,
            Voucher.amount_minor,
            Voucher.state,
            func.coalesce(handed.c.minor, 0).label("handed"),
            func.coalesce(handed.c.count, 0).label("turns"),
            handed.c.last_turn,
            handed.c.last_at,
            func.coalesce(freed.c.minor, 0).label("freed"),
            func.coalesce(freed.c.count, 0).label("closings"),
            freed.c.closed_on,
        )
        .outerjoin(handed, handed.c.voucher_id == Voucher.id)
        .outerjoin(freed, freed.c.voucher_id == Voucher.id)
        .subquery("life")
    )


def is_moved(life: Any) -> ColumnElement[bool]:
    """Whether a move came while its voucher was still good."""
    return case((life.c.state == VoucherState.COLLECTED, VoucherMove.at <= life.c.last_at), else_=True)


def _point(last_at: Any) -> ColumnElement[Any]:
    """Where it is collected; or where it was, if a paper list told so only after it had moved on."""
    later = (
        select(VoucherMove.from_point_id)
        .where(VoucherMove.voucher_id == Voucher.id, VoucherMove.at > last_at)
        .order_by(VoucherMove.n)
        .limit(1)
        .correlate_except(VoucherMove)
        .scalar_subquery()
    )
    before = case((Voucher.state == VoucherState.COLLECTED, later), else_=None)
    return func.coalesce(before, Voucher.point_id)


def _handed() -> Any:
    """What was handed out for each voucher and not taken back."""
    return (
        select(
            Collection.voucher_id,
            func.sum(MINOR).label("minor"),
            func.count().label("count"),
            func.max(Collection.turn).label("last_turn"),
            func.max(Collection.collected_at).label("last_at"),
        )
        .join(Voucher, Voucher.id == Collection.voucher_id)
        .where(STANDS)
        .group_by(Collection.voucher_id)
        .subquery("handed")
    )


def _freed() -> Any:
    """What was set free of each voucher, and on which day: by an entry, or, where no money was left, as goods alone."""
    money = (
        select(
            Entry.cause_id.label("voucher_id"),
            Transfer.amount_minor.label("minor"),
            Entry.posted_on.label("closed_on"),
        )
        .join(Transfer, Transfer.entry_id == Entry.id)
        .where(Entry.kind == EntryKind.RELEASE)
    )
    goods = select(GoodsRelease.voucher_id, literal(0), GoodsRelease.released_on)
    each = union_all(money, goods).subquery("release")
    return (
        select(
            each.c.voucher_id,
            func.sum(each.c.minor).label("minor"),
            func.count().label("count"),
            func.min(each.c.closed_on).label("closed_on"),
        )
        .group_by(each.c.voucher_id)
        .subquery("freed")
    )
