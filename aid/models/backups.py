"""Backups: who can read them, which were made, and which are destroyed."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from aid.models.base import Base, Permanent


class BackupRecipient(Permanent, Base):
    """An age public key, named at founding or later: whose holder can read every backup made since."""

    __tablename__ = "backup_recipient"
    mutable_columns = frozenset({"ended_at"})

    id: Mapped[UUID] = mapped_column(primary_key=True)
    recipient: Mapped[str] = mapped_column(unique=True)
    label: Mapped[str]
    named_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Backup(Permanent, Base):
    """One backup: a file that the server can't read, what it held, and when it was destroyed."""

    __tablename__ = "backup"
    mutable_columns = frozenset({"copied_at", "destroyed_at"})

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    size: Mapped[int]  # bytes
    sha256: Mapped[bytes]
    head_seq: Mapped[int]  # of the audit chain in it
    head_hash: Mapped[bytes]
    made_at: Mapped[datetime]
    keep_until: Mapped[date]  # destroyed after this day of the fund
    copied_at: Mapped[datetime | None]  # to the second place
    destroyed_at: Mapped[datetime | None]  # everywhere
