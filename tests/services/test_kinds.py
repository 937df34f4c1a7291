"""Grants, purchases and cash for points: one voting path for all, and what follows each decision."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from aid.domain.allocations import AllocationKind, AllocationState
from aid.domain.entries import AccountKind
from aid.domain.families import WithdrawalReason
from aid.domain.grants import GrantReason
from aid.domain.money import Money
from aid.domain.purchases import CashFault, Fault
from aid.domain.quorum import Choice, Outcome
from aid.domain.refusals import NotAllowed, RuleBroken
from aid.domain.vouchers import VoucherState
from aid.extensions import now as this_moment
from aid.models.allocations import Allocation, AllocationLine, AllocationVersion, Decision
from aid.models.fund import Fund
from aid.models.ledger import Account, Available, Entry, Transfer
from aid.models.vouchers import Voucher
from aid.perform import look
from aid.services import verification
from aid.services.allocations import repropose, withdraw
from aid.services.cash import ArrivalOrder, SendOrder, count_arrival, send_cash
from aid.services.collections.handing_out import collect
from aid.services.committee import open_lines
from aid.services.grants import granted_before, propose_grant
from aid.services.stock.deliveries import close_purchase, pay_invoice, take_in
from aid.services.stops import press_stop
from aid.services.withdrawals import withdraw as let_family_go
from tests.make import do, rows, see
from tests.make.allocations import make_money, vote
from tests.make.families import make_family
from tests.make.forging import forge, forging, found
from tests.make.fund import FoundedFund
from tests.make.goods import (
    RULES,
    a_delivery,
    a_grant,
    an_invoice,
    carried,
    in_stock,
    make_good,
    make_grant,
    make_purchase,
    make_rules,
    make_transfer,
)
from tests.make.money import make_bank
from tests.make.vouchers import MadeVoucher, digits_of, print_at

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
TEXT = "The stove and the winter clothes"


def available(fund: FoundedFund, purpose: str) -> int:
    [minor] = rows(select(Available.amount_minor).where(Available.purpose_id == fund.purposes[purpose]))
    return minor


def balance(kind: AccountKind) -> int:
    """Debits less credits of all accounts of a kind."""
    debit = select(func.coalesce(func.sum(Transfer.amount_minor), 0)).join(Account, Account.id == Transfer.debit_id)
    credit = select(func.coalesce(func.sum(Transfer.amount_minor), 0)).join(Account, Account.id == Transfer.credit_id)
    [debits], [credits] = rows(debit.where(Account.kind == kind)), rows(credit.where(Account.kind == kind))
    return int(debits) - int(credits)


def sound() -> None:
    assert see(lambda session: list(verification.verify(session))) == []


# ---------------------------------------------------------------- grants


def test_a_grant_is_voted_on_and_its_family_gets_one_voucher(fund: FoundedFund) -> None:
    make_rules(fund)
    make_money(fund, purpose="general", minor=500_000_00)
    proposed = carried(fund, make_grant(fund))

    [voucher] = rows(select(Voucher))
    [line] = rows(select(AllocationLine))
    assert (voucher.id, voucher.amount_minor, voucher.state) == (line.id, 120_000_00, VoucherState.ISSUED)
    assert (voucher.grace_until - voucher.valid_until).days == 14
    assert available(fund, "general") == 380_000_00
    [allocation] = rows(select(Allocation).where(Allocation.id == proposed.allocation_id))
    assert (allocation.kind, allocation.programme_id, allocation.state) == (
        AllocationKind.GRANT,
        None,
        AllocationState.CARRIED,
    )
    sound()


def test_the_committee_sees_what_a_grant_is_for_and_no_name(fund: FoundedFund) -> None:
    make_rules(fund)
    proposed = make_grant(fund)

    [line] = look(open_lines, actor=fund.members[0], allocation_id=proposed.allocation_id).lines

    assert [str(part) for part in line.said] == ["Their home burnt down", TEXT]
    assert len(line.members) == 3
    assert line.amount == Money(120_000_00, "KZT")


def test_what_a_grant_is_for_stands_nowhere_in_the_clear(fund: FoundedFund) -> None:
    make_rules(fund)
    make_grant(fund)

    for kind in (Allocation, AllocationVersion, AllocationLine):
        for row in rows(select(kind)):
            said = " ".join(str(getattr(row, column.key)) for column in kind.__table__.columns)
            assert TEXT not in said
            assert GrantReason.HOME_BURNT.value not in said


def test_a_family_gets_no_more_than_the_fund_allows_within_the_period(fund: FoundedFund) -> None:
    make_rules(fund)
    family = make_family(fund).family_id
    do(propose_grant, actor=fund.coordinator, order=a_grant(fund, family, minor=200_000_00))

    with pytest.raises(RuleBroken, match=r"at most 300000\.00 KZT in grants within 90 days"):
        do(propose_grant, actor=fund.coordinator, order=a_grant(fund, family, minor=100_000_01))
    do(propose_grant, actor=fund.coordinator, order=a_grant(fund, family, minor=100_000_00))


def test_a_grant_that_was_withdrawn_leaves_room_for_another(fund: FoundedFund) -> None:
    make_rules(fund)
    family = make_family(fund).family_id
    first = do(propose_grant, actor=fund.coordinator, order=a_grant(fund, family, minor=300_000_00))
    do(withdraw, actor=fund.coordinator, allocation_id=first.allocation_id)

    do(propose_grant, actor=fund.coordinator, order=a_grant(fund, family, minor=300_000_00))


def test_of_a_grant_that_expired_only_what_was_handed_out_of_it_counts_against_the_cap(fund: FoundedFund) -> None:
    make_money(fund, purpose="general", minor=1_000_000_00)
    make_rules(fund)
    proposed = carried(fund, make_grant(fund, minor=200_000_00))
    [row] = rows(select(Voucher))
    voucher = MadeVoucher(row.id, row.serial, "", row.family_id, proposed.allocation_id, row.point_id)
    printed = replace(voucher, digits=digits_of(print_at(fund, voucher))[row.serial])
    do(collect, actor=fund.distributor, order=printed.order())
    asked: dict[str, Any] = {"family_id": row.family_id, "rules": RULES, "now": this_moment()}

    with forging() as session:
        assert granted_before(session, **asked) == 200_000_00
        forge(session, "UPDATE voucher SET state = 'expired'")
        forge(session, "UPDATE collection SET amount_minor = 5000000, items = '[]'")
        assert granted_before(session, **asked) == 50_000_00
        assert not any("may get" in str(finding) for finding in found(session, "spending"))
        forge(session, "UPDATE collection SET amount_minor = 30000001")
        assert any("above what a family may get" in str(finding) for finding in found(session, "spending"))
        forge(session, "DELETE FROM collection")
        assert granted_before(session, **asked) == 0


def test_a_single_grant_has_its_own_limit_by_its_reason(fund: FoundedFund) -> None:
    make_rules(fund)
    order = {"reason": GrantReason.PARCEL_FOR_PRISONER}

    with pytest.raises(RuleBroken, match="For this reason a grant is at most"):
        make_grant(fund, minor=40_000_01, **order)
    make_grant(fund, minor=40_000_00, **order)


def test_without_rules_there_are_no_grants(fund: FoundedFund) -> None:
    with pytest.raises(RuleBroken, match="no rules for grants yet"):
        make_grant(fund)


def test_rules_that_somebody_else_changed_are_not_overwritten(fund: FoundedFund) -> None:
    make_rules(fund)

    with pytest.raises(RuleBroken, match="changed these rules meanwhile"):
        make_rules(fund, seen=0)
    make_rules(fund, seen=1, cap=400_000_00)


def test_a_family_nobody_confirmed_is_granted_nothing(fund: FoundedFund) -> None:
    make_rules(fund)
    family = make_family(fund, confirmed=False).family_id

    with pytest.raises(RuleBroken, match="Nobody has confirmed"):
        do(propose_grant, actor=fund.coordinator, order=a_grant(fund, family))


def test_a_grant_proposed_anew_keeps_its_words_and_loses_its_votes(fund: FoundedFund) -> None:
    make_rules(fund)
    proposed = make_grant(fund)
    vote(fund, fund.members[0], proposed.allocation_id)

    again = do(repropose, actor=fund.coordinator, allocation_id=proposed.allocation_id)

    assert again.version == 2
    assert vote(fund, fund.members[0], proposed.allocation_id).decided is Outcome.OPEN
    [line] = look(open_lines, actor=fund.members[1], allocation_id=proposed.allocation_id).lines
    assert TEXT in line.said


def test_a_grant_of_a_family_that_left_is_free_again_at_once(fund: FoundedFund) -> None:
    make_rules(fund)
    make_money(fund, purpose="general", minor=500_000_00)
    family = make_family(fund).family_id
    proposed = do(propose_grant, actor=fund.coordinator, order=a_grant(fund, family))
    do(let_family_go, actor=fund.registrar, family_id=family, reason=WithdrawalReason.OWN_WISH)

    carried(fund, proposed)

    assert rows(select(Voucher.state)) == [VoucherState.VOID]
    assert available(fund, "general") == 500_000_00
    sound()


# ---------------------------------------------------------------- purchases


def test_a_purchase_is_paid_delivered_and_closed_and_makes_no_voucher(fund: FoundedFund) -> None:
    make_money(fund, minor=100_000_00)
    make_good(fund)
    bought = carried(fund, make_purchase(fund, ("notebook", 100, 150_00, "club"), ("notebook", 50, 150_00, "school-5")))
    assert (available(fund, "school"), rows(select(Voucher))) == (77_500_00, [])

    do(pay_invoice, actor=fund.treasurer, order=an_invoice(fund, bought, minor=20_000_00))
    do(take_in, actor=fund.distributor, order=a_delivery(fund, bought, (60, Fault.LATER)))
    do(take_in, actor=fund.distributor, order=a_delivery(fund, bought, (40, None)))
    do(take_in, actor=fund.coordinator, order=a_delivery(fund, bought, (45, Fault.SHORT), point="school-5"))
    do(close_purchase, actor=fund.coordinator, allocation_id=bought.allocation_id)

    assert (in_stock(fund, "notebook"), in_stock(fund, "notebook", point="school-5")) == (100, 45)
    assert available(fund, "school") == 80_000_00
    assert (balance(AccountKind.GIVEN), -balance(AccountKind.SPENT), balance(AccountKind.RESERVED)) == (
        20_000_00,
        20_000_00,
        0,
    )
    sound()


def test_nothing_is_paid_or_taken_in_while_a_decision_rests(fund: FoundedFund) -> None:
    make_money(fund)
    make_good(fund)
    bought = carried(fund, make_purchase(fund, ("notebook", 10, 150_00, "club")), now=this_moment())

    with pytest.raises(RuleBroken, match="Nothing is paid or sent before"):
        do(pay_invoice, actor=fund.treasurer, order=an_invoice(fund, bought, minor=1_500_00))
    with pytest.raises(RuleBroken, match="Nothing is paid or sent before"):
        do(take_in, actor=fund.distributor, order=a_delivery(fund, bought, (10, None)))


def test_no_more_is_paid_than_was_carried_and_no_invoice_twice(fund: FoundedFund) -> None:
    make_money(fund)
    make_good(fund)
    bought = carried(fund, make_purchase(fund, ("notebook", 10, 150_00, "club")))
    do(pay_invoice, actor=fund.treasurer, order=an_invoice(fund, bought, minor=1_000_00))

    with pytest.raises(RuleBroken, match="paid already"):
        do(pay_invoice, actor=fund.treasurer, order=an_invoice(fund, bought, minor=100_00))
    with pytest.raises(RuleBroken, match="propose another purchase"):
        do(pay_invoice, actor=fund.treasurer, order=an_invoice(fund, bought, minor=500_01, number="18"))
    do(pay_invoice, actor=fund.treasurer, order=an_invoice(fund, bought, minor=500_00, number="18"))


def test_nothing_is_paid_or_sent_from_an_account_that_has_not_so_much(fund: FoundedFund) -> None:
    make_money(fund, minor=10_000_00)
    make_good(fund)
    second = make_bank(fund, "KZT")
    bought = carried(fund, make_purchase(fund, ("notebook", 10, 150_00, "club")))
    invoice = an_invoice(fund, bought, minor=1_500_00)
    cash = sent(fund, 5_000_00)

    for service, order in ((pay_invoice, invoice), (send_cash, cash)):
        with pytest.raises(RuleBroken, match=r"only 0\.00 KZT on this account") as refusal:
            do(service, actor=fund.treasurer, order=replace(order, bank_id=second))
        assert refusal.value.field == "bank"
        do(service, actor=fund.treasurer, order=order)


def test_an_invoices_number_that_is_too_long_is_refused_with_what_to_write_instead(fund: FoundedFund) -> None:
    make_money(fund)
    make_good(fund)
    bought = carried(fund, make_purchase(fund, ("notebook", 10, 150_00, "club")))

    for number, why in ((" ", "as it stands on it"), ("7" * 41, "in 40 characters or fewer: its end, if need be")):
        with pytest.raises(RuleBroken, match=why) as refusal:
            do(pay_invoice, actor=fund.treasurer, order=an_invoice(fund, bought, minor=100_00, number=number))
        assert refusal.value.field == "number"
    do(pay_invoice, actor=fund.treasurer, order=an_invoice(fund, bought, minor=100_00, number="7" * 40))


def test_the_bank_paid_nothing_before_the_decision_had_rested(fund: FoundedFund) -> None:
    make_money(fund, minor=10_000_00)
    make_good(fund)
    bought = carried(fund, make_purchase(fund, ("notebook", 10, 150_00, "club")))
    invoice = an_invoice(fund, bought, minor=1_500_00)
    cash = sent(fund, 5_000_00)
    [zone] = rows(select(Fund.time_zone))
    first = max(filter(None, rows(select(Decision.notice_until)))).astimezone(ZoneInfo(zone)).date()

    for service, order in ((pay_invoice, invoice), (send_cash, cash)):
        with pytest.raises(RuleBroken, match=f"rested until {first}; the bank paid nothing before") as refusal:
            do(service, actor=fund.treasurer, order=replace(order, value_on=first - timedelta(days=1)))
        assert refusal.value.field == "value_on"
        do(service, actor=fund.treasurer, order=replace(order, value_on=first))


def test_a_difference_in_a_delivery_is_named(fund: FoundedFund) -> None:
    make_money(fund)
    make_good(fund)
    bought = carried(fund, make_purchase(fund, ("notebook", 10, 150_00, "club")))

    for came in ((9, None), (10, Fault.SHORT), (11, Fault.SHORT), (9, Fault.TOO_MANY)):
        with pytest.raises(RuleBroken):
            do(take_in, actor=fund.distributor, order=a_delivery(fund, bought, came))
    do(take_in, actor=fund.distributor, order=a_delivery(fund, bought, (11, Fault.TOO_MANY)))


def test_goods_are_taken_in_at_ones_own_point(fund: FoundedFund) -> None:
    make_money(fund)
    make_good(fund)
    bought = carried(fund, make_purchase(fund, ("notebook", 10, 150_00, "club")))

    with pytest.raises(NotAllowed):
        do(take_in, actor=fund.distributor_elsewhere, order=a_delivery(fund, bought, (10, None)))


def test_a_good_that_is_not_in_the_catalogue_is_not_bought(fund: FoundedFund) -> None:
    make_good(fund, "boots", variants=("36", "37"))

    for unknown in ("pen", "boots", "boots:38"):
        with pytest.raises(RuleBroken, match="catalogue"):
            make_purchase(fund, (unknown, 10, 150_00, "club"))
    make_purchase(fund, ("boots:37", 10, 150_00, "club"))


def test_the_supplier_is_known_to_who_votes_and_pays_and_to_no_dump(fund: FoundedFund) -> None:
    make_good(fund)
    bought = make_purchase(fund, ("notebook", 10, 150_00, "club"))

    [line] = look(open_lines, actor=fund.members[0], allocation_id=bought.allocation_id).lines

    assert str(line.said[0]) == "From Kitap Alemi, 150.00 KZT each"
    assert line.items == ("Notebook × 10",)
    assert "Kitap" not in str([vars(row) for row in rows(select(AllocationLine))])


def test_a_line_that_is_held_out_is_not_bought(fund: FoundedFund) -> None:
    make_good(fund)
    bought = make_purchase(fund, ("notebook", 10, 150_00, "club"), ("notebook", 20, 150_00, "school-5"))
    [first, second] = rows(select(AllocationLine.id).order_by(AllocationLine.n))

    do(repropose, actor=fund.coordinator, allocation_id=bought.allocation_id, without=frozenset({first}))

    [version] = rows(select(AllocationVersion).where(AllocationVersion.version == 2))
    assert version.total_minor == 3_000_00
    with pytest.raises(RuleBroken, match="no longer part"):
        do(repropose, actor=fund.coordinator, allocation_id=bought.allocation_id, without=frozenset({second}))
    [last] = rows(select(AllocationLine.id).where(AllocationLine.version == 2))
    with pytest.raises(RuleBroken, match="withdraw it instead"):
        do(repropose, actor=fund.coordinator, allocation_id=bought.allocation_id, without=frozenset({last}))


# ---------------------------------------------------------------- cash for points


def sent(fund: FoundedFund, minor: int = 400_000_00) -> SendOrder:
    proposed = carried(fund, make_transfer(fund, ("club", minor)))
    [line] = rows(select(AllocationLine.id).where(AllocationLine.allocation_id == proposed.allocation_id))
    return SendOrder(line_id=line, bank_id=fund.bank, value_on=this_moment().today)


def test_cash_is_in_transit_until_its_point_has_counted_it(fund: FoundedFund) -> None:
    make_money(fund, minor=1_000_000_00)
    order = sent(fund)

    do(send_cash, actor=fund.treasurer, order=order)
    assert (balance(AccountKind.BANK), balance(AccountKind.TRANSIT)) == (600_000_00, 400_000_00)

    arrival = ArrivalOrder(line_id=order.line_id, minor=390_000_00, fault=CashFault.LATER)
    assert do(count_arrival, actor=fund.distributor, order=arrival).missing == Money(10_000_00, "KZT")
    assert (balance(AccountKind.CASH), balance(AccountKind.TRANSIT)) == (390_000_00, 10_000_00)

    rest = ArrivalOrder(line_id=order.line_id, minor=10_000_00)
    assert do(count_arrival, actor=fund.coordinator, order=rest).missing == Money.zero("KZT")
    assert (balance(AccountKind.CASH), balance(AccountKind.TRANSIT)) == (400_000_00, 0)
    assert available(fund, "school") == 1_000_000_00
    sound()


def test_what_is_missing_is_named_and_more_than_was_sent_never_arrives(fund: FoundedFund) -> None:
    make_money(fund)
    order = sent(fund)
    do(send_cash, actor=fund.treasurer, order=order)

    for minor, fault in ((390_000_00, None), (400_000_01, None), (400_000_00, CashFault.FEE), (0, None)):
        with pytest.raises(RuleBroken):
            do(
                count_arrival,
                actor=fund.distributor,
                order=ArrivalOrder(line_id=order.line_id, minor=minor, fault=fault),
            )


def test_cash_is_sent_once_and_by_the_treasurer(fund: FoundedFund) -> None:
    make_money(fund)
    order = sent(fund)

    with pytest.raises(NotAllowed):
        do(send_cash, actor=fund.coordinator, order=order)
    do(send_cash, actor=fund.treasurer, order=order)
    with pytest.raises(RuleBroken, match="sent already"):
        do(send_cash, actor=fund.treasurer, order=order)


def test_cash_is_counted_at_its_own_point_and_not_before_it_was_sent(fund: FoundedFund) -> None:
    make_money(fund)
    order = sent(fund)
    arrival = ArrivalOrder(line_id=order.line_id, minor=400_000_00)

    with pytest.raises(RuleBroken, match="Nothing was sent"):
        do(count_arrival, actor=fund.distributor, order=arrival)
    do(send_cash, actor=fund.treasurer, order=order)
    with pytest.raises(NotAllowed):
        do(count_arrival, actor=fund.distributor_elsewhere, order=arrival)


def test_while_the_fund_is_stopped_nothing_is_sent_or_paid_and_what_arrives_is_counted(fund: FoundedFund) -> None:
    make_money(fund)
    make_good(fund)
    bought = carried(fund, make_purchase(fund, ("notebook", 10, 150_00, "club")))
    carried(fund, make_transfer(fund, ("club", 100_00), ("school-5", 100_00)))
    first, second = [line.id for line in rows(select(AllocationLine).order_by(AllocationLine.n)) if not line.items]
    today = this_moment().today
    do(send_cash, actor=fund.treasurer, order=SendOrder(line_id=first, bank_id=fund.bank, value_on=today))
    do(press_stop, actor=fund.members[0])

    with pytest.raises(RuleBroken, match="The fund is stopped"):
        do(send_cash, actor=fund.treasurer, order=SendOrder(line_id=second, bank_id=fund.bank, value_on=today))
    with pytest.raises(RuleBroken, match="The fund is stopped"):
        do(pay_invoice, actor=fund.treasurer, order=an_invoice(fund, bought, minor=1_500_00))
    do(count_arrival, actor=fund.distributor, order=ArrivalOrder(line_id=first, minor=100_00))
    do(take_in, actor=fund.distributor, order=a_delivery(fund, bought, (10, None)))
    sound()


# ---------------------------------------------------------------- one voting path


@pytest.mark.parametrize("kind", [AllocationKind.GRANT, AllocationKind.PURCHASE, AllocationKind.TRANSFER])
def test_every_kind_is_rejected_by_three_no_and_nothing_follows(fund: FoundedFund, kind: AllocationKind) -> None:
    make_rules(fund)
    make_good(fund)
    proposed = {
        AllocationKind.GRANT: lambda: make_grant(fund),
        AllocationKind.PURCHASE: lambda: make_purchase(fund, ("notebook", 10, 150_00, "club")),
        AllocationKind.TRANSFER: lambda: make_transfer(fund, ("club", 100_00)),
    }[kind]()

    last = [vote(fund, member, proposed.allocation_id, Choice.NO) for member in fund.members[:3]][-1]

    assert last.decided is Outcome.REJECTED
    assert (rows(select(Voucher)), rows(select(Entry))) == ([], [])
    if kind is not AllocationKind.GRANT:
        with pytest.raises(RuleBroken, match="has not carried"):
            follow(fund, proposed.allocation_id, kind)
    sound()


def follow(fund: FoundedFund, allocation_id: UUID, kind: AllocationKind) -> None:
    if kind is AllocationKind.PURCHASE:
        do(close_purchase, actor=fund.coordinator, allocation_id=allocation_id)
        return
    [line] = rows(select(AllocationLine.id))
    do(send_cash, actor=fund.treasurer, order=SendOrder(line_id=line, bank_id=fund.bank, value_on=this_moment().today))
