"""What was done: audit lines in a hash chain, and the answers already given to a form's key."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from aid.models.base import Base, Permanent


class AuditLine(Permanent, Base):
    """One act. It carries the hash of every permanent row it made, and of the line before it."""

    __tablename__ = "audit_line"

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))  # none: the system itself
    act: Mapped[str]  # 'family.registered'
    subject_id: Mapped[UUID | None] = mapped_column(index=True)
    made: Mapped[bytes]  # canonical CBOR: [[table, [primary key…], row hash], …]
    previous: Mapped[bytes]
    hash: Mapped[bytes]


class AuditHead(Base):
    """The end of the chain: the one row that every write locks last."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("sole = 1", name="only_one"),)

    sole: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int]
    hash: Mapped[bytes]


class Performed(Base):
    """The answer given to an idempotency key. The row's id is the key's SHA-256; the key itself keys the digest."""

    __tablename__ = "performed"

    id: Mapped[bytes] = mapped_column(primary_key=True)
    actor_id: Mapped[UUID | None]
    action: Mapped[str]
    digest: Mapped[bytes]  # HMAC(key, what was asked)
    outcome: Mapped[str]  # JSON; no personal data
    at: Mapped[datetime]
