"""A batch that is booked some days after a notice listed its gifts: each cent counts once, or somebody is asked."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.statement_files import look_through
from aid.domain.statements import StatementFormat
from aid.extensions import db
from aid.models.ledger import BankAccount
from aid.models.statements import BankLine, LineShare
from aid.services.statements.doubts import Doubt
from aid.services.statements.waiting import Waiting
from aid.services.statements.whole_files import bring_in, would_add
from aid.services.verification import replay
from tests.make import do, rows, see
from tests.make.fund import FoundedFund
from tests.make.statements import A, a_line, bring, facts, items_of, make_euro_bank

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)

NOTICE, INTERIM, MT940 = StatementFormat.CAMT_054, StatementFormat.MT942, StatementFormat.MT940
FRIDAY, MONDAY = date(2026, 3, 6), date(2026, 3, 9)
BATCH = "BATCH-0001"


def gift(minor: int, who: str, *, day: date = FRIDAY, **more: Any) -> Any:
    return a_line(minor, day=day, other=who, account="", **more)


def a_sum(minor: int, *, day: date = MONDAY, **more: Any) -> Any:
    return a_line(minor, day=day, other="", account="", **{"text": "Collected credits", **more})


GIFTS = [gift(60_00, "Anna", reference=BATCH), gift(40_00, "Boris", reference=BATCH)]
SUM = a_sum(100_00, reference=BATCH)


def moved(bank: Any = None) -> list[int]:
    mine = select(BankLine).order_by(BankLine.number)
    return [row.amount_minor for row in rows(mine.where(BankLine.bank_id == bank) if bank else mine)]


def found() -> list[str]:
    with Session(db.engine) as session:
        return [str(finding) for proof in ("statements", "states", "rows") for finding in replay(session, proof)]


def asked(fund: FoundedFund, statement: A, *, bank: Any = None) -> tuple[Doubt, ...]:
    kept = Waiting()
    items = items_of(statement)
    look_through(items, kept.keep)
    return see(would_add, actor=fund.treasurer, file=facts(items, chosen=bank, file=str(bank)), lines=kept).doubts


def answered(fund: FoundedFund, statement: A, answers: dict[str, bool], *, bank: Any = None) -> int:
    kept = Waiting()
    items = items_of(statement)
    look_through(items, kept.keep)
    return bring_in(
        lambda service, **what: do(service, actor=fund.treasurer, **what),
        file=facts(items, chosen=bank, file=str(bank)),
        lines=kept,
        answers=tuple(answers.items()),
    ).new


def test_a_batch_of_monday_adds_nothing_to_the_gifts_of_friday_and_the_balances_of_each_day_hold(
    fund: FoundedFund,
) -> None:
    make_euro_bank(fund)
    bring(fund.treasurer, A(GIFTS, format=NOTICE, name="n1"))

    added = bring(fund.treasurer, A([gift(5_00, "Cem"), SUM, gift(7_00, "Dina", day=MONDAY)], opening=0))

    assert (added.new, added.known, moved()) == (2, 1, [60_00, 40_00, 5_00, 7_00])
    assert [(share.amount_minor, share.booked_on) for share in rows(select(LineShare).order_by(LineShare.id))] == [
        (60_00, MONDAY),
        (40_00, MONDAY),
    ]
    assert found() == []
    again = A([SUM, gift(7_00, "DINA", day=MONDAY)], opening=5_00, format=MT940, version="", name="9")
    assert (bring(fund.treasurer, again).new, found()) == (0, [])


@pytest.mark.parametrize("beside", [NOTICE, INTERIM])
def test_gifts_of_friday_that_come_after_the_batch_of_monday_add_nothing_however_often_they_come(
    fund: FoundedFund, beside: StatementFormat
) -> None:
    make_euro_bank(fund)
    bring(fund.treasurer, A([SUM, gift(5_00, "Cem", day=MONDAY)], opening=0))

    for name in ("n1", "n2"):
        assert bring(fund.treasurer, A(GIFTS, format=beside, name=name)).new == 0

    assert moved() == [100_00, 5_00]
    assert found() == []


def test_a_notice_of_each_gift_is_one_with_the_statement_that_books_them_as_a_sum(fund: FoundedFund) -> None:
    """Some banks send each payment as a notice of its own, of the same day and in one file."""
    make_euro_bank(fund)
    bring(fund.treasurer, A([a_sum(100_00, day=FRIDAY, reference=BATCH)]))
    notices = [A([each], format=NOTICE, name=f"n{n}") for n, each in enumerate(GIFTS)]

    assert bring(fund.treasurer, *notices).new == 0
    assert (moved(), found()) == ([100_00], [])


def test_a_gift_under_a_sums_reference_for_which_it_has_no_room_is_more_money(fund: FoundedFund) -> None:
    make_euro_bank(fund)
    bring(fund.treasurer, A([a_sum(100_00, day=FRIDAY, reference=BATCH)]))
    many = [A([gift(60_00, who, reference=BATCH)], format=NOTICE, name=who) for who in ("Anna", "Boris")]

    assert bring(fund.treasurer, *many).new == 1
    assert (moved(), found()) == ([100_00, 60_00], [])


def test_one_gift_on_two_days_counts_once_by_its_reference_and_is_asked_without_one(fund: FoundedFund) -> None:
    make_euro_bank(fund)
    sure, unsure = gift(50_00, "Anna", reference="2026030600017"), gift(20_00, "Boris")
    bring(fund.treasurer, A([sure, unsure], format=NOTICE, name="n1"))
    later = A([gift(50_00, "ANNA", day=MONDAY, reference="2026030600017"), gift(20_00, "BORIS", day=MONDAY)])

    [doubt] = asked(fund, later)

    assert {(str(line.amount), line.day) for line in doubt.lines} == {("20.00 EUR", MONDAY), ("20.00 EUR", FRIDAY)}
    assert doubt.is_over_days
    assert answered(fund, later, {doubt.key: False}) == 1
    assert (moved(), found()) == ([50_00, 20_00, 20_00], [])
    again = A([gift(20_00, "BORIS", day=MONDAY)], format=MT940, version="", name="3")
    assert asked(fund, again) == ()
    assert bring(fund.treasurer, again).new == 0


def test_what_was_said_over_days_is_not_asked_again(fund: FoundedFund) -> None:
    make_euro_bank(fund)
    bring(fund.treasurer, A([gift(60_00, "Anna"), gift(40_00, "Boris")], format=NOTICE, name="n1"))
    booked = A([a_sum(100_00)], opening=0)
    [doubt] = asked(fund, booked)

    assert answered(fund, booked, {doubt.key: True}) == 0
    for again in (A([a_sum(100_00)], format=MT940, version="", name="9"), A([a_sum(100_00)], opening=0, name="8")):
        assert asked(fund, again) == ()
        assert bring(fund.treasurer, again).new == 0
    assert (moved(), found()) == ([60_00, 40_00], [])


BATCHES = st.lists(
    st.tuples(st.lists(st.integers(1, 3), min_size=2, max_size=3), st.integers(0, 3), st.booleans()),
    min_size=1,
    max_size=3,
)


def right(doubt: Doubt) -> bool | None:
    """Whether it is the same money; none where only some of it is."""
    said = {line.text == doubt.sum.text for line in doubt.singles}
    return said.pop() if len(said) == 1 else None


@settings(
    max_examples=4, phases=(Phase.explicit, Phase.generate), suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    batches=BATCHES,
    alone=st.lists(st.tuples(st.integers(1, 3), st.integers(0, 3)), max_size=2),
    order=st.permutations(range(4)),
)
def test_in_whatever_order_and_overlap_they_come_what_was_booked_counts_once_or_is_asked(
    fund: FoundedFund,
    batches: list[tuple[list[int], int, bool]],
    alone: list[tuple[int, int]],
    order: list[int],
) -> None:
    """Batches with a reference or a count, booked on the day of their notice or later; gifts alone, which are alike."""
    bank = make_euro_bank(fund, iban=None, name=f"Bank {len(rows(select(BankAccount.id)))}")
    booked, listed, count = [], [], 0
    for n, (amounts, late, is_named) in enumerate(batches):
        more: dict[str, Any] = {"reference": f"BATCH-{n:04}"} if is_named else {}
        one = a_sum(sum(amounts) * 100, day=FRIDAY + timedelta(days=late), text=f"B{n}", **more)
        booked.append(one if is_named else replace(one, batch=len(amounts)))
        for minor in amounts:
            count += 1
            listed.append(gift(minor * 100, f"{count} Giver", text=f"B{n}", **more))
    direct = [
        gift(minor * 100, f"Direct {n}", day=FRIDAY + timedelta(days=day), text=f"D{n}")
        for n, (minor, day) in enumerate(alone)
    ]
    whole = sorted([*booked, *direct], key=lambda line: line.booked_on)
    half = [line for n, line in enumerate(listed) if n % 2 or not line.bank_reference]  # pieces of what has a name
    files = [
        A(whole, account="", opening=0),
        A([*half, *direct], format=NOTICE, name="n1", account=""),
        A(listed, format=NOTICE, name="n2", account=""),
        A(whole, format=MT940, version="", account="", name="3"),
    ]
    is_doubted = False  # somebody was asked of what is not the same money, or only in part
    for place in order:
        doubts = asked(fund, files[place], bank=bank)
        is_doubted |= not all(right(doubt) for doubt in doubts)
        answered(fund, files[place], {doubt.key: bool(right(doubt)) for doubt in doubts}, bank=bank)

    assert found() == []
    if not is_doubted:
        assert sum(moved(bank)) == sum(line.minor for line in whole)
