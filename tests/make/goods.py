"""Goods, grants, purchases and cash for tests: sensible by default, one line to vary."""

from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import select

from aid.domain.clock import Instant
from aid.domain.entitlement import Gift, Per
from aid.domain.families import WithdrawalReason
from aid.domain.goods import Item
from aid.domain.grants import GrantReason, GrantRules
from aid.domain.money import Money
from aid.domain.purchases import CashFault, Fault
from aid.domain.stock import Difference
from aid.extensions import now as this_moment
from aid.models.allocations import AllocationLine
from aid.models.families import Family
from aid.models.goods import Good, Stock
from aid.models.vouchers import Voucher
from aid.services.allocations import propose
from aid.services.cash import ArrivalOrder, SendOrder, TransferOrder, count_arrival, propose_transfer, send_cash
from aid.services.goods import GoodOrder, write_good
from aid.services.grants import GrantOrder, propose_grant, write_rules
from aid.services.programmes import write_programme
from aid.services.purchases import OrderedLine, PurchaseOrder, propose_purchase
from aid.services.putting import Proposed
from aid.services.stock.counting import Counted, CountOrder, count
from aid.services.stock.deliveries import Came, DeliveryOrder, InvoiceOrder, close_purchase, pay_invoice, take_in
from aid.services.stock.keeping import (
    CarryOrder,
    LossOrder,
    answer_write_off,
    ask_to_write_off,
    carry,
    pack,
)
from aid.services.withdrawals import withdraw
from tests.make import do, rows
from tests.make.allocations import make_money, vote
from tests.make.families import make_family
from tests.make.fund import FoundedFund
from tests.make.programmes import a_programme
from tests.make.vouchers import MadeVoucher, digits_of, print_at

NAMES = {"kk": "Дәптер", "ru": "Тетрадь", "en": "Notebook"}
RULES = GrantRules(
    currency="KZT",
    cap=300_000_00,
    days=90,
    most=MappingProxyType({GrantReason.PARCEL_FOR_PRISONER: 40_000_00}),
    valid_days=30,
    grace_days=14,
)


def two_days_ago() -> Instant:
    """When a notice of a day, begun then, is over."""
    now = this_moment()
    return Instant(now.instant - timedelta(days=2), now.today - timedelta(days=2))


def make_good(fund: FoundedFund, code: str = "notebook", **changed: object) -> str:
    """A good of the catalogue, by its code."""
    do(write_good, actor=fund.coordinator, order=replace(GoodOrder(code=code, names=NAMES), **changed))  # type: ignore[arg-type]
    return code


def make_rules(fund: FoundedFund, *, seen: int = 0, **changed: object) -> None:
    """A family gets at most three hundred thousand tenge in ninety days, and forty for a parcel."""
    do(write_rules, actor=fund.coordinator, rules=replace(RULES, **changed), seen=seen)  # type: ignore[arg-type]


def a_grant(fund: FoundedFund, family: UUID, *, minor: int = 120_000_00, **changed: object) -> GrantOrder:
    """For a home that burnt down."""
    [code] = rows(select(Family.code).where(Family.id == family))
    order = GrantOrder(
        family_code=code,
        reason=GrantReason.HOME_BURNT,
        amount=Money(minor, "KZT"),
        purpose_id=fund.purposes["general"],
        words="The stove and the winter clothes",
    )
    return replace(order, **changed)  # type: ignore[arg-type]


def make_grant(fund: FoundedFund, **changed: object) -> Proposed:
    """A grant put to the committee, for a new family."""
    family = make_family(fund).family_id
    return do(propose_grant, actor=fund.coordinator, order=a_grant(fund, family, **changed))  # type: ignore[arg-type]


def a_purchase(fund: FoundedFund, *lines: tuple[str, int, int, str]) -> PurchaseOrder:
    """Goods for points: (code, how many, price each, point)."""
    return PurchaseOrder(
        supplier="Kitap Alemi",
        purpose_id=fund.purposes["school"],
        currency="KZT",
        lines=tuple(
            OrderedLine(Item(good, quantity), each, fund.points[point]) for good, quantity, each, point in lines
        ),
    )


def make_purchase(fund: FoundedFund, *lines: tuple[str, int, int, str]) -> Proposed:
    """A purchase put to the committee."""
    return do(propose_purchase, actor=fund.coordinator, order=a_purchase(fund, *lines))


def make_transfer(fund: FoundedFund, *lines: tuple[str, int]) -> Proposed:
    """Cash for points, put to the committee: (point, minor units)."""
    order = TransferOrder(
        currency="KZT", lines=tuple((fund.points[point], minor) for point, minor in lines), words="For the round"
    )
    return do(propose_transfer, actor=fund.coordinator, order=order)


def carried(fund: FoundedFund, proposed: Proposed, *, now: Instant | None = None) -> Proposed:
    """The committee carried it two days ago: its notice is over."""
    for member in fund.members[: fund.quorum]:
        vote(fund, member, proposed.allocation_id, now=now or two_days_ago())
    return proposed


def an_invoice(fund: FoundedFund, proposed: Proposed, *, minor: int, number: str = "17") -> InvoiceOrder:
    """The supplier's invoice, paid from the main account today."""
    today = this_moment().today
    return InvoiceOrder(
        allocation_id=proposed.allocation_id,
        number=number,
        dated=today,
        amount=Money(minor, "KZT"),
        bank_id=fund.bank,
        value_on=today,
    )


def a_delivery(
    fund: FoundedFund, proposed: Proposed, *came: tuple[int, Fault | None], point: str = "club"
) -> DeliveryOrder:
    """What came of each line for a point, in the order of the lines."""
    wanted = (AllocationLine.allocation_id == proposed.allocation_id) & (AllocationLine.version == proposed.version)
    lines = rows(
        select(AllocationLine.id)
        .where(wanted, AllocationLine.point_id == fund.points[point])
        .order_by(AllocationLine.n)
    )
    return DeliveryOrder(
        allocation_id=proposed.allocation_id,
        point_id=fund.points[point],
        lines=tuple(Came(line, delivered, fault) for line, (delivered, fault) in zip(lines, came, strict=True)),
    )


def make_stock(fund: FoundedFund, good: str, quantity: int, *, point: str = "club") -> None:
    """So many of a good at a point, as somebody counted them."""
    order = CountOrder(point_id=fund.points[point], lines=(Counted(good, quantity, Difference.NOT_WRITTEN_DOWN),))
    do(count, actor=fund.coordinator, order=order)


def in_stock(fund: FoundedFund, good: str, *, point: str = "club") -> int:
    """How many of a good a point has by the books."""
    there = rows(select(Stock.quantity).where(Stock.point_id == fund.points[point], Stock.good == good))
    return there[0] if there else 0


def make_kinds(fund: FoundedFund) -> None:
    """One of each kind of allocation with all that follows it, and everything that can be done with stock."""
    make_money(fund)
    make_money(fund, purpose="general", minor=1_000_000_00)
    make_rules(fund)
    carried(fund, make_grant(fund))
    make_good(fund)
    make_good(fund, "pen")
    make_good(fund, "school-kit", contents=(Item("notebook", 2), Item("pen", 1)))
    bought = carried(fund, make_purchase(fund, ("notebook", 100, 150_00, "club"), ("pen", 50, 80_00, "club")))
    do(pay_invoice, actor=fund.treasurer, order=an_invoice(fund, bought, minor=15_000_00))
    do(take_in, actor=fund.distributor, order=a_delivery(fund, bought, (100, None), (40, Fault.SHORT)))
    do(close_purchase, actor=fund.coordinator, allocation_id=bought.allocation_id)
    club, school = fund.points["club"], fund.points["school-5"]
    do(pack, actor=fund.distributor, point_id=club, kits=Item("school-kit", 10))
    do(carry, actor=fund.coordinator, order=CarryOrder(from_id=club, to_id=school, items=(Item("school-kit", 4),)))
    counts = (Counted("pen", 31, Difference.MISCOUNTED), Counted("notebook", 79, Difference.UNKNOWN))
    do(count, actor=fund.distributor, order=CountOrder(point_id=club, lines=counts))
    loss = LossOrder(point_id=club, item=Item("pen", 3), why=Difference.DAMAGED)
    lost = do(ask_to_write_off, actor=fund.distributor, order=loss)
    do(answer_write_off, actor=fund.coordinator, act_id=lost.act_id, agreed=True)
    make_cash(fund)
    make_goods_released(fund)


def make_cash(fund: FoundedFund) -> None:
    """Cash that was sent to a point and counted there, with some of it missing."""
    sent = carried(fund, make_transfer(fund, ("club", 400_000_00)))
    [line] = rows(select(AllocationLine.id).where(AllocationLine.allocation_id == sent.allocation_id))
    order = SendOrder(line_id=line, bank_id=fund.bank, value_on=this_moment().today)
    do(send_cash, actor=fund.treasurer, order=order)
    arrival = ArrivalOrder(line_id=line, minor=390_000_00, fault=CashFault.LATER)
    do(count_arrival, actor=fund.distributor, order=arrival)


def make_goods_round(fund: FoundedFund, *, good: str = "notebook", each: int = 5) -> Proposed:
    """A round of goods alone, so many for every family, put to the committee."""
    gifts = (Gift(good, each, Per.FAMILY),)
    order = a_programme(fund, per_family=0, per_child=0, per_grade=(), goods=gifts)
    programme = do(write_programme, actor=fund.coordinator, order=order).programme_id
    return do(propose, actor=fund.coordinator, programme_id=programme)


def make_goods_voucher(fund: FoundedFund, *, good: str = "notebook") -> MadeVoucher:
    """A printed voucher for five of a good and no money, of a new family."""
    family = make_family(fund).family_id
    proposed = carried(fund, make_goods_round(fund, good=good))
    [row] = rows(select(Voucher).where(Voucher.allocation_id == proposed.allocation_id, Voucher.family_id == family))
    made = MadeVoucher(row.id, row.serial, "", family, proposed.allocation_id, row.point_id)
    return replace(made, digits=digits_of(print_at(fund, made))[row.serial])


PARCELS = 20
"""Goods enough for the parcels that a test makes."""


def make_parcel(fund: FoundedFund, *, in_parts: bool = True) -> MadeVoucher:
    """A printed voucher for ten thousand tenge, five notebooks and two pens, of a new family."""
    for good in ("notebook", "pen"):
        if not rows(select(Good.id).where(Good.code == good)):
            make_good(fund, good)
        if in_stock(fund, good) < PARCELS:
            make_stock(fund, good, 100)
    make_money(fund)
    family = make_family(fund).family_id
    gifts = (Gift("notebook", 5, Per.FAMILY), Gift("pen", 2, Per.FAMILY))
    order = a_programme(fund, per_child=0, per_grade=(), goods=gifts, in_parts=in_parts)
    programme = do(write_programme, actor=fund.coordinator, order=order).programme_id
    proposed = carried(fund, do(propose, actor=fund.coordinator, programme_id=programme))
    [row] = rows(select(Voucher).where(Voucher.allocation_id == proposed.allocation_id, Voucher.family_id == family))
    made = MadeVoucher(row.id, row.serial, "", family, proposed.allocation_id, row.point_id)
    return replace(made, digits=digits_of(print_at(fund, made))[row.serial])


def make_goods_released(fund: FoundedFund) -> None:
    """A voucher for goods alone, of a family that left the fund before it was collected."""
    family = make_family(fund).family_id
    carried(fund, make_goods_round(fund))
    do(withdraw, actor=fund.registrar, family_id=family, reason=WithdrawalReason.OWN_WISH)
