"""The vouchers of a distribution day: in which slot each comes, what became of it, and what is left of it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.goods import Item, summed
from aid.domain.money import Money
from aid.domain.parts import Worth
from aid.domain.vouchers import OPEN_STATES, VoucherState
from aid.models.allocations import AllocationLine
from aid.models.vouchers import Voucher
from aid.services.collections.parts import STANDS, handings, items_of
from aid.services.days.books import cash_at, last_entry
from aid.services.days.coming import Planned

CHUNK = 500


@dataclass(frozen=True, slots=True)
class DayVoucher:
    """One voucher of the plan."""

    serial: int
    slot: int
    family_id: UUID
    state: VoucherState
    is_here: bool  # still collected at this point
    left: Worth

    @property
    def waits(self) -> bool:
        """Whether somebody may still come with it, here."""
        return self.is_here and self.state in OPEN_STATES


def vouchers_of(session: Session, planned: Planned) -> list[DayVoucher]:
    """The vouchers of a plan, by number, with what is left of each."""
    slot_of = planned.slot_of()
    serials = sorted(slot_of)
    found: list[DayVoucher] = []
    for start in range(0, len(serials), CHUNK):
        some = serials[start : start + CHUNK]
        rows = session.execute(
            select(Voucher, AllocationLine.items)
            .join(AllocationLine, AllocationLine.id == Voucher.id)
            .where(Voucher.serial.in_(some))
            .order_by(Voucher.serial)
        ).all()
        handed = _handed(session, [voucher.id for voucher, _items in rows if voucher.turns])
        for voucher, items in rows:
            whole = Worth.of(voucher.amount_minor, voucher.currency, items)
            found.append(
                DayVoucher(
                    serial=voucher.serial,
                    slot=slot_of[voucher.serial],
                    family_id=voucher.family_id,
                    state=voucher.state,
                    is_here=voucher.point_id == planned.plan.point_id,
                    left=_less(whole, handed.get(voucher.id, [])),
                )
            )
    return found


def _handed(session: Session, ids: list[UUID]) -> dict[UUID, list[tuple[int, list[str]]]]:
    """What was handed out of these and not taken back."""
    found: defaultdict[UUID, list[tuple[int, list[str]]]] = defaultdict(list)
    if ids:
        for row in session.execute(handings().where(Voucher.id.in_(ids), STANDS)):
            found[row.voucher_id].append((int(row.minor), items_of(row)))
    return found


def _less(whole: Worth, handed: list[tuple[int, list[str]]]) -> Worth:
    for minor, items in handed:
        whole = whole.less(Worth.of(minor, whole.amount.currency, items))
    return whole


def goods_of(vouchers: Iterable[DayVoucher]) -> Counter[str]:
    """How many of each good these vouchers are still good for."""
    return Counter({item.good: item.quantity for item in summed(_items(vouchers))})


def _items(vouchers: Iterable[DayVoucher]) -> Iterator[Item]:
    for voucher in vouchers:
        yield from voucher.left.items


def amounts_of(vouchers: Iterable[DayVoucher]) -> Counter[Money]:
    """How many of these vouchers are good for each sum."""
    return Counter(voucher.left.amount for voucher in vouchers if voucher.left.amount.minor)


def sums_of(amounts: Mapping[Money, int]) -> dict[str, Money]:
    """What such sums come to, by currency."""
    sums: dict[str, Money] = {}
    for amount, times in amounts.items():
        sums[amount.currency] = sums.get(amount.currency, Money.zero(amount.currency)) + amount * times
    return sums


def cash_now(session: Session, point_id: UUID) -> dict[str, Money]:
    """What the books say a point has in cash, by currency."""
    there = cash_at(session, point_id, last_entry(session))
    return {currency: Money(minor, currency) for currency, minor in there.items()}
