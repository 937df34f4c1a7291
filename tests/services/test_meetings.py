"""A committee that meets: who is called, what is said, what counts, and minutes that nobody changes."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.meetings import HoldReason
from aid.domain.quorum import Choice, Outcome
from aid.domain.refusals import NotAllowed, RuleBroken
from aid.extensions import db
from aid.models.allocations import Allocation, AllocationVersion, Decision, Vote
from aid.models.meetings import Attendance, HeldLine, LineQuestion, Meeting, Minutes, PaperBallot, Remark
from aid.models.records import Record, RecordKind
from aid.services.allocations import propose, repropose
from aid.services.discussion import HoldOrder, answer, hold_out, remark
from aid.services.meetings import call_meeting, call_off, note_attendance
from aid.services.minutes import close_meeting
from aid.services.records import take_out
from aid.vault.failures import NoKey
from aid.vault.minutes import Minutes as Said
from aid.vault.minutes import hash_of
from tests.make import do, rows
from tests.make.allocations import make_allocation, make_carried, vote
from tests.make.families import make_family
from tests.make.fund import FoundedFund
from tests.make.meetings import (
    a_meeting,
    lines_of,
    make_closed,
    make_held,
    make_meeting,
    make_meetings,
    make_paper,
    make_question,
    moment,
)

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


def opened(kind: RecordKind, row_id: object, actor: object) -> dict[str, object] | None:
    with Session(db.engine) as session:
        return take_out(session, kind=kind, row_id=row_id, keyring=actor.keyring)  # type: ignore[arg-type, attr-defined]


def said(meeting: object) -> Said:
    [row] = rows(select(Minutes).where(Minutes.meeting_id == meeting))
    assert row.hash == hash_of(row.content)
    return Said.read(row.content)


# ---------------------------------------------------------------- calling


def test_a_meeting_keeps_its_place_sealed_for_committee_and_coordinators(fund: FoundedFund) -> None:
    proposed = make_allocation(fund)

    meeting = make_meeting(fund, proposed.allocation_id)

    for who in (fund.coordinator, fund.members[4]):
        assert opened(RecordKind.PLACE, meeting, who) == {"place": "Абай көшесі 12, екінші қабат"}
    with pytest.raises(NoKey):
        opened(RecordKind.PLACE, meeting, fund.registrar)
    [row] = rows(select(Meeting))
    assert "place" not in vars(row)


def test_a_meeting_may_have_no_place_at_all(fund: FoundedFund) -> None:
    make_meeting(fund, make_allocation(fund).allocation_id, place="  ")

    assert rows(select(Record).where(Record.kind == RecordKind.PLACE)) == []


def test_only_a_coordinator_calls_a_meeting(fund: FoundedFund) -> None:
    order = a_meeting(fund, make_allocation(fund).allocation_id)

    for stranger in (fund.members[0], fund.auditor, fund.registrar):
        with pytest.raises(NotAllowed):
            do(call_meeting, actor=stranger, order=order)


def test_a_meeting_is_called_for_open_proposals_later_times_and_members_only(fund: FoundedFund) -> None:
    proposed, carried = make_allocation(fund), make_carried(fund, purpose="food")
    wrong = {
        "not open any more": a_meeting(fund, carried.allocation_id),
        "not on the committee": a_meeting(fund, proposed.allocation_id, invited=frozenset({fund.registrar.person_id})),
        "before it begins": a_meeting(fund, proposed.allocation_id, meets_at=moment(hours=-1).instant),
        "Votes end when": a_meeting(fund, proposed.allocation_id, votes_until=moment(hours=1).instant),
        "at least one proposal": a_meeting(fund),
        "at least one member": a_meeting(fund, proposed.allocation_id, invited=frozenset()),
    }
    for why, order in wrong.items():
        with pytest.raises(RuleBroken, match=why):
            do(call_meeting, actor=fund.coordinator, order=order)
    assert rows(select(Meeting)) == []


def test_a_meeting_that_is_called_off_forgets_its_place_and_is_not_closed(fund: FoundedFund) -> None:
    meeting = make_meeting(fund, make_allocation(fund).allocation_id)

    do(call_off, actor=fund.coordinator, meeting_id=meeting)

    assert rows(select(Record).where(Record.kind == RecordKind.PLACE)) == []
    with pytest.raises(RuleBroken, match="called off"):
        make_closed(fund, meeting)


# ---------------------------------------------------------------- at the table and on paper


def test_who_sits_at_the_table_is_noted_as_they_come_and_go(fund: FoundedFund) -> None:
    meeting = make_meeting(fund, make_allocation(fund).allocation_id)
    first, second, *_others = (member.person_id for member in fund.members)

    def note(*there: object) -> int:
        return do(note_attendance, actor=fund.coordinator, meeting_id=meeting, there=frozenset(there)).changed

    assert [note(first, second), note(second), note(second), note(first, second)] == [2, 1, 0, 1]
    assert len(rows(select(Attendance))) == 4
    with pytest.raises(RuleBroken, match="Only members who were invited"):
        note(fund.treasurer.person_id)


def test_a_paper_word_never_counts_until_its_member_signs_it(fund: FoundedFund) -> None:
    proposed = make_allocation(fund)
    meeting = make_meeting(fund, proposed.allocation_id)

    for member in fund.members:
        make_paper(fund, meeting, member, proposed.allocation_id)

    assert len(rows(select(PaperBallot))) == 5
    assert rows(select(Vote)) == []
    assert rows(select(Decision)) == []
    assert vote(fund, fund.members[0], proposed.allocation_id).decided is Outcome.OPEN
    make_closed(fund, meeting)
    [item] = said(meeting).items
    assert [paper.signed for paper in item.papers] == [True, False, False, False, False]
    assert (item.state, item.decision, len(item.votes)) == ("proposed", None, 1)


def test_a_paper_signed_otherwise_is_minuted_as_not_signed(fund: FoundedFund) -> None:
    proposed = make_allocation(fund)
    meeting = make_meeting(fund, proposed.allocation_id)
    make_paper(fund, meeting, fund.members[0], proposed.allocation_id)

    vote(fund, fund.members[0], proposed.allocation_id, Choice.NO)

    make_closed(fund, meeting)
    [item] = said(meeting).items
    assert [(paper.choice, paper.signed) for paper in item.papers] == [("yes", False)]
    assert [ballot.choice for ballot in item.votes] == ["no"]


def test_a_paper_for_an_older_version_or_another_agenda_is_refused(fund: FoundedFund) -> None:
    proposed = make_allocation(fund)
    other = make_allocation(fund, purpose="food")
    meeting = make_meeting(fund, proposed.allocation_id)

    with pytest.raises(RuleBroken, match="not on the agenda"):
        make_paper(fund, meeting, fund.members[0], other.allocation_id)
    with pytest.raises(RuleBroken, match="member who was invited"):
        make_paper(fund, meeting, fund.treasurer, proposed.allocation_id)


# ---------------------------------------------------------------- remarks and questions


def test_a_members_words_are_sealed_for_the_committee(fund: FoundedFund) -> None:
    proposed = make_allocation(fund)
    words = "Бұл отбасы көшіп кеткен."

    id_ = do(remark, actor=fund.members[0], allocation_id=proposed.allocation_id, words=words).remark_id

    assert opened(RecordKind.REMARK, id_, fund.members[3]) == {"words": words}
    assert opened(RecordKind.REMARK, id_, fund.coordinator) == {"words": words}
    with pytest.raises(NoKey):
        opened(RecordKind.REMARK, id_, fund.registrar)
    with pytest.raises(NotAllowed):
        do(remark, actor=fund.coordinator, allocation_id=proposed.allocation_id, words=words)
    with pytest.raises(RuleBroken, match="Write what you want to say"):
        do(remark, actor=fund.members[0], allocation_id=proposed.allocation_id, words="  ")
    assert len(rows(select(Remark))) == 1


def test_the_registrar_of_the_familys_locality_answers_and_nobody_elsewhere(fund: FoundedFund) -> None:
    line = lines_of(make_allocation(fund).allocation_id)[0]
    question = make_question(fund, line.id)

    assert opened(RecordKind.QUESTION, question, fund.registrar) == {"words": "Неге сонша?"}
    with pytest.raises(NoKey):
        opened(RecordKind.QUESTION, question, fund.registrar_elsewhere)
    with pytest.raises(NotAllowed):
        do(answer, actor=fund.registrar_elsewhere, question_id=question, words="Иә")
    with pytest.raises(NotAllowed):
        do(answer, actor=fund.members[0], question_id=question, words="Иә")

    do(answer, actor=fund.registrar, question_id=question, words="Екі бала бірінші сыныпта.")

    assert opened(RecordKind.ANSWER, question, fund.members[2]) == {"words": "Екі бала бірінші сыныпта."}
    with pytest.raises(NoKey):
        opened(RecordKind.ANSWER, question, fund.registrar_elsewhere)
    with pytest.raises(RuleBroken, match="answered already"):
        do(answer, actor=fund.registrar, question_id=question, words="Иә")


def test_a_decided_proposal_is_not_questioned_any_more(fund: FoundedFund) -> None:
    carried = make_carried(fund)
    [line, *_rest] = lines_of(carried.allocation_id)

    with pytest.raises(RuleBroken, match="already decided"):
        make_question(fund, line.id)
    assert rows(select(LineQuestion)) == []


# ---------------------------------------------------------------- holding out


def test_a_line_held_out_makes_a_new_version_and_votes_stay_with_the_old_one(fund: FoundedFund) -> None:
    proposed = make_allocation(fund, families=3)
    vote(fund, fund.members[0], proposed.allocation_id)
    line = lines_of(proposed.allocation_id)[1]

    held = make_held(fund, line.id)

    assert (held.version, held.lines) == (2, 1)
    assert line.family_code not in {row.family_code for row in lines_of(proposed.allocation_id)}
    assert len(lines_of(proposed.allocation_id)) == 2
    assert rows(select(Vote.version)) == [1]
    [row] = rows(select(HeldLine))
    assert (row.line_id, row.reason) == (line.id, HoldReason.UNANSWERED)


def test_what_was_held_out_stays_out_whatever_is_held_out_or_computed_after_it(fund: FoundedFund) -> None:
    proposed = make_allocation(fund, families=4)
    first, second = lines_of(proposed.allocation_id)[:2]
    make_held(fund, first.id)
    [again] = [line for line in lines_of(proposed.allocation_id) if line.family_code == second.family_code]
    make_held(fund, again.id)
    make_family(fund)

    do(repropose, actor=fund.coordinator, allocation_id=proposed.allocation_id)

    codes = {line.family_code for line in lines_of(proposed.allocation_id)}
    assert len(codes) == 3
    assert not codes & {first.family_code, second.family_code}


def test_a_line_held_out_can_be_proposed_later(fund: FoundedFund) -> None:
    proposed = make_allocation(fund, families=2)
    line = lines_of(proposed.allocation_id)[0]
    [programme] = rows(select(Allocation.programme_id))
    make_held(fund, line.id)
    for member in fund.members[:3]:
        vote(fund, member, proposed.allocation_id)

    later = do(propose, actor=fund.coordinator, programme_id=programme)

    assert [row.family_code for row in lines_of(later.allocation_id)] == [line.family_code]


def test_holding_out_everything_or_nothing_is_refused(fund: FoundedFund) -> None:
    proposed = make_allocation(fund, families=2)
    lines = frozenset(line.id for line in lines_of(proposed.allocation_id))

    def hold(chosen: frozenset[object], version: int = 1, actor: object = None) -> None:
        order = HoldOrder(proposed.allocation_id, version, chosen, HoldReason.OTHER)  # type: ignore[arg-type]
        do(hold_out, actor=actor or fund.coordinator, order=order)  # type: ignore[arg-type]

    with pytest.raises(RuleBroken, match="no line would be left"):
        hold(lines)
    with pytest.raises(RuleBroken, match="at least one line"):
        hold(frozenset())
    with pytest.raises(RuleBroken, match="computed anew"):
        hold(frozenset(list(lines)[:1]), version=7)
    with pytest.raises(NotAllowed):
        hold(frozenset(list(lines)[:1]), actor=fund.members[0])
    assert len(rows(select(AllocationVersion))) == 1


# ---------------------------------------------------------------- minutes


def test_the_minutes_say_who_took_part_and_what_came_of_each_proposal(fund: FoundedFund) -> None:
    meeting = make_meetings(fund)

    minutes = said(meeting)

    people = {one.handle: one for one in minutes.people}
    assert people["marat"].at_table
    assert not people["askar"].at_table
    assert people["askar"].from_afar
    assert not people["yerlan"].from_afar
    first, second = minutes.items
    assert (first.version, first.lines, first.remarks, len(first.questions), len(first.held)) == (2, 3, 1, 2, 1)
    assert [question.answered_at is not None for question in first.questions] == [True, False]
    assert [(minutes.handles[vote.member], vote.choice) for vote in first.votes] == [
        ("marat", "yes"),
        ("askar", "yes"),
        ("zhanna", "recusal"),
    ]
    assert {minutes.handles[one] for one in first.silent} == {"saule", "yerlan"}
    assert [(minutes.handles[paper.member], paper.signed) for paper in first.papers] == [
        ("marat", True),
        ("saule", False),
    ]
    assert first.decision is None, "nothing is decided by silence"
    assert (second.n, second.state, second.votes) == (2, "proposed", ())


def test_a_meeting_with_open_proposals_is_not_closed_before_its_deadline(fund: FoundedFund) -> None:
    meeting = make_meeting(fund, make_allocation(fund).allocation_id)

    with pytest.raises(RuleBroken, match="has not begun"):
        make_closed(fund, meeting, now=moment(days=1))
    with pytest.raises(RuleBroken, match="1 proposal is open"):
        make_closed(fund, meeting, now=moment(days=2, hours=1))
    with pytest.raises(NotAllowed):
        do(close_meeting, actor=fund.members[0], meeting_id=meeting, now=moment(days=4))

    assert make_closed(fund, meeting).still_open == 1


def test_a_meeting_at_which_all_was_decided_is_closed_at_once(fund: FoundedFund) -> None:
    proposed = make_allocation(fund)
    meeting = make_meeting(fund, proposed.allocation_id)
    for member in fund.members[:3]:
        vote(fund, member, proposed.allocation_id, now=moment(days=2, minutes=5))

    make_closed(fund, meeting, now=moment(days=2, minutes=30))

    [item] = said(meeting).items
    assert item.decision is not None
    assert (item.state, item.decision.carried, item.decision.yes) == ("carried", True, 3)


def test_nothing_of_a_closed_meeting_changes(fund: FoundedFund) -> None:
    proposed = make_allocation(fund)
    meeting = make_meeting(fund, proposed.allocation_id)
    make_closed(fund, meeting)

    with pytest.raises(RuleBroken, match="Nothing in it changes"):
        make_closed(fund, meeting, now=moment(days=5))
    with pytest.raises(RuleBroken, match="Nothing in it changes"):
        make_paper(fund, meeting, fund.members[0], proposed.allocation_id)
    with pytest.raises(RuleBroken, match="Nothing in it changes"):
        do(note_attendance, actor=fund.coordinator, meeting_id=meeting, there=frozenset())
    with pytest.raises(RuleBroken, match="Nothing in it changes"):
        do(call_off, actor=fund.coordinator, meeting_id=meeting)
    assert rows(select(Record).where(Record.kind == RecordKind.PLACE)) == []
    assert len(rows(select(Minutes))) == 1
    assert timedelta() < rows(select(Minutes.at))[0] - rows(select(Meeting.called_at))[0]
