"""Families asked afterwards: drawn by a lot that verify draws again, asked by nobody who had a part in their aid."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.families import WithdrawalReason
from aid.domain.permissions import Role
from aid.domain.refusals import NotAllowed, RuleBroken
from aid.domain.surveys.calls import Answer, CallState, Finding, Reach, Received, Said
from aid.domain.surveys.selection import Selection
from aid.domain.undoing import UndoReason
from aid.domain.vouchers import VoucherState
from aid.extensions import db
from aid.extensions import now as this_moment
from aid.models.audit import AuditHead
from aid.models.families import Sighting
from aid.models.records import Record, RecordKind
from aid.models.surveys import Survey
from aid.perform import look
from aid.queries import survey_calls, surveys
from aid.queries.survey_calls import CallsPage
from aid.queries.survey_stories import exceptions
from aid.services.collections.undoing import UndoOrder, undo_collection
from aid.services.erasure import erase
from aid.services.surveys.calling import CorrectionOrder, TryOrder, correct_answer, open_call, record_try
from aid.services.surveys.drawing import SurveyOrder, draw_survey
from aid.services.surveys.settling import close_survey, read_story
from aid.services.verification import verify
from aid.services.withdrawals import withdraw
from aid.vault.actor import Actor
from tests.conftest import both_databases
from tests.make import do, rows, see
from tests.make.erasures import KEPT
from tests.make.forging import forge, forging, found
from tests.make.fund import FoundedFund, actor_with
from tests.make.one_database import app as app
from tests.make.people import enrolled, give, invited, work
from tests.make.surveys import (
    IN_ORDER,
    NOT_THERE,
    WORDS,
    answers_of,
    ask,
    calls_of,
    find_out,
    make_survey,
    make_surveys,
)
from tests.make.vouchers import later, make_vouchers

COLLECTED = VoucherState.COLLECTED


def another_coordinator(fund: FoundedFund) -> Actor:
    """A second one, who had a part in nothing."""
    newcomer = enrolled(invited(fund, "daulet", work(Role.COORDINATOR)))
    give(fund.coordinator, "daulet")
    return actor_with("daulet", newcomer.keyring.private)


def refused(action: Any, **what: Any) -> str:
    """Why this is not done."""
    with pytest.raises(RuleBroken) as why:
        do(action, **what)
    return str(why.value.message)


def list_of(survey_id: UUID, actor: Actor, now: Instant | None = None) -> CallsPage:
    """A survey's list for calls."""
    page = see(survey_calls.calls, actor=actor, now=now or this_moment(), survey_id=survey_id)
    assert page is not None
    return page


def not_opened(actor: Actor, call_id: UUID, **when: Any) -> str:
    with pytest.raises(RuleBroken) as why:
        look(open_call, actor=actor, call_id=call_id, **when)
    return str(why.value.message)


# ---------------------------------------------------------------- drawing


def test_families_are_drawn_once_each_by_the_end_of_the_audit_trail(fund: FoundedFund) -> None:
    handed = make_vouchers(fund, 5, state=COLLECTED)
    do(
        undo_collection,
        actor=fund.distributor,
        order=UndoOrder(handed[0].collection_id, UndoReason.GIVEN_BACK),  # type: ignore[arg-type]
    )
    make_vouchers(fund, 1)  # printed, and not collected
    allocation_id = handed[0].allocation_id
    order = SurveyOrder(Selection(allocation_id), 3)
    for person in (fund.members[0], fund.auditor, fund.distributor, fund.treasurer):
        with pytest.raises(NotAllowed):
            do(draw_survey, actor=person, order=order)
    assert "At most 4" in refused(draw_survey, actor=fund.coordinator, order=SurveyOrder(Selection(allocation_id), 5))
    here = Selection(allocation_id, (fund.points["school-5"],))
    assert "Nobody collected" in refused(draw_survey, actor=fund.coordinator, order=SurveyOrder(here, 1))
    [head] = rows(select(AuditHead.hash))

    drawn = make_survey(fund, allocation_id, 3, now=later(this_moment(), minutes=31))  # all of it is settled by then

    [survey] = rows(select(Survey))
    assert (survey.head, drawn.families, drawn.size) == (head, 4, 3)
    drawn_families = {call.family_id for call in calls_of(drawn.survey_id)}
    assert len(drawn_families) == 3
    assert drawn_families <= {voucher.family_id for voucher in handed[1:]}
    assert "not closed yet" in refused(draw_survey, actor=fund.coordinator, order=order)

    today = this_moment().today
    by_days = do(
        draw_survey,
        actor=fund.coordinator,
        order=SurveyOrder(Selection(None, (fund.points["club"],), today - timedelta(days=1), today), 4),
    )
    assert by_days.families == 4
    do(close_survey, actor=fund.coordinator, survey_id=drawn.survey_id)
    assert "closed already" in refused(close_survey, actor=fund.coordinator, survey_id=drawn.survey_id)
    again = make_survey(fund, allocation_id, 3)  # another number, for everybody to see
    assert again.number == by_days.number + 1

    with Session(db.engine) as session:
        assert list(verify(session)) == []
    _names_forged_draws(survey)


def _names_forged_draws(survey: Survey) -> None:
    other = "SELECT c.id FROM collection c JOIN voucher v ON v.id = c.voucher_id WHERE v.family_id NOT IN"
    for statement, says in (
        (
            f"UPDATE survey_call SET collection_id = ({other} (SELECT family_id FROM survey_call WHERE survey_id = "
            "(SELECT id FROM survey WHERE number = 1)) LIMIT 1) WHERE n = 1 AND survey_id = "
            "(SELECT id FROM survey WHERE number = 1)",
            "drawn again, it falls on others",
        ),
        ("UPDATE survey SET head = x'00' WHERE number = 1", "not drawn by the end of the audit chain"),
        ("UPDATE survey SET size = 2 WHERE number = 1", "drawn again, it falls on others"),
        (
            "UPDATE survey_frame SET families = families - 1, collections = CAST(substr(collections, 17) AS BLOB)",
            "could not be drawn",
        ),
        (
            "UPDATE survey_frame SET collections = CAST(x'00' || substr(collections, 2) AS BLOB)",
            "not of what it is over",
        ),
        (
            "UPDATE survey_call SET family_id = (SELECT family_id FROM voucher WHERE family_id NOT IN "
            "(SELECT family_id FROM survey_call)) WHERE n = 1 AND survey_id = (SELECT id FROM survey WHERE number = 1)",
            "another family's",
        ),
    ):
        with forging() as session:
            assert forge(session, statement), statement
            assert any(says in str(finding) for finding in found(session, "surveys")), (statement, survey.number)


# ---------------------------------------------------------------- calling


def test_a_family_is_called_by_one_person_at_a_time_and_after_three_tries_no_more(fund: FoundedFund) -> None:
    [first, *_others] = make_vouchers(fund, 2, state=COLLECTED)
    drawn = make_survey(fund, first.allocation_id, 2)
    one, two = calls_of(drawn.survey_id)
    other = another_coordinator(fund)
    now = this_moment()

    assert "Open the family first" in refused(
        record_try, actor=fund.coordinator, now=now, order=TryOrder(one.id, Reach.DECLINED)
    )
    opened = look(open_call, actor=fund.coordinator, now=now, call_id=one.id)
    assert opened.family.collectors
    [seen] = rows(select(Sighting).where(Sighting.why == "survey"))
    assert (seen.family_id, seen.person_id) == (one.family_id, fund.coordinator.person_id)
    assert "just now" in not_opened(other, one.id, now=now)
    assert list_of(drawn.survey_id, other, now).next_id == two.id
    assert "what the family said" in refused(
        record_try, actor=fund.coordinator, now=now, order=TryOrder(one.id, Reach.ANSWERED)
    )

    for number, hours in enumerate((0, 2, 4), start=1):
        moment = later(now, minutes=60 * hours)
        tried = ask(fund, one.id, reach=Reach.NO_ANSWER if number % 2 else Reach.STRANGER, now=moment)
        assert tried.state is (CallState.AGAIN if number < 3 else CallState.UNREACHED)
        if number < 3:
            assert "two hours" in not_opened(fund.coordinator, one.id, now=later(moment, minutes=100))
    assert "not called any more" in not_opened(fund.coordinator, one.id, now=later(now, days=1))

    ask(fund, two.id, by=other)
    assert "Nothing was changed" in refused(correct_answer, actor=other, order=CorrectionOrder(two.id, 1, IN_ORDER))
    said = Answer(Received.PART, amount_minor=100, paid=Said.YES)
    do(correct_answer, actor=fund.coordinator, order=CorrectionOrder(two.id, 1, said))
    assert "meanwhile" in refused(correct_answer, actor=other, order=CorrectionOrder(two.id, 1, NOT_THERE))
    assert [(row.n, row.received) for row in answers_of(two.id)] == [(1, Received.ALL), (2, Received.PART)]
    do(close_survey, actor=fund.coordinator, now=later(now, days=1), survey_id=drawn.survey_id)
    assert "answers stand" in refused(correct_answer, actor=other, order=CorrectionOrder(two.id, 2, NOT_THERE))
    with Session(db.engine) as session:
        assert list(verify(session)) == []


def test_nobody_asks_a_family_in_whose_aid_they_had_a_part(fund: FoundedFund) -> None:
    [own] = make_vouchers(fund, 1, state=COLLECTED, by=fund.coordinator)
    [call] = calls_of(make_survey(fund, own.allocation_id, 1).survey_id)
    page = list_of(call.survey_id, fund.coordinator)
    assert (page.next_id, page.nobodys, page.others, page.left) == (None, 1, 0, 0)
    assert "Another coordinator calls it" in not_opened(fund.coordinator, call.id)

    other = another_coordinator(fund)
    page = list_of(call.survey_id, fund.coordinator)
    assert (page.next_id, page.nobodys, page.others) == (None, 0, 1)
    ask(fund, call.id, NOT_THERE, by=other)
    assert "You wrote this family down" in refused(
        correct_answer, actor=fund.coordinator, order=CorrectionOrder(call.id, 1, IN_ORDER)
    )
    with pytest.raises(RuleBroken, match="You wrote this family down"):
        find_out(fund, call.id)
    with forging() as session:
        assert forge(session, "UPDATE survey_try SET by_id = (SELECT id FROM person WHERE handle = 'dina')")
        said = [str(finding) for finding in found(session, "surveys")]
        assert any("had a part in that family's aid" in each for each in said)
        assert any("had not opened it" in each for each in said)


# ---------------------------------------------------------------- what was found out


def test_who_says_that_something_is_wrong_has_a_story_that_goes_with_the_family(fund: FoundedFund) -> None:
    handed = make_vouchers(fund, 2, state=COLLECTED)
    drawn = make_survey(fund, handed[0].allocation_id, 2)
    one, two = calls_of(drawn.survey_id)
    ask(fund, one.id, NOT_THERE)
    ask(fund, two.id)
    [waits] = see(exceptions, actor=fund.coordinator, waiting=True)
    assert (waits.call_id, waits.collection_id, waits.handed_by, waits.found) == (
        one.id,
        one.collection_id,
        "nurlan",
        None,
    )
    with pytest.raises(RuleBroken, match="in order"):
        find_out(fund, two.id)
    find_out(fund, one.id, Finding.SHORT_HANDED)
    with pytest.raises(RuleBroken, match="already"):
        find_out(fund, one.id)
    assert see(exceptions, actor=fund.coordinator, waiting=True) == ()
    assert look(read_story, actor=fund.coordinator, answer_id=waits.answer_id) == WORDS
    with pytest.raises(NotAllowed):
        look(read_story, actor=fund.members[0], answer_id=waits.answer_id)
    do(correct_answer, actor=fund.coordinator, order=CorrectionOrder(one.id, 1, Answer(Received.PART)))
    assert len(see(exceptions, actor=fund.coordinator, waiting=True)) == 1  # a new answer, a new story

    do(withdraw, actor=fund.registrar, family_id=one.family_id, reason=WithdrawalReason.OWN_WISH)
    do(erase, actor=fund.coordinator, family_id=one.family_id, keep_days=KEPT)
    assert rows(select(Record).where(Record.kind == RecordKind.SURVEY_STORY)) == []
    assert look(read_story, actor=fund.coordinator, answer_id=waits.answer_id) is None
    find_out(fund, one.id, Finding.NOT_FOUND_OUT)  # by its code alone: nothing is sealed of it any more
    assert rows(select(Record).where(Record.kind == RecordKind.SURVEY_STORY)) == []
    with Session(db.engine) as session:
        assert list(verify(session)) == []


def test_an_erased_family_drops_out_of_calls_and_stays_counted(fund: FoundedFund) -> None:
    [voucher] = make_vouchers(fund, 1, state=COLLECTED)
    drawn = make_survey(fund, voucher.allocation_id, 1)
    [call] = calls_of(drawn.survey_id)
    do(withdraw, actor=fund.registrar, family_id=call.family_id, reason=WithdrawalReason.OWN_WISH)
    do(erase, actor=fund.coordinator, family_id=call.family_id, keep_days=KEPT)

    assert list_of(drawn.survey_id, fund.coordinator).next_id is None
    assert "not called any more" in not_opened(fund.coordinator, call.id)
    told = see(surveys.survey, actor=fund.auditor, survey_id=drawn.survey_id)
    assert told is not None
    assert (told.result.asked, told.result.states) == (1, {CallState.ERASED: 1})


@both_databases
def test_verify_names_what_was_forged_of_calls(fund: FoundedFund) -> None:
    make_surveys(fund)
    with Session(db.engine) as session:
        assert list(verify(session)) == []
    lacking = "(SELECT answer_id FROM survey_story)"
    for statement, says in (
        ("UPDATE survey_try SET at = '2099-01-01 00:00:00.000000+00:00'", "after its survey was closed"),
        ("UPDATE survey_try SET n = 2 WHERE reach = 'no_answer'", "the try before it is missing"),
        ("UPDATE survey_try SET reach = 'declined' WHERE reach = 'answered'", "no call answers for it"),
        ("UPDATE survey_try SET reach = 'answered' WHERE reach = 'no_answer'", "but nothing is said"),
        ("UPDATE survey_answer SET n = 3 WHERE n = 2", "what it corrects is missing"),
        (f"UPDATE survey_answer SET received = 'all' WHERE id IN {lacking}", "there was nothing to find out"),
        ("DELETE FROM record WHERE kind = 'survey_story'", "what was found out is gone"),
        ("UPDATE record SET family_id = NULL WHERE kind = 'survey_story'", "of no answer of its family"),
    ):
        with forging() as session:
            assert forge(session, statement), statement
            assert any(says in str(finding) for finding in found(session, "surveys")), statement


@both_databases
def test_two_coordinators_who_open_the_next_family_at_once_do_not_both_get_it(fund: FoundedFund, app: Flask) -> None:
    [voucher] = make_vouchers(fund, 1, state=COLLECTED)
    [call] = calls_of(make_survey(fund, voucher.allocation_id, 1).survey_id)
    both = (fund.coordinator, another_coordinator(fund))

    def opened(actor: Actor) -> bool:
        with app.app_context():
            try:
                look(open_call, actor=actor, call_id=call.id)
            except RuleBroken:
                return False
            return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(opened, both)) == [False, True]
    assert len(rows(select(Sighting).where(Sighting.why == "survey"))) == 1
