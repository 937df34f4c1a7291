"""The act of collecting, how it is undone, who not on the slip may collect, and what was refused at the table."""

from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from aid.domain.strangers import StrangerReason
from aid.domain.undoing import UndoReason
from aid.models.base import Base, Permanent, kept_as


class Collection(Permanent, Base):
    """A voucher's aid, or a part of it, handed out."""

    __tablename__ = "collection"
    __table_args__ = (
        UniqueConstraint("voucher_id", "turn"),
        CheckConstraint("collector >= 0", name="collector_on_slip"),
        CheckConstraint("turn >= 1", name="turn_from_one"),
        CheckConstraint("amount_minor >= 0", name="amount_not_negative"),
        CheckConstraint("(amount_minor > 0) = (entry_id IS NOT NULL)", name="money_has_entry"),
        CheckConstraint("amount_minor > 0 OR CAST(items AS VARCHAR) <> '[]'", name="money_or_goods"),
        CheckConstraint("(amount_minor IS NULL) = (items IS NULL)", name="whole_or_part"),
        CheckConstraint(
            "(collector IS NULL) = (stranger_id IS NOT NULL) OR (collector IS NULL AND entered_at IS NOT NULL)",
            name="on_slip_or_stranger",
        ),
        Index("ix_collection_point_id_collected_at", "point_id", "collected_at"),
    )
    later_columns = MappingProxyType(
        {"turn": 1, "stranger_id": None, "entered_at": None, "amount_minor": None, "items": None}
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    voucher_id: Mapped[UUID] = mapped_column(ForeignKey("voucher.id"))
    turn: Mapped[int]  # 1 for a voucher's first; more where one was undone, or handed out a part
    paper_id: Mapped[UUID] = mapped_column(ForeignKey("paper.id"))
    point_id: Mapped[UUID] = mapped_column(ForeignKey("point.id"))
    handed_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    collector: Mapped[int | None]  # place on the slip, from 0; none for a stranger, or from a list without names
    stranger_id: Mapped[UUID | None] = mapped_column(ForeignKey("stranger_asked.id"), unique=True)  # not on the slip
    collected_at: Mapped[datetime]
    entered_at: Mapped[datetime | None]  # where it was written down later, from a day without network
    amount_minor: Mapped[int | None]  # in the voucher's currency; none: all it is worth, from before there were parts
    items: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))  # goods, likewise
    entry_id: Mapped[UUID | None] = mapped_column(ForeignKey("entry.id"), unique=True)  # none where goods only


class CollectionUndo(Permanent, Base):
    """A collection that was wrong, taken back within minutes: its money and goods are there again."""

    __tablename__ = "collection_undo"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collection_id: Mapped[UUID] = mapped_column(ForeignKey("collection.id"), unique=True)
    reason: Mapped[UndoReason] = kept_as(UndoReason)
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    entry_id: Mapped[UUID | None] = mapped_column(ForeignKey("entry.id"), unique=True)  # the counter-entry


class StrangerAsked(Permanent, Base):
    """Somebody who is not on a family's slip came with its voucher, and why. Who they are is written nowhere."""

    __tablename__ = "stranger_asked"
    __table_args__ = (Index("ix_stranger_asked_point_id_at", "point_id", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    voucher_id: Mapped[UUID] = mapped_column(ForeignKey("voucher.id"), index=True)
    point_id: Mapped[UUID] = mapped_column(ForeignKey("point.id"))
    reason: Mapped[StrangerReason] = kept_as(StrangerReason)
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


class StrangerAnswer(Permanent, Base):
    """A second person's word on somebody who is not on the slip."""

    __tablename__ = "stranger_answer"

    asked_id: Mapped[UUID] = mapped_column(ForeignKey("stranger_asked.id"), primary_key=True)
    agreed: Mapped[bool]
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


class RefusedCollection(Permanent, Base):
    """A try that was refused: a wrong code, a second collection, another point's voucher."""

    __tablename__ = "refused_collection"
    __table_args__ = (
        Index("ix_refused_collection_person_id_at", "person_id", "at"),
        Index("ix_refused_collection_point_id_at", "point_id", "at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    point_id: Mapped[UUID] = mapped_column(ForeignKey("point.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    voucher_id: Mapped[UUID | None] = mapped_column(ForeignKey("voucher.id"))
    reason: Mapped[str]  # a code
    at: Mapped[datetime]
