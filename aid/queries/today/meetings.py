"""What of meetings waits: the meeting, a paper to sign, questions asked and to be answered, minutes to be made."""

from typing import Any

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from aid.domain.allocations import AllocationState
from aid.domain.clock import Instant
from aid.domain.words import _, n_
from aid.models.allocations import Allocation, Vote
from aid.models.meetings import (
    CalledOff,
    LineQuestion,
    Meeting,
    MeetingInvitation,
    MeetingItem,
    Minutes,
    PaperBallot,
)
from aid.queries.questions import mine_to_answer, unanswered
from aid.queries.today.waiting import Waiting, oldest
from aid.vault.actor import Actor


def ahead(session: Session, actor: Actor, _now: Instant) -> Waiting:
    """Meetings that this member is invited to and that are not over."""
    invited = exists().where(MeetingInvitation.meeting_id == Meeting.id, MeetingInvitation.person_id == actor.id)
    found = oldest(session, select(Meeting.meets_at, Meeting.id).where(_goes_on(), invited))
    title = n_("meeting of the committee", "meetings of the committee", found.count)
    hint = _("The next one: %(moment)s", moment=found.since) if found.count else None
    page = "meetings.show" if found.count == 1 else "meetings.index"
    return Waiting(page, found.count, title, hint, values=found.alone("meeting_id"))


def papers(session: Session, actor: Actor, _now: Instant) -> Waiting:
    """What this member marked on paper and has not signed: it does not count."""
    signed = exists().where(
        Vote.allocation_id == PaperBallot.allocation_id,
        Vote.version == PaperBallot.version,
        Vote.member_id == PaperBallot.member_id,
    )
    put = (Allocation.id == PaperBallot.allocation_id) & (Allocation.version == PaperBallot.version)
    rows = select(PaperBallot.at, PaperBallot.meeting_id).join(Allocation, put)
    mine = (PaperBallot.member_id == actor.id, PaperBallot.number == 1, Allocation.state == AllocationState.PROPOSED)
    found = oldest(session, rows.where(*mine, ~signed))
    title = n_("paper of yours to sign", "papers of yours to sign", found.count)
    hint = _("What you marked on paper does not count until you sign it with your own key.")
    page = "meetings.show" if found.count == 1 else "meetings.index"
    return Waiting(page, found.count, title, hint, found.since, patience=1, values=found.alone("meeting_id"))


def asked(session: Session, actor: Actor, _now: Instant) -> Waiting:
    """This member's own questions that have no answer yet."""
    found = oldest(session, _questions().where(LineQuestion.by_id == actor.id))
    title = n_("question of yours without an answer", "questions of yours without an answer", found.count)
    return Waiting("meetings.index", found.count, title, None, found.since)


def to_answer(session: Session, actor: Actor, _now: Instant) -> Waiting:
    """The committee's questions that this person can answer."""
    found = oldest(session, _questions().where(mine_to_answer(actor=actor)))
    title = n_("question of the committee to answer", "questions of the committee to answer", found.count)
    hint = _("A member doubts a line. Answer by the family’s code, without its name.")
    page = "discussion.reply" if found.count == 1 else "discussion.questions"
    return Waiting(page, found.count, title, hint, found.since, patience=1, values=found.alone("question_id"))


def without_minutes(session: Session, _actor: Actor, now: Instant) -> Waiting:
    """Meetings whose deadline is over, or of which nothing is open any more."""
    still_open = exists().where(
        MeetingItem.meeting_id == Meeting.id,
        Allocation.id == MeetingItem.allocation_id,
        Allocation.state == AllocationState.PROPOSED,
    )
    over = (Meeting.votes_until <= now.instant) | ((Meeting.meets_at <= now.instant) & ~still_open)
    found = oldest(session, select(Meeting.meets_at, Meeting.id).where(_goes_on(), over))
    title = n_("meeting without minutes", "meetings without minutes", found.count)
    page = "meetings.show" if found.count == 1 else "meetings.index"
    return Waiting(page, found.count, title, None, found.since, values=found.alone("meeting_id"))


def _goes_on() -> ColumnElement[bool]:
    return ~exists().where(Minutes.meeting_id == Meeting.id) & ~exists().where(CalledOff.meeting_id == Meeting.id)


def _questions() -> Any:
    return unanswered(select(LineQuestion.at, LineQuestion.id))
