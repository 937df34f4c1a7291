"""Programmes: the aid rules, in versions that never change."""

from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from aid.models.base import Base, Permanent


class Programme(Permanent, Base):
    """One version of an aid rule: for what purpose, who is eligible, how much, and for how long a voucher holds."""

    __tablename__ = "programme"
    __table_args__ = (
        UniqueConstraint("code", "version"),
        CheckConstraint("valid_days >= 1", name="valid_at_least_a_day"),
        CheckConstraint("grace_days >= 0", name="grace_not_negative"),
    )
    later_columns = MappingProxyType({"in_parts": False})

    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str]
    version: Mapped[int]
    titles: Mapped[dict[str, str]]  # by language
    purpose_id: Mapped[UUID] = mapped_column(ForeignKey("purpose.id"))
    rule: Mapped[dict[str, Any]]  # domain.entitlement.ProgrammeRule, plain
    valid_days: Mapped[int]  # from the end of notice to the last day
    grace_days: Mapped[int]  # after the last day, before the money goes back
    in_parts: Mapped[bool] = mapped_column(server_default=false())  # whether goods may be collected one by one
    written_at: Mapped[datetime]
    written_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))


class ShortLine(Permanent, Base):
    """A family that was due something in a round and gets nothing of it, because the money ended before its turn.

    What it rests on is sealed as that of a line is: so the round can be computed again, and the family be told why.
    """

    __tablename__ = "short_line"
    __table_args__ = (
        UniqueConstraint("allocation_id", "version", "n"),
        ForeignKeyConstraint(
            ["allocation_id", "version"], ["allocation_version.allocation_id", "allocation_version.version"]
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    allocation_id: Mapped[UUID]
    version: Mapped[int]
    n: Mapped[int]
    family_id: Mapped[UUID] = mapped_column(ForeignKey("family.id"), index=True)
    family_code: Mapped[str]
    facts_hash: Mapped[bytes]
