"""What a meeting decides on and with whom: open proposals, members to choose from, and where each proposal stands."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aid.domain.allocations import AllocationKind, AllocationState
from aid.domain.clock import Instant
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.domain.quorum import RECUSAL_TITLES, Choice
from aid.domain.words import Message
from aid.models.allocations import Allocation, AllocationLine, AllocationVersion, Vote
from aid.models.fund import CommitteePolicy, Purpose
from aid.models.meetings import HeldLine, LineQuestion, MeetingItem, PaperBallot, QuestionAnswer, Remark
from aid.models.people import Person
from aid.models.programmes import Programme
from aid.services.certificates import active_of, committee, in_force
from aid.vault.actor import Actor

MOST = 100


@dataclass(frozen=True, slots=True)
class OpenProposal:
    """A proposal that waits for votes."""

    id: UUID
    number: int
    kind: AllocationKind
    titles: Mapping[str, str] | None  # a round's programme


def open_proposals(session: Session, *, actor: Actor) -> tuple[OpenProposal, ...]:
    """Everything that waits for votes, the oldest first."""
    actor.must(Permission.HOLD_MEETINGS)
    found = session.execute(
        select(Allocation.id, Allocation.number, Allocation.kind, Programme.titles)
        .outerjoin(Programme, Programme.id == Allocation.programme_id)
        .where(Allocation.state == AllocationState.PROPOSED)
        .order_by(Allocation.number)
        .limit(MOST)
    )
    return tuple(OpenProposal(*row) for row in found)


def members_to_invite(session: Session, *, actor: Actor, now: Instant) -> tuple[tuple[UUID, str], ...]:
    """Who has a certified seat now and is not suspended, by handle."""
    actor.must(Permission.HOLD_MEETINGS)
    people = select(Person.id, Person.handle).where(Person.id.in_(committee(session, now=now)))
    return tuple((id_, handle) for id_, handle in session.execute(people.order_by(Person.handle)))


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


# ---------------------------------------------------------------- the agenda, in as many questions whatever its length


def agenda_of(session: Session, meeting_id: UUID, table: frozenset[UUID], *, at: datetime) -> tuple[ItemRow, ...]:
    """The proposals of a meeting, and who of the committee of that moment has answered."""
    found = _items(session, meeting_id)
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


def _items(session: Session, meeting_id: UUID) -> Sequence[Any]:
    """Each place of the agenda, its proposal as it is before the committee, and whose money it asks for."""
    items = session.execute(
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
    )
    return items.all()


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
