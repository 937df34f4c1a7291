"""What a family objects to is written down under seal, answered in time, and taken to the committee once."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from aid.domain.custody import SuspensionReason
from aid.domain.families import WithdrawalReason
from aid.domain.objections import ObjectionReason, ObjectionState, PassedCause, Reply, ReplyOutcome
from aid.domain.refusals import NotAllowed, RuleBroken
from aid.extensions import db
from aid.extensions import now as this_moment
from aid.models.families import Sighting
from aid.models.objections import Objection, ObjectionAnswer, ObjectionPassedOn
from aid.models.records import Record, RecordKind
from aid.perform import look
from aid.queries.cases import objection
from aid.queries.objections import Chosen, objections
from aid.queries.today import waiting_for
from aid.services.erasure import erase
from aid.services.families.moving import Move, move
from aid.services.objections import (
    CaseWords,
    answer,
    answer_for_committee,
    hand_over,
    open_case,
    remark,
    reopen,
    set_days,
)
from aid.services.suspensions import suspend
from aid.services.withdrawals import withdraw
from aid.vault.actor import Actor
from tests.make import do, rows, see
from tests.make.families import make_family
from tests.make.fund import FoundedFund
from tests.make.objections import (
    EXPLAINED,
    REFUSED,
    UPHELD,
    WORDS,
    make_answered,
    make_objection,
    make_reopened,
    reply_to,
)
from tests.make.vouchers import later

SQLITE = pytest.mark.parametrize("app", ["sqlite"], indirect=True)  # rules, and what is opened
pytestmark = SQLITE


def opened_by(actor: Actor, objection_id: UUID) -> CaseWords | None:
    return look(open_case, actor=actor, objection_id=objection_id)


def state_of(fund: FoundedFund, objection_id: UUID) -> ObjectionState:
    found = see(objection, actor=fund.coordinator, now=this_moment(), objection_id=objection_id)
    assert found is not None
    return found.state


# ---------------------------------------------------------------- written down


def test_an_objection_is_answered_within_the_days_of_the_fund(fund: FoundedFund) -> None:
    usual = make_objection(fund)
    do(set_days, actor=fund.coordinator, answer_days=5)
    quick = make_objection(fund)

    today = this_moment().today
    assert (usual.due_on, quick.due_on) == (today + timedelta(days=14), today + timedelta(days=5))
    assert (usual.number, quick.number) == (1, 2)


@pytest.mark.parametrize("days", [2, 61])
def test_nobody_sets_days_that_can_not_be_kept(fund: FoundedFund, days: int) -> None:
    with pytest.raises(RuleBroken, match="between 3 and 60"):
        do(set_days, actor=fund.coordinator, answer_days=days)


def test_a_registrar_of_another_locality_writes_nothing_down(fund: FoundedFund) -> None:
    family = make_family(fund).family_id

    with pytest.raises(NotAllowed):
        make_objection(fund, family, by=fund.registrar_elsewhere)


@pytest.mark.parametrize("words", ["", "   ", "а" * 2001])
def test_an_objection_has_words_and_not_a_book_of_them(fund: FoundedFund, words: str) -> None:
    with pytest.raises(RuleBroken):
        make_objection(fund, words=words)


def test_the_same_is_not_written_down_twice_while_it_waits(fund: FoundedFund) -> None:
    family = make_family(fund).family_id
    first = make_objection(fund, family)

    with pytest.raises(RuleBroken, match="1 of this family says the same"):
        make_objection(fund, family)
    make_objection(fund, family, reason=ObjectionReason.OTHER)
    do(answer, actor=fund.coordinator, order=reply_to(first.objection_id))
    assert make_objection(fund, family).number == 3


def test_nothing_of_its_words_is_in_the_clear(fund: FoundedFund) -> None:
    make_reopened(fund, words="Жалғыз өзіне айтылған сөз")

    with db.engine.connect() as connection:
        for table in db.metadata.sorted_tables:
            cells = (cell for row in connection.execute(select(table)) for cell in row)
            assert not any("Жалғыз өзіне" in str(cell) for cell in cells if not isinstance(cell, bytes)), table


# ---------------------------------------------------------------- who reads it


def test_its_words_are_read_where_the_family_lives_and_by_coordinators(fund: FoundedFund) -> None:
    case = make_objection(fund).objection_id

    for reader in (fund.registrar, fund.registrar2, fund.coordinator):
        found = opened_by(reader, case)
        assert found is not None
        assert found.protest == WORDS
    assert opened_by(fund.registrar_elsewhere, case) is None
    assert opened_by(fund.members[0], case) is None, "it did not come before the committee"
    seen = select(func.count()).select_from(Sighting).where(Sighting.what == RecordKind.PROTEST)
    assert rows(seen) == [3]


def test_the_committee_reads_what_came_before_it_with_facts_and_no_name(fund: FoundedFund) -> None:
    case = make_reopened(fund).objection_id

    found = opened_by(fund.members[0], case)

    assert found is not None
    assert (found.protest, found.appeal) == (WORDS, "Жауапқа келіспейміз.")
    assert found.replies == {1: "Ереже бәріне бірдей."}
    assert found.facts is not None
    assert "Серікқызы" not in str(found)
    page = see(objection, actor=fund.members[0], now=this_moment(), objection_id=case)
    assert page is not None
    assert (page.locality, page.opened_by) == (None, None)


def test_the_cases_of_an_arrested_registrar_stay_with_the_locality(fund: FoundedFund) -> None:
    case = make_objection(fund).objection_id

    do(suspend, actor=fund.administrator, person_id=fund.registrar.person_id, reason=SuspensionReason.ARRESTED)

    found = opened_by(fund.registrar2, case)
    assert found is not None
    assert found.protest == WORDS
    do(answer, actor=fund.coordinator, order=reply_to(case))
    do(reopen, actor=fund.registrar2, objection_id=case, words="Келіспейді.")


def test_a_case_goes_with_the_family_where_it_moves(fund: FoundedFund) -> None:
    family = make_family(fund).family_id
    case = make_reopened(fund, family).objection_id
    there = (fund.localities["new-town"], fund.points["school-5"])

    do(move, actor=fund.registrar2, order=Move(family, 1, *there, this_moment().today, None, "+77015550011"))

    found = opened_by(fund.registrar_elsewhere, case)
    assert found is not None
    assert (found.protest, found.appeal) == (WORDS, "Жауапқа келіспейміз.")
    assert found.replies == {1: "Ереже бәріне бірдей."}
    assert opened_by(fund.registrar, case) is None


# ---------------------------------------------------------------- answered


def test_a_coordinator_answers_and_the_family_is_told(fund: FoundedFund) -> None:
    case = make_objection(fund).objection_id

    do(answer, actor=fund.coordinator, order=reply_to(case, UPHELD, "Сыныбы түзетіледі."))

    assert state_of(fund, case) is ObjectionState.ANSWERED
    found = opened_by(fund.registrar, case)
    assert found is not None
    assert found.replies == {1: "Сыныбы түзетіледі."}
    with pytest.raises(RuleBroken, match="answered already"):
        do(answer, actor=fund.coordinator, order=reply_to(case))


def test_a_registrar_does_not_answer(fund: FoundedFund) -> None:
    with pytest.raises(NotAllowed):
        do(answer, actor=fund.registrar, order=reply_to(make_objection(fund).objection_id))


@pytest.mark.parametrize("reason", [ObjectionReason.WRONG_FACTS, ObjectionReason.TREATED_BADLY])
def test_who_wrote_the_family_does_not_answer_an_objection_to_that(fund: FoundedFund, reason: ObjectionReason) -> None:
    family = make_family(fund, by=fund.coordinator).family_id
    case = make_objection(fund, family, reason=reason).objection_id

    with pytest.raises(RuleBroken, match="another coordinator answers"):
        do(answer, actor=fund.coordinator, order=reply_to(case))
    do(hand_over, actor=fund.coordinator, objection_id=case)

    assert state_of(fund, case) is ObjectionState.COMMITTEE
    do(answer_for_committee, actor=fund.members[0], order=reply_to(case))
    assert state_of(fund, case) is ObjectionState.CLOSED


def test_only_an_objection_to_ones_own_writing_is_handed_over(fund: FoundedFund) -> None:
    family = make_family(fund, by=fund.coordinator).family_id
    own = make_objection(fund, family).objection_id
    others = make_objection(fund, reason=ObjectionReason.WRONG_FACTS).objection_id

    for case in (own, others):
        with pytest.raises(RuleBroken, match="Only an objection to what you wrote"):
            do(hand_over, actor=fund.coordinator, objection_id=case)


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(ReplyOutcome.UPHELD), "x"),
        (Reply(ReplyOutcome.REFUSED), "x"),
        (Reply(ReplyOutcome.EXPLAINED, refusal=REFUSED.refusal), "x"),
        (Reply(ReplyOutcome.REFUSED, remedy=UPHELD.remedy, refusal=REFUSED.refusal), "x"),
        (EXPLAINED, " "),
    ],
)
def test_an_answer_says_what_is_done_or_why_not(fund: FoundedFund, reply: Reply, words: str) -> None:
    case = make_objection(fund).objection_id

    with pytest.raises(RuleBroken):
        do(answer, actor=fund.coordinator, order=reply_to(case, reply, words))


def test_an_answer_may_do_without_words_where_its_reason_says_all(fund: FoundedFund) -> None:
    case = make_objection(fund).objection_id

    do(answer, actor=fund.coordinator, order=reply_to(case, REFUSED, ""))

    assert rows(select(Record).where(Record.kind == RecordKind.REPLY)) == []


# ---------------------------------------------------------------- the committee


def test_a_family_takes_its_objection_to_the_committee_once(fund: FoundedFund) -> None:
    case = make_reopened(fund).objection_id
    with pytest.raises(RuleBroken, match="before the committee"):
        do(answer, actor=fund.coordinator, order=reply_to(case))
    do(remark, actor=fund.members[0], objection_id=case, words="Келісемін.")
    do(answer_for_committee, actor=fund.members[1], order=reply_to(case, REFUSED))

    with pytest.raises(RuleBroken, match="only once"):
        do(reopen, actor=fund.registrar, objection_id=case, words="Тағы да.")

    assert state_of(fund, case) is ObjectionState.CLOSED
    found = opened_by(fund.members[2], case)
    assert found is not None
    assert [one.words for one in found.remarks] == ["Келісемін."]
    seen = opened_by(fund.registrar, case)
    assert seen is not None
    assert seen.remarks == (), "members speak among themselves"


def test_an_objection_is_not_reopened_before_it_is_answered(fund: FoundedFund) -> None:
    case = make_objection(fund).objection_id

    with pytest.raises(RuleBroken, match="not answered yet"):
        do(reopen, actor=fund.registrar, objection_id=case, words="Күте алмаймыз.")


def test_the_committee_answers_only_what_came_before_it(fund: FoundedFund) -> None:
    waits, answered = make_objection(fund).objection_id, make_answered(fund).objection_id

    with pytest.raises(RuleBroken, match="waits for a coordinator"):
        do(answer_for_committee, actor=fund.members[0], order=reply_to(waits))
    with pytest.raises(RuleBroken, match="answered already"):
        do(remark, actor=fund.members[0], objection_id=answered, words="Иә.")
    with pytest.raises(NotAllowed):
        do(answer_for_committee, actor=fund.coordinator, order=reply_to(waits))


def test_a_meeting_that_never_was_decides_nothing(fund: FoundedFund) -> None:
    case = make_reopened(fund).objection_id

    with pytest.raises(RuleBroken, match="did not take place"):
        do(answer_for_committee, actor=fund.members[0], order=reply_to(case, meeting_id=uuid4()))


# ---------------------------------------------------------------- lists, Today


def test_lists_show_each_what_is_theirs(fund: FoundedFund) -> None:
    make_answered(fund)
    make_objection(fund, by=fund.coordinator)
    elsewhere = make_family(fund, locality="new-town", point="school-5").family_id
    make_objection(fund, elsewhere, by=fund.registrar_elsewhere)
    make_reopened(fund)

    def numbers(actor: Actor, chosen: Chosen) -> list[int]:
        return [row.number for row in see(objections, actor=actor, now=this_moment(), chosen=chosen)]

    assert numbers(fund.coordinator, Chosen.ALL) == [4, 3, 2, 1]
    assert numbers(fund.coordinator, Chosen.WAITING) == [4, 3, 2]
    assert numbers(fund.coordinator, Chosen.ANSWERED) == [1]
    assert numbers(fund.registrar, Chosen.ALL) == [4, 2, 1]
    assert numbers(fund.registrar_elsewhere, Chosen.ALL) == [3]
    assert numbers(fund.members[0], Chosen.ALL) == [4]


def test_a_list_goes_on_after_the_last_number(fund: FoundedFund) -> None:
    for _each in range(3):
        make_objection(fund)

    first = see(objections, actor=fund.coordinator, now=this_moment(), size=2)
    rest = see(objections, actor=fund.coordinator, now=this_moment(), before=first[-1].number, size=2)

    assert [row.number for row in (*first, *rest)] == [3, 2, 1]


def test_what_is_overdue_stands_on_the_coordinators_today(fund: FoundedFund) -> None:
    make_objection(fund)
    make_answered(fund)
    on_the_day, a_day_late = later(this_moment(), days=14), later(this_moment(), days=15)

    def said(now: object) -> list[str]:
        return [str(each.title) for each in see(waiting_for, actor=fund.coordinator, now=now)]

    assert "objection is overdue" not in said(on_the_day)
    assert "objection is overdue" in said(a_day_late)
    [row] = see(objections, actor=fund.coordinator, now=a_day_late, chosen=Chosen.OVERDUE)
    assert (row.number, row.is_overdue) == (1, True)


# ---------------------------------------------------------------- erased


def test_erasing_a_family_reaches_its_words_and_closes_its_case(fund: FoundedFund) -> None:
    family = make_family(fund).family_id
    case = make_reopened(fund, family).objection_id
    do(remark, actor=fund.members[0], objection_id=case, words="Ойланайық.")
    do(withdraw, actor=fund.registrar, family_id=family, reason=WithdrawalReason.OWN_WISH)

    do(erase, actor=fund.coordinator, family_id=family, keep_days=30)

    assert rows(select(Record).where(Record.family_id == family)) == []
    assert state_of(fund, case) is ObjectionState.LAPSED
    found = opened_by(fund.coordinator, case)
    assert found is not None
    assert (found.protest, found.appeal, found.replies) == (None, None, {})
    with pytest.raises(RuleBroken, match="erased"):
        do(answer_for_committee, actor=fund.members[0], order=reply_to(case))
    with pytest.raises(RuleBroken, match="erased"):
        make_objection(fund, family)


# ---------------------------------------------------------------- what can't be


def test_the_database_knows_what_an_answer_can_not_be(fund: FoundedFund) -> None:
    case = make_answered(fund).objection_id
    [given] = rows(select(ObjectionAnswer))
    usual = {"objection_id": case, "n": 2, "outcome": ReplyOutcome.EXPLAINED, "by_id": given.by_id, "at": given.at}
    wrong: dict[str, dict[str, Any]] = {
        "first_or_second": {"n": 3},
        "upheld_has_remedy": {"outcome": ReplyOutcome.UPHELD},
        "refused_has_reason": {"outcome": ReplyOutcome.REFUSED},
    }
    for constraint, changed in wrong.items():
        with Session(db.engine.execution_options(writes=True)) as session:
            session.add(ObjectionAnswer(id=uuid4(), **usual | changed))
            with pytest.raises(IntegrityError, match=constraint):
                session.flush()


def test_an_objection_comes_to_the_committee_once_whatever_the_code_does(fund: FoundedFund) -> None:
    case = make_reopened(fund).objection_id
    [passed] = rows(select(ObjectionPassedOn))
    again = ObjectionPassedOn(
        id=uuid4(), objection_id=case, cause=PassedCause.OWN, due_on=passed.due_on, by_id=passed.by_id, at=passed.at
    )

    with Session(db.engine.execution_options(writes=True)) as session:
        session.add(again)
        with pytest.raises(IntegrityError):
            session.flush()
    assert len(rows(select(Objection))) == 1
