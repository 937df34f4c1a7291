"""Objections of families and their answers. What a family and its helpers say are sealed records."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from aid.domain.objections import ObjectionReason, PassedCause, RefusalReason, Remedy, ReplyOutcome
from aid.models.base import Base, Permanent, kept_as


class ObjectionRule(Permanent, Base):
    """Within how many days objections are answered, from one moment on."""

    __tablename__ = "objection_rule"
    __table_args__ = (CheckConstraint("answer_days >= 1", name="some_days"),)

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    answer_days: Mapped[int]
    set_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    set_at: Mapped[datetime]


class Objection(Permanent, Base):
    """A family's protest. How far it has come follows from what was done about it."""

    __tablename__ = "objection"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    family_id: Mapped[UUID] = mapped_column(ForeignKey("family.id"), index=True)
    allocation_id: Mapped[UUID | None] = mapped_column(ForeignKey("allocation.id"), index=True)  # what it is about
    reason: Mapped[ObjectionReason] = kept_as(ObjectionReason)
    due_on: Mapped[date]
    opened_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    opened_at: Mapped[datetime]


class ObjectionPassedOn(Permanent, Base):
    """An objection that the committee answers. It comes to it once."""

    __tablename__ = "objection_passed_on"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    objection_id: Mapped[UUID] = mapped_column(ForeignKey("objection.id"), unique=True)
    cause: Mapped[PassedCause] = kept_as(PassedCause)
    due_on: Mapped[date]
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


class ObjectionAnswer(Permanent, Base):
    """An answer: the first is a coordinator's, the second the committee's."""

    __tablename__ = "objection_answer"
    __table_args__ = (
        UniqueConstraint("objection_id", "n"),
        CheckConstraint("n IN (1, 2)", name="first_or_second"),
        CheckConstraint("(outcome = 'upheld') = (remedy IS NOT NULL)", name="upheld_has_remedy"),
        CheckConstraint("(outcome = 'refused') = (refusal IS NOT NULL)", name="refused_has_reason"),
        CheckConstraint("meeting_id IS NULL OR n = 2", name="meeting_of_committee"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    objection_id: Mapped[UUID] = mapped_column(ForeignKey("objection.id"))
    n: Mapped[int]
    outcome: Mapped[ReplyOutcome] = kept_as(ReplyOutcome)
    remedy: Mapped[Remedy | None] = kept_as(Remedy)
    refusal: Mapped[RefusalReason | None] = kept_as(RefusalReason)
    meeting_id: Mapped[UUID | None] = mapped_column(ForeignKey("meeting.id"))  # at which the committee decided it
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


class ObjectionRemark(Permanent, Base):
    """A member's words on an objection before the committee."""

    __tablename__ = "objection_remark"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    objection_id: Mapped[UUID] = mapped_column(ForeignKey("objection.id"), index=True)
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
