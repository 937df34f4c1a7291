"""Bringing statements in: each line once, however often it is shown, whatever shows it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aid.domain.payments import Party, Payment
from aid.domain.refusals import NotAllowed, RuleBroken
from aid.domain.statement_files import look_through
from aid.domain.statements import LineStatus, StatementFormat
from aid.extensions import db
from aid.models.ledger import BankAccount, Entry
from aid.models.records import Record, RecordKind
from aid.models.statements import BankLine, BankStatement, LineSeen, StatementFile
from aid.services import records
from aid.services.statements.accounts import own_accounts
from aid.services.statements.bringing import begin_statements, bring_lines, end_statements
from aid.services.statements.sealed import told_of
from aid.services.statements.waiting import Waiting, lines_of, written_step
from aid.services.statements.whole_files import would_add
from aid.services.verification import replay, verify
from tests.conftest import both_databases
from tests.make import do, rows, see
from tests.make.forging import forge, forging
from tests.make.forging import found as found_by
from tests.make.fund import FoundedFund
from tests.make.statements import DAY, A, a_line, bring, facts, items_of, make_euro_bank

one_database = pytest.mark.parametrize("app", ["sqlite"], indirect=True)

MT940 = StatementFormat.MT940


def lines() -> list[BankLine]:
    return list(rows(select(BankLine).order_by(BankLine.number)))


def waiting(statement: A) -> Waiting:
    """Its lines as they wait."""
    kept = Waiting()
    look_through(items_of(statement), kept.keep)
    return kept


def found() -> list[str]:
    """What a replay says of the statements and the chain's rows."""
    with Session(db.engine) as session:
        return [str(finding) for proof in ("statements", "states", "rows") for finding in replay(session, proof)]


def test_a_statement_is_brought_in(fund: FoundedFund) -> None:
    bank = make_euro_bank(fund)

    brought = bring(fund.treasurer, A([a_line(50_00), a_line(-3_00)], opening=0))

    assert (brought.new, brought.known, brought.was_in) == (2, 0, False)
    assert [(line.number, line.amount_minor, line.open_minor, line.bank_id) for line in lines()] == [
        (1, 50_00, 50_00, bank),
        (2, 3_00, 3_00, bank),
    ]
    assert found() == []


@one_database
def test_what_the_bank_says_of_a_line_is_read_by_the_donors_ring_alone(fund: FoundedFund) -> None:
    make_euro_bank(fund)
    line = a_line(50_00, text="For the children", other="Anna Muster", reference="R1")
    bring(fund.treasurer, A([line]))
    line_id = lines()[0].id

    with Session(db.engine) as session:
        sealed = records.take_out(session, kind=RecordKind.BANK_LINE, row_id=line_id, keyring=fund.treasurer.keyring)
        assert sealed is not None
        told = told_of(sealed)
        assert (told.payment, told.bank_reference) == (line.payment, "R1")
        kept = b"".join(bytes(blob) for blob in session.scalars(select(Record.blob)))
        assert b"Muster" not in kept


@one_database
def test_a_batch_of_very_many_payments_is_kept_whole(fund: FoundedFund) -> None:
    make_euro_bank(fund)
    details = tuple(
        Payment(minor=n, currency="EUR", text="x" * 300, other=Party(f"Giver {n}")) for n in range(1, 5_000)
    )
    bring(fund.treasurer, A([a_line(sum(each.minor or 0 for each in details), details=details)]))

    with Session(db.engine) as session:
        keyring = fund.treasurer.keyring
        head = records.take_out(session, kind=RecordKind.BANK_LINE, row_id=lines()[0].id, keyring=keyring)
        assert head is not None
        more = [UUID(bytes=id_) for id_ in head["more"]]
        pieces = records.take_out_all(session, kind=RecordKind.BANK_DETAILS, row_ids=more, keyring=keyring)
    assert told_of(head, [pieces[id_] for id_ in more]).payments == details


@one_database
def test_an_import_books_nothing(fund: FoundedFund) -> None:
    make_euro_bank(fund)
    before = len(rows(select(Entry.id)))

    bring(fund.treasurer, A([a_line(50_00)]))

    assert len(rows(select(Entry.id))) == before


@one_database
def test_the_same_file_again_adds_nothing(fund: FoundedFund) -> None:
    make_euro_bank(fund)
    statement = A([a_line(50_00), a_line(50_00)], opening=0)
    bring(fund.treasurer, statement)

    again = bring(fund.treasurer, statement)

    assert (again.new, again.known, again.was_in) == (0, 2, True)
    assert len(lines()) == 2
    assert len(rows(select(StatementFile.id))) == 1


@one_database
def test_two_equal_gifts_on_one_day_stay_two_and_are_known_again(fund: FoundedFund) -> None:
    make_euro_bank(fund)
    gift = a_line(50_00)
    bring(fund.treasurer, A([gift, gift]))

    again = bring(fund.treasurer, A([gift, a_line(1_00), gift], name="2"))

    assert (again.new, again.known) == (1, 2)
    assert found() == []


@one_database
def test_another_format_that_folds_texts_adds_only_what_is_new(fund: FoundedFund) -> None:
    make_euro_bank(fund)
    bring(fund.treasurer, A([a_line(50_00, text="Für die Kinder"), a_line(20_00)]))

    again = bring(
        fund.treasurer,
        A([a_line(20_00), a_line(50_00, text="FUER DIE KINDER"), a_line(7_00)], format=MT940, version=""),
    )

    assert (again.new, again.known) == (1, 2)
    assert len(rows(select(Record.id).where(Record.kind == RecordKind.BANK_SIGHT))) == 1  # shown otherwise
    assert found() == []


@one_database
def test_two_pages_of_one_statement_hold_two_gifts(fund: FoundedFund) -> None:
    make_euro_bank(fund)
    gift = a_line(50_00)

    brought = bring(fund.treasurer, A([gift], opening=0, page=1), A([gift], opening=50_00, page=2))

    assert brought.new == 2


@one_database
def test_lines_that_wait_are_counted_and_come_again_when_they_are_booked(fund: FoundedFund) -> None:
    make_euro_bank(fund)
    brought = bring(fund.treasurer, A([a_line(50_00), a_line(9_00, status=LineStatus.PENDING)]))
    [statement] = rows(select(BankStatement))

    later = bring(fund.treasurer, A([a_line(50_00), a_line(9_00)], name="2"))

    assert (brought.new, statement.waiting, later.new) == (1, 1, 1)


@one_database
def test_lines_of_another_currency_are_told_and_not_kept(fund: FoundedFund) -> None:
    make_euro_bank(fund)
    bring(fund.treasurer, A([a_line(50_00), a_line(9_00, currency="USD")]))
    [statement] = rows(select(BankStatement))

    assert (statement.lines, statement.elsewhere, len(lines())) == (1, 1, 1)
    assert found() == []


# ---------------------------------------------------------------- which account


@one_database
def test_a_statement_of_nobodys_account_is_refused_until_one_is_chosen(fund: FoundedFund) -> None:
    bank = make_euro_bank(fund, iban=None)
    statement = A([a_line()], account="0012345678")

    with pytest.raises(RuleBroken, match=r"…5678 .statement 1. is not among the fund’s accounts"):
        bring(fund.treasurer, statement)

    assert bring(fund.treasurer, statement, chosen=bank).new == 1


@one_database
def test_a_statement_of_another_iban_or_currency_is_refused(fund: FoundedFund) -> None:
    bank = make_euro_bank(fund)

    with pytest.raises(RuleBroken, match="has another IBAN"):
        bring(fund.treasurer, A([a_line()], account="DE02120300000000202051"), chosen=bank)

    [tenge] = [account.id for account in see(own_accounts) if account.currency == "KZT"]
    with pytest.raises(RuleBroken, match=r"is in EUR .statement 1., and this account of the fund is in KZT"):
        bring(fund.treasurer, A([a_line()], account=""), chosen=tenge)


@one_database
def test_a_german_bank_code_and_number_is_the_iban_they_are_in(fund: FoundedFund) -> None:
    bank = make_euro_bank(fund)

    bring(fund.treasurer, A([a_line()], account="37040044/532013000"))

    assert lines()[0].bank_id == bank


@one_database
def test_who_keeps_no_accounts_brings_no_statement(fund: FoundedFund) -> None:
    make_euro_bank(fund)

    with pytest.raises(NotAllowed):
        bring(fund.coordinator, A([a_line()]))


# ---------------------------------------------------------------- in steps


@one_database
def test_an_unfinished_file_is_gone_on_with_by_whoever_brings_it_again(fund: FoundedFund) -> None:
    make_euro_bank(fund)
    statement = A([a_line(n * 100) for n in range(1, 10)], opening=0)
    file = facts(items_of(statement))
    begun = do(begin_statements, actor=fund.treasurer, file=file)
    [step] = waiting(statement).steps({1: "EUR"})
    do(bring_lines, actor=fund.treasurer, file_id=begun.file_id, step=written_step(lines_of(step)[:4]))
    with pytest.raises(RuleBroken, match="Not all lines of this file are in yet"):
        do(end_statements, actor=fund.treasurer, file_id=begun.file_id)
    assert found() == []

    brought = bring(fund.treasurer, statement)

    assert (brought.new, brought.was_in) == (9, False)
    assert len(lines()) == 9
    assert found() == []


@one_database
def test_a_day_that_is_brought_in_in_parts_knows_its_equal_gifts(
    fund: FoundedFund, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_euro_bank(fund)
    monkeypatch.setattr("aid.services.statements.waiting.STEP", 2)
    monkeypatch.setattr("aid.services.statements.waiting.MOST", 3)
    gifts = [a_line(50_00)] * 10

    first = bring(fund.treasurer, A(gifts, opening=0))
    again = bring(fund.treasurer, A([*gifts, a_line(50_00)], opening=0, name="2"))

    assert (first.new, again.new, again.known) == (10, 1, 10)
    assert found() == []


@both_databases
def test_two_who_bring_the_same_file_at_once_bring_it_once(fund: FoundedFund, app: Flask) -> None:
    make_euro_bank(fund)
    statement = A([a_line(50_00 + n % 3, day=DAY + timedelta(n % 4)) for n in range(60)], opening=0)

    def brings(_nth: int) -> int:
        with app.app_context():
            return bring(fund.treasurer, statement).new

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(brings, range(4)))

    assert len(lines()) == 60
    assert len(rows(select(StatementFile.id))) == 1
    assert found() == []


@both_databases
def test_two_statements_that_overlap_brought_at_once_add_each_line_once(fund: FoundedFund, app: Flask) -> None:
    make_euro_bank(fund)
    gifts = [a_line(50_00 + n % 3, day=DAY + timedelta(n % 4)) for n in range(40)]

    def brings(name: str) -> None:
        with app.app_context():
            bring(fund.treasurer, A(gifts, name=name))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(brings, "1234"))

    assert len(lines()) == 40
    assert len(rows(select(LineSeen.id))) == 120
    assert found() == []


# ---------------------------------------------------------------- whatever overlaps


SHOWINGS = st.lists(
    st.tuples(
        st.integers(0, 5),  # from which day
        st.integers(1, 6),  # so many days
        st.sampled_from(("a", "b")),  # the source
        st.randoms(use_true_random=False),
    ),
    min_size=1,
    max_size=4,
)
GIFTS = st.lists(
    st.tuples(st.integers(0, 6), st.sampled_from((5_00, 5_00, -2_00, 9_00)), st.sampled_from(("Anna", "Boris"))),
    min_size=1,
    max_size=14,
)


@both_databases
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(gifts=GIFTS, showings=SHOWINGS)
def test_however_statements_overlap_each_line_is_there_once(
    fund: FoundedFund, gifts: list[tuple[int, int, str]], showings: list[tuple[int, int, str, object]]
) -> None:
    """Whole days in any order, from two sources that print names otherwise: what any of them showed is there once."""
    bank = make_euro_bank(fund, iban=None, name=f"Bank {len(rows(select(BankAccount.id)))}")
    shown: set[int] = set()
    for first, days, source, shuffled in showings:
        places = [at for at, (day, _minor, _who) in enumerate(gifts) if first <= day < first + days]
        shuffled.shuffle(places)  # type: ignore[attr-defined]
        statement = A(
            [
                a_line(
                    gifts[at][1],
                    day=DAY + timedelta(gifts[at][0]),
                    other=gifts[at][2] if source == "a" else gifts[at][2].upper(),
                    account="",
                )
                for at in places
            ],
            name="x",
            version=source,
            account="",
        )
        before = len(shown)
        shown |= set(places)
        file = facts(items_of(statement), chosen=bank, file=str(bank))
        told = see(would_add, actor=fund.treasurer, file=file, lines=waiting(statement))
        brought = bring(fund.treasurer, statement, chosen=bank, file=str(bank))
        if not brought.was_in:
            assert brought.new == len(shown) - before
        assert told.new == (0 if brought.was_in else brought.new)

    there = [line for line in lines() if line.bank_id == bank]
    signed = sorted(line.amount_minor * (1 if line.direction == "credit" else -1) for line in there)
    assert signed == sorted(gifts[at][1] for at in shown)
    assert found() == []


# ---------------------------------------------------------------- proved


def test_verify_names_whatever_was_forged_of_lines(fund: FoundedFund) -> None:
    make_euro_bank(fund)
    bring(fund.treasurer, A([a_line(50_00), a_line(20_00)], opening=0))
    bring(fund.treasurer, A([a_line(50_00)], name="2"))
    forged = {
        "UPDATE bank_line SET open_minor = open_minor - 1 WHERE n = 1": "what is open of it is not what has not ended",
        "UPDATE bank_line SET amount_minor = 5100, open_minor = 5100 WHERE n = 1": "another sum",
        "DELETE FROM line_seen": "another number of lines",
        "UPDATE bank_statement SET credits_minor = credits_minor + 1": "what came by its lines is another sum",
        "UPDATE statement_day SET closing_minor = closing_minor + 1": "the balances of a day",
        "UPDATE statement_brought SET new_lines = new_lines + 1": "it brought another number of lines",
        "UPDATE statement_file SET statements = 7": "another number of statements",
        "DELETE FROM record WHERE kind = 'bank_line'": "what is sealed of it is gone",
        "UPDATE line_seen SET n = 2": "another account",
        "DELETE FROM bank_line WHERE n = 2": "another number of lines",
    }
    for statement, said in forged.items():
        with forging() as session:
            assert forge(session, statement)
            assert any(said in str(finding) for finding in found_by(session, "statements")), statement


@one_database
def test_a_fund_in_which_statements_came_is_whole(fund: FoundedFund) -> None:
    make_euro_bank(fund)
    bring(fund.treasurer, A([a_line(50_00), a_line(20_00)], opening=0))

    with Session(db.engine) as session:
        assert [*verify(session)] == []
        assert session.scalar(select(func.count()).select_from(BankLine)) == 2
