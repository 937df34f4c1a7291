"""Money sent home: one sends, another confirms, a third decides about the difference; it is in transit in between."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from aid.domain.entries import AccountKind
from aid.domain.ids import new_id
from aid.domain.money import Money
from aid.domain.refusals import NotAllowed, RuleBroken
from aid.domain.remittances import DifferenceKind
from aid.extensions import db
from aid.models.ledger import Account, Available
from aid.models.remittances import Remittance
from aid.services.ledger import balance_of
from aid.services.remittances import DifferenceOrder, ReceiptOrder, SendingOrder, decide_difference, receive, send
from aid.services.verification import verify
from tests.make import do, rows, see
from tests.make.forging import forging, found
from tests.make.fund import FoundedFund
from tests.make.membership import stop
from tests.make.money import DAY, euros, make_bank, make_decided, make_euros, make_received, make_sent, tenge

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
CHARGES, MISSING = DifferenceKind.CHARGES, DifferenceKind.MISSING


@pytest.fixture
def banks(fund: FoundedFund) -> tuple[UUID, UUID]:
    """A thousand euros abroad, and an account at home."""
    return make_euros(fund), make_bank(fund, name="At home")


def balance(account_id: UUID) -> Money:
    with Session(db.engine) as session:
        return Money(balance_of(session, account_id), "EUR")


def in_transit() -> Money:
    [account] = rows(select(Account.id).where(Account.kind == AccountKind.TRANSIT, Account.currency == "EUR"))
    return balance(account)


def available(fund: FoundedFund, purpose: str = "general") -> int:
    return rows(
        select(Available.amount_minor).where(
            Available.purpose_id == fund.purposes[purpose], Available.currency == "EUR"
        )
    )[0]


def holds() -> None:
    with Session(db.engine) as session:
        assert [str(finding) for finding in verify(session)] == []


def test_money_is_in_transit_from_sending_until_it_is_confirmed(fund: FoundedFund, banks: tuple[UUID, UUID]) -> None:
    abroad, home = banks
    sent = make_sent(fund, abroad, home, euros(300))
    assert (balance(abroad), in_transit(), balance(home)) == (euros(700), euros(300), euros(0))

    assert make_received(fund, sent.remittance_id, euros(300)) == euros(0)

    assert (balance(abroad), in_transit(), balance(home)) == (euros(700), euros(0), euros(300))
    assert available(fund) == euros(1000).minor
    holds()


def test_it_may_arrive_in_parts_and_never_more_than_was_sent(fund: FoundedFund, banks: tuple[UUID, UUID]) -> None:
    sent = make_sent(fund, *banks, euros(300)).remittance_id

    assert make_received(fund, sent, euros(100)) == euros(200)
    with pytest.raises(RuleBroken, match="is still on its way"):
        make_received(fund, sent, euros(201))
    assert make_received(fund, sent, euros(200)) == euros(0)
    with pytest.raises(RuleBroken, match="arrived or is explained already"):
        make_received(fund, sent, euros(1))


def test_who_sent_does_not_confirm(fund: FoundedFund, banks: tuple[UUID, UUID]) -> None:
    sent = make_sent(fund, *banks, euros(300)).remittance_id

    with pytest.raises(RuleBroken, match="You sent this yourself"):
        make_received(fund, sent, euros(300), by=fund.treasurer)


def test_charges_are_decided_by_a_third_person_and_borne_by_a_purpose(
    fund: FoundedFund, banks: tuple[UUID, UUID]
) -> None:
    sent = make_sent(fund, *banks, euros(300)).remittance_id
    make_received(fund, sent, euros(290))
    for involved in (fund.treasurer, fund.coordinator):
        with pytest.raises(RuleBroken, match="does not decide"):
            make_decided(fund, sent, CHARGES, by=involved)

    assert make_decided(fund, sent, CHARGES) == euros(0)

    assert (in_transit(), available(fund)) == (euros(0), euros(990).minor)
    holds()


def test_what_is_missing_stays_in_transit_and_may_still_come(fund: FoundedFund, banks: tuple[UUID, UUID]) -> None:
    sent = make_sent(fund, *banks, euros(300)).remittance_id
    make_received(fund, sent, euros(250))

    assert make_decided(fund, sent, MISSING, reason="The bank is asked") == euros(50)
    assert (in_transit(), available(fund)) == (euros(50), euros(1000).minor)
    assert make_received(fund, sent, euros(50)) == euros(0)
    holds()


def test_a_difference_needs_a_reason_a_purpose_and_something_that_came(
    fund: FoundedFund, banks: tuple[UUID, UUID]
) -> None:
    sent = make_sent(fund, *banks, euros(300)).remittance_id
    order = DifferenceOrder(remittance_id=sent, kind=CHARGES, purpose_id=fund.purposes["general"], reason="Fee")

    with pytest.raises(RuleBroken, match="Nothing has arrived yet"):
        do(decide_difference, actor=fund.members[0], order=order)
    make_received(fund, sent, euros(290))
    with pytest.raises(RuleBroken, match="Write the reason"):
        do(decide_difference, actor=fund.members[0], order=replace(order, reason=" "))
    with pytest.raises(RuleBroken, match="which purpose bears"):
        do(decide_difference, actor=fund.members[0], order=replace(order, purpose_id=None))


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"amount": euros(0)}, "amount"),
        ({"amount": tenge(5)}, "amount"),
        ({"sent_on": date(2126, 1, 1)}, "sent_on"),
        ({"from_bank_id": new_id()}, "from_bank"),
        ({"to_bank_id": new_id()}, "to_bank"),
        ({"reference": "x" * 65}, "reference"),
    ],
)
def test_what_cannot_have_been_sent_is_refused_beside_its_field(
    fund: FoundedFund, banks: tuple[UUID, UUID], changed: dict[str, Any], field: str
) -> None:
    order = SendingOrder(from_bank_id=banks[0], to_bank_id=banks[1], amount=euros(1), sent_on=DAY)

    with pytest.raises(RuleBroken) as refusal:
        do(send, actor=fund.treasurer, order=replace(order, **changed))

    assert refusal.value.field == field


def test_money_goes_from_one_account_to_another_of_its_currency(fund: FoundedFund, banks: tuple[UUID, UUID]) -> None:
    for to_bank in (banks[0], fund.bank):
        with pytest.raises(RuleBroken) as refusal:
            make_sent(fund, banks[0], to_bank, euros(1))
        assert refusal.value.field == "to_bank"


def test_more_than_the_books_have_on_an_account_is_not_sent(fund: FoundedFund, banks: tuple[UUID, UUID]) -> None:
    abroad, home = banks
    with pytest.raises(RuleBroken, match=r"only 1000\.00 EUR on this account") as refusal:
        make_sent(fund, abroad, home, euros(1001))

    assert refusal.value.field == "amount"
    make_sent(fund, abroad, home, euros(1000))


def test_it_does_not_arrive_before_it_was_sent(fund: FoundedFund, banks: tuple[UUID, UUID]) -> None:
    sent = make_sent(fund, *banks, euros(300)).remittance_id

    with pytest.raises(RuleBroken, match="did not arrive before"):
        make_received(fund, sent, euros(300), on=date(2026, 8, 9))


def test_nothing_is_sent_or_decided_while_the_fund_is_stopped_but_what_came_is_confirmed(
    fund: FoundedFund, banks: tuple[UUID, UUID]
) -> None:
    sent = make_sent(fund, *banks, euros(300)).remittance_id
    stop(fund)

    with pytest.raises(RuleBroken, match="The fund is stopped"):
        make_sent(fund, *banks, euros(1))
    make_received(fund, sent, euros(290))
    with pytest.raises(RuleBroken, match="The fund is stopped"):
        make_decided(fund, sent, CHARGES)
    holds()


def test_only_who_may_sends_confirms_and_decides(fund: FoundedFund, banks: tuple[UUID, UUID]) -> None:
    sent = make_sent(fund, *banks, euros(300)).remittance_id
    orders = (
        (send, SendingOrder(from_bank_id=banks[0], to_bank_id=banks[1], amount=euros(1), sent_on=DAY), "dina"),
        (receive, ReceiptOrder(remittance_id=sent, amount=euros(1), received_on=DAY), "marat"),
        (
            decide_difference,
            DifferenceOrder(remittance_id=sent, kind=MISSING, purpose_id=None, reason="Asked"),
            "olga",
        ),
    )

    for act, order, somebody in orders:
        with pytest.raises(NotAllowed):
            do(act, actor=fund.actor(somebody), order=order)


def test_an_amount_in_transit_that_was_changed_behind_the_books_is_named(
    fund: FoundedFund, banks: tuple[UUID, UUID]
) -> None:
    sent = make_sent(fund, *banks, euros(300)).remittance_id

    with forging() as session:
        session.execute(update(Remittance).values(left_minor=1))

        assert {(finding.what, finding.item) for finding in found(session, "money")} == {
            ("remittance", str(sent)),
            ("account", "transit/EUR"),
        }


def test_every_currency_has_its_own_available_money(fund: FoundedFund, banks: tuple[UUID, UUID]) -> None:
    def of_general(session: Session) -> dict[str, int]:
        rows_ = session.execute(
            select(Available.currency, Available.amount_minor).where(Available.purpose_id == fund.purposes["general"])
        )
        return {currency: minor for currency, minor in rows_}  # noqa: C416

    assert see(of_general) == {"KZT": 0, "EUR": euros(1000).minor}
