"""A notice that lists gifts singly, beside a statement that books them as one sum: each cent counts once."""

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.payments import Direction, Party, Payment
from aid.domain.refusals import RuleBroken
from aid.domain.statement_files import look_through
from aid.domain.statements import StatementFormat
from aid.extensions import db
from aid.models.ledger import BankAccount
from aid.models.statements import BankLine, LineShare
from aid.services.lines.words import words_of
from aid.services.statements.waiting import Waiting
from aid.services.statements.whole_files import WouldAdd, bring_in, would_add
from aid.services.verification import replay
from tests.make import do, rows, see
from tests.make.forging import forge, forging
from tests.make.forging import found as found_by
from tests.make.fund import FoundedFund
from tests.make.statements import A, a_line, bring, facts, items_of, make_euro_bank

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)

NOTICE, REPORT, INTERIM = StatementFormat.CAMT_054, StatementFormat.CAMT_052, StatementFormat.MT942


def lines() -> list[int]:
    """What each line of the books moved, in their order."""
    return [
        row.amount_minor if row.direction is Direction.CREDIT else -row.amount_minor
        for row in rows(select(BankLine).order_by(BankLine.number))
    ]


def found() -> list[str]:
    with Session(db.engine) as session:
        return [str(finding) for proof in ("statements", "states", "rows") for finding in replay(session, proof)]


def gift(minor: int, who: str, **more: Any) -> Any:
    return a_line(minor, other=who, account="", **more)


def a_sum(minor: int, **more: Any) -> Any:
    return a_line(minor, other="", account="", text="Collected credits", **more)


def looked_at(fund: FoundedFund, statement: A) -> WouldAdd:
    kept = Waiting()
    items = items_of(statement)
    look_through(items, kept.keep)
    return see(would_add, actor=fund.treasurer, file=facts(items), lines=kept)


def brought(fund: FoundedFund, statement: A, answer: bool) -> int:
    """Brought in by somebody who answers every doubt so."""
    kept = Waiting()
    items = items_of(statement)
    look_through(items, kept.keep)
    answers = tuple((doubt.key, answer) for doubt in looked_at(fund, statement).doubts)
    return bring_in(
        lambda service, **what: do(service, actor=fund.treasurer, **what),
        file=facts(items),
        lines=kept,
        answers=answers,
    ).new


GIFTS = [gift(60_00, "Anna", reference="B1"), gift(40_00, "Boris", reference="B1")]
SUM = a_sum(100_00, reference="B1")


@pytest.mark.parametrize("beside", [NOTICE, REPORT, INTERIM])
def test_gifts_listed_after_the_sum_are_told_of_it_and_add_nothing(fund: FoundedFund, beside: StatementFormat) -> None:
    make_euro_bank(fund)
    bring(fund.treasurer, A([SUM, gift(5_00, "Cem")]))

    added = bring(fund.treasurer, A(GIFTS, format=beside, name="n1"))

    assert (added.new, added.known, lines()) == (0, 2, [100_00, 5_00])
    with Session(db.engine) as session:
        line_id = rows(select(BankLine.id).where(BankLine.number == 1))[0]
        told = words_of(session, keyring=fund.treasurer.keyring, line_ids=[line_id])[line_id]
    assert [(each.other and each.other.name, each.minor) for each in told.payments] == [
        ("Anna", 60_00),
        ("Boris", 40_00),
    ]
    assert found() == []


def test_a_sum_booked_after_its_gifts_were_listed_adds_nothing(fund: FoundedFund) -> None:
    make_euro_bank(fund)
    bring(fund.treasurer, A(GIFTS, format=NOTICE, name="n1"))

    added = bring(fund.treasurer, A([SUM, gift(5_00, "Cem")]))

    assert (added.new, added.known, lines()) == (1, 1, [60_00, 40_00, 5_00])
    assert [share.amount_minor for share in rows(select(LineShare).order_by(LineShare.id))] == [60_00, 40_00]
    assert found() == []


def test_what_the_bank_kept_of_a_sum_is_a_line_of_its_own_where_somebody_says_it_is_the_same_money(
    fund: FoundedFund,
) -> None:
    make_euro_bank(fund)
    bring(fund.treasurer, A(GIFTS, format=NOTICE, name="n1"))
    booked = A([a_sum(99_00, reference="B1")], opening=0)

    [doubt] = looked_at(fund, booked).doubts
    assert str(doubt.difference) == "-1.00 EUR"
    with pytest.raises(RuleBroken, match="may be money that is known already"):
        bring(fund.treasurer, booked)
    brought(fund, booked, answer=True)

    assert (lines(), sum(lines())) == ([60_00, 40_00, -1_00], 99_00)
    assert found() == []
    again = bring(fund.treasurer, A([a_sum(99_00, reference="other")], format=StatementFormat.MT940, name="9"))
    assert (again.new, found()) == (0, [])


def test_where_amounts_alone_agree_a_person_says_whether_it_is_the_same_money(fund: FoundedFund) -> None:
    make_euro_bank(fund)
    bring(fund.treasurer, A([a_sum(100_00)]))
    listed = A([gift(60_00, "Anna"), gift(40_00, "Boris")], format=NOTICE, name="n1")

    [doubt] = looked_at(fund, listed).doubts
    assert [(str(line.amount), line.is_in, line.who) for line in doubt.lines] == [
        ("100.00 EUR", True, ""),
        ("60.00 EUR", False, "Anna"),
        ("40.00 EUR", False, "Boris"),
    ]
    assert brought(fund, listed, answer=False) == 2
    assert lines() == [100_00, 60_00, 40_00]
    assert found() == []


def test_what_was_said_once_is_not_asked_again_when_the_bank_shows_it_again(fund: FoundedFund) -> None:
    make_euro_bank(fund)
    bring(fund.treasurer, A([a_sum(100_00)]))
    listed = [gift(60_00, "Anna"), gift(40_00, "Boris")]
    assert brought(fund, A(listed, format=NOTICE, name="n1"), answer=True) == 0

    again = bring(fund.treasurer, A([*listed, gift(3_00, "Cem")], format=NOTICE, name="n2"))

    assert (again.new, lines()) == (1, [100_00, 3_00])
    assert found() == []


def test_a_batch_that_is_known_without_its_payments_learns_them_from_a_notice(fund: FoundedFund) -> None:
    make_euro_bank(fund)
    bring(fund.treasurer, A([SUM]))
    details = tuple(
        Payment(minor=minor, currency="EUR", other=Party(who)) for minor, who in ((60_00, "A"), (40_00, "B"))
    )

    added = bring(fund.treasurer, A([a_sum(100_00, reference="B1", details=details)], format=NOTICE, name="n1"))

    assert (added.new, lines()) == (0, [100_00])
    with Session(db.engine) as session:
        line_id = rows(select(BankLine.id))[0]
        told = words_of(session, keyring=fund.treasurer.keyring, line_ids=[line_id])[line_id]
    assert told.payments == details
    assert found() == []


BATCHES = st.lists(st.lists(st.integers(1, 4), min_size=2, max_size=4), min_size=1, max_size=3)


@settings(
    max_examples=6, phases=(Phase.explicit, Phase.generate), suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(batches=BATCHES, single=st.integers(1, 4), order=st.permutations(range(4)), pieces=st.booleans())
def test_in_whatever_order_statements_and_notices_come_the_account_moved_what_was_booked(
    fund: FoundedFund, batches: list[list[int]], single: int, order: list[int], pieces: bool
) -> None:
    """A statement books each batch as a sum, notices list its gifts, whole or in pieces, and some come twice."""
    bank = make_euro_bank(fund, iban=None, name=f"Bank {len(rows(select(BankAccount.id)))}")
    booked = [a_sum(sum(batch) * 100, reference=f"B{n}") for n, batch in enumerate(batches)]
    listed = [
        gift(minor * 100, f"Giver {n}", reference=f"B{at}")
        for at, batch in enumerate(batches)
        for n, minor in enumerate(batch)
    ]
    half = len(listed) // 2 if pieces else 0
    files = [
        A([*booked, gift(single * 100, "Direct", reference="D")], account=""),
        A(listed[half:], format=NOTICE, name="n1", account=""),
        A(listed[:half], format=NOTICE, name="n2", account="")
        if half
        else A(listed, format=NOTICE, name="n3", account=""),
        A([*booked, gift(single * 100, "DIRECT", reference="D")], format=StatementFormat.MT940, version="", account=""),
    ]
    for place in order:
        bring(fund.treasurer, files[place], chosen=bank, file=f"{bank} {place}")

    mine = rows(select(BankLine).where(BankLine.bank_id == bank))
    moved = sum(row.amount_minor if row.direction is Direction.CREDIT else -row.amount_minor for row in mine)
    assert moved == (sum(map(sum, batches)) + single) * 100
    assert found() == []


def test_verify_names_whatever_was_forged_of_sums_and_parts(fund: FoundedFund) -> None:
    make_euro_bank(fund)
    bring(fund.treasurer, A([SUM]))
    bring(fund.treasurer, A(GIFTS, format=NOTICE, name="n1"))
    forged = {
        "UPDATE line_share SET amount_minor = amount_minor + 1 WHERE n = 1": "what came by its lines is another sum",
        "UPDATE line_share SET amount_minor = 10100 WHERE n = 1": "more than its line",
        "DELETE FROM line_share WHERE n = 1": "it brought another number of lines",
        "DELETE FROM record WHERE kind = 'line_share'": "what is sealed of it is gone",
    }
    for statement, said in forged.items():
        with forging() as session:
            assert forge(session, statement)
            assert any(said in str(finding) for finding in found_by(session, "statements")), statement
