"""What was handed out for a voucher and not taken back, and what is left of it."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import ColumnElement, String, and_, case, cast, exists, func, or_, select
from sqlalchemy.orm import Session

from aid.domain.goods import Item
from aid.domain.money import Money
from aid.domain.parts import Worth
from aid.domain.vouchers import CLOSED_STATES
from aid.models.allocations import AllocationLine
from aid.models.collections import Collection, CollectionUndo
from aid.models.vouchers import Voucher

STANDS = ~exists().where(CollectionUndo.collection_id == Collection.id).correlate(Collection)
"""A collection that was not undone."""
MINOR = func.coalesce(Collection.amount_minor, Voucher.amount_minor)
"""How much money a collection handed out, beside its voucher."""
HANDED_MINOR = (
    select(func.coalesce(func.sum(MINOR), 0))
    .where(Collection.voucher_id == Voucher.id, STANDS)
    .correlate(Voucher)
    .scalar_subquery()
)
LEFT_MINOR = Voucher.amount_minor - HANDED_MINOR
"""What of a voucher's money was handed out, and what is left of it, where vouchers are asked for."""
HANDED_SOME = exists().where(Collection.voucher_id == Voucher.id, STANDS).correlate(Voucher)
"""Whether something of a voucher was handed out: money, or goods alone."""
COUNTS = or_(Voucher.id.is_(None), Voucher.state.not_in(CLOSED_STATES), HANDED_SOME)
"""Whether a line gave something or still may, where lines are asked for with their vouchers, if they have one."""
GIVEN_MINOR = case((Voucher.state.in_(CLOSED_STATES), HANDED_MINOR), else_=AllocationLine.amount_minor)
"""How much money such a line gave or still may: of a voucher that is over, what was handed out before."""


def handings() -> Any:
    """What each collection handed out: the voucher's id, money as `minor`, goods for `items_of`."""
    return (
        select(Collection.voucher_id, MINOR.label("minor"), Collection.items, AllocationLine.items.label("all_items"))
        .join(Voucher, Voucher.id == Collection.voucher_id)
        .join(AllocationLine, AllocationLine.id == Collection.voucher_id)
    )


def is_all() -> ColumnElement[bool]:
    """Whether a collection handed out all that its voucher is worth, where both are asked for."""
    items = select(cast(AllocationLine.items, String)).where(AllocationLine.id == Voucher.id)
    goods = items.correlate(Voucher).scalar_subquery()  # and no voucher of its own, however deep this stands
    same = and_(Collection.amount_minor == Voucher.amount_minor, cast(Collection.items, String) == goods)
    return or_(Collection.amount_minor.is_(None), same)


def items_of(row: Any) -> list[str]:
    """The goods of such a row; one from before there were parts handed out all."""
    plain: list[str] = row.all_items if row.items is None else row.items
    return plain


class Worthy(Protocol):
    """As much of a voucher as says what it is worth."""

    @property
    def id(self) -> UUID: ...

    @property
    def amount_minor(self) -> int: ...

    @property
    def currency(self) -> str: ...

    @property
    def turns(self) -> int: ...


def rest_of(session: Session, voucher: Worthy, items: Sequence[str]) -> Worth:
    """What is left of a voucher that is worth these goods and its money."""
    whole = Worth.of(voucher.amount_minor, voucher.currency, items)
    return whole.less(handed_of(session, voucher)) if voucher.turns else whole


def handed_of(session: Session, voucher: Worthy) -> Worth:
    """What was handed out for a voucher, and not taken back."""
    found = session.execute(handings().where(Collection.voucher_id == voucher.id, STANDS)).all()
    goods: Counter[str] = Counter()
    for row in found:
        goods.update({item.good: item.quantity for item in map(Item.from_plain, items_of(row))})
    minor = sum(row.minor for row in found)
    return Worth(Money(minor, voucher.currency), tuple(Item(good, number) for good, number in goods.items()))
