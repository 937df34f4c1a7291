"""What became of families since they were registered: where they moved, of whom they came, what they had before."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Exists, ForeignKey, ForeignKeyConstraint, Index, exists
from sqlalchemy.orm import Mapped, mapped_column

from aid.domain.families import TieKind
from aid.models.base import Base, Permanent, kept_as
from aid.models.families import Withdrawal


class FamilyMove(Permanent, Base):
    """A family lives or collects elsewhere from this version on."""

    __tablename__ = "family_move"
    __table_args__ = (
        ForeignKeyConstraint(["family_id", "version"], ["family_version.family_id", "family_version.version"]),
    )

    family_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    from_locality_id: Mapped[UUID] = mapped_column(ForeignKey("locality.id"))
    to_locality_id: Mapped[UUID] = mapped_column(ForeignKey("locality.id"), index=True)
    from_point_id: Mapped[UUID] = mapped_column(ForeignKey("point.id"))
    to_point_id: Mapped[UUID] = mapped_column(ForeignKey("point.id"))
    at: Mapped[datetime]


class FamilyReturn(Permanent, Base):
    """A family that had left the fund came back."""

    __tablename__ = "family_return"

    withdrawal_id: Mapped[UUID] = mapped_column(ForeignKey("withdrawal.id"), primary_key=True)
    family_id: Mapped[UUID] = mapped_column(ForeignKey("family.id"), index=True)
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


class FamilyTie(Permanent, Base):
    """Two families have to do with each other: the other came of the first, or went into it."""

    __tablename__ = "family_tie"
    __table_args__ = (
        CheckConstraint("family_id <> other_id", name="two_families"),
        Index("ix_family_tie_family_id_other_id", "family_id", "other_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[TieKind] = kept_as(TieKind)
    family_id: Mapped[UUID] = mapped_column(ForeignKey("family.id"))  # that goes on
    other_id: Mapped[UUID] = mapped_column(ForeignKey("family.id"), index=True)
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


class EarlierAid(Permanent, Base):
    """What another family was given counts as given to this one too, since its people were part of that one."""

    __tablename__ = "earlier_aid"

    family_id: Mapped[UUID] = mapped_column(ForeignKey("family.id"), primary_key=True)
    line_id: Mapped[UUID] = mapped_column(ForeignKey("allocation_line.id"), primary_key=True, index=True)
    tie_id: Mapped[UUID] = mapped_column(ForeignKey("family_tie.id"))


class FamilyCard(Permanent, Base):
    """A card with the family's code was printed. It says nothing that the code does not."""

    __tablename__ = "family_card"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    family_id: Mapped[UUID] = mapped_column(ForeignKey("family.id"), index=True)
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


def came_back() -> Exists:
    """Whether a family came back after this withdrawal."""
    return exists().where(FamilyReturn.withdrawal_id == Withdrawal.id)
