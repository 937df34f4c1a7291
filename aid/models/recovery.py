"""The recovery key: it exists only as paper shares, and every ring is sealed to it too."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from aid.models.base import Base, Permanent


class RecoveryKey(Permanent, Base):
    """One generation of the recovery key: so many shares of so many open the rings and the backups."""

    __tablename__ = "recovery_key"
    __table_args__ = (CheckConstraint("threshold >= 2 AND threshold <= shares", name="some_of_all"),)
    mutable_columns = frozenset({"confirmed_at"})

    generation: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    public: Mapped[bytes]
    backup_recipient: Mapped[str]  # the same secret's age recipient
    threshold: Mapped[int]
    shares: Mapped[int]
    made_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]  # when so many shares were confirmed that they are enough


class RecoveryShare(Permanent, Base):
    """One share of a generation, sealed to its holder until they have it on paper."""

    __tablename__ = "recovery_share"
    __table_args__ = (CheckConstraint("number >= 1", name="from_one"),)
    mutable_columns = frozenset({"sealed"})

    generation: Mapped[int] = mapped_column(ForeignKey("recovery_key.generation"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    holder_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    country: Mapped[str]  # ISO 3166-1 alpha-2: where the paper will lie
    sealed: Mapped[bytes | None]  # to the holder's public half; gone once it is on paper, or of no more use


class ShareConfirmation(Permanent, Base):
    """A holder has their share on paper: they typed words of it back."""

    __tablename__ = "share_confirmation"
    __table_args__ = (
        ForeignKeyConstraint(["generation", "number"], ["recovery_share.generation", "recovery_share.number"]),
    )

    generation: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]


class ShareLoss(Permanent, Base):
    """A share is no longer counted on: its paper is lost, or its holder can't be reached."""

    __tablename__ = "share_loss"
    __table_args__ = (
        ForeignKeyConstraint(["generation", "number"], ["recovery_share.generation", "recovery_share.number"]),
    )

    generation: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


class RecoveryCopy(Base):
    """One epoch of a ring, sealed to one generation of the recovery key."""

    __tablename__ = "recovery_copy"
    __table_args__ = (ForeignKeyConstraint(["ring_id", "epoch"], ["ring_epoch.ring_id", "ring_epoch.epoch"]),)

    ring_id: Mapped[UUID] = mapped_column(primary_key=True)
    epoch: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    generation: Mapped[int] = mapped_column(ForeignKey("recovery_key.generation"), primary_key=True)
    sealed: Mapped[bytes]
