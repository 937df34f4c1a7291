"""Meetings of the committee, what is said of proposals, and the minutes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from aid.domain.meetings import HoldReason, QuestionReason
from aid.domain.quorum import Choice, RecusalReason
from aid.models.base import Base, Permanent, kept_as


class Meeting(Permanent, Base):
    """A meeting of the committee. Where it is, is a sealed record, deleted with its end."""

    __tablename__ = "meeting"
    __table_args__ = (CheckConstraint("votes_until >= meets_at", name="votes_end_after_it_begins"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    called_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    called_at: Mapped[datetime]
    meets_at: Mapped[datetime]
    votes_until: Mapped[datetime]


class MeetingItem(Permanent, Base):
    """A proposal on a meeting's agenda."""

    __tablename__ = "meeting_item"
    __table_args__ = (UniqueConstraint("meeting_id", "allocation_id"),)

    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    allocation_id: Mapped[UUID] = mapped_column(ForeignKey("allocation.id"), index=True)


class MeetingInvitation(Permanent, Base):
    """A member who was invited."""

    __tablename__ = "meeting_invitation"

    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)


class Attendance(Permanent, Base):
    """Whether a member sits at the table, as it was noted. The latest note counts."""

    __tablename__ = "attendance"
    __table_args__ = (UniqueConstraint("meeting_id", "person_id", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    number: Mapped[int]  # of the notes on this member, from 1
    there: Mapped[bool]
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


class PaperBallot(Permanent, Base):
    """What a member marked on paper, as somebody else minuted it. It is no vote: only the member's signature is one."""

    __tablename__ = "paper_ballot"
    __table_args__ = (
        UniqueConstraint(
            "meeting_id", "allocation_id", "version", "member_id", "number", name="uq_paper_ballot_number"
        ),
        ForeignKeyConstraint(
            ["allocation_id", "version"], ["allocation_version.allocation_id", "allocation_version.version"]
        ),
        CheckConstraint("(choice = 'recusal') = (recusal_reason IS NOT NULL)", name="recusal_has_reason"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"))
    allocation_id: Mapped[UUID]
    version: Mapped[int]
    member_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    number: Mapped[int]  # of the member's papers on this version, from 1: the latest is what they said
    choice: Mapped[Choice] = kept_as(Choice)
    recusal_reason: Mapped[RecusalReason | None] = kept_as(RecusalReason)
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


class Remark(Permanent, Base):
    """A member's words on a proposal, as a sealed record of the ring of needs."""

    __tablename__ = "remark"
    __table_args__ = (
        ForeignKeyConstraint(
            ["allocation_id", "version"], ["allocation_version.allocation_id", "allocation_version.version"]
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    allocation_id: Mapped[UUID] = mapped_column(index=True)
    version: Mapped[int]
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


class LineQuestion(Permanent, Base):
    """A member's question about one line: a reason in the clear, the words sealed."""

    __tablename__ = "line_question"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    allocation_id: Mapped[UUID] = mapped_column(ForeignKey("allocation.id"), index=True)
    line_id: Mapped[UUID] = mapped_column(ForeignKey("allocation_line.id"), index=True)
    reason: Mapped[QuestionReason] = kept_as(QuestionReason)
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


class QuestionAnswer(Permanent, Base):
    """The answer of whoever knows the family; its words are sealed for those who asked."""

    __tablename__ = "question_answer"

    question_id: Mapped[UUID] = mapped_column(ForeignKey("line_question.id"), primary_key=True)
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


class HeldLine(Permanent, Base):
    """A line that was held out: the proposal went on without it in the next version."""

    __tablename__ = "held_line"

    line_id: Mapped[UUID] = mapped_column(ForeignKey("allocation_line.id"), primary_key=True)
    allocation_id: Mapped[UUID] = mapped_column(ForeignKey("allocation.id"), index=True)
    reason: Mapped[HoldReason] = kept_as(HoldReason)
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


class Minutes(Permanent, Base):
    """What a meeting came to, in bytes that nobody changes (see vault/minutes.py)."""

    __tablename__ = "minutes"

    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"), primary_key=True)
    content: Mapped[bytes]
    hash: Mapped[bytes]
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


class CalledOff(Permanent, Base):
    """A meeting that did not take place."""

    __tablename__ = "called_off"

    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"), primary_key=True)
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
