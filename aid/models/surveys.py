"""Families asked afterwards whether aid arrived: who was drawn, how they were called, what they said, what was found.

Answers stand by the family's code, without a name, and hold no words of its own; what was found out is a sealed record.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from aid.domain.surveys.calls import Finding, Reach, Received, Said, Waited
from aid.models.base import Base, Permanent, kept_as


class Survey(Permanent, Base):
    """So many families drawn, by chance that anybody can repeat, of all who collected in a selection."""

    __tablename__ = "survey"
    __table_args__ = (
        CheckConstraint("size >= 1", name="some"),
        CheckConstraint("size <= families", name="of_all"),
        CheckConstraint("(first_day IS NULL) = (last_day IS NULL)", name="both_days"),
        CheckConstraint("last_day >= first_day", name="days_in_order"),
        CheckConstraint("allocation_id IS NOT NULL OR first_day IS NOT NULL", name="of_something"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    allocation_id: Mapped[UUID | None] = mapped_column(ForeignKey("allocation.id"))
    points: Mapped[list[str]]  # whose collections; empty: of all points
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]
    families: Mapped[int]
    size: Mapped[int]
    head: Mapped[bytes]  # the hash with which the audit chain ended before it: what it was drawn by
    drawn_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    drawn_at: Mapped[datetime]


class SurveyFrame(Permanent, Base):
    """The families that could be drawn, by one collection each, point by point."""

    __tablename__ = "survey_frame"
    __table_args__ = (CheckConstraint("families >= 1", name="some"),)

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    point_id: Mapped[UUID] = mapped_column(ForeignKey("point.id"), primary_key=True)
    families: Mapped[int]
    collections: Mapped[bytes]  # their ids, sixteen bytes each, in order


class SurveyCall(Permanent, Base):
    """A family that was drawn."""

    __tablename__ = "survey_call"
    __table_args__ = (
        UniqueConstraint("survey_id", "n"),
        UniqueConstraint("survey_id", "family_id"),
        CheckConstraint("n >= 1", name="from_one"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"))
    n: Mapped[int]  # in the order in which they were drawn
    collection_id: Mapped[UUID] = mapped_column(ForeignKey("collection.id"), index=True)
    family_id: Mapped[UUID] = mapped_column(ForeignKey("family.id"), index=True)


class SurveyTry(Permanent, Base):
    """One try to call a family, and what became of it."""

    __tablename__ = "survey_try"
    __table_args__ = (UniqueConstraint("call_id", "n"), CheckConstraint("n BETWEEN 1 AND 3", name="three"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    call_id: Mapped[UUID] = mapped_column(ForeignKey("survey_call.id"))
    n: Mapped[int]
    reach: Mapped[Reach] = kept_as(Reach)
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


class SurveyAnswer(Permanent, Base):
    """What a family said. A correction is the next one; the latest counts."""

    __tablename__ = "survey_answer"
    __table_args__ = (
        UniqueConstraint("call_id", "n"),
        CheckConstraint("n >= 1", name="from_one"),
        CheckConstraint("amount_minor >= 0", name="amount_not_negative"),
        CheckConstraint("received <> 'nothing' OR coalesce(amount_minor, 0) = 0", name="nothing_is_nothing"),
        CheckConstraint("received <> 'nothing' OR received_on IS NULL", name="nothing_on_no_day"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    call_id: Mapped[UUID] = mapped_column(ForeignKey("survey_call.id"))
    n: Mapped[int]
    received: Mapped[Received] = kept_as(Received)
    amount_minor: Mapped[int | None]  # that it says it got, in the voucher's currency
    received_on: Mapped[date | None]
    waited: Mapped[Waited | None] = kept_as(Waited)
    respected: Mapped[Said | None] = kept_as(Said)
    paid: Mapped[Said | None] = kept_as(Said)  # anything to anybody for it
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


class SurveyStory(Permanent, Base):
    """What was found out about an answer that something is wrong. In words it is a sealed record."""

    __tablename__ = "survey_story"

    answer_id: Mapped[UUID] = mapped_column(ForeignKey("survey_answer.id"), primary_key=True)
    found: Mapped[Finding] = kept_as(Finding)
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


class SurveyClose(Permanent, Base):
    """No more families of a survey are called: its result stands."""

    __tablename__ = "survey_close"

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
