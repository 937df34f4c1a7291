"""Closing a meeting: its minutes are made once, from what was signed, said and noted, and change no more."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aid.domain.allocations import AllocationState
from aid.domain.clock import Instant
from aid.domain.meetings import MeetingTimes, why_not_close
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.models.allocations import Allocation, AllocationLine, AllocationVersion, Decision, Vote
from aid.models.fund import CommitteePolicy, Fund
from aid.models.meetings import (
    LineQuestion,
    Meeting,
    MeetingInvitation,
    MeetingItem,
    PaperBallot,
    QuestionAnswer,
    Remark,
)
from aid.models.meetings import Minutes as MinutesRow
from aid.models.people import Person
from aid.services import audit
from aid.services.certificates import committee
from aid.services.held_out import lines_held_out
from aid.services.meetings import at_table, end_of, forget_place, lock_meeting
from aid.vault.actor import Actor
from aid.vault.minutes import (
    Attendee,
    MinutedDecision,
    MinutedHeld,
    MinutedItem,
    MinutedPaper,
    MinutedQuestion,
    MinutedVote,
    Minutes,
    hash_of,
)


@dataclass(frozen=True, slots=True)
class MeetingClosed:
    """The minutes are made; so many proposals stay open."""

    meeting_id: UUID
    still_open: int


def close_meeting(session: Session, *, actor: Actor, now: Instant, meeting_id: UUID) -> MeetingClosed:
    """Make the minutes of a meeting. What is open stays open: nothing is decided by silence."""
    actor.must(Permission.HOLD_MEETINGS)
    assert actor.person_id is not None, "a person closes it"
    meeting = lock_meeting(session, meeting_id)
    allocations = _lock_items(session, meeting.id)
    still_open = sum(allocation.state is AllocationState.PROPOSED for allocation in allocations)
    times = MeetingTimes(meeting.meets_at, meeting.votes_until)
    if reason := why_not_close(times, end_of(session, meeting.id), still_open=still_open, now=now.instant):
        raise RuleBroken(reason)
    content = minutes_of(session, meeting, closed_by=actor.handle, now=now).content()
    row = MinutesRow(
        meeting_id=meeting.id, content=content, hash=hash_of(content), by_id=actor.person_id, at=now.instant
    )
    session.add(row)
    forget_place(session, meeting.id)
    audit.say(session, "meeting.closed", subject=meeting.id, made=[row])
    return MeetingClosed(meeting.id, still_open)


def _lock_items(session: Session, meeting_id: UUID) -> Sequence[Allocation]:
    """The proposals of the agenda: nobody votes on them while the minutes are made."""
    of = select(MeetingItem.allocation_id).where(MeetingItem.meeting_id == meeting_id)
    return session.scalars(
        select(Allocation).where(Allocation.id.in_(of)).order_by(Allocation.id).with_for_update()
    ).all()


def minutes_of(session: Session, meeting: Meeting, *, closed_by: str, now: Instant) -> Minutes:
    """What the minutes would say now."""
    members = committee(session, now=now)
    items = [
        _item(session, meeting, n, allocation, members)
        for n, allocation in session.execute(
            select(MeetingItem.n, Allocation)
            .join(Allocation, Allocation.id == MeetingItem.allocation_id)
            .where(MeetingItem.meeting_id == meeting.id)
            .order_by(MeetingItem.n)
        )
    ]
    return Minutes(
        fund=session.execute(select(Fund.id)).scalar_one(),
        meeting=meeting.id,
        number=meeting.number,
        called_by=session.execute(select(Person.handle).where(Person.id == meeting.called_by_id)).scalar_one(),
        called_at=meeting.called_at,
        meets_at=meeting.meets_at,
        votes_until=meeting.votes_until,
        closed_by=closed_by,
        closed_at=now.instant,
        people=_people(session, meeting, items, members),
        items=tuple(items),
    )


# ---------------------------------------------------------------- who took part


def _people(
    session: Session, meeting: Meeting, items: Iterable[MinutedItem], members: frozenset[UUID]
) -> tuple[Attendee, ...]:
    invited = set(
        session.scalars(select(MeetingInvitation.person_id).where(MeetingInvitation.meeting_id == meeting.id))
    )
    table = at_table(session, meeting.id)
    spoke = _spoke(session, meeting)
    named = {vote.member for item in items for vote in item.votes} | {
        paper.member for item in items for paper in item.papers
    }
    handles = session.execute(
        select(Person.id, Person.handle)
        .where(Person.id.in_(invited | table | spoke | named | members))
        .order_by(Person.handle)
    )
    return tuple(
        Attendee(
            person=id_,
            handle=handle,
            invited=id_ in invited,
            at_table=id_ in table,
            from_afar=id_ in spoke and id_ not in table,
        )
        for id_, handle in handles
    )


def _spoke(session: Session, meeting: Meeting) -> set[UUID]:
    """Who voted, remarked or asked about a proposal of the agenda since the meeting was called."""
    agenda = select(MeetingItem.allocation_id).where(MeetingItem.meeting_id == meeting.id)
    voted = select(Vote.member_id).where(Vote.allocation_id.in_(agenda), Vote.cast_at >= meeting.called_at)
    said = select(Remark.by_id).where(Remark.allocation_id.in_(agenda), Remark.at >= meeting.called_at)
    asked = select(LineQuestion.by_id).where(
        LineQuestion.allocation_id.in_(agenda), LineQuestion.at >= meeting.called_at
    )
    return {id_ for question in (voted, said, asked) for id_ in session.scalars(question)}


# ---------------------------------------------------------------- one proposal


def _item(session: Session, meeting: Meeting, n: int, allocation: Allocation, members: frozenset[UUID]) -> MinutedItem:
    version = session.get_one(AllocationVersion, (allocation.id, allocation.version))
    votes = _votes(session, version)
    in_all = select(func.count()).where(
        AllocationLine.allocation_id == allocation.id, AllocationLine.version == allocation.version
    )
    remarks = select(func.count()).where(Remark.allocation_id == allocation.id)
    return MinutedItem(
        n=n,
        allocation=allocation.id,
        number=allocation.number,
        kind=allocation.kind.value,
        state=allocation.state.value,
        version=allocation.version,
        content_root=version.content_root,
        currency=version.currency,
        total_minor=version.total_minor,
        lines=session.scalar(in_all) or 0,
        quorum=session.get_one(CommitteePolicy, version.policy_version).quorum,
        votes=votes,
        silent=tuple(sorted(members - {version.proposed_by_id} - {vote.member for vote in votes})),
        papers=_papers(session, meeting, version),
        remarks=session.scalar(remarks) or 0,
        questions=_questions(session, allocation.id),
        held=_held(session, allocation.id),
        decision=_decision(session, allocation.id),
    )


def _votes(session: Session, version: AllocationVersion) -> tuple[MinutedVote, ...]:
    """Each member's latest word on the version at hand, in the order they were given."""
    cast = session.scalars(
        select(Vote)
        .where(Vote.allocation_id == version.allocation_id, Vote.version == version.version)
        .order_by(Vote.cast_at)
    )
    latest = {vote.member_id: vote for vote in cast}
    return tuple(
        MinutedVote(
            vote=vote.id,
            member=vote.member_id,
            choice=vote.choice.value,
            reason=vote.recusal_reason.value if vote.recusal_reason else None,
            number=vote.number,
            cast_at=vote.cast_at,
        )
        for vote in sorted(latest.values(), key=lambda vote: vote.cast_at)
    )


def _papers(session: Session, meeting: Meeting, version: AllocationVersion) -> tuple[MinutedPaper, ...]:
    rows = session.scalars(
        select(PaperBallot)
        .where(
            PaperBallot.meeting_id == meeting.id,
            PaperBallot.allocation_id == version.allocation_id,
            PaperBallot.version == version.version,
        )
        .order_by(PaperBallot.number)
    )
    latest = {row.member_id: row for row in rows}
    signed: defaultdict[UUID, str] = defaultdict(str)
    signed.update({vote.member: vote.choice for vote in _votes(session, version)})
    return tuple(
        MinutedPaper(
            paper=row.id,
            member=row.member_id,
            choice=row.choice.value,
            reason=row.recusal_reason.value if row.recusal_reason else None,
            signed=signed[row.member_id] == row.choice.value,
        )
        for row in sorted(latest.values(), key=lambda row: (row.at, row.id))
    )


def _questions(session: Session, allocation_id: UUID) -> tuple[MinutedQuestion, ...]:
    found = session.execute(
        select(LineQuestion, AllocationLine, QuestionAnswer.at)
        .join(AllocationLine, AllocationLine.id == LineQuestion.line_id)
        .outerjoin(QuestionAnswer, QuestionAnswer.question_id == LineQuestion.id)
        .where(LineQuestion.allocation_id == allocation_id)
        .order_by(LineQuestion.at, LineQuestion.id)
    )
    return tuple(
        MinutedQuestion(
            question=question.id,
            code=line.family_code,
            line=line.n,
            version=line.version,
            reason=question.reason.value,
            asked_at=question.at,
            answered_at=answered_at,
        )
        for question, line, answered_at in found
    )


def _held(session: Session, allocation_id: UUID) -> tuple[MinutedHeld, ...]:
    return tuple(
        MinutedHeld(
            code=line.family_code,
            line=line.n,
            version=line.version,
            minor=line.amount_minor,
            reason=held.reason.value,
            at=held.at,
        )
        for held, line in lines_held_out(session, allocation_id)
    )


def _decision(session: Session, allocation_id: UUID) -> MinutedDecision | None:
    row = session.scalars(select(Decision).where(Decision.allocation_id == allocation_id)).one_or_none()
    if row is None:
        return None
    return MinutedDecision(
        version=row.version,
        carried=row.carried,
        yes=row.yes,
        no=row.no,
        recused=row.recused,
        decided_at=row.decided_at,
        notice_until=row.notice_until,
    )
