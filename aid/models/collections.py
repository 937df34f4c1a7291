"""The act of collecting, and what was refused at the table."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from aid.models.base import Base, Permanent


class Collection(Permanent, Base):
    """A voucher's aid, handed out once."""

    __tablename__ = "collection"
    __table_args__ = (CheckConstraint("collector >= 0", name="collector_on_slip"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    voucher_id: Mapped[UUID] = mapped_column(ForeignKey("voucher.id"), unique=True)
    paper_id: Mapped[UUID] = mapped_column(ForeignKey("paper.id"))
    point_id: Mapped[UUID] = mapped_column(ForeignKey("point.id"))
    handed_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    collector: Mapped[int]  # place on the slip: 0 is the first collector, then the alternates
    collected_at: Mapped[datetime]
    entry_id: Mapped[UUID | None] = mapped_column(ForeignKey("entry.id"), unique=True)  # none where goods only


class RefusedCollection(Permanent, Base):
    """A try that was refused: a wrong code, a second collection, another point's voucher."""

    __tablename__ = "refused_collection"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    point_id: Mapped[UUID] = mapped_column(ForeignKey("point.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    voucher_id: Mapped[UUID | None] = mapped_column(ForeignKey("voucher.id"))
    reason: Mapped[str]  # a code
    at: Mapped[datetime]
