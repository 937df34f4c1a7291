"""Shops for tests: agreed with, somebody at the till, vouchers collected there, and their invoices."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy import select

from aid.domain.clock import Instant
from aid.domain.money import Money
from aid.domain.permissions import Role
from aid.domain.shop_invoices import WithdrawnReason
from aid.domain.shops import Claim
from aid.domain.vouchers import VoucherState
from aid.extensions import now as this_moment
from aid.models.vouchers import Voucher
from aid.services.allocations import propose
from aid.services.collections.handing_out import Collected, collect
from aid.services.shops.answering import WithdrawOrder, approve_invoice, withdraw_invoice
from aid.services.shops.invoicing import ShopInvoiceOrder, TakenIn, take_invoice
from aid.services.shops.opening import Agreed, ShopOrder, change_agreement, open_shop
from aid.services.shops.paying import ShopPayOrder, pay_shop
from aid.services.work import change_work
from aid.vault.actor import Actor
from tests.make import do, rows
from tests.make.allocations import make_money
from tests.make.families import make_family
from tests.make.fund import FoundedFund
from tests.make.goods import carried
from tests.make.people import give, work
from tests.make.programmes import make_programme
from tests.make.vouchers import MadeVoucher, digits_of, later, make_vouchers, print_at

NAMES = {"kk": "Береке дүкені", "ru": "Магазин «Береке»", "en": "Bereke shop"}
FOOD = {"kk": "азық-түлік", "ru": "продукты", "en": "food"}
SPIRITS = {"kk": "арақ-шарап, темекі", "ru": "алкоголь, табак", "en": "alcohol, tobacco"}


def till(fund: FoundedFund) -> Actor:
    """Sanzhar, who hands out at the school and stands at the shop's till."""
    return fund.actor("sanzhar")


def make_shop(fund: FoundedFund, *, names: dict[str, str] | None = None, currency: str | None = None) -> UUID:
    """A shop that the coordinator agreed with; sanzhar, who hands out at the school, stands at its till too."""
    agreed = Agreed(may_buy=FOOD, may_not_buy=SPIRITS)
    order = ShopOrder(
        names=names or NAMES,
        locality_id=fund.localities["new-town"],
        currency=currency or fund.currency,
        agreed=agreed,
    )
    shop = do(open_shop, actor=fund.coordinator, order=order).point_id
    fund.points["shop"] = shop
    at = till(fund).points | {shop}
    to = work(Role.DISTRIBUTOR, points=at)
    do(change_work, actor=fund.administrator, person_id=till(fund).person_id, work=to)
    give(fund.coordinator, "sanzhar")
    return shop


def bought(
    fund: FoundedFund, voucher: MadeVoucher, *, by: Actor | None = None, now: Instant | None = None
) -> MadeVoucher:
    """A family took goods for its voucher; at the shop, unless somebody else hands out."""
    outcome = do(collect, actor=by or till(fund), now=now, order=voucher.order())
    assert isinstance(outcome, Collected), outcome
    return replace(voucher, collection_id=outcome.collection_id)


def make_bought(fund: FoundedFund, count: int) -> list[MadeVoucher]:
    """So many vouchers that families took goods for at the shop."""
    return [bought(fund, voucher) for voucher in make_vouchers(fund, count, point="shop")]


def an_invoice(fund: FoundedFund, *claims: Claim, number: str = "A-1", minor: int | None = None) -> ShopInvoiceOrder:
    """The shop's invoice of today, with its list; without one where only a sum is given."""
    return ShopInvoiceOrder(
        point_id=fund.points["shop"],
        their_number=number,
        dated=this_moment().today,
        up_to=later(this_moment(), minutes=20).today,
        amount=Money(sum(claim.minor for claim in claims) if minor is None else minor, fund.currency),
        claims=claims or None,
    )


def take(fund: FoundedFund, order: ShopInvoiceOrder, *, by: Actor | None = None) -> TakenIn:
    """The treasurer takes it in, when nothing of it can be undone any more."""
    return do(take_invoice, actor=by or fund.treasurer, now=later(this_moment(), minutes=20), order=order)


def approve(fund: FoundedFund, invoice_id: UUID, *, by: Actor | None = None) -> None:
    """The coordinator compared it with the paper."""
    do(approve_invoice, actor=by or fund.coordinator, now=later(this_moment(), minutes=22), invoice_id=invoice_id)


def withdraw(
    fund: FoundedFund, invoice_id: UUID, reason: WithdrawnReason = WithdrawnReason.MISTYPED, *, words: str = ""
) -> None:
    """The treasurer withdraws it."""
    order = WithdrawOrder(invoice_id=invoice_id, reason=reason, words=words)
    do(withdraw_invoice, actor=fund.treasurer, now=later(this_moment(), minutes=23), order=order)


def pay(fund: FoundedFund, invoice_id: UUID, *, by: Actor | None = None, value_on: date | None = None) -> None:
    """The treasurer pays what was accepted of it, from the main account."""
    moment = later(this_moment(), minutes=25)
    order = ShopPayOrder(invoice_id=invoice_id, bank_id=fund.bank, value_on=value_on or moment.today)
    do(pay_shop, actor=by or fund.treasurer, now=moment, order=order)


def make_shops(fund: FoundedFund) -> None:
    """A shop with four invoices, of which one is paid, one withdrawn, one to be paid; and something on none."""
    shop = make_shop(fund)
    do(
        change_agreement,
        actor=fund.coordinator,
        point_id=shop,
        version=1,
        agreed=Agreed(may_buy={}, may_not_buy=SPIRITS),
    )
    first, second, third, _fourth = make_bought(fund, 4)
    mistyped = take(fund, an_invoice(fund, Claim(first.serial, 30_000_00)))
    withdraw(fund, mistyped.invoice_id)
    paid = take(fund, an_invoice(fund, Claim(first.serial, 30_000_00)))
    approve(fund, paid.invoice_id)
    pay(fund, paid.invoice_id)
    take(fund, an_invoice(fund, Claim(second.serial, 30_000_00), Claim(first.serial, 10_000_00), number="A-2"))
    agreed = take(fund, an_invoice(fund, Claim(third.serial, 30_000_00), number="A-3"))
    approve(fund, agreed.invoice_id)
    make_vouchers(fund, 1, point="shop", state=VoucherState.PRINTED)


def make_in_parts(fund: FoundedFund) -> MadeVoucher:
    """A voucher of thirty thousand tenge for the shop that may be collected in parts."""
    family = make_family(fund, point="shop", locality="new-town").family_id
    make_money(fund)
    proposed = carried(fund, do(propose, actor=fund.coordinator, programme_id=make_programme(fund, in_parts=True)))
    [row] = rows(select(Voucher).where(Voucher.allocation_id == proposed.allocation_id, Voucher.family_id == family))
    made = MadeVoucher(row.id, row.serial, "", family, proposed.allocation_id, row.point_id)
    return replace(made, digits=digits_of(print_at(fund, made))[row.serial])
