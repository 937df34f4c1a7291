"""Proof that minutes say what was signed, said and noted, that nothing of a meeting came after them, and that what was
held out stayed out.

Minutes are read from their own bytes. Every vote, paper, question and decision they name must be a row that says the
same; what was held out of an allocation must not stand in any later version of it; and papers are nobody's votes.
"""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from aid.models.allocations import AllocationLine, Decision, Vote
from aid.models.meetings import Attendance, CalledOff, HeldLine, LineQuestion, Meeting, MeetingItem, PaperBallot
from aid.models.meetings import Minutes as MinutesRow
from aid.models.records import Record, RecordKind
from aid.services.verification.findings import Finding
from aid.services.verification.reading import Unreadable, rows_of
from aid.vault.failures import Tampered
from aid.vault.minutes import MinutedItem, Minutes, hash_of


def prove_meetings(session: Session) -> Iterator[Finding]:
    """Minutes that are not what happened, and what came too late or came back."""
    for row in rows_of(session, MinutesRow):
        if isinstance(row, Unreadable):
            continue  # `rows` names it
        for fault in _faults(session, row):
            yield Finding("minutes", str(row.meeting_id), fault)
    yield from _too_late(session)
    yield from _came_back(session)
    yield from _not_forgotten(session)


def _faults(session: Session, row: MinutesRow) -> Iterator[str]:
    if hash_of(row.content) != row.hash:
        yield "its hash is not that of what it says"
    try:
        minutes = Minutes.read(row.content)
    except Tampered:
        yield "it can't be read"
        return
    meeting = session.get(Meeting, row.meeting_id, populate_existing=True)
    said = (minutes.meeting, minutes.number, minutes.meets_at, minutes.votes_until, minutes.closed_at)
    if meeting is None or said != (meeting.id, meeting.number, meeting.meets_at, meeting.votes_until, row.at):
        yield "it says another meeting, or other times"
    agenda = select(MeetingItem.n, MeetingItem.allocation_id).where(MeetingItem.meeting_id == row.meeting_id)
    if {(item.n, item.allocation) for item in minutes.items} != {tuple(each) for each in session.execute(agenda)}:
        yield "its agenda is another one"
    for item in minutes.items:
        yield from _faults_of_item(session, row.meeting_id, item)


def _faults_of_item(session: Session, meeting_id: UUID, item: MinutedItem) -> Iterator[str]:
    said = f"proposal {item.number}: "
    for vote in item.votes:
        kept = _row(session, Vote, vote.vote)
        if kept is None or (
            (kept.allocation_id, kept.version, kept.member_id, kept.choice.value, kept.number)
            != (item.allocation, item.version, vote.member, vote.choice, vote.number)
        ):
            yield said + "a vote in it was not cast so"
    for paper in item.papers:
        marked = _row(session, PaperBallot, paper.paper)
        if marked is None or (marked.meeting_id, marked.member_id, marked.choice.value) != (
            meeting_id,
            paper.member,
            paper.choice,
        ):
            yield said + "a paper in it was not minuted so"
        if paper.signed and (paper.member, paper.choice) not in {(vote.member, vote.choice) for vote in item.votes}:
            yield said + "it counts a paper that nobody signed"
    for question in item.questions:
        asked = _row(session, LineQuestion, question.question)
        if asked is None or (asked.allocation_id, asked.reason.value) != (item.allocation, question.reason):
            yield said + "a question in it was not asked so"
    if item.decision is not None:
        decided = session.scalars(
            select(Decision).where(Decision.allocation_id == item.allocation).execution_options(populate_existing=True)
        ).one_or_none()
        if decided is None or (decided.version, decided.carried, decided.yes, decided.no, decided.recused) != (
            item.decision.version,
            item.decision.carried,
            item.decision.yes,
            item.decision.no,
            item.decision.recused,
        ):
            yield said + "it was not decided so"


def _row(session: Session, kind: type[Any], key: UUID) -> Any:
    return session.get(kind, key, populate_existing=True)


def _too_late(session: Session) -> Iterator[Finding]:
    """Notes and papers of a meeting that was over."""
    for kind in (Attendance, PaperBallot):
        over = or_(
            exists().where(MinutesRow.meeting_id == kind.meeting_id, MinutesRow.at < kind.at),
            exists().where(CalledOff.meeting_id == kind.meeting_id, CalledOff.at < kind.at),
        )
        for (id_,) in session.execute(select(kind.id).where(over)):
            yield Finding(str(kind.__tablename__), str(id_), "its meeting was over before")
    both = select(MinutesRow.meeting_id).join(CalledOff, CalledOff.meeting_id == MinutesRow.meeting_id)
    for (id_,) in session.execute(both):
        yield Finding("meeting", str(id_), "it was called off, and has minutes")


def _came_back(session: Session) -> Iterator[Finding]:
    """Families that were held out of an allocation, and stand in a later version of it."""
    later = aliased(AllocationLine)
    again = and_(
        later.allocation_id == AllocationLine.allocation_id,
        later.version > AllocationLine.version,
        later.family_id == AllocationLine.family_id,
    )
    found = select(HeldLine.line_id).join(AllocationLine, AllocationLine.id == HeldLine.line_id).join(later, again)
    for (id_,) in session.execute(found.distinct()):
        yield Finding("held_line", str(id_), "its family stands in a later version of the same allocation")


def _not_forgotten(session: Session) -> Iterator[Finding]:
    """Where a meeting was, though it is over."""
    over = or_(
        exists().where(MinutesRow.meeting_id == Record.row_id), exists().where(CalledOff.meeting_id == Record.row_id)
    )
    for (id_,) in session.execute(select(Record.row_id).where(Record.kind == RecordKind.PLACE, over)):
        yield Finding("meeting", str(id_), "where it was is still kept, though it is over")
