"""What is counted at a point, and whether it may be counted now."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from aid.domain.days.counting import CountKind
from aid.domain.goods import in_order
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.words import Message
from aid.services.days.books import cash_at, goods_now, last_entry
from aid.services.days.counts import check_begin, loss_waits
from aid.services.goods import GoodWords, catalogue
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be counted at a point: its currencies, and its goods by code and name."""

    currencies: tuple[str, ...]
    goods: tuple[tuple[str, str], ...]  # by the books there are some, or fewer than none
    more_goods: tuple[tuple[str, str], ...]  # that were here once, and are not by the books


@dataclass(frozen=True, slots=True)
class NotNow:
    """Why it is not counted now; and whether that is a loss of goods, which is answered first."""

    reason: Message | None
    loss_waits: bool


def asked_at(session: Session, *, actor: Actor, point_id: UUID) -> Asked:
    """What is counted here. How much the books say of it nobody is told before."""
    actor.must(Permission.KEEP_POINT, point=point_id)
    stock = goods_now(session, point_id)
    words = GoodWords(catalogue(session)) if stock else GoodWords({})
    named = sorted(((good, words.name(good, actor.language)) for good in stock), key=lambda each: in_order(each[1]))
    return Asked(
        currencies=tuple(sorted(cash_at(session, point_id, last_entry(session)))),
        goods=tuple(each for each in named if stock[each[0]].quantity),
        more_goods=tuple(each for each in named if not stock[each[0]].quantity),
    )


def why_not_now(
    session: Session, *, actor: Actor, today: date, point_id: UUID, kind: CountKind, day: date
) -> NotNow | None:
    """Say why this end of this day is not counted now, or nothing."""
    actor.must(Permission.KEEP_POINT, point=point_id)
    try:
        check_begin(session, point_id=point_id, kind=kind, day=day, today=today)
    except RuleBroken as refusal:
        return NotNow(refusal.message, loss_waits=False)
    return NotNow(None, loss_waits=True) if loss_waits(session, point_id) else None
