"""The sample fund's committee meets: a line is questioned, another held out, a paper signed later; then its minutes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select

from aid.cli.demo.people import User, key
from aid.documents.ballots import ballots_pdf
from aid.documents.minutes import minutes_pdf
from aid.domain.allocations import AllocationState
from aid.domain.entitlement import ProgrammeRule
from aid.domain.families import Circumstance
from aid.domain.meetings import HoldReason, QuestionReason
from aid.domain.permissions import Role
from aid.domain.quorum import Choice, RecusalReason
from aid.extensions import reading
from aid.models.allocations import Allocation, AllocationLine, AllocationVersion
from aid.models.families import Family
from aid.models.fund import Purpose
from aid.perform import perform
from aid.queries.minutes import ballots_of, printed_minutes
from aid.services.allocations import propose
from aid.services.certificates import newest
from aid.services.committee import VoteOrder, cast_vote, signing_key
from aid.services.discussion import HoldOrder, QuestionOrder, answer, ask, hold_out, remark
from aid.services.meetings import MeetingOrder, PaperOrder, PaperWord, call_meeting, minute_paper, note_attendance
from aid.services.minutes import close_meeting
from aid.services.programmes import ProgrammeOrder, write_programme
from aid.vault.signatures import fingerprint_of

if TYPE_CHECKING:
    from aid.cli.demo.story import Story

STRUCK = frozenset({Circumstance.DETAINED, Circumstance.BEREAVED, Circumstance.ILL, Circumstance.HOME_BURNT})
MEAL = 15_000_00
TITLES = {"kk": "Ауырғанға қолдау", "ru": "Поддержка больным", "en": "Help for the ill"}


@dataclass(frozen=True, slots=True)
class Committee:
    """Who plays: the coordinator, and five members."""

    coordinator: User
    members: list[User]


def hold_meetings(story: Story) -> None:
    """One meeting from its call to its minutes, and another that is still to come."""
    story.say("The committee meets: a line is questioned, another held out, a paper signed later")
    cast = Committee(story.the(Role.COORDINATOR), story.with_role(Role.COMMITTEE_MEMBER))
    allocation_id = _proposal(story, cast)
    begins = _evening(story, story.now.instant + timedelta(days=1))
    meeting_id = _call(story, cast, [allocation_id], begins=begins)
    _speak(story, cast, allocation_id)
    _hold_out(story, cast, allocation_id)
    _print_ballots(story, cast, meeting_id)
    story.clock = begins + timedelta(minutes=5)
    _at_the_table(story, cast, meeting_id, allocation_id)
    story.wait(hours=1)
    perform(key(), close_meeting, actor=cast.coordinator.actor(), now=story.now, meeting_id=meeting_id)
    _print_minutes(story, cast, meeting_id)
    _leave_one_ahead(story, cast)
    _write_keys(story)


def _proposal(story: Story, cast: Committee) -> UUID:
    """A small round, for families where somebody is ill or was struck."""
    actor = cast.coordinator.actor()
    purpose = reading().execute(select(Purpose.id).where(Purpose.code == "daily")).scalar_one()
    order = ProgrammeOrder(
        titles=TITLES,
        purpose_id=purpose,
        rule=ProgrammeRule("KZT", STRUCK, MEAL, 0, 0, (), None),
        valid_days=30,
        grace_days=7,
    )
    written = perform(key(), write_programme, actor=actor, now=story.now, order=order)
    return perform(key(), propose, actor=actor, now=story.now, programme_id=written.programme_id).allocation_id


def _evening(story: Story, moment: datetime) -> datetime:
    """Six o'clock of that day, in the fund's time zone."""
    return moment.astimezone(story.zone).replace(hour=18, minute=0, second=0, microsecond=0).astimezone(UTC)


def _call(story: Story, cast: Committee, items: list[UUID], *, begins: datetime) -> UUID:
    order = MeetingOrder(
        meets_at=begins,
        votes_until=begins + timedelta(hours=24),
        items=tuple(items),
        invited=frozenset(_id(member) for member in cast.members),
        place="Вымышленный адрес, 1",
    )
    return perform(key(), call_meeting, actor=cast.coordinator.actor(), now=story.now, order=order).meeting_id


def _speak(story: Story, cast: Committee, allocation_id: UUID) -> None:
    """A remark, and a question that the family's registrar answers a few hours later."""
    story.wait(hours=3)
    first, second, *_others = cast.members
    words = "Предлагаю решить сегодня: семьи ждут с понедельника."
    perform(key(), remark, actor=second.actor(), now=story.now, allocation_id=allocation_id, words=words)
    line = _lines(allocation_id)[0]
    order = QuestionOrder(line.id, QuestionReason.TWICE, "Эта семья уже получала помощь в августе?")
    asked = perform(key(), ask, actor=first.actor(), now=story.now, order=order)
    story.wait(hours=5)
    words = "Нет, тогда она ещё не была подтверждена."
    registrar = _registrar_of(story, line)
    perform(key(), answer, actor=registrar.actor(), now=story.now, question_id=asked.question_id, words=words)


def _hold_out(story: Story, cast: Committee, allocation_id: UUID) -> None:
    """Another line is questioned; the answer does not come in time, and the proposal goes on without it."""
    line = _lines(allocation_id)[1]
    order = QuestionOrder(line.id, QuestionReason.FACTS, "Справка ещё действует?")
    perform(key(), ask, actor=cast.members[2].actor(), now=story.now, order=order)
    story.wait(hours=4)
    hold = HoldOrder(allocation_id, _version(allocation_id).version, frozenset({line.id}), HoldReason.UNANSWERED)
    perform(key(), hold_out, actor=cast.coordinator.actor(), now=story.now, order=hold)


def _at_the_table(story: Story, cast: Committee, meeting_id: UUID, allocation_id: UUID) -> None:
    """Three at the table, one of them without a phone; one votes from afar, and one steps out."""
    first, second, third, fourth, *_rest = cast.members
    actor = cast.coordinator.actor()
    there = frozenset(_id(member) for member in (first, second, third))
    perform(key(), note_attendance, actor=actor, now=story.now, meeting_id=meeting_id, there=there)
    word = PaperWord(allocation_id, _version(allocation_id).version, Choice.YES)
    order = PaperOrder(meeting_id, _id(third), (word,))
    perform(key(), minute_paper, actor=actor, now=story.now, order=order)
    _vote(story, fourth, allocation_id, Choice.RECUSAL, reason=RecusalReason.RELATIVE)
    for member in (first, second):
        story.wait(minutes=7)
        _vote(story, member, allocation_id, Choice.YES)
    story.wait(hours=2)
    _vote(story, third, allocation_id, Choice.YES)  # at a colleague's phone: now the paper's word counts


def _vote(
    story: Story, member: User, allocation_id: UUID, choice: Choice, *, reason: RecusalReason | None = None
) -> None:
    version = _version(allocation_id)
    order = VoteOrder(
        allocation_id=allocation_id,
        version=version.version,
        content_root=version.content_root,
        choice=choice,
        reason=reason,
    )
    actor = member.actor()
    signing = signing_key(reading(), actor=actor, password=member.password)
    perform(key(), cast_vote, actor=actor, now=story.now, order=order, signing=signing)


def _print_ballots(story: Story, cast: Committee, meeting_id: UUID) -> None:
    actor = cast.coordinator.actor()
    values = ballots_of(reading(), actor=actor, meeting_id=meeting_id)
    assert values is not None, "it was called just now"
    story.print("ballots-1.pdf", ballots_pdf(values, actor.language))


def _print_minutes(story: Story, cast: Committee, meeting_id: UUID) -> None:
    actor = cast.coordinator.actor()
    values = printed_minutes(reading(), actor=actor, meeting_id=meeting_id)
    assert values is not None, "they were made just now"
    story.print("minutes-1.pdf", minutes_pdf(values, actor.language))


def _leave_one_ahead(story: Story, cast: Committee) -> None:
    """A meeting in two days for what is still open, with a question that waits."""
    waiting = select(Allocation.id).where(Allocation.state == AllocationState.PROPOSED).order_by(Allocation.number)
    items = list(reading().scalars(waiting))
    if not items:
        return
    _call(story, cast, items, begins=_evening(story, datetime.now(UTC) + timedelta(days=2)))
    lines = [line for line in _lines(items[0]) if line.family_id]
    if lines:
        order = QuestionOrder(lines[0].id, QuestionReason.NEED, "Дом сгорел целиком или одна комната?")
        perform(key(), ask, actor=cast.members[0].actor(), now=story.now, order=order)


def _write_keys(story: Story) -> None:
    """The members' fingerprints beside the papers, as they stand on the founding act: for docs/verify_record.py."""
    if story.out:
        seats = newest(reading()).committee.members
        told = "".join(f"{seat.handle} {fingerprint_of(seat.public)}\n" for seat in seats)
        (story.out / "voting-keys.txt").write_text(told, encoding="utf-8")


def _version(allocation_id: UUID) -> AllocationVersion:
    """What is put to the vote now."""
    number = reading().execute(select(Allocation.version).where(Allocation.id == allocation_id)).scalar_one()
    return reading().get_one(AllocationVersion, (allocation_id, number), populate_existing=True)


def _lines(allocation_id: UUID) -> list[AllocationLine]:
    version = _version(allocation_id)
    of = (AllocationLine.allocation_id == allocation_id) & (AllocationLine.version == version.version)
    return list(reading().scalars(select(AllocationLine).where(of).order_by(AllocationLine.n)))


def _registrar_of(story: Story, line: AllocationLine) -> User:
    locality = reading().execute(select(Family.locality_id).where(Family.id == line.family_id)).scalar_one()
    return next(user for user in story.with_role(Role.REGISTRAR) if locality in user.actor().localities)


def _id(user: User) -> UUID:
    id_ = user.actor().person_id
    assert id_ is not None, "a person"
    return id_
