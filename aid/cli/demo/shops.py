"""The sample fund agrees with a shop: some vouchers go there, families take goods, and its invoice is paid."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select

from aid.cli.demo.people import key
from aid.domain.money import Money
from aid.domain.paper_trail import MoveReason
from aid.domain.permissions import Role
from aid.domain.shops import Claim
from aid.domain.vouchers import VoucherState
from aid.domain.work import Work
from aid.extensions import reading
from aid.models.fund import Locality, Point
from aid.models.ledger import BankAccount
from aid.models.people import Person
from aid.models.vouchers import Voucher
from aid.perform import perform
from aid.services.admissions import admit
from aid.services.collections.handing_out import Collected, CollectionOrder, collect
from aid.services.shops.answering import approve_invoice
from aid.services.shops.invoicing import ShopInvoiceOrder, take_invoice
from aid.services.shops.opening import Agreed, ShopOrder, open_shop
from aid.services.shops.paying import ShopPayOrder, pay_shop
from aid.services.vouchers.moving import MoveOrder, move_voucher
from aid.services.vouchers.printed import PrintedPaper
from aid.services.work import change_work, work_of

if TYPE_CHECKING:
    from aid.cli.demo.story import Story

NAMES = {"kk": "«Береке» дүкені", "ru": "Магазин «Береке»", "en": "Bereke shop"}
AGREED = Agreed(
    may_buy={"kk": "азық-түлік, тұрмыстық заттар", "ru": "продукты, товары для дома", "en": "food, household goods"},
    may_not_buy={"kk": "арақ-шарап, темекі", "ru": "алкоголь, табак", "en": "alcohol, tobacco"},
)
GO_THERE, ARE_TAKEN = 5, 3


def deal_with_a_shop(story: Story, allocation_id: UUID) -> None:
    """A shop is opened; of a round's vouchers a few go there, and some are collected, invoiced and paid."""
    story.say("A shop takes vouchers, sends its invoice, and is paid what agrees with it")
    shop = _open(story)
    coordinator = story.the(Role.COORDINATOR).actor()
    waiting = (Voucher.allocation_id == allocation_id) & (Voucher.state == VoucherState.PRINTED)
    for serial in (
        reading().scalars(select(Voucher.serial).where(waiting).order_by(Voucher.serial).limit(GO_THERE)).all()
    ):
        order = MoveOrder(serial, shop.id, MoveReason.OTHER)
        perform(key(), move_voucher, actor=coordinator, now=story.now, order=order)
    printed = story.print_vouchers(f"vouchers-{shop.code}.pdf", allocation_id, shop)
    assert printed.papers is not None, "these were printed just now"
    first, later = printed.papers[:ARE_TAKEN], printed.papers[ARE_TAKEN : ARE_TAKEN + 1]
    _give(story, shop, first)
    story.wait(days=1)
    _invoice(story, shop, [Claim(paper.serial, paper.amount.minor) for paper in first])
    _give(story, shop, later)


def _give(story: Story, shop: Point, papers: Sequence[PrintedPaper]) -> None:
    """Families take goods for their vouchers."""
    till = next(user for user in story.with_role(Role.DISTRIBUTOR) if shop.id in user.actor().points)
    for paper in papers:
        story.wait(minutes=7)
        order = CollectionOrder(shop.id, paper.digits, 0)
        outcome = perform(key(), collect, actor=till.actor(), now=story.now, order=order)
        assert isinstance(outcome, Collected), outcome


def _open(story: Story) -> Point:
    """The shop, and somebody at its till: a distributor of the fund, for the sample's sake."""
    coordinator = story.the(Role.COORDINATOR)
    locality = reading().scalars(select(Locality.id).order_by(Locality.code)).first()
    assert locality is not None, "the sample fund has localities"
    order = ShopOrder(names=NAMES, locality_id=locality, currency="KZT", agreed=AGREED)
    opened = perform(key(), open_shop, actor=coordinator.actor(), now=story.now, order=order)
    handle = story.with_role(Role.DISTRIBUTOR)[-1].handle
    reading().rollback()
    person = reading().scalars(select(Person).where(Person.handle == handle)).one()
    now_at = work_of(person)
    work = Work(now_at.roles, now_at.localities, now_at.points | {opened.point_id})
    administrator, person_id, public = story.the(Role.ADMINISTRATOR).actor(), person.id, person.hpke_public
    perform(key(), change_work, actor=administrator, now=story.now, person_id=person_id, work=work)
    perform(key(), admit, actor=coordinator.actor(), now=story.now, person_id=person_id, public=public)
    return reading().get_one(Point, opened.point_id)


def _invoice(story: Story, shop: Point, given: list[Claim]) -> None:
    """The shop's list holds what was collected, and a number that nobody knows."""
    claims = (*given, Claim(999_999, given[0].minor))
    treasurer = story.the(Role.TREASURER)
    order = ShopInvoiceOrder(
        point_id=shop.id,
        their_number="17",
        dated=story.now.today,
        up_to=story.now.today,
        amount=Money(sum(claim.minor for claim in claims), "KZT"),
        claims=claims,
    )
    taken = perform(key(), take_invoice, actor=treasurer.actor(), now=story.now, order=order)
    second = story.the(Role.COORDINATOR).actor()
    perform(key(), approve_invoice, actor=second, now=story.now, invoice_id=taken.invoice_id)
    bank = reading().scalars(select(BankAccount.id).where(BankAccount.currency == "KZT")).first()
    assert bank is not None, "the fund is founded with one"
    pay = ShopPayOrder(invoice_id=taken.invoice_id, bank_id=bank, value_on=story.now.today)
    perform(key(), pay_shop, actor=treasurer.actor(), now=story.now, order=pay)
