"""Earlier proposals as their forms show them, to be changed and proposed anew."""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from aid.domain.money import Money
from aid.forms._money import as_typed
from aid.services.cash import TransferOrder
from aid.services.grants import GrantOrder
from aid.services.purchases import PurchaseOrder


def typed_before(
    order: GrantOrder | PurchaseOrder | TransferOrder, *, goods: Collection[str] = (), points: Iterable[UUID] = ()
) -> dict[str, Any]:
    """What was proposed, as somebody would type it: with the goods of the catalogue, for each of these points."""
    match order:
        case GrantOrder():
            return _grant(order)
        case PurchaseOrder():
            return _purchase(order, goods)
        case TransferOrder():
            return _transfer(order, points)


def _grant(order: GrantOrder) -> dict[str, Any]:
    return {
        "family_code": order.family_code,
        "reason": order.reason.value,
        "words": order.words,
        "amount": as_typed(order.amount),
        "purpose": str(order.purpose_id),
    }


def _purchase(order: PurchaseOrder, goods: Collection[str]) -> dict[str, Any]:
    return {
        "supplier": order.supplier,
        "purpose": str(order.purpose_id),
        "currency": order.currency,
        "lines": [
            {
                "good": line.item.good,
                "quantity": str(line.item.quantity),
                "each": as_typed(Money(line.each, order.currency)),
                "point": str(line.point_id),
            }
            for line in order.lines
            if line.item.good in goods
        ],
    }


def _transfer(order: TransferOrder, points: Iterable[UUID]) -> dict[str, Any]:
    sums = {point: as_typed(Money(minor, order.currency)) for point, minor in order.lines}
    return {
        "currency": order.currency,
        "words": order.words,
        "lines": [{"point": str(point), "amount": sums.get(point, "")} for point in points],
    }
