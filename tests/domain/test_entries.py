"""Whatever happens, what the fund has equals whose it is."""

from collections import defaultdict
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aid.domain.entries import (
    HAD,
    AccountKind,
    AccountRef,
    Posting,
    change_of_available,
    charged,
    collected,
    donated,
    exchanged,
    lost,
    lost_to_charges,
    moved_to_cash,
    paid,
    received,
    released,
    reserved,
    reversal,
    sent,
    settled,
)
from aid.domain.money import Money
from aid.domain.points import PointKind

SCHOOL, FOOD, CLUB, MARKET, HOME, ABROAD = (UUID(int=n) for n in range(1, 7))
TENGE = Money(100, "KZT")

purposes = st.sampled_from((SCHOOL, FOOD))
amounts = st.builds(Money, st.integers(1, 10**12), st.sampled_from(("KZT", "EUR")))
banks, points = st.sampled_from((HOME, ABROAD)), st.sampled_from((CLUB, MARKET))
events = st.one_of(
    st.builds(donated, purposes, banks, amounts),
    st.builds(reserved, purposes, amounts),
    st.builds(released, purposes, amounts),
    st.builds(collected, purposes, points, amounts, kind=st.sampled_from(PointKind)),
    st.builds(lost, purposes, points, amounts, kind=st.sampled_from(PointKind)),
    st.builds(settled, points, banks, amounts),
    st.builds(paid, purposes, banks, amounts),
    st.builds(moved_to_cash, banks, points, amounts),
    st.builds(sent, banks, amounts),
    st.builds(received, banks, amounts),
    st.builds(lost_to_charges, purposes, amounts),
    st.builds(charged, purposes, banks, amounts),
    st.builds(exchanged, purposes, from_bank=banks, sold=amounts, to_bank=banks, bought=amounts),
)
histories = st.lists(st.one_of(events, st.builds(reversal, events)), max_size=20).map(
    lambda entries: [posting for entry in entries for posting in entry]
)


def balances(postings: list[Posting]) -> dict[AccountRef, int]:
    """Debits less credits."""
    sums: dict[AccountRef, int] = defaultdict(int)
    for posting in postings:
        sums[posting.debit] += posting.amount.minor
        sums[posting.credit] -= posting.amount.minor
    return sums


def total(sums: dict[AccountRef, int], currency: str, *kinds: AccountKind) -> int:
    return sum(minor for account, minor in sums.items() if account.kind in kinds and account.currency == currency)


@given(histories)
def test_what_the_fund_has_equals_whose_it_is_in_every_currency(postings: list[Posting]) -> None:
    sums = balances(postings)

    for currency in ("KZT", "EUR"):
        has = total(sums, currency, *HAD)
        owes = -total(sums, currency, AccountKind.AVAILABLE, AccountKind.RESERVED, AccountKind.SPENT, AccountKind.OWED)
        assert has == owes


@given(histories)
def test_what_was_given_or_taken_by_banks_equals_what_was_spent(postings: list[Posting]) -> None:
    sums = balances(postings)

    for currency in ("KZT", "EUR"):
        assert total(sums, currency, AccountKind.GIVEN, AccountKind.CHARGES) == -total(
            sums, currency, AccountKind.SPENT
        )


@given(histories)
def test_the_change_of_available_money_is_the_balance_of_its_accounts(postings: list[Posting]) -> None:
    sums = balances(postings)
    held = {(ref.purpose, ref.currency): -minor for ref, minor in sums.items() if ref.kind is AccountKind.AVAILABLE}

    assert change_of_available(postings) == held


@given(events)
def test_a_correction_undoes_exactly_what_it_corrects(postings: tuple[Posting, ...]) -> None:
    assert not any(balances([*postings, *reversal(postings)]).values())


def test_available_money_changes_at_donation_reservation_and_release_but_never_at_collection() -> None:
    assert change_of_available(donated(SCHOOL, HOME, TENGE)) == {(SCHOOL, "KZT"): 100}
    assert change_of_available(reserved(SCHOOL, TENGE)) == {(SCHOOL, "KZT"): -100}
    assert change_of_available(released(SCHOOL, TENGE)) == {(SCHOOL, "KZT"): 100}
    assert change_of_available(collected(SCHOOL, CLUB, TENGE)) == {}


def test_a_collection_takes_cash_from_the_point_and_spends_what_was_reserved() -> None:
    cash_out, spending = collected(SCHOOL, CLUB, TENGE)

    assert cash_out.credit == AccountRef(AccountKind.CASH, None, CLUB, "KZT")
    assert cash_out.debit == AccountRef(AccountKind.GIVEN, SCHOOL, None, "KZT")
    assert spending.debit == AccountRef(AccountKind.RESERVED, SCHOOL, None, "KZT")
    assert spending.credit == AccountRef(AccountKind.SPENT, SCHOOL, None, "KZT")


def test_a_shop_is_owed_for_goods_and_owed_less_once_it_is_paid() -> None:
    owed = AccountRef(AccountKind.OWED, None, MARKET, "KZT")
    goods, _spending = collected(SCHOOL, MARKET, TENGE, kind=PointKind.SHOP)

    assert (goods.debit, goods.credit) == (AccountRef(AccountKind.GIVEN, SCHOOL, None, "KZT"), owed)
    assert balances([goods, *settled(MARKET, HOME, TENGE)])[owed] == 0


def test_an_exchange_lowers_the_old_currency_and_raises_the_new_one() -> None:
    sold, bought = Money(100_00, "EUR"), Money(61_000_00, "KZT")

    done = exchanged(SCHOOL, from_bank=ABROAD, sold=sold, to_bank=HOME, bought=bought)

    assert change_of_available(done) == {(SCHOOL, "EUR"): -100_00, (SCHOOL, "KZT"): 61_000_00}


def test_money_on_its_way_is_still_the_purposes_and_charges_are_not() -> None:
    assert change_of_available((*sent(ABROAD, TENGE), *received(HOME, TENGE))) == {}
    assert change_of_available(lost_to_charges(SCHOOL, TENGE)) == {(SCHOOL, "KZT"): -100}
    assert change_of_available(charged(SCHOOL, HOME, TENGE)) == {(SCHOOL, "KZT"): -100}
    assert change_of_available(moved_to_cash(HOME, CLUB, TENGE)) == {}
    assert change_of_available(paid(SCHOOL, HOME, TENGE)) == {}


def test_an_account_belongs_to_what_its_kind_says() -> None:
    for kind, purpose, point, bank in (
        (AccountKind.BANK, None, None, None),
        (AccountKind.CASH, None, None, HOME),
        (AccountKind.AVAILABLE, None, None, None),
        (AccountKind.OWED, None, None, None),
        (AccountKind.TRANSIT, SCHOOL, None, None),
    ):
        with pytest.raises(AssertionError):
            AccountRef(kind, purpose, point, "KZT", bank)


def test_a_transfer_of_nothing_or_between_currencies_is_a_bug() -> None:
    bank = AccountRef(AccountKind.BANK, None, None, "KZT", HOME)
    cash = AccountRef(AccountKind.CASH, None, CLUB, "KZT")
    for debit, credit, amount in (
        (bank, cash, Money(0, "KZT")),
        (bank, cash, Money(-1, "KZT")),
        (bank, cash, Money(1, "EUR")),
        (bank, bank, TENGE),
    ):
        with pytest.raises(AssertionError):
            Posting(debit, credit, amount)
