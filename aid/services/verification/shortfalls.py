"""What is below zero by the books: it breaks no rule, since a mother is not sent away, but nobody shall overlook it."""

from collections.abc import Iterator

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from aid.domain.entries import AccountKind
from aid.domain.money import Money
from aid.models.fund import Point
from aid.models.goods import Stock
from aid.models.ledger import Account, Transfer


def shortfalls(session: Session) -> list[str]:
    """Goods and cash at points of which more went out than was written down, each in a line, by points' codes."""
    return [*_goods(session), *_cash(session)]


def _goods(session: Session) -> Iterator[str]:
    found = session.execute(
        select(Point.code, Stock.good, Stock.quantity)
        .join(Point, Point.id == Stock.point_id)
        .where(Stock.quantity < 0)
        .order_by(Point.code, Stock.good)
    )
    for point, good, quantity in found:
        yield f"stock at {point}: {quantity} {good}"


def _cash(session: Session) -> Iterator[str]:
    moved = case((Transfer.debit_id == Account.id, Transfer.amount_minor), else_=-Transfer.amount_minor)
    found = session.execute(
        select(Point.code, Account.currency, func.sum(moved))
        .join(Account, Account.point_id == Point.id)
        .join(Transfer, (Transfer.debit_id == Account.id) | (Transfer.credit_id == Account.id))
        .where(Account.kind == AccountKind.CASH)
        .group_by(Point.code, Account.currency)
        .order_by(Point.code, Account.currency)
    )
    for point, currency, minor in found:
        if minor < 0:
            yield f"cash at {point}: {Money(int(minor), currency)}"
