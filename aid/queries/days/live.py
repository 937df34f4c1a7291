"""How a distribution day goes: who came, who is awaited, what was refused, and whether cash and goods will do."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.goods import in_order
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.domain.vouchers import VoucherState
from aid.models.collections import Collection, RefusedCollection
from aid.models.vouchers import Voucher
from aid.queries.days.waiting import DayVoucher, amounts_of, cash_now, goods_of, sums_of, vouchers_of
from aid.services.collections.parts import STANDS
from aid.services.days.books import goods_now
from aid.services.days.coming import Planned, planned
from aid.services.fund_days import day_bounds, zone_of
from aid.services.goods import GoodWords, catalogue
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class Tally:
    """How many vouchers stand where."""

    collected: int
    begun: int
    waiting: int
    gone: int  # cancelled, expired, or collected elsewhere now

    @property
    def expected(self) -> int:
        """Those that somebody may come, or came, with."""
        return self.collected + self.begun + self.waiting


@dataclass(frozen=True, slots=True)
class LiveSlot:
    """One slot, and whether it is now, or over."""

    hours: str
    tally: Tally
    is_now: bool
    is_over: bool


@dataclass(frozen=True, slots=True)
class Left:
    """Cash or a good: what is there by the books, and what those who are awaited need."""

    name: str
    there: int
    need: int
    money: Money | None = None  # what is there, for cash
    needed: Money | None = None

    @property
    def is_short(self) -> bool:
        """Whether it does not do for all."""
        return self.there < self.need or self.there < 0


@dataclass(frozen=True, slots=True)
class Live:
    """A moment of the day."""

    at: datetime
    tally: Tally
    slots: tuple[LiveSlot, ...]
    others: int  # vouchers handed out here on this day that its plan does not name
    refused: int  # tries, on this day, here
    cash: tuple[Left, ...]
    goods: tuple[Left, ...]


def live(session: Session, *, actor: Actor, now: Instant, point_id: UUID, day: date) -> Live | None:
    """How a day goes; nothing where no plan of it takes place."""
    actor.must(Permission.KEEP_POINT, point=point_id)
    plan = planned(session, point_id=point_id, day=day)
    if plan is None or plan.plan.cancelled:
        return None
    zone = zone_of(session)
    vouchers = vouchers_of(session, plan)
    waiting = [voucher for voucher in vouchers if voucher.waits]
    begins, ends = day_bounds(session, day)
    refused = select(func.count()).where(
        RefusedCollection.point_id == point_id, RefusedCollection.at >= begins, RefusedCollection.at < ends
    )
    handed = select(Voucher.serial).distinct().join(Collection, Collection.voucher_id == Voucher.id)
    today = (Collection.point_id == point_id) & (Collection.collected_at >= begins) & (Collection.collected_at < ends)
    named = {voucher.serial for voucher in vouchers}
    return Live(
        at=now.instant,
        tally=_tally(vouchers),
        slots=_slots(plan, vouchers, here=now.instant.astimezone(zone)),
        others=len(set(session.scalars(handed.where(today, STANDS))) - named),
        refused=session.scalar(refused) or 0,
        cash=_cash(session, waiting, point_id),
        goods=_goods(session, waiting, point_id, actor),
    )


def _tally(vouchers: list[DayVoucher]) -> Tally:
    here = Counter(voucher.state for voucher in vouchers if voucher.is_here)
    begun, collected = here[VoucherState.BEGUN], here[VoucherState.COLLECTED]
    waiting = here[VoucherState.ISSUED] + here[VoucherState.PRINTED]
    return Tally(collected, begun, waiting, len(vouchers) - collected - begun - waiting)


def _slots(plan: Planned, vouchers: list[DayVoucher], *, here: datetime) -> tuple[LiveSlot, ...]:
    hours, is_day = plan.hours, here.date() == plan.plan.day
    return tuple(
        LiveSlot(
            hours=hours.during(n),
            tally=_tally([voucher for voucher in vouchers if voucher.slot == n]),
            is_now=is_day and hours.begins(n) <= here.time() < hours.ends(n),
            is_over=here.date() > plan.plan.day or (is_day and here.time() >= hours.ends(n)),
        )
        for n in range(hours.slots)
    )


def _cash(session: Session, waiting: list[DayVoucher], point_id: UUID) -> tuple[Left, ...]:
    need, there = sums_of(amounts_of(waiting)), cash_now(session, point_id)
    zero = {currency: Money.zero(currency) for currency in need.keys() | there.keys()}
    every = [
        (zero[currency] + there.get(currency, zero[currency]), need.get(currency, zero[currency]))
        for currency in sorted(zero)
    ]
    return tuple(
        Left(has.currency, has.minor, wanted.minor, has, wanted) for has, wanted in every if has.minor or wanted.minor
    )


def _goods(session: Session, waiting: list[DayVoucher], point_id: UUID, actor: Actor) -> tuple[Left, ...]:
    need, booked = goods_of(waiting), goods_now(session, point_id)
    there = {good: each.quantity for good, each in booked.items()}
    words = GoodWords(catalogue(session))
    rows = [Left(words.name(good, actor.language), there.get(good, 0), many) for good, many in need.items() if many]
    return tuple(sorted(rows, key=lambda row: (not row.is_short, in_order(row.name))))
