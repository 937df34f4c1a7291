"""A statement that comes in step by step: paused, gone on with, given up, and never half done."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aid.domain.refusals import NotAllowed, RuleBroken
from aid.domain.statement_files import look_through
from aid.extensions import db
from aid.models.imports import BroughtKind, BroughtList, BroughtPart, PartKind
from aid.models.statements import AccountSign, BankLine, StatementBrought, StatementLayout
from aid.perform import perform
from aid.services.imports.lists import keep_list, throw_away
from aid.services.imports.steps import step_key
from aid.services.statements import signs
from aid.services.statements.accounts import accounts_of, own_accounts
from aid.services.statements.layouts import layouts
from aid.services.statements.stepping import Begun, begin_steps, step
from aid.services.statements.waiting import Waiting
from aid.services.verification import replay
from aid.vault.actor import Actor
from tests.make import do, rows, see
from tests.make.fund import FoundedFund
from tests.make.statements import DAY, A, a_line, bring, facts, items_of, make_euro_bank, make_stepped

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)

STATEMENT = A([a_line(n * 100, day=DAY + timedelta(n // 2)) for n in range(1, 9)], opening=0)


@pytest.fixture(autouse=True)
def _short_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aid.services.statements.waiting.STEP", 2)


def kept(actor: Actor) -> UUID:
    return do(keep_list, actor=actor, file_name="s.xml", payload=b"-", what=BroughtKind.STATEMENT).list_id


def begun(actor: Actor, statement: A = STATEMENT) -> tuple[UUID, Begun]:
    list_id, lines, items = kept(actor), Waiting(), items_of(statement)
    look_through(items, lines.keep)
    steps = tuple(lines.steps({1: "EUR"}))
    return list_id, do(begin_steps, actor=actor, list_id=list_id, file=facts(items), steps=steps)


def found() -> list[str]:
    with Session(db.engine) as session:
        return [str(finding) for proof in ("statements", "states", "rows") for finding in replay(session, proof)]


def days() -> list[tuple[object, int]]:
    """Which days are in, with how many lines."""
    by = select(BankLine.booked_on, func.count()).group_by(BankLine.booked_on).order_by(BankLine.booked_on)
    with Session(db.engine) as session:
        return [(day, count) for day, count in session.execute(by)]


def test_each_step_brings_whole_days_and_all_holds_at_every_step(fund: FoundedFund) -> None:
    make_euro_bank(fund)
    list_id, begun_ = begun(fund.treasurer)
    whole = [(DAY + timedelta(n), 1 if n in {0, 4} else 2) for n in range(5)]

    for number in range(begun_.steps):
        done = do(step, actor=fund.treasurer, list_id=list_id, number=number)
        assert days() == whole[: len(days())]
        assert found() == []

    assert (begun_.steps > 2, done.done, done.new, len(rows(select(BankLine.id)))) == (True, begun_.steps, 8, 8)
    assert len(rows(select(StatementBrought.file_id))) == 1
    assert [*rows(select(BroughtList.id)), *rows(select(BroughtPart.n))] == []


def test_a_step_sent_twice_is_done_once_and_no_step_is_left_out(fund: FoundedFund) -> None:
    make_euro_bank(fund)
    list_id, _begun = begun(fund.treasurer)
    key = step_key(list_id=list_id, number=0, actor=fund.treasurer)

    first, again = (perform(key, step, actor=fund.treasurer, list_id=list_id, number=0) for _time in range(2))

    assert first == again
    with pytest.raises(RuleBroken, match="was done already, or is not the next one"):
        do(step, actor=fund.treasurer, list_id=list_id, number=2)
    with pytest.raises(RuleBroken, match="half in"):
        kept(fund.treasurer)


def test_what_waits_between_steps_is_read_by_nobody_else(fund: FoundedFund) -> None:
    make_euro_bank(fund)
    list_id, _begun = begun(fund.treasurer)

    parts = rows(select(BroughtPart))
    assert PartKind.FILE not in {part.kind for part in parts}
    assert b"Muster" not in b"".join(part.sealed for part in parts)
    with pytest.raises(NotAllowed):
        do(step, actor=fund.coordinator, list_id=list_id, number=0)


def test_given_up_halfway_it_says_so_and_the_same_file_goes_on(fund: FoundedFund) -> None:
    make_euro_bank(fund)
    list_id, _begun = begun(fund.treasurer)
    do(step, actor=fund.treasurer, list_id=list_id, number=0)
    do(throw_away, actor=fund.treasurer, list_id=list_id)
    assert rows(select(StatementBrought.file_id)) == []
    assert found() == []

    done = bring(fund.treasurer, STATEMENT)

    assert (done.new, len(rows(select(BankLine.id)))) == (8, 8)
    assert found() == []


def test_the_very_same_file_again_is_no_step_at_all(fund: FoundedFund) -> None:
    make_euro_bank(fund)
    bring(fund.treasurer, STATEMENT)

    _list_id, again = begun(fund.treasurer)

    assert again.steps == 0
    assert rows(select(BroughtList.id)) == []


def test_an_account_that_was_chosen_once_is_known_by_what_files_say_of_themselves(fund: FoundedFund) -> None:
    bank = make_euro_bank(fund, iban=None)
    statement = A([a_line()], account="0012345678")
    make_stepped(fund, statement)

    known = see(signs.signs, keyring=fund.treasurer.keyring)
    seen = look_through(items_of(A([a_line(2_00)], account="00 1234-5678", name="2")))
    accounts = accounts_of(seen, see(own_accounts), chosen=None, meant=signs.meant(known))
    assert accounts[1].id == bank
    assert len(rows(select(StatementLayout.id))) == 1
    make_stepped(fund, A([a_line(3_00)], account="0012345678", name="3"))
    assert len(rows(select(AccountSign.id))) == len(rows(select(StatementLayout.id))) == 1  # known: not said twice

    do(signs.forget_sign, actor=fund.treasurer, sign_id=known[0].id)
    with pytest.raises(RuleBroken, match="is not among the fund’s accounts"):
        accounts_of(
            seen, see(own_accounts), chosen=None, meant=signs.meant(see(signs.signs, keyring=fund.treasurer.keyring))
        )
    assert see(signs.signs, keyring=fund.coordinator.keyring) == []
    assert [each.bank_id for each in see(layouts)] == [bank]
    assert found() == []
