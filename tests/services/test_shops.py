"""A shop takes vouchers: no cash leaves, it is owed, its invoices are matched, and each collection is paid once."""

from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from aid.domain.entries import AccountKind
from aid.domain.late import Verdict
from aid.domain.money import Money
from aid.domain.paper_trail import MoveReason
from aid.domain.permissions import Role
from aid.domain.refusals import NotAllowed, RuleBroken
from aid.domain.shop_invoices import WithdrawnReason
from aid.domain.shops import Claim, Difference
from aid.domain.undoing import UndoReason
from aid.domain.vouchers import VoucherState
from aid.extensions import db
from aid.extensions import now as this_moment
from aid.models.base import Base
from aid.models.fund import Point
from aid.models.ledger import Entry, Transfer
from aid.models.people import RingMembership
from aid.models.recovery import RecoveryCopy
from aid.models.shops import (
    ShopAgreement,
    ShopInvoice,
    ShopInvoiceApproval,
    ShopInvoiceDifference,
    ShopInvoiceLine,
)
from aid.perform import look
from aid.services.allocations import propose
from aid.services.cash import TransferOrder, propose_transfer
from aid.services.collections.checking import Checked, check
from aid.services.collections.point_lists import ListOrder, print_list
from aid.services.collections.undoing import UndoOrder, undo_collection
from aid.services.grants import propose_grant
from aid.services.shops.invoicing import take_invoice
from aid.services.shops.opening import Agreed, change_agreement, open_shop
from aid.services.verification import verify
from aid.services.vouchers.moving import MoveOrder, move_voucher
from aid.services.work import change_work
from tests.conftest import both_databases
from tests.make import do, rows
from tests.make.allocations import make_money
from tests.make.families import make_family
from tests.make.fund import FoundedFund
from tests.make.goods import a_grant, make_rules
from tests.make.late import MadeList, conflicts, decide, enter
from tests.make.money import make_bank, make_sent
from tests.make.one_database import app as app
from tests.make.people import work
from tests.make.programmes import make_programme
from tests.make.shops import (
    FOOD,
    NAMES,
    SPIRITS,
    an_invoice,
    approve,
    bought,
    make_bought,
    make_shop,
    pay,
    take,
    till,
    withdraw,
)
from tests.make.vouchers import later, make_voucher, make_vouchers
from tests.services.test_collections import balance

WORTH = 30_000_00


def sound() -> None:
    with Session(db.engine) as session:
        assert [str(finding) for finding in verify(session)] == []


def told() -> list[tuple[Difference, int | None]]:
    differences = rows(select(ShopInvoiceDifference).order_by(ShopInvoiceDifference.n))
    return [(each.reason, each.serial) for each in differences]


def write(row: Base) -> None:
    """Behind the rules' back."""
    with Session(db.engine) as session:
        session.add(row)
        session.flush()


def test_a_shop_is_opened_with_keys_for_coordinators_and_recovery_and_its_words_change_by_version(
    fund: FoundedFund,
) -> None:
    shop = make_shop(fund)

    [ring] = rows(select(Point.ring_id).where(Point.id == shop))
    assert fund.coordinator.keyring.has(ring)
    assert till(fund).keyring.has(ring)
    assert not fund.distributor.keyring.has(ring)
    assert rows(select(RecoveryCopy.generation).where(RecoveryCopy.ring_id == ring)) == [1]
    holders = rows(select(RingMembership.person_id).where(RingMembership.ring_id == ring))
    assert {*holders} == {fund.coordinator.id, till(fund).id}

    agreed = Agreed(may_buy={}, may_not_buy=SPIRITS)
    do(change_agreement, actor=fund.coordinator, point_id=shop, version=1, agreed=agreed)
    with pytest.raises(RuleBroken, match="Somebody else changed"):
        do(change_agreement, actor=fund.coordinator, point_id=shop, version=1, agreed=agreed)
    assert rows(select(ShopAgreement.may_buy).order_by(ShopAgreement.version)) == [FOOD, {}]
    with pytest.raises(RuleBroken, match="Another point is called that"):
        make_shop(fund, names={**NAMES, "kk": "Басқа", "ru": "Другой"})
    with pytest.raises(NotAllowed):
        do(open_shop, actor=fund.treasurer, order=None)
    sound()


def test_goods_at_a_shop_leave_no_cash_and_are_owed_until_they_are_undone_or_paid(fund: FoundedFund) -> None:
    make_shop(fund)
    kept, undone = make_vouchers(fund, 2, point="shop")
    seen = look(check, actor=till(fund), point_id=kept.point_id, code=kept.digits)
    assert isinstance(seen, Checked)
    assert seen.shop is not None
    assert (seen.shop.may_buy, seen.shop.may_not_buy) == (FOOD["en"], SPIRITS["en"])

    bought(fund, kept)
    taken_back = bought(fund, undone)
    assert [balance(kind) for kind in (AccountKind.CASH, AccountKind.OWED)] == [0, -2 * WORTH]
    assert taken_back.collection_id is not None
    order = UndoOrder(taken_back.collection_id, UndoReason.GIVEN_BACK)
    do(undo_collection, actor=till(fund), order=order)
    assert [balance(kind) for kind in (AccountKind.CASH, AccountKind.OWED)] == [0, -WORTH]
    sound()

    before = balance(AccountKind.BANK)
    invoice = take(fund, an_invoice(fund, Claim(kept.serial, WORTH)))
    approve(fund, invoice.invoice_id)
    pay(fund, invoice.invoice_id)
    assert [balance(kind) for kind in (AccountKind.BANK, AccountKind.OWED)] == [before - WORTH, 0]
    [entry] = rows(select(Entry).where(Entry.cause_id == invoice.invoice_id))
    assert rows(select(Transfer.amount_minor).where(Transfer.entry_id == entry.id)) == [WORTH]
    with pytest.raises(RuleBroken, match="paid already"):
        pay(fund, invoice.invoice_id)
    with pytest.raises(RuleBroken, match="paid already"):
        withdraw(fund, invoice.invoice_id)
    sound()


def test_what_agrees_is_accepted_and_each_difference_stands_with_its_reason(fund: FoundedFund) -> None:
    make_shop(fund)
    first, second, forgotten, undone, open_ = make_vouchers(fund, 5, point="shop")
    for voucher in (first, second, forgotten):
        bought(fund, voucher)
    taken_back = bought(fund, undone)
    assert taken_back.collection_id is not None
    do(undo_collection, actor=till(fund), order=UndoOrder(taken_back.collection_id, UndoReason.GIVEN_BACK))
    elsewhere = make_voucher(fund, state=VoucherState.COLLECTED)
    claims = (
        Claim(first.serial, WORTH),
        Claim(first.serial, WORTH),
        Claim(second.serial, WORTH + 1),
        Claim(undone.serial, WORTH),
        Claim(open_.serial, WORTH),
        Claim(elsewhere.serial, WORTH),
        Claim(999_999, WORTH),
    )

    taken = take(fund, an_invoice(fund, *claims))

    assert taken.accepted == Money(WORTH, "KZT")
    assert told() == [
        (Difference.TWICE, first.serial),
        (Difference.OTHER_AMOUNT, second.serial),
        (Difference.UNDONE, undone.serial),
        (Difference.NOT_COLLECTED, open_.serial),
        (Difference.ELSEWHERE, elsewhere.serial),
        (Difference.UNKNOWN, 999_999),
        (Difference.NOT_CLAIMED, forgotten.serial),
    ]
    sound()

    again = take(fund, an_invoice(fund, Claim(first.serial, WORTH), Claim(second.serial, WORTH), number="A-2"))
    assert again.accepted == Money(WORTH, "KZT")
    assert (Difference.INVOICED, first.serial) in told()
    assert len(rows(select(ShopInvoiceLine.collection_id))) == 2
    sound()


def test_an_invoice_without_a_list_is_for_all_that_is_owed_and_never_for_less(fund: FoundedFund) -> None:
    make_shop(fund)
    make_bought(fund, 2)

    with pytest.raises(RuleBroken, match="own list"):
        take(fund, an_invoice(fund, minor=2 * WORTH - 1))
    with pytest.raises(RuleBroken, match="agrees with"):
        take(fund, replace(an_invoice(fund, Claim(1, WORTH)), amount=Money(1, "KZT")))
    with pytest.raises(RuleBroken, match="when you looked"):
        take(fund, replace(an_invoice(fund, minor=2 * WORTH), seen=WORTH))
    taken = take(fund, an_invoice(fund, minor=2 * WORTH + 5))

    assert taken.accepted == Money(2 * WORTH, "KZT")
    assert told() == [(Difference.TOO_MUCH, None)]
    with pytest.raises(RuleBroken, match="here already"):
        take(fund, an_invoice(fund, minor=5))
    nothing = take(fund, an_invoice(fund, minor=5, number="A-2"))
    with pytest.raises(RuleBroken, match="Nothing of this invoice"):
        pay(fund, nothing.invoice_id)
    assert rows(select(ShopInvoice.accepted_minor).order_by(ShopInvoice.number)) == [2 * WORTH, 0]
    sound()


def test_what_may_still_be_undone_or_came_after_the_last_day_is_not_invoiced_yet(fund: FoundedFund) -> None:
    make_shop(fund)
    [voucher] = make_bought(fund, 1)
    claim = Claim(voucher.serial, WORTH)
    do_now = this_moment()
    early = replace(an_invoice(fund, claim), dated=do_now.today, up_to=do_now.today)

    assert do(take_invoice, actor=fund.treasurer, now=do_now, order=early).accepted == Money(0, "KZT")
    yesterday = later(do_now, days=-1).today
    take(fund, replace(an_invoice(fund, claim, number="A-2"), up_to=yesterday))
    assert [reason for reason, _serial in told()] == [Difference.LATER, Difference.LATER]
    sound()


def test_a_voucher_that_moves_between_a_table_and_a_shop_is_booked_where_it_is_collected(fund: FoundedFund) -> None:
    shop = make_shop(fund)
    to_shop, to_table = make_voucher(fund), make_voucher(fund, point="shop")
    for voucher, there, by in ((to_shop, shop, till(fund)), (to_table, fund.points["club"], fund.distributor)):
        order = MoveOrder(voucher.serial, there, MoveReason.CAME_HERE, code=voucher.digits)
        do(move_voucher, actor=fund.coordinator, order=order)
        bought(fund, replace(voucher, point_id=there), by=by)

    assert [balance(kind) for kind in (AccountKind.CASH, AccountKind.OWED)] == [-WORTH, -WORTH]
    with pytest.raises(RuleBroken, match="A shop gets no cash"):
        do(propose_transfer, actor=fund.coordinator, order=TransferOrder(currency="KZT", lines=((shop, 100),)))
    sound()


def test_no_voucher_is_issued_at_a_shop_in_a_currency_that_it_does_not_take(fund: FoundedFund) -> None:
    make_bank(fund, "EUR")
    make_shop(fund, currency="EUR")
    make_money(fund)
    family = make_family(fund, point="shop", locality="new-town").family_id
    refusal = "1 family collects at Bereke shop, which is paid in EUR and takes no voucher in KZT"

    with pytest.raises(RuleBroken, match=refusal):
        do(propose, actor=fund.coordinator, programme_id=make_programme(fund))
    make_rules(fund)
    with pytest.raises(RuleBroken, match=refusal):
        do(propose_grant, actor=fund.coordinator, order=a_grant(fund, family))


def test_a_loss_by_a_shops_paper_list_is_owed_and_invoiced_once(fund: FoundedFund) -> None:

    shop = make_shop(fund)
    [voucher] = make_vouchers(fund, 1, point="shop")
    hour = f"{this_moment().instant.astimezone(ZoneInfo('Asia/Aqtau')):%H:%M}"
    printed = do(print_list, actor=till(fund), order=ListOrder(shop, this_moment().today))
    assert printed.paper is not None
    bought(fund, voucher)
    listed = MadeList(printed.list_id, hour, printed.paper)
    enter(fund, listed, f"{voucher.serial} {hour}", by=till(fund), handed_by=till(fund))
    decide(fund, conflicts()[0], Verdict.HANDED_OUT)
    assert balance(AccountKind.OWED) == -2 * WORTH

    taken = take(fund, an_invoice(fund, Claim(voucher.serial, 2 * WORTH)))
    assert taken.accepted == Money(2 * WORTH, "KZT")
    assert take(fund, an_invoice(fund, Claim(voucher.serial, WORTH), number="A-2")).accepted == Money(0, "KZT")
    sound()


def test_who_stood_at_the_till_takes_no_invoice_and_pays_none(fund: FoundedFund) -> None:

    make_shop(fund)
    [voucher] = make_bought(fund, 1)
    do(change_work, actor=fund.administrator, person_id=till(fund).person_id, work=work(Role.TREASURER))

    with pytest.raises(RuleBroken, match="yourself"):
        take(fund, an_invoice(fund, Claim(voucher.serial, WORTH)), by=fund.actor("sanzhar"))
    taken = take(fund, an_invoice(fund, Claim(voucher.serial, WORTH)))
    with pytest.raises(RuleBroken, match="yourself"):
        approve(fund, taken.invoice_id, by=fund.actor("sanzhar"))
    approve(fund, taken.invoice_id)
    with pytest.raises(RuleBroken, match="yourself"):
        pay(fund, taken.invoice_id, by=fund.actor("sanzhar"))


@both_databases
def test_an_invoice_is_paid_on_two_peoples_word(fund: FoundedFund) -> None:
    make_shop(fund)
    [voucher] = make_bought(fund, 1)
    taken = take(fund, an_invoice(fund, Claim(voucher.serial, WORTH)))

    with pytest.raises(RuleBroken, match="A second person compares"):
        pay(fund, taken.invoice_id)
    with pytest.raises(RuleBroken, match="You took this invoice in yourself"):
        approve(fund, taken.invoice_id, by=fund.treasurer)
    with pytest.raises(NotAllowed):
        approve(fund, taken.invoice_id, by=till(fund))
    own = fund.treasurer.person_id
    said = {"invoice_id": taken.invoice_id, "approved_at": this_moment().instant}
    with pytest.raises(IntegrityError, match="two_people"):
        write(ShopInvoiceApproval(taken_by_id=own, approved_by_id=own, **said))
    approve(fund, taken.invoice_id)
    with pytest.raises(RuleBroken, match="agreed to this invoice already"):
        approve(fund, taken.invoice_id)
    pay(fund, taken.invoice_id)
    sound()


@both_databases
def test_an_invoice_that_was_withdrawn_frees_its_collections_and_its_number(fund: FoundedFund) -> None:
    make_shop(fund)
    [voucher] = make_bought(fund, 1)
    order = an_invoice(fund, Claim(voucher.serial, WORTH))
    mistyped = take(fund, order)
    approve(fund, mistyped.invoice_id)
    with pytest.raises(RuleBroken, match="Write what is wrong"):
        withdraw(fund, mistyped.invoice_id, WithdrawnReason.OTHER, words="  ")
    with pytest.raises(RuleBroken, match="at most 300 letters"):
        withdraw(fund, mistyped.invoice_id, words="x" * 301)

    withdraw(fund, mistyped.invoice_id, WithdrawnReason.OTHER, words="The stamp is another shop’s")

    for again in (withdraw, approve, pay):
        with pytest.raises(RuleBroken, match="This invoice was withdrawn"):
            again(fund, mistyped.invoice_id)
    right = take(fund, order)
    assert right.accepted == Money(WORTH, "KZT")
    with pytest.raises(RuleBroken, match="here already"):
        take(fund, order)
    line = rows(select(ShopInvoiceLine).where(~ShopInvoiceLine.withdrawn))[0]
    twin = {"invoice_id": mistyped.invoice_id, "n": 2, "amount_minor": WORTH}
    with pytest.raises(IntegrityError, match=r"(?i)unique"):
        write(ShopInvoiceLine(collection_id=line.collection_id, **twin))
    approve(fund, right.invoice_id)
    pay(fund, right.invoice_id)
    sound()


def test_the_banks_day_of_a_payment_is_no_later_than_today_nor_before_the_invoice(fund: FoundedFund) -> None:
    make_shop(fund)
    [voucher] = make_bought(fund, 1)
    with pytest.raises(RuleBroken, match="more than ten years ago"):
        take(fund, replace(an_invoice(fund, Claim(voucher.serial, WORTH)), dated=date(1999, 1, 1)))
    with pytest.raises(RuleBroken, match="40 characters or fewer"):
        take(fund, an_invoice(fund, Claim(voucher.serial, WORTH), number="7" * 41))
    taken = take(fund, an_invoice(fund, Claim(voucher.serial, WORTH)))
    approve(fund, taken.invoice_id)

    for days, refusal in ((1, "has not come yet"), (-2, "did not pay it before")):
        with pytest.raises(RuleBroken, match=refusal):
            pay(fund, taken.invoice_id, value_on=later(this_moment(), days=days, minutes=20).today)
    pay(fund, taken.invoice_id)


def test_nothing_is_paid_that_the_account_does_not_hold(fund: FoundedFund) -> None:
    make_shop(fund)
    [voucher] = make_bought(fund, 1)
    taken = take(fund, an_invoice(fund, Claim(voucher.serial, WORTH)))
    approve(fund, taken.invoice_id)
    held = Money(balance(AccountKind.BANK) - WORTH + 1, fund.currency)
    make_sent(fund, fund.bank, make_bank(fund, fund.currency), held)

    with pytest.raises(RuleBroken, match="In the books there is only") as refused:
        pay(fund, taken.invoice_id)
    assert refused.value.field == "bank"
