"""No treasurer alone takes money off an account as a fee, as charges, or by hiding two lines in each other."""

from collections.abc import Callable
from datetime import date
from functools import partial
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.exchanges import ExchangeState
from aid.domain.line_ends import EndKind
from aid.domain.money import Money
from aid.domain.own_bookings import OwnBooking, OwnKind
from aid.domain.refusals import NotAllowed, RuleBroken
from aid.extensions import db
from aid.models.ledger import BankFee, BankInterest
from aid.models.second_words import MoneyAnswer, MoneyAsked, MoneyJudged
from aid.models.statements import BankLine, LineEnd
from aid.queries import second_words
from aid.services.ledger import balance_of
from aid.services.lines.against import AgainstOrder, set_against
from aid.services.lines.ends import Ended, EndOrder, end_line
from aid.services.lines.explaining import ByFee, ByInterest, EndPart
from aid.services.lines.undoing import Reopened, ReopenOrder, reopen
from aid.services.own_bookings import OwnBooked, record_own
from aid.services.second_words.asking import AskedFor, set_bound
from aid.services.second_words.showing import BankWords
from aid.services.verification import verify
from aid.vault.actor import Actor
from tests.make import do, rows
from tests.make.donations import make_donation
from tests.make.forging import forge, forging, found
from tests.make.fund import FoundedFund
from tests.make.membership import later
from tests.make.money import an_exchange, euros, make_answer, make_exchange, make_word
from tests.make.statements import A, a_line, bring, make_euro_bank, open_lines
from tests.services.test_committee import all_at_once

ON_SQLITE = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
DAY = date(2026, 8, 10)


@pytest.fixture
def bank(fund: FoundedFund) -> UUID:
    """An account that holds 4,000 euros: one person books 40 alone."""
    bank_id = make_euro_bank(fund)
    make_donation(fund, bank_id=bank_id, minor=4_000_00, currency="EUR", purpose="general")
    return bank_id


def a_fee(
    fund: FoundedFund, bank_id: UUID, minor: int, *, reason: str = "The price list", day: date = DAY
) -> OwnBooking:
    return OwnBooking(
        kind=OwnKind.FEE,
        bank_id=bank_id,
        purpose_id=fund.purposes["general"],
        amount=Money(minor, "EUR"),
        booked_on=day,
        reason=reason,
    )


def held(bank_id: UUID) -> int:
    with Session(db.engine) as session:
        return balance_of(session, bank_id)


def findings() -> list[str]:
    with Session(db.engine) as session:
        return [str(finding) for finding in verify(session)]


def word(order: OwnBooking, fund: FoundedFund) -> OwnBooked | AskedFor:
    return do(record_own, actor=fund.treasurer, order=order)


@ON_SQLITE
def test_a_small_fee_is_booked_at_once_and_a_larger_one_waits(fund: FoundedFund, bank: UUID) -> None:
    assert isinstance(word(a_fee(fund, bank, 30_00), fund), OwnBooked)
    waits = word(a_fee(fund, bank, 100_00), fund)

    assert isinstance(waits, AskedFor)
    assert (held(bank), len(rows(select(BankFee)))) == (3_970_00, 1)
    with pytest.raises(RuleBroken, match="You asked for this yourself"):
        make_word(fund, waits.asked_id, by=fund.treasurer)
    with pytest.raises(NotAllowed):
        make_word(fund, waits.asked_id, by=fund.members[0])
    make_word(fund, waits.asked_id)

    assert held(bank) == 3_870_00
    assert [fee.recorded_by_id for fee in rows(select(BankFee))] == [fund.treasurer.person_id] * 2
    with pytest.raises(RuleBroken, match="does not wait"):
        make_word(fund, waits.asked_id)
    assert findings() == []


@ON_SQLITE
def test_a_fee_is_not_taken_in_slices_nor_by_naming_other_days(fund: FoundedFund, bank: UUID) -> None:
    for day in range(1, 5):
        assert isinstance(word(a_fee(fund, bank, 9_00, day=date(2026, day, 1)), fund), OwnBooked)

    assert isinstance(word(a_fee(fund, bank, 9_00, day=date(2026, 7, 1)), fund), AskedFor)
    assert isinstance(
        do(record_own, actor=fund.treasurer, now=later(31 * 24), order=a_fee(fund, bank, 9_00)), OwnBooked
    )
    assert findings() == []


@ON_SQLITE
def test_what_is_refused_or_taken_back_is_not_booked_and_a_reason_is_needed(fund: FoundedFund, bank: UUID) -> None:
    with pytest.raises(RuleBroken, match="more than one person books alone"):
        word(a_fee(fund, bank, 100_00, reason=" "), fund)
    for by in (fund.coordinator, fund.treasurer):
        waits = word(a_fee(fund, bank, 100_00), fund)
        assert isinstance(waits, AskedFor)
        make_word(fund, waits.asked_id, agrees=False, by=by)

    assert (held(bank), rows(select(MoneyAnswer.agrees))) == (4_000_00, [False, False])
    assert findings() == []


@ON_SQLITE
def test_while_a_line_waits_it_is_open_and_cannot_end_otherwise(fund: FoundedFund, bank: UUID) -> None:
    bring(fund.treasurer, A([a_line(-500_00, other="", account="", text="Gebühr")]))
    [line] = open_lines()

    def ending(minor: int) -> Ended:
        part = EndPart(Money(minor, "EUR"), ByFee(fund.purposes["general"], "The price list"))
        return do(end_line, actor=fund.treasurer, order=EndOrder(line_id=line.id, parts=(part,)))

    ended = ending(450_00)
    assert (ended.left, ended.waits) == (euros(50), euros(450))
    with pytest.raises(RuleBroken, match="waits for a second person"):
        ending(50_01)
    assert rows(select(BankLine.open_minor)) == [500_00]
    [asked_id] = rows(select(MoneyAsked.id))
    make_word(fund, asked_id)

    assert rows(select(BankLine.open_minor)) == [50_00]
    [end] = rows(select(LineEnd))
    assert (end.kind, end.made_here, end.amount_minor) == (EndKind.FEE, True, 450_00)
    assert findings() == []
    undone = do(reopen, actor=fund.treasurer, order=ReopenOrder(end_id=end.id, reason="Another line"))
    assert isinstance(undone, Reopened)
    assert (held(bank), findings()) == (4_000_00, [])


@ON_SQLITE
def test_a_gift_and_what_went_out_are_not_hidden_in_each_other_by_one_person(fund: FoundedFund, bank: UUID) -> None:
    bring(fund.treasurer, A([a_line(900_00), a_line(-900_00, other="Me", account="")]))
    gift, gone = open_lines()
    order = AgainstOrder(
        line_id=gone.id, other_id=gift.id, amount=euros(900), kind=EndKind.REFUND, reason="Sent by mistake"
    )

    ended = do(set_against, actor=fund.treasurer, order=order)

    assert ended.waits == euros(900)
    assert seen_by(fund.coordinator) == [BankWords(somebody=True, is_same=False)]
    assert rows(select(BankLine.open_minor)) == [900_00, 900_00]
    with pytest.raises(RuleBroken, match="of this line is still open"):
        do(set_against, actor=fund.treasurer, order=order)
    [asked_id] = rows(select(MoneyAsked.id))
    make_word(fund, asked_id)
    assert rows(select(BankLine.open_minor)) == [0, 0]
    assert findings() == []


def seen_by(who: Actor) -> list[BankWords | None]:
    """What they see of the bank's words in all that waits, the oldest first."""
    with Session(db.engine) as session:
        return [second_words.shown(session, actor=who, row=row) for row in second_words.waiting(session, actor=who)]


@ON_SQLITE
def test_a_coordinator_sees_by_which_words_a_bank_says_it_and_nobody_s_name(fund: FoundedFund, bank: UUID) -> None:
    named = "Entgelt Kontoführung 07/2026 Anna Muster"
    bring(
        fund.treasurer,
        A([a_line(-100_00, other="", account="", text=named), a_line(-200_00, text="Gebühr")]),
    )
    for line in open_lines():
        part = EndPart(Money(line.open_minor, "EUR"), ByFee(fund.purposes["general"], "The price list"))
        do(end_line, actor=fund.treasurer, order=EndOrder(line_id=line.id, parts=(part,)))
    do(record_own, actor=fund.treasurer, order=a_fee(fund, bank, 60_00))

    assert seen_by(fund.coordinator) == [
        BankWords(is_own=True, words=("Entgelt", "Kontoführung", "07/2026")),
        BankWords(somebody=True),
        None,
    ]
    with Session(db.engine) as session:
        assert second_words.readers(session, actor=fund.coordinator) == (fund.treasurer.handle,)
    with pytest.raises(NotAllowed):
        seen_by(fund.members[0])


@ON_SQLITE
def test_charges_of_an_exchange_at_a_true_rate_wait_too(fund: FoundedFund, bank: UUID) -> None:
    small = make_exchange(fund, an_exchange(fund, bank, charges=euros(30)))
    large = make_exchange(fund, an_exchange(fund, bank, charges=euros(300)))

    assert (small.state, large.state) == (ExchangeState.BOOKED, ExchangeState.WAITING)
    with pytest.raises(RuleBroken, match="You wrote this down yourself"):
        make_answer(fund, large.exchange_id, by=fund.treasurer)
    make_answer(fund, large.exchange_id)
    assert held(bank) == 3_470_00
    assert findings() == []


@ON_SQLITE
def test_interest_is_booked_to_its_purpose_thanked_to_nobody_and_undone(fund: FoundedFund, bank: UUID) -> None:
    bring(fund.treasurer, A([a_line(12_00, other="", account="", text="Habenzinsen"), a_line(700_00)]))
    small, gift = open_lines()

    def earned(line: BankLine) -> Ended:
        part = EndPart(Money(line.open_minor, "EUR"), ByInterest(fund.purposes["general"], "Its letter"))
        return do(end_line, actor=fund.treasurer, order=EndOrder(line_id=line.id, parts=(part,)))

    assert earned(small).left == euros(0)
    assert (held(bank), rows(select(BankInterest.amount_minor))) == (4_012_00, [12_00])
    assert earned(gift).waits == euros(700)
    assert findings() == []
    [end] = rows(select(LineEnd))
    do(reopen, actor=fund.treasurer, order=ReopenOrder(end_id=end.id, reason="It was a gift"))
    assert (held(bank), findings()) == (4_000_00, [])


@ON_SQLITE
def test_money_that_goes_out_is_no_interest(fund: FoundedFund, bank: UUID) -> None:
    bring(fund.treasurer, A([a_line(-12_00)]))
    [line] = open_lines()
    part = EndPart(euros(12), ByInterest(fund.purposes["general"]))
    with pytest.raises(RuleBroken, match="Interest comes in"):
        do(end_line, actor=fund.treasurer, order=EndOrder(line_id=line.id, parts=(part,)))


@ON_SQLITE
def test_the_bound_is_the_fund_s_and_not_set_by_who_keeps_the_accounts(fund: FoundedFund, bank: UUID) -> None:
    with pytest.raises(NotAllowed):
        do(set_bound, actor=fund.treasurer, most=euros(1_000_000))
    with pytest.raises(RuleBroken, match="no account in this currency"):
        do(set_bound, actor=fund.coordinator, most=Money(5, "JPY"))

    do(set_bound, actor=fund.coordinator, most=euros(5))

    assert isinstance(word(a_fee(fund, bank, 5_01), fund), AskedFor)
    assert isinstance(word(a_fee(fund, bank, 5_00), fund), OwnBooked)
    do(set_bound, actor=fund.coordinator, most=euros(500), small=euros(0))
    assert isinstance(word(a_fee(fund, bank, 34_00), fund), OwnBooked)  # and never more than a hundredth
    assert isinstance(word(a_fee(fund, bank, 1_00), fund), AskedFor)
    assert findings() == []


@ON_SQLITE
@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("UPDATE money_judged SET alone = true WHERE alone = false", "booked it alone, and it was too much"),
        ("UPDATE money_answer SET answered_by_id = (SELECT asked_by_id FROM money_asked)", "who asked for it agreed"),
        ("UPDATE money_answer SET agrees = false, judged_number = NULL", "nobody else agreed to it"),
        ("UPDATE money_asked SET amount_minor = 99", "something else was booked than was asked for"),
        ("UPDATE bank_fee SET charged_on = '2026-08-11' WHERE amount_minor = 10000", "something else was booked"),
        ("DELETE FROM money_judged WHERE alone AND number > 1", "nobody asked whether one person may book it alone"),
        ("UPDATE money_judged SET amount_minor = 1 WHERE number = 1", "what it was made for says otherwise"),
        ('UPDATE money_bound SET most_minor = 0, "after" = 0', "booked it alone, and it was too much"),
    ],
)
def test_what_was_booked_without_the_word_it_needed_is_named(
    fund: FoundedFund, bank: UUID, change: str, says: str
) -> None:
    word(a_fee(fund, bank, 10_00), fund)
    waits = word(a_fee(fund, bank, 100_00), fund)
    assert isinstance(waits, AskedFor)
    make_word(fund, waits.asked_id)
    word(a_fee(fund, bank, 11_00), fund)
    do(set_bound, actor=fund.coordinator, most=euros(60))
    with forging() as session:
        assert forge(session, change)
        assert any(says in str(finding) for finding in found(session, "second_words"))


# ---------------------------------------------------------------- at the same moment, on both databases


def test_fees_booked_at_once_come_to_no_more_than_one_person_books(app: Flask, fund: FoundedFund, bank: UUID) -> None:
    outcomes = all_at_once(app, [partial(word, a_fee(fund, bank, 15_00), fund) for _ in range(5)])

    assert sum(isinstance(outcome, OwnBooked) for outcome in outcomes) == 2
    assert sum(isinstance(outcome, AskedFor) for outcome in outcomes) == 3
    assert held(bank) == 3_970_00
    assert findings() == []


def test_two_words_at_once_book_a_fee_once(app: Flask, fund: FoundedFund, bank: UUID) -> None:
    bring(fund.treasurer, A([a_line(-500_00, other="", account="", text="Gebühr")]))
    [line] = open_lines()
    part = EndPart(euros(500), ByFee(fund.purposes["general"], "The price list"))
    do(end_line, actor=fund.treasurer, order=EndOrder(line_id=line.id, parts=(part,)))
    [asked_id] = rows(select(MoneyAsked.id))

    all_at_once(app, [partial(make_word, fund, asked_id) for _ in range(4)])

    assert (held(bank), len(rows(select(MoneyAnswer))), len(rows(select(LineEnd)))) == (3_500_00, 1, 1)
    assert findings() == []


def test_a_gift_and_a_fee_booked_at_once_are_judged_again_alike(app: Flask, fund: FoundedFund, bank: UUID) -> None:
    """What the account held is what was booked before, whichever comes first."""
    gifts = [
        partial(make_donation, fund, bank_id=bank, minor=1_000_00, currency="EUR", purpose="general") for _ in range(3)
    ]
    fees = [partial(word, a_fee(fund, bank, 9_00), fund) for _ in range(3)]

    both: list[Callable[[], object]] = [*gifts, *fees]
    all_at_once(app, both)

    assert held(bank) == 7_000_00 - 3 * 9_00
    assert len(rows(select(MoneyJudged))) == 3
    assert findings() == []
