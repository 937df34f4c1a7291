"""Lists of families that people bring: what waits sealed to who brought it, and what stays of each import."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from aid.domain.imports import Stage
from aid.models.base import Base, Permanent, kept_as


class PartKind(StrEnum):
    """What a sealed part of a list is. Part of its context, so that one kind can't pass for another."""

    FILE = "file"  # as it was uploaded, until the import begins
    HOW = "how"  # how it is read
    SEEN = "seen"  # what it comes to as it is read so
    HEAD = "head"  # its headings
    STEP = "step"  # the households of one step, until it is done
    BAD = "bad"  # rows that could not be read
    HELD = "held"  # a household set aside for a person to decide


class BroughtKind(StrEnum):
    """What somebody brought that waits sealed to them."""

    FAMILIES = "families"
    STATEMENT = "statement"


class BroughtList(Base):
    """A list that waits or is being imported, sealed to who brought it. Never in a backup; gone after some days."""

    __tablename__ = "brought_list"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    key: Mapped[bytes]  # of its parts, sealed to that person
    kept_at: Mapped[datetime]
    stage: Mapped[Stage] = kept_as(Stage)
    what: Mapped[BroughtKind] = kept_as(BroughtKind)
    households: Mapped[int] = mapped_column(default=0)
    steps: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    added: Mapped[int] = mapped_column(default=0)
    known: Mapped[int] = mapped_column(default=0)
    held: Mapped[int] = mapped_column(default=0)  # so many were set aside
    bad: Mapped[int] = mapped_column(default=0)  # rows


class BroughtPart(Base):
    """A piece of something sealed of a list."""

    __tablename__ = "brought_part"

    list_id: Mapped[UUID] = mapped_column(ForeignKey("brought_list.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[PartKind] = kept_as(PartKind, primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    piece: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    family_id: Mapped[UUID | None] = mapped_column(ForeignKey("family.id"), index=True)  # that a household looks like
    sealed: Mapped[bytes]


class TableLayout(Permanent, Base):
    """What the columns of a list were taken for, by its headings' hash; or what a word of one means, by the word's.

    The latest of a signature counts. A word has two columns, what it is a word for and what it means, and no dates;
    one that was forgotten has the first alone.
    """

    __tablename__ = "table_layout"
    __table_args__ = (Index("ix_table_layout_signature_at", "signature", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    signature: Mapped[bytes]
    columns: Mapped[list[str]]  # our words, by place
    dates: Mapped[str]  # their order; nothing of a word
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


class FamilyImport(Permanent, Base):
    """Somebody began to import a list of so many households."""

    __tablename__ = "family_import"
    __table_args__ = (CheckConstraint("households > 0", name="not_empty"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)  # its list's too
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    households: Mapped[int]
    at: Mapped[datetime]


class ImportedFamily(Permanent, Base):
    """A family that came by an import."""

    __tablename__ = "imported_family"

    family_id: Mapped[UUID] = mapped_column(ForeignKey("family.id"), primary_key=True)
    import_id: Mapped[UUID] = mapped_column(ForeignKey("family_import.id"), index=True)


class UndoneImport(Permanent, Base):
    """An import was undone: its families were taken out and erased at once."""

    __tablename__ = "undone_import"

    import_id: Mapped[UUID] = mapped_column(ForeignKey("family_import.id"), primary_key=True)
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    families: Mapped[int]
    at: Mapped[datetime]
