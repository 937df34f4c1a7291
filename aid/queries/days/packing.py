"""What is packed and brought for a distribution day: goods by grade and size, kits, notes and coins."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from aid.domain.days.notes import Cash, cash_for, is_known
from aid.domain.days.packing import PickList, pick_list
from aid.domain.goods import Item, in_order
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.queries.days.waiting import DayVoucher, amounts_of, cash_now, goods_of, sums_of, vouchers_of
from aid.services.days.books import goods_now
from aid.services.days.coming import planned
from aid.services.goods import GoodWords, catalogue
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class PickRow:
    """One good, as it is written on the list."""

    good: str
    name: str
    holds: str  # what is in it, if it is a kit
    need: int
    there: int
    pack: int
    bring: int


@dataclass(frozen=True, slots=True)
class PieceRow:
    """So many of one note or coin."""

    value: Money
    is_note: bool
    count: int
    sum: Money


@dataclass(frozen=True, slots=True)
class CashRow:
    """The cash of one currency: what is needed, what the books say is there, and the notes and coins."""

    need: Money
    there: Money
    vouchers: int
    pieces: tuple[PieceRow, ...]  # none where Komek does not know the currency's notes
    cash: Cash | None

    @property
    def bring(self) -> Money:
        """What must be brought, at least."""
        missing = self.need - self.there
        return missing if missing.minor > 0 else Money.zero(self.need.currency)


@dataclass(frozen=True, slots=True)
class SlotRow:
    """What one slot needs."""

    hours: str
    vouchers: int
    goods: tuple[str, ...]
    sums: tuple[Money, ...]


@dataclass(frozen=True, slots=True)
class Packing:
    """Everything to be at the point when the day begins."""

    vouchers: int
    picks: tuple[PickRow, ...]
    into_kits: tuple[str, ...]
    parts_to_bring: tuple[str, ...]
    cash: tuple[CashRow, ...]
    slots: tuple[SlotRow, ...]

    @property
    def goods_missing(self) -> int:
        """How many kinds of goods are too few."""
        return sum(row.bring > 0 for row in self.picks)

    @property
    def cash_missing(self) -> tuple[Money, ...]:
        """What must be brought, by currency."""
        return tuple(row.bring for row in self.cash if row.bring.minor)


def packing(session: Session, *, actor: Actor, point_id: UUID, day: date) -> Packing | None:
    """What the vouchers of a day's plan need that wait still; nothing where no plan is."""
    actor.must(Permission.KEEP_POINT, point=point_id)
    plan = planned(session, point_id=point_id, day=day)
    if plan is None or plan.plan.cancelled:
        return None
    waiting = [voucher for voucher in vouchers_of(session, plan) if voucher.waits]
    goods = catalogue(session)
    words, need = GoodWords(goods), goods_of(waiting)
    there = {good: each.quantity for good, each in goods_now(session, point_id).items()}
    kits = {good: tuple(map(Item.from_plain, goods[code].contents)) for good in need if (code := _code(good)) in goods}
    picked = pick_list(need, there, kits)
    hours = plan.hours
    slots = tuple(
        _slot(hours.during(n), [each for each in waiting if each.slot == n], words, actor) for n in range(hours.slots)
    )
    return Packing(
        vouchers=len(waiting),
        picks=_picks(picked, words, actor),
        into_kits=_said(picked.into_kits, words, actor),
        parts_to_bring=_said(picked.parts_to_bring, words, actor),
        cash=_cash(session, waiting, point_id),
        slots=tuple(slot for slot in slots if slot.vouchers),
    )


def _code(good: str) -> str:
    return Item(good, 1).code


def _picks(picked: PickList, words: GoodWords, actor: Actor) -> tuple[PickRow, ...]:
    rows = [
        PickRow(
            good=pick.good,
            name=words.name(pick.good, actor.language),
            holds=words.holds(Item(pick.good, 1), actor.language),
            need=pick.need,
            there=pick.there,
            pack=pick.pack,
            bring=pick.bring,
        )
        for pick in picked.picks
    ]
    return tuple(sorted(rows, key=lambda row: in_order(row.name)))


def _said(items: tuple[Item, ...], words: GoodWords, actor: Actor) -> tuple[str, ...]:
    said = (words.brief(item, actor.language) for item in items)
    return tuple(sorted(said, key=in_order))


def _cash(session: Session, waiting: list[DayVoucher], point_id: UUID) -> tuple[CashRow, ...]:
    amounts, there = amounts_of(waiting), cash_now(session, point_id)
    rows = []
    for currency, need in sorted(sums_of(amounts).items()):
        mine = {amount: times for amount, times in amounts.items() if amount.currency == currency}
        cash = cash_for(mine, currency=currency) if is_known(currency) else None
        pieces = tuple(
            PieceRow(each.value, each.is_note, count, each.value * count)
            for each, count in (cash.counts if cash else ())
        )
        rows.append(CashRow(need, there.get(currency, Money.zero(currency)), sum(mine.values()), pieces, cash))
    return tuple(rows)


def _slot(hours: str, waiting: list[DayVoucher], words: GoodWords, actor: Actor) -> SlotRow:
    items = tuple(Item(good, quantity) for good, quantity in sorted(goods_of(waiting).items()))
    return SlotRow(hours, len(waiting), _said(items, words, actor), tuple(sums_of(amounts_of(waiting)).values()))
