"""Meetings for tests: called, spoken at, closed."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from aid.domain.clock import Instant
from aid.domain.meetings import HoldReason, QuestionReason
from aid.domain.quorum import Choice, RecusalReason
from aid.models.allocations import Allocation, AllocationLine
from aid.services.discussion import HeldOut, HoldOrder, QuestionOrder, answer, ask, hold_out, remark
from aid.services.meetings import (
    MeetingOrder,
    PaperOrder,
    PaperWord,
    call_meeting,
    call_off,
    minute_paper,
    note_attendance,
)
from aid.services.minutes import MeetingClosed, close_meeting
from aid.vault.actor import Actor
from tests.make import do, rows
from tests.make.allocations import make_allocation, newest_version, vote
from tests.make.fund import FoundedFund

ZONE = ZoneInfo("Asia/Aqtau")


def moment(**later: float) -> Instant:
    """A while from now."""
    return Instant.at(datetime.now(UTC) + timedelta(**later), ZONE)


def a_meeting(fund: FoundedFund, *allocations: UUID, **changed: Any) -> MeetingOrder:
    """In two days, with votes until a day later; all members are invited."""
    usual: dict[str, Any] = {
        "meets_at": moment(days=2).instant,
        "votes_until": moment(days=3).instant,
        "items": allocations,
        "invited": frozenset(member.person_id for member in fund.members),
        "place": "Абай көшесі 12, екінші қабат",
    }
    return MeetingOrder(**usual | changed)


def make_meeting(fund: FoundedFund, *allocations: UUID, **changed: Any) -> UUID:
    """A meeting that the coordinator called for these proposals."""
    return do(call_meeting, actor=fund.coordinator, order=a_meeting(fund, *allocations, **changed)).meeting_id


def lines_of(allocation_id: UUID) -> Sequence[AllocationLine]:
    """The lines of what is proposed now."""
    of = select(AllocationLine).join(
        Allocation, (Allocation.id == AllocationLine.allocation_id) & (Allocation.version == AllocationLine.version)
    )
    return rows(of.where(Allocation.id == allocation_id).order_by(AllocationLine.n))


def make_question(fund: FoundedFund, line: UUID, *, by: Actor | None = None, words: str = "Неге сонша?") -> UUID:
    """A member's question about a line."""
    order = QuestionOrder(line, QuestionReason.SUM, words)
    return do(ask, actor=by or fund.members[0], order=order).question_id


def make_held(fund: FoundedFund, *lines: UUID, now: Instant | None = None) -> HeldOut:
    """Lines that the coordinator held out of their proposal."""
    [allocation_id] = {row.allocation_id for row in rows(select(AllocationLine).where(AllocationLine.id.in_(lines)))}
    version = newest_version(allocation_id).version
    order = HoldOrder(allocation_id, version, frozenset(lines), HoldReason.UNANSWERED)
    return do(hold_out, actor=fund.coordinator, order=order, now=now)


def make_paper(
    fund: FoundedFund, meeting: UUID, member: Actor, allocation_id: UUID, choice: Choice = Choice.YES
) -> None:
    """What a member marked on paper, as the coordinator minuted it."""
    assert member.person_id is not None
    reason = RecusalReason.RELATIVE if choice is Choice.RECUSAL else None
    word = PaperWord(allocation_id, newest_version(allocation_id).version, choice, reason)
    do(minute_paper, actor=fund.coordinator, order=PaperOrder(meeting, member.person_id, (word,)))


def make_closed(fund: FoundedFund, meeting: UUID, *, now: Instant | None = None) -> MeetingClosed:
    """A meeting whose deadline is over, with its minutes."""
    return do(close_meeting, actor=fund.coordinator, meeting_id=meeting, now=now or moment(days=4))


def make_meetings(fund: FoundedFund) -> UUID:
    """A meeting at which everything happened once, and one that was called off; for the fund that lives."""
    proposed = make_allocation(fund, families=3, purpose="school")
    left_open = make_allocation(fund, families=1, purpose="general")
    meeting = make_meeting(fund, proposed.allocation_id, left_open.allocation_id)
    first, second, third, *_others = fund.members
    do(remark, actor=first, allocation_id=proposed.allocation_id, words="Отбасы екі рет алған сияқты.")
    line = lines_of(proposed.allocation_id)[0]
    question = make_question(fund, line.id)  # of either locality
    do(
        answer, actor=fund.registrar2, question_id=question, words="Жоқ, бір рет қана."
    )  # the line may be of either locality
    make_question(fund, lines_of(proposed.allocation_id)[1].id, by=second)
    make_held(fund, lines_of(proposed.allocation_id)[1].id)
    do(
        note_attendance,
        actor=fund.coordinator,
        meeting_id=meeting,
        there=frozenset({first.person_id, third.person_id}),
    )
    do(note_attendance, actor=fund.coordinator, meeting_id=meeting, there=frozenset({first.person_id}))
    for member in (first, second):
        make_paper(fund, meeting, member, proposed.allocation_id)
    for member in (first, third):
        vote(fund, member, proposed.allocation_id)
    vote(fund, fund.members[3], proposed.allocation_id, Choice.RECUSAL, reason=RecusalReason.RELATIVE)
    make_closed(fund, meeting)
    off = make_meeting(fund, left_open.allocation_id)
    do(call_off, actor=fund.coordinator, meeting_id=off)
    make_meeting(fund, left_open.allocation_id)
    return meeting
