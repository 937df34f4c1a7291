"""The books: every figure is a sum of transfers, and the page is told when a guarded number disagrees with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.entries import AccountKind, EntryKind, Posting, collected, released, reserved
from aid.domain.ids import new_id
from aid.domain.money import Money
from aid.domain.refusals import NotAllowed
from aid.extensions import db
from aid.models.ledger import Available
from aid.queries.ledger import CauseKind, Figure, PurposeRow, books, entries
from aid.services import audit, ledger
from aid.services.ledger import NotEnoughMoney
from aid.services.verification import replay
from aid.vault.actor import Actor
from tests.make import do, see
from tests.make.donations import make_donation
from tests.make.forging import disarm, forge
from tests.make.fund import FoundedFund, actor_of_test
from tests.make.lived import whole
from tests.make.money import an_exchange, euros, make_bank, make_correction, make_euros, make_exchange

__all__ = ["whole"]


@dataclass(frozen=True, slots=True)
class Booked:
    """An entry stands."""

    entry_id: UUID


def book(session: Session, *, actor: Actor, now: Instant, postings: Sequence[Posting], kind: EntryKind) -> Booked:
    """An entry without what caused it."""
    entry, transfers = ledger.post(session, postings, kind=kind, cause=new_id(), now=now)
    audit.say(session, "test.booked", made=[entry, *transfers])
    return Booked(entry.id)


def tenge(major: int) -> Money:
    return Money(major * 100, "KZT")


def make_entry(fund: FoundedFund, postings: Sequence[Posting], kind: EntryKind) -> None:
    do(book, actor=fund.treasurer, postings=postings, kind=kind)


def school(fund: FoundedFund) -> PurposeRow:
    [row] = [row for row in see(books, actor=fund.auditor).purposes if row.names["en"] == "School"]
    return row


def figures(row: PurposeRow) -> tuple[Money, ...]:
    return row.received.amount, row.available.amount, row.reserved.amount, row.spent.amount


def make_chain(fund: FoundedFund) -> None:
    """A thousand came; five hundred were reserved, two hundred collected at the club, a hundred set free."""
    purpose = fund.purposes["school"]
    make_donation(fund, minor=tenge(1000).minor)
    make_entry(fund, reserved(purpose, tenge(500)), EntryKind.RESERVATION)
    make_entry(fund, collected(purpose, fund.points["club"], tenge(200)), EntryKind.COLLECTION)
    make_entry(fund, released(purpose, tenge(100)), EntryKind.RELEASE)


def test_a_purpose_shows_what_it_received_has_reserved_and_spent(fund: FoundedFund) -> None:
    make_chain(fund)

    row = school(fund)

    assert figures(row) == (tenge(1000), tenge(600), tenge(200), tenge(200))
    assert row.agrees


def test_an_empty_fund_has_every_purpose_and_place_at_nothing(fund: FoundedFund) -> None:
    found = see(books, actor=fund.auditor)

    assert [row.names["en"] for row in found.purposes] == ["General", "School", "Food"]
    assert [place.account.kind.value for place in found.places] == ["bank", "cash", "cash"]
    assert {place.amount for place in found.places} == {tenge(0)}
    assert found.agree


def test_cash_that_was_never_booked_in_is_shown_short_and_nobody_is_sent_away(fund: FoundedFund) -> None:
    make_chain(fund)

    bank, club, elsewhere = see(books, actor=fund.auditor).places

    assert (bank.amount, bank.short) == (tenge(1000), False)
    assert (club.amount, club.short) == (tenge(-200), True)
    assert (elsewhere.amount, elsewhere.short) == (tenge(0), False)


def test_what_is_taken_back_from_a_donation_is_no_longer_received(fund: FoundedFund) -> None:
    make_correction(fund, make_donation(fund, minor=tenge(1000).minor), tenge(700))

    assert figures(school(fund)) == (tenge(700), tenge(700), tenge(0), tenge(0))


def test_a_guarded_number_that_was_changed_behind_the_books_is_told(fund: FoundedFund) -> None:
    make_chain(fund)
    with db.engine.execution_options(writes=True).begin() as connection:
        connection.execute(
            update(Available).where(Available.purpose_id == fund.purposes["school"]), {"amount_minor": 1}
        )

    found = see(books, actor=fund.auditor)

    assert not found.agree
    assert [row.agrees for row in found.purposes] == [True, False, True]
    assert school(fund).guarded == Money(1, "KZT")


def test_more_than_is_available_is_never_booked(fund: FoundedFund) -> None:
    make_donation(fund, minor=tenge(10).minor)

    with pytest.raises(NotEnoughMoney, match="only 10"):
        make_entry(fund, reserved(fund.purposes["school"], tenge(11)), EntryKind.RESERVATION)

    assert figures(school(fund)) == (tenge(10), tenge(10), tenge(0), tenge(0))


def test_every_figure_opens_to_entries_that_add_up_to_it(fund: FoundedFund) -> None:
    make_chain(fund)
    make_correction(fund, make_donation(fund), tenge(7))
    row, places = school(fund), see(books, actor=fund.auditor).places

    for figure in (row.received, row.available, row.reserved, row.spent, *places):
        assert sum_of_entries(fund, figure) == figure.amount


def sum_of_entries(fund: FoundedFund, figure: Figure) -> Money:
    found = see(entries, actor=fund.auditor, account_id=figure.account.id, kind=figure.kind, against=figure.against)
    assert found is not None
    assert found.figure is not None
    assert found.figure.amount == figure.amount
    return sum((transfer.change for row in found.rows for transfer in row.transfers), tenge(0))


def test_entries_are_listed_page_by_page_the_latest_first(fund: FoundedFund) -> None:
    make_chain(fund)

    first = see(entries, actor=fund.auditor, size=3)
    assert first is not None
    rest = see(entries, actor=fund.auditor, size=3, before=first.before)
    assert rest is not None

    assert [row.number for row in (*first.rows, *rest.rows)] == [4, 3, 2, 1]
    assert (first.before, rest.before) == (2, None)
    assert [len(row.transfers) for row in first.rows] == [1, 2, 1]


def test_an_entry_names_its_donation(fund: FoundedFund) -> None:
    donation_id = make_donation(fund)

    found = see(entries, actor=fund.auditor)

    assert found is not None
    [row] = found.rows
    assert row.cause is not None
    assert (row.cause.kind, row.cause.id, row.cause.number) == (CauseKind.DONATION, donation_id, 1)
    [transfer] = row.transfers
    assert (transfer.debit.kind, transfer.credit.kind) == (AccountKind.BANK, AccountKind.AVAILABLE)


def test_entries_of_no_account_are_not_found(fund: FoundedFund) -> None:
    assert see(entries, actor=fund.auditor, account_id=new_id()) is None


def test_only_who_may_see_money_opens_the_books(fund: FoundedFund) -> None:
    for stranger in (fund.registrar, fund.distributor, fund.administrator):
        for look in (books, entries):
            with pytest.raises(NotAllowed):
                see(look, actor=stranger)


def test_a_correction_names_what_it_corrects(fund: FoundedFund) -> None:
    make_correction(fund, make_donation(fund), tenge(7))

    found = see(entries, actor=fund.auditor)

    assert found is not None
    assert [(row.kind, row.corrects) for row in found.rows] == [
        (EntryKind.CORRECTION, 1),
        (EntryKind.DONATION, 1),
        (EntryKind.DONATION, None),
    ]
    assert {row.cause.number for row in found.rows if row.cause} == {1}


def test_every_currency_that_ever_had_money_has_its_own_figures(fund: FoundedFund) -> None:
    abroad = make_euros(fund)
    make_exchange(fund, an_exchange(fund, abroad, charges=euros(1)))

    found = see(books, actor=fund.auditor)

    assert found.currencies == ("KZT", "EUR")
    assert found.agree
    [row] = [row for row in found.purposes if row.currency == "EUR"]
    assert [each.amount for each in (row.received, row.exchanged, row.available, row.spent, row.charges)] == [
        euros(1000),
        euros(-100),
        euros(899),
        euros(1),
        euros(1),
    ]
    assert (found.held("EUR"), found.held("KZT")) == (euros(899), tenge(60_000))
    for figure in (row.received, row.exchanged, row.available, row.spent, row.charges, *found.places):
        got = see(entries, actor=fund.auditor, account_id=figure.account.id, kind=figure.kind, against=figure.against)
        assert got is not None
        assert got.figure == figure


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_a_fund_of_before_accounts_had_names_goes_on_with_the_one_it_had(fund: FoundedFund) -> None:
    make_donation(fund, minor=tenge(10).minor)
    with Session(db.engine.execution_options(writes=True)) as session:
        disarm(session)
        forge(session, "UPDATE donation SET bank_id = NULL")
        forge(session, "DELETE FROM bank_account")
        forge(session, "UPDATE account SET key = 'bank:fund:KZT' WHERE kind = 'bank'")
        session.commit()
    with Session(db.engine) as session:
        assert [str(finding) for finding in replay(session, "money")] == []

    bank = make_bank(fund, "KZT", name="The old account")
    make_donation(fund, minor=tenge(5).minor, bank_id=bank)

    assert bank == fund.bank
    assert see(books, actor=fund.auditor).held("KZT") == tenge(15)
    with Session(db.engine) as session:
        assert [str(finding) for finding in replay(session, "money")] == []


def test_every_entry_of_a_fund_in_which_everything_happened_leads_to_its_cause(whole: Flask) -> None:
    auditor = actor_of_test("olga")

    found = see(entries, actor=auditor, size=1000)

    assert found is not None
    assert {row.kind for row in found.rows} == set(EntryKind)
    assert [(row.number, row.kind) for row in found.rows if row.cause is None] == []
    assert see(books, actor=auditor).agree
