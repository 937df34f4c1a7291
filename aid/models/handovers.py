"""Printed papers that go from hand to hand: who gave which batches, who counted them, and what was missing."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from aid.domain.paper_trail import CountReason
from aid.models.base import Base, Permanent, kept_as


class Handover(Permanent, Base):
    """A pile of papers for one point, given by one person to another."""

    __tablename__ = "handover"
    __table_args__ = (CheckConstraint("from_id <> to_id", name="two_people"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    point_id: Mapped[UUID] = mapped_column(ForeignKey("point.id"))
    from_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    to_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    at: Mapped[datetime]


class HandoverBatch(Permanent, Base):
    """Which good papers of one batch were in the pile."""

    __tablename__ = "handover_batch"
    __table_args__ = (CheckConstraint("papers >= 1", name="some"),)

    handover_id: Mapped[UUID] = mapped_column(ForeignKey("handover.id"), primary_key=True)
    batch_id: Mapped[UUID] = mapped_column(ForeignKey("print_batch.id"), primary_key=True, index=True)
    papers: Mapped[int]
    serials: Mapped[list[str]]  # their numbers, as `domain.paper_trail.plain_runs` writes them


class HandoverReceipt(Permanent, Base):
    """The word of who received a pile and counted it; or of who gave it, and took it back before that."""

    __tablename__ = "handover_receipt"

    handover_id: Mapped[UUID] = mapped_column(ForeignKey("handover.id"), primary_key=True)
    taken_back: Mapped[bool]
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


class HandoverCount(Permanent, Base):
    """How many papers of one batch were counted on arrival, and why that is another number than was given."""

    __tablename__ = "handover_count"
    __table_args__ = (
        CheckConstraint("papers >= 0", name="not_negative"),
        ForeignKeyConstraint(["handover_id", "batch_id"], ["handover_batch.handover_id", "handover_batch.batch_id"]),
    )

    handover_id: Mapped[UUID] = mapped_column(ForeignKey("handover_receipt.handover_id"), primary_key=True)
    batch_id: Mapped[UUID] = mapped_column(primary_key=True)
    papers: Mapped[int]
    reason: Mapped[CountReason | None] = kept_as(CountReason)
