"""What became of donors since they were entered: corrected, never to be named, merged with another, parted again."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from aid.domain.donations import DonorChangeKind
from aid.models.base import Base, Permanent, kept_as


class DonorChange(Permanent, Base):
    """A donor's next version. What it says is sealed; the first version has no such row."""

    __tablename__ = "donor_change"
    __table_args__ = (
        CheckConstraint("version >= 2", name="from_two"),
        CheckConstraint("kind <> 'nameable' OR reason IS NOT NULL", name="told_why"),
    )

    donor_id: Mapped[UUID] = mapped_column(ForeignKey("donor.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[DonorChangeKind] = kept_as(DonorChangeKind)
    language: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str | None]
    at: Mapped[datetime]
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))


class DonorMerge(Permanent, Base):
    """Two donors turned out to be one. The other one's gifts are the kept one's from now on, by its pointer."""

    __tablename__ = "donor_merge"
    __table_args__ = (
        CheckConstraint("kept_id <> other_id", name="two_donors"),
        ForeignKeyConstraint(
            ["kept_id", "kept_version"],
            ["donor_change.donor_id", "donor_change.version"],
            name="fk_donor_merge_change",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kept_id: Mapped[UUID] = mapped_column(ForeignKey("donor.id"), index=True)
    kept_version: Mapped[int]  # that it has by this
    other_id: Mapped[UUID] = mapped_column(ForeignKey("donor.id"), index=True)
    other_version: Mapped[int]  # that it stays at
    merged_at: Mapped[datetime]
    merged_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))


class DonorParting(Permanent, Base):
    """A merge was a mistake: they are two again."""

    __tablename__ = "donor_parting"

    merge_id: Mapped[UUID] = mapped_column(ForeignKey("donor_merge.id"), primary_key=True)
    reason: Mapped[str]
    parted_at: Mapped[datetime]
    parted_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))


class DonorDistinct(Permanent, Base):
    """Somebody looked: these two look alike, and are two. They are not suggested again."""

    __tablename__ = "donor_distinct"
    __table_args__ = (CheckConstraint("one_id < other_id", name="in_order"),)

    one_id: Mapped[UUID] = mapped_column(ForeignKey("donor.id"), primary_key=True)
    other_id: Mapped[UUID] = mapped_column(ForeignKey("donor.id"), primary_key=True)
    said_at: Mapped[datetime]
    said_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
