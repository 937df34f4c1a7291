"""The fund on the eve of such a day: families of two points, a round that was carried, cash and goods at the points."""

from collections import Counter
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import func, select

from aid.domain.entitlement import Gift, Per
from aid.extensions import now as this_moment
from aid.models.allocations import AllocationLine
from aid.models.vouchers import Voucher
from aid.services.allocations import propose
from aid.services.cash import ArrivalOrder, SendOrder, count_arrival, send_cash
from aid.services.programmes import write_programme
from tests.make import do, rows
from tests.make.allocations import make_money
from tests.make.families import make_family
from tests.make.fund import FoundedFund
from tests.make.goods import carried, make_good, make_stock, make_transfer
from tests.make.programmes import a_programme

POINTS: Final = {"club": "nurlan", "school-5": "sanzhar"}
"""Who hands out where."""
LOCALITIES: Final = {"club": "old-town", "school-5": "new-town"}
MINOR: Final = 10_000_00
GOODS: Final = {"notebook": 5, "pen": 2}
"""What each family is due."""


@dataclass(frozen=True)
class World:
    """The round, and what lies at each point in the morning, as somebody would count it with their hands."""

    fund: FoundedFund
    allocation_id: UUID
    vouchers: int
    cash: dict[str, int]
    goods: dict[str, Counter[str]]

    def serials(self, point: str) -> list[int]:
        """The numbers of the vouchers that were carried for a point."""
        of = (Voucher.allocation_id == self.allocation_id) & (Voucher.issued_point_id == self.fund.points[point])
        return list(rows(select(Voucher.serial).where(of).order_by(Voucher.serial)))


def make_world(fund: FoundedFund, *, vouchers: int) -> World:
    """Half of the families collect at each point, and a few more goods and notes are there than are due."""
    assert vouchers >= 28, "each story takes a family"
    for good in GOODS:
        make_good(fund, good)
    make_money(fund)
    for place in range(vouchers):
        point = list(POINTS)[place % 2]
        make_family(fund, point=point, locality=LOCALITIES[point])
    each = vouchers // 2 + 10
    goods = Counter({good: number * each for good, number in GOODS.items()})
    for point in POINTS:
        for good, number in goods.items():
            make_stock(fund, good, number, point=point)
    cash = MINOR * each
    _bring(fund, cash)
    allocation_id = _round(fund)
    there = rows(select(func.count()).where(Voucher.allocation_id == allocation_id))
    assert list(there) == [vouchers], there
    of_each = {point: Counter(goods) for point in POINTS}
    return World(fund, allocation_id, vouchers, dict.fromkeys(POINTS, cash), of_each)


def _bring(fund: FoundedFund, minor: int) -> None:
    """Cash that the committee sent to both points, counted there."""
    sent = carried(fund, make_transfer(fund, *((point, minor) for point in POINTS)))
    lines = select(AllocationLine.id).where(AllocationLine.allocation_id == sent.allocation_id)
    for point, handle in POINTS.items():
        [line] = rows(lines.where(AllocationLine.point_id == fund.points[point]))
        order = SendOrder(line_id=line, bank_id=fund.bank, value_on=this_moment().today)
        do(send_cash, actor=fund.treasurer, order=order)
        do(count_arrival, actor=fund.actor(handle), order=ArrivalOrder(line_id=line, minor=minor, fault=None))


def _round(fund: FoundedFund) -> UUID:
    gifts = tuple(Gift(good, number, Per.FAMILY) for good, number in GOODS.items())
    order = a_programme(fund, per_family=MINOR, per_child=0, per_grade=(), goods=gifts, in_parts=True)
    programme = do(write_programme, actor=fund.coordinator, order=order).programme_id
    return carried(fund, do(propose, actor=fund.coordinator, programme_id=programme)).allocation_id
