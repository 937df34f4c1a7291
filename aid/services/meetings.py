"""Meetings of the committee: called, called off, who sits at the table, and what was marked on paper there."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from aid.domain.allocations import AllocationState
from aid.domain.clock import Instant
from aid.domain.ids import new_id
from aid.domain.meetings import (
    MeetingEnd,
    MeetingTimes,
    check_agenda,
    checked_words,
    why_ended,
    why_not_called_off,
    why_not_open,
    why_times_are_wrong,
)
from aid.domain.permissions import Permission
from aid.domain.quorum import Choice, RecusalReason, why_reason_is_wrong
from aid.domain.refusals import RuleBroken
from aid.domain.rings import RingKind
from aid.domain.words import _
from aid.models.allocations import Allocation
from aid.models.meetings import (
    Attendance,
    CalledOff,
    Meeting,
    MeetingInvitation,
    MeetingItem,
    Minutes,
    PaperBallot,
)
from aid.models.people import Ring
from aid.models.records import Record, RecordKind
from aid.services import audit, counters, records
from aid.services.allocations import lock_allocation
from aid.services.certificates import committee
from aid.services.committee import COMPUTED_ANEW
from aid.vault.actor import Actor
from aid.vault.records import RingTarget


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingOrder:
    """A meeting as it is called. The place is sealed for the committee, or not written at all."""

    meets_at: datetime
    votes_until: datetime
    items: tuple[UUID, ...]  # allocations, in the order of the agenda
    invited: frozenset[UUID]
    place: str = ""


@dataclass(frozen=True, slots=True)
class PaperWord:
    """What a member marked on paper beside one proposal."""

    allocation_id: UUID
    version: int
    choice: Choice
    reason: RecusalReason | None = None


@dataclass(frozen=True, slots=True)
class PaperOrder:
    """One member's ballot paper, as it is minuted."""

    meeting_id: UUID
    member_id: UUID
    words: tuple[PaperWord, ...]


@dataclass(frozen=True, slots=True)
class MeetingCalled:
    """A meeting was called."""

    meeting_id: UUID
    number: int


@dataclass(frozen=True, slots=True)
class MeetingOff:
    """A meeting will not take place."""

    meeting_id: UUID


@dataclass(frozen=True, slots=True)
class Noted:
    """So many members came to the table or left it since the last note."""

    changed: int


@dataclass(frozen=True, slots=True)
class Minuted:
    """So many words of one member's paper are in the minutes. None of them counts yet."""

    words: int


def call_meeting(session: Session, *, actor: Actor, now: Instant, order: MeetingOrder) -> MeetingCalled:
    """Call the committee together for some proposals."""
    actor.must(Permission.HOLD_MEETINGS)
    assert actor.person_id is not None, "a person calls a meeting"
    check_agenda(order.items, order.invited)
    if wrong := why_times_are_wrong(MeetingTimes(order.meets_at, order.votes_until), now=now.instant):
        raise RuleBroken(*wrong)
    place = checked_words(order.place, needed=False)
    _check_items(session, order.items)
    _check_invited(session, order.invited, now=now)
    meeting = Meeting(
        id=new_id(),
        number=counters.take(session, "meeting"),
        called_by_id=actor.person_id,
        called_at=now.instant,
        meets_at=order.meets_at,
        votes_until=order.votes_until,
    )
    session.add(meeting)
    session.flush()
    items = [MeetingItem(meeting_id=meeting.id, n=n, allocation_id=id_) for n, id_ in enumerate(order.items, start=1)]
    invited = [MeetingInvitation(meeting_id=meeting.id, person_id=person) for person in sorted(order.invited)]
    session.add_all([*items, *invited])
    if place:
        rings = [needs_ring(session)]
        value = {"place": place}
        records.put(session, value, kind=RecordKind.PLACE, row_id=meeting.id, rings=rings, keyring=actor.keyring)
    audit.say(session, "meeting.called", subject=meeting.id, made=[meeting, *items, *invited])
    return MeetingCalled(meeting.id, meeting.number)


def call_off(session: Session, *, actor: Actor, now: Instant, meeting_id: UUID) -> MeetingOff:
    """Call off a meeting that has not begun. Where it would have been is forgotten."""
    actor.must(Permission.HOLD_MEETINGS)
    assert actor.person_id is not None, "a person calls off"
    meeting = lock_meeting(session, meeting_id)
    times = MeetingTimes(meeting.meets_at, meeting.votes_until)
    if reason := why_not_called_off(times, end_of(session, meeting.id), now=now.instant):
        raise RuleBroken(reason)
    row = CalledOff(meeting_id=meeting.id, by_id=actor.person_id, at=now.instant)
    session.add(row)
    forget_place(session, meeting.id)
    audit.say(session, "meeting.called_off", subject=meeting.id, made=[row])
    return MeetingOff(meeting.id)


def note_attendance(session: Session, *, actor: Actor, now: Instant, meeting_id: UUID, there: frozenset[UUID]) -> Noted:
    """Note who of those invited sits at the table now."""
    actor.must(Permission.HOLD_MEETINGS)
    assert actor.person_id is not None, "a person notes it"
    meeting = _open_meeting(session, meeting_id)
    invited = _invited(session, meeting.id)
    if not there <= invited:
        raise RuleBroken(_("Only members who were invited sit at the table."), "there")
    before = at_table(session, meeting.id)
    notes = _numbers(session, meeting.id)
    rows = [
        Attendance(
            id=new_id(),
            meeting_id=meeting.id,
            person_id=person,
            number=notes[person] + 1,
            there=person in there,
            by_id=actor.person_id,
            at=now.instant,
        )
        for person in sorted(there ^ before)
    ]
    session.add_all(rows)
    if rows:
        audit.say(session, "meeting.attendance_noted", subject=meeting.id, made=rows)
    return Noted(len(rows))


def minute_paper(session: Session, *, actor: Actor, now: Instant, order: PaperOrder) -> Minuted:
    """Write down what a member marked on paper. It never counts until that member signs it with their own key."""
    actor.must(Permission.HOLD_MEETINGS)
    assert actor.person_id is not None, "a person minutes it"
    meeting = _open_meeting(session, order.meeting_id)
    if order.member_id not in _invited(session, meeting.id):
        raise RuleBroken(_("Choose a member who was invited to this meeting."), "member")
    if not order.words:
        raise RuleBroken(_("Write down what is marked beside at least one proposal."))
    rows = [_paper(session, meeting, order.member_id, word, by=actor.person_id, now=now) for word in order.words]
    session.add_all(rows)
    audit.say(session, "paper.minuted", subject=meeting.id, made=rows)
    return Minuted(len(rows))


def _paper(
    session: Session, meeting: Meeting, member_id: UUID, word: PaperWord, *, by: UUID, now: Instant
) -> PaperBallot:
    allocation = lock_allocation(session, word.allocation_id)
    if reason := why_not_open(allocation.state) or why_reason_is_wrong(word.choice, word.reason):
        raise RuleBroken(reason)
    on_agenda = select(MeetingItem.n).where(
        MeetingItem.meeting_id == meeting.id, MeetingItem.allocation_id == allocation.id
    )
    if session.scalar(on_agenda) is None:
        raise RuleBroken(_("This proposal is not on the agenda of this meeting."))
    if allocation.version != word.version:
        raise RuleBroken(COMPUTED_ANEW)
    earlier = select(func.count()).where(
        PaperBallot.meeting_id == meeting.id,
        PaperBallot.allocation_id == allocation.id,
        PaperBallot.version == word.version,
        PaperBallot.member_id == member_id,
    )
    return PaperBallot(
        id=new_id(),
        meeting_id=meeting.id,
        allocation_id=allocation.id,
        version=word.version,
        member_id=member_id,
        number=(session.scalar(earlier) or 0) + 1,
        choice=word.choice,
        recusal_reason=word.reason,
        by_id=by,
        at=now.instant,
    )


# ---------------------------------------------------------------- what others ask of a meeting


def lock_meeting(session: Session, meeting_id: UUID) -> Meeting:
    """A meeting that nobody else changes until the commit. Raises RuleBroken where there is none."""
    found = session.scalars(select(Meeting).where(Meeting.id == meeting_id).with_for_update()).one_or_none()
    if found is None:
        raise RuleBroken(_("This meeting does not exist; choose one from the list."))
    return found


def end_of(session: Session, meeting_id: UUID) -> MeetingEnd:
    """Whether a meeting has minutes, or was called off."""
    return MeetingEnd(
        is_closed=session.get(Minutes, meeting_id) is not None,
        is_called_off=session.get(CalledOff, meeting_id) is not None,
    )


def at_table(session: Session, meeting_id: UUID) -> frozenset[UUID]:
    """Who sits at the table, by the latest note on each."""
    notes = select(Attendance).where(Attendance.meeting_id == meeting_id).order_by(Attendance.number)
    latest = {note.person_id: note.there for note in session.scalars(notes)}
    return frozenset(person for person, there in latest.items() if there)


def needs_ring(session: Session) -> RingTarget:
    """The ring of who may read what families need: the committee and the coordinators."""
    id_ = session.execute(select(Ring.id).where(Ring.kind == RingKind.NEEDS)).scalar_one()
    return records.targets(session, [id_])[id_]


def forget_place(session: Session, meeting_id: UUID) -> None:
    """Delete where a meeting was: nobody needs it any more."""
    session.execute(delete(Record).where(Record.kind == RecordKind.PLACE, Record.row_id == meeting_id))


def _open_meeting(session: Session, meeting_id: UUID) -> Meeting:
    meeting = lock_meeting(session, meeting_id)
    if reason := why_ended(end_of(session, meeting.id)):
        raise RuleBroken(reason)
    return meeting


def _invited(session: Session, meeting_id: UUID) -> frozenset[UUID]:
    asked = select(MeetingInvitation.person_id).where(MeetingInvitation.meeting_id == meeting_id)
    return frozenset(session.scalars(asked))


def _numbers(session: Session, meeting_id: UUID) -> defaultdict[UUID, int]:
    counted = select(Attendance.person_id, func.count()).where(Attendance.meeting_id == meeting_id)
    return defaultdict(int, {person: n for person, n in session.execute(counted.group_by(Attendance.person_id))})  # noqa: C416


def _check_items(session: Session, items: Sequence[UUID]) -> None:
    open_ = select(Allocation.id).where(Allocation.id.in_(items), Allocation.state == AllocationState.PROPOSED)
    if set(session.scalars(open_)) != set(items) or len(set(items)) != len(items):
        raise RuleBroken(_("One of these proposals is not open any more. Choose from the list again."), "items")


def _check_invited(session: Session, invited: frozenset[UUID], *, now: Instant) -> None:
    if not invited <= committee(session, now=now):
        raise RuleBroken(_("One of those invited is not on the committee now. Choose from the list again."), "invited")
