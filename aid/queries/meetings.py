"""Meetings as people look at them: what is on the agenda, who said what so far, and what is still open."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy import Exists, exists, func, select
from sqlalchemy.orm import Session

from aid.domain.allocations import AllocationKind, AllocationState
from aid.domain.clock import Instant
from aid.domain.meetings import MeetingEnd, MeetingState, MeetingTimes, state_of
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.domain.quorum import RECUSAL_TITLES, Choice
from aid.domain.words import Message
from aid.models.allocations import Allocation, AllocationLine, AllocationVersion, Vote
from aid.models.fund import CommitteePolicy, Purpose
from aid.models.meetings import (
    CalledOff,
    HeldLine,
    LineQuestion,
    Meeting,
    MeetingInvitation,
    MeetingItem,
    Minutes,
    PaperBallot,
    QuestionAnswer,
    Remark,
)
from aid.models.people import Person
from aid.models.programmes import Programme
from aid.models.records import Record, RecordKind
from aid.services.certificates import active_of, in_force
from aid.services.meetings import at_table
from aid.vault.actor import Actor

PAGE = 50
Kind = TypeVar("Kind")


@dataclass(frozen=True, slots=True)
class MeetingRow:
    """One meeting in a list."""

    id: UUID
    number: int
    meets_at: datetime
    votes_until: datetime
    state: MeetingState
    items: int
    is_mine: bool  # the reader was invited


@dataclass(frozen=True, slots=True)
class Invited:
    """A member who was invited."""

    person_id: UUID
    handle: str
    at_table: bool


@dataclass(frozen=True, slots=True)
class ItemVote:
    """A member's latest signed word."""

    member_id: UUID
    member: str
    choice: Choice
    reason: Message | None
    at_table: bool


@dataclass(frozen=True, slots=True)
class ItemPaper:
    """What a member marked on paper. It counts only as a vote that they signed."""

    member_id: UUID
    member: str
    choice: Choice
    reason: Message | None
    signed: Choice | None  # what they have signed by now


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One proposal on the agenda, and where it stands."""

    n: int
    allocation_id: UUID
    number: int
    kind: AllocationKind
    titles: Mapping[str, str] | None  # a round's programme
    purpose: Mapping[str, str] | None
    state: AllocationState
    version: int
    content_root: bytes
    total: Money
    lines: int
    quorum: int
    proposer_id: UUID
    votes: tuple[ItemVote, ...]
    silent: tuple[str, ...]  # members who have not answered
    papers: tuple[ItemPaper, ...]
    remarks: int
    questions: int
    unanswered: int
    held: int

    @property
    def is_open(self) -> bool:
        """Whether it waits for votes."""
        return self.state is AllocationState.PROPOSED

    def cast(self, choice: Choice) -> int:
        """How many members answered this."""
        return sum(vote.choice is choice for vote in self.votes)

    def by(self, member: UUID | None) -> ItemVote | None:
        """A member's own latest word."""
        return next((vote for vote in self.votes if vote.member_id == member), None)

    def paper_of(self, member: UUID | None) -> ItemPaper | None:
        """What this member marked on paper and has not signed."""
        mine = (paper for paper in self.papers if paper.member_id == member)
        return next((paper for paper in mine if paper.signed is not paper.choice), None)


@dataclass(frozen=True, slots=True)
class MeetingPage:
    """A meeting, and all that gathers there."""

    id: UUID
    number: int
    meets_at: datetime
    votes_until: datetime
    state: MeetingState
    called_by: str
    has_place: bool
    invited: tuple[Invited, ...]
    items: tuple[ItemRow, ...]
    minutes_hash: bytes | None
    closed_at: datetime | None

    @property
    def is_over(self) -> bool:
        """Whether nothing in it changes any more."""
        return self.state in (MeetingState.CLOSED, MeetingState.CALLED_OFF)

    @property
    def open_items(self) -> tuple[ItemRow, ...]:
        """What waits for votes."""
        return tuple(item for item in self.items if item.is_open)

    @property
    def at_table(self) -> tuple[str, ...]:
        """Who sits at the table."""
        return tuple(one.handle for one in self.invited if one.at_table)

    @property
    def from_afar(self) -> tuple[str, ...]:
        """Who voted without sitting there."""
        return tuple(sorted({vote.member for item in self.items for vote in item.votes if not vote.at_table}))


def meetings(
    session: Session, *, actor: Actor, now: Instant, before: int | None = None, size: int = PAGE
) -> tuple[MeetingRow, ...]:
    """Meetings, the newest first; `before` is the last number already shown."""
    actor.must(Permission.SEE_ALLOCATIONS)
    items = select(func.count()).where(MeetingItem.meeting_id == Meeting.id).scalar_subquery()
    mine = exists().where(MeetingInvitation.meeting_id == Meeting.id, MeetingInvitation.person_id == actor.id)
    wanted = select(Meeting, _closed(), _off(), items, mine).order_by(Meeting.number.desc()).limit(size)
    if before is not None:
        wanted = wanted.where(Meeting.number < before)
    return tuple(
        MeetingRow(row.id, row.number, row.meets_at, row.votes_until, _state(row, closed, off, now), count, is_mine)
        for row, closed, off, count, is_mine in session.execute(wanted)
    )


def meeting(session: Session, *, actor: Actor, now: Instant, meeting_id: UUID) -> MeetingPage | None:
    """One meeting with everything on its agenda, or None where there is none."""
    actor.must(Permission.SEE_ALLOCATIONS)
    found = session.execute(
        select(Meeting, Person.handle, Minutes.hash, Minutes.at, _off())
        .join(Person, Person.id == Meeting.called_by_id)
        .outerjoin(Minutes, Minutes.meeting_id == Meeting.id)
        .where(Meeting.id == meeting_id)
    ).one_or_none()
    if found is None:
        return None
    row, called_by, minutes_hash, closed_at, off = found
    table = at_table(session, row.id)
    place = exists().where(Record.kind == RecordKind.PLACE, Record.row_id == row.id)
    return MeetingPage(
        id=row.id,
        number=row.number,
        meets_at=row.meets_at,
        votes_until=row.votes_until,
        state=_state(row, minutes_hash is not None, off, now),
        called_by=called_by,
        has_place=bool(session.scalar(select(place))),
        invited=_invited(session, row.id, table),
        items=agenda_of(session, row.id, table, at=now.instant),
        minutes_hash=minutes_hash,
        closed_at=closed_at,
    )


def _state(row: Meeting, closed: bool, off: bool, now: Instant) -> MeetingState:  # noqa: FBT001 - two columns of one row
    return state_of(
        MeetingTimes(row.meets_at, row.votes_until), MeetingEnd(is_closed=closed, is_called_off=off), now=now.instant
    )


def _closed() -> Exists:
    return exists().where(Minutes.meeting_id == Meeting.id)


def _off() -> Exists:
    return exists().where(CalledOff.meeting_id == Meeting.id)


def _invited(session: Session, meeting_id: UUID, table: frozenset[UUID]) -> tuple[Invited, ...]:
    found = session.execute(
        select(Person.id, Person.handle)
        .join(MeetingInvitation, MeetingInvitation.person_id == Person.id)
        .where(MeetingInvitation.meeting_id == meeting_id)
        .order_by(Person.handle)
    )
    return tuple(Invited(id_, handle, id_ in table) for id_, handle in found)


# ---------------------------------------------------------------- the agenda, in as many questions whatever its length


def agenda_of(session: Session, meeting_id: UUID, table: frozenset[UUID], *, at: datetime) -> tuple[ItemRow, ...]:
    """The proposals of a meeting, and who of the committee of that moment has answered."""
    found = session.execute(
        select(MeetingItem.n, Allocation, AllocationVersion, CommitteePolicy.quorum, Programme.titles, Purpose.names)
        .join(Allocation, Allocation.id == MeetingItem.allocation_id)
        .join(
            AllocationVersion,
            (AllocationVersion.allocation_id == Allocation.id) & (AllocationVersion.version == Allocation.version),
        )
        .join(CommitteePolicy, CommitteePolicy.version == AllocationVersion.policy_version)
        .outerjoin(Programme, Programme.id == Allocation.programme_id)
        .outerjoin(Purpose, Purpose.id == Allocation.purpose_id)
        .where(MeetingItem.meeting_id == meeting_id)
        .order_by(MeetingItem.n)
    ).all()
    ids = [allocation.id for _n, allocation, *_rest in found]
    votes = _votes(session, ids, table)
    papers = _papers(session, meeting_id, votes)
    lines, remarks, held = _lines(session, ids), _counted(session, Remark, ids), _counted(session, HeldLine, ids)
    asked, unanswered = _asked(session, ids)
    members = _members(session, at=at)
    return tuple(
        ItemRow(
            n=n,
            allocation_id=allocation.id,
            number=allocation.number,
            kind=allocation.kind,
            titles=titles,
            purpose=purpose,
            state=allocation.state,
            version=allocation.version,
            content_root=version.content_root,
            total=Money(version.total_minor, version.currency),
            lines=lines[allocation.id],
            quorum=quorum,
            proposer_id=version.proposed_by_id,
            votes=tuple(votes[allocation.id]),
            silent=_silent(members, version.proposed_by_id, votes[allocation.id]),
            papers=tuple(papers[allocation.id]),
            remarks=remarks[allocation.id],
            questions=asked[allocation.id],
            unanswered=unanswered[allocation.id],
            held=held[allocation.id],
        )
        for n, allocation, version, quorum, titles, purpose in found
    )


def _members(session: Session, *, at: datetime) -> Mapping[UUID, str]:
    seated = active_of(session, in_force(session, at=at).committee)
    people = select(Person.id, Person.handle).where(Person.id.in_(seated))
    return {id_: handle for id_, handle in session.execute(people.order_by(Person.handle))}  # noqa: C416


def _silent(members: Mapping[UUID, str], proposer: UUID, votes: Iterable[ItemVote]) -> tuple[str, ...]:
    answered = {vote.member_id for vote in votes} | {proposer}
    return tuple(handle for id_, handle in members.items() if id_ not in answered)


def _votes(session: Session, ids: Sequence[UUID], table: frozenset[UUID]) -> Mapping[UUID, list[ItemVote]]:
    """Each member's latest word on the version at hand, by proposal."""
    found = session.execute(
        select(Vote, Person.handle)
        .join(Allocation, (Allocation.id == Vote.allocation_id) & (Allocation.version == Vote.version))
        .join(Person, Person.id == Vote.member_id)
        .where(Vote.allocation_id.in_(ids))
        .order_by(Vote.cast_at)
    )
    latest = {(vote.allocation_id, vote.member_id): (vote, handle) for vote, handle in found}
    by_item: defaultdict[UUID, list[ItemVote]] = defaultdict(list)
    for vote, handle in latest.values():
        why = RECUSAL_TITLES[vote.recusal_reason] if vote.recusal_reason else None
        by_item[vote.allocation_id].append(ItemVote(vote.member_id, handle, vote.choice, why, vote.member_id in table))
    return by_item


def _papers(session: Session, meeting_id: UUID, votes: Mapping[UUID, list[ItemVote]]) -> Mapping[UUID, list[ItemPaper]]:
    found = session.execute(
        select(PaperBallot, Person.handle)
        .join(Allocation, (Allocation.id == PaperBallot.allocation_id) & (Allocation.version == PaperBallot.version))
        .join(Person, Person.id == PaperBallot.member_id)
        .where(PaperBallot.meeting_id == meeting_id)
        .order_by(PaperBallot.number)
    )
    latest = {(paper.allocation_id, paper.member_id): (paper, handle) for paper, handle in found}
    by_item: defaultdict[UUID, list[ItemPaper]] = defaultdict(list)
    for paper, handle in latest.values():
        why = RECUSAL_TITLES[paper.recusal_reason] if paper.recusal_reason else None
        cast = votes.get(paper.allocation_id, [])
        signed = next((vote.choice for vote in cast if vote.member_id == paper.member_id), None)
        by_item[paper.allocation_id].append(ItemPaper(paper.member_id, handle, paper.choice, why, signed))
    return by_item


def _lines(session: Session, ids: Sequence[UUID]) -> defaultdict[UUID, int]:
    counted = (
        select(AllocationLine.allocation_id, func.count())
        .join(
            Allocation, (Allocation.id == AllocationLine.allocation_id) & (Allocation.version == AllocationLine.version)
        )
        .where(AllocationLine.allocation_id.in_(ids))
        .group_by(AllocationLine.allocation_id)
    )
    return defaultdict(int, {id_: count for id_, count in session.execute(counted)})  # noqa: C416


def _counted(session: Session, kind: type[Remark | HeldLine], ids: Sequence[UUID]) -> defaultdict[UUID, int]:
    counted = select(kind.allocation_id, func.count()).where(kind.allocation_id.in_(ids)).group_by(kind.allocation_id)
    return defaultdict(int, {id_: count for id_, count in session.execute(counted)})  # noqa: C416


def _asked(session: Session, ids: Sequence[UUID]) -> tuple[defaultdict[UUID, int], defaultdict[UUID, int]]:
    """How many lines were questioned, and how many questions have no answer."""
    found = session.execute(
        select(LineQuestion.allocation_id, func.count(), func.count(QuestionAnswer.question_id))
        .outerjoin(QuestionAnswer, QuestionAnswer.question_id == LineQuestion.id)
        .where(LineQuestion.allocation_id.in_(ids))
        .group_by(LineQuestion.allocation_id)
    ).all()
    asked: defaultdict[UUID, int] = defaultdict(int)
    unanswered: defaultdict[UUID, int] = defaultdict(int)
    for id_, questions, answers in found:
        asked[id_], unanswered[id_] = questions, questions - answers
    return asked, unanswered
