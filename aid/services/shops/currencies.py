"""A shop is paid in one currency: no voucher for money in another is issued there."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.points import PointKind
from aid.domain.refusals import RuleBroken
from aid.domain.words import InLanguages, n_
from aid.models.fund import Point
from aid.services.shops.opening import agreement_of

NAMED_AT_MOST: Final = 5


def check_currency(session: Session, currency: str, families: Iterable[tuple[str, UUID]]) -> None:
    """Raise RuleBroken where families would get money in a currency that the shop where they collect does not take.

    `families`: the codes of those who get money, each with its point.
    """
    at = [*families]
    shops = select(Point.id, Point.names).where(Point.kind == PointKind.SHOP).order_by(Point.code)
    for shop_id, names in session.execute(shops).all():
        codes = sorted(code for code, point_id in at if point_id == shop_id)
        agreement = agreement_of(session, shop_id) if codes else None
        if agreement is not None and agreement.currency != currency:
            raise _refused(codes, InLanguages.of(names), takes=agreement.currency, currency=currency)


def _refused(codes: list[str], shop: InLanguages, *, takes: str, currency: str) -> RuleBroken:
    some = ", ".join(codes[:NAMED_AT_MOST]) + (" …" if len(codes) > NAMED_AT_MOST else "")
    return RuleBroken(
        n_(
            "%(num)s family collects at %(shop)s, which is paid in %(takes)s and takes no voucher in %(currency)s: "
            "%(codes)s. Let it collect at another point first.",
            "%(num)s families collect at %(shop)s, which is paid in %(takes)s and takes no voucher in %(currency)s: "
            "%(codes)s. Let them collect at another point first.",
            len(codes),
            shop=shop,
            takes=takes,
            currency=currency,
            codes=some,
        )
    )
