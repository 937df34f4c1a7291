"""Allocations put to the committee, their lines, the votes and the decision."""

from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from aid.domain.allocations import AllocationKind, AllocationState
from aid.domain.quorum import Choice, RecusalReason
from aid.models.base import Base, Permanent, kept_as


class Allocation(Permanent, Base):
    """A proposal to the committee. What it proposes stands in its latest version."""

    __tablename__ = "allocation"
    __table_args__ = (
        CheckConstraint("(kind = 'round') = (programme_id IS NOT NULL)", name="round_has_programme"),
        CheckConstraint("(kind = 'transfer') = (purpose_id IS NULL)", name="transfer_spends_nothing"),
    )
    mutable_columns = frozenset({"state", "version"})
    later_columns = MappingProxyType({"kind": AllocationKind.ROUND})

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    kind: Mapped[AllocationKind] = kept_as(AllocationKind)
    programme_id: Mapped[UUID | None] = mapped_column(ForeignKey("programme.id"))  # a round's
    purpose_id: Mapped[UUID | None] = mapped_column(ForeignKey("purpose.id"))  # none for a transfer: it spends nothing
    state: Mapped[AllocationState] = kept_as(AllocationState)
    version: Mapped[int]


class AllocationVersion(Permanent, Base):
    """What was put to the vote. Any change makes a new version, and votes stay with the old one."""

    __tablename__ = "allocation_version"
    later_columns = MappingProxyType({"basis": None, "grant_rules_version": None})
    __table_args__ = (CheckConstraint("total_minor >= 0", name="total_not_negative"),)

    allocation_id: Mapped[UUID] = mapped_column(ForeignKey("allocation.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    proposed_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime]
    policy_version: Mapped[int] = mapped_column(ForeignKey("committee_policy.version"))
    content_root: Mapped[bytes]
    currency: Mapped[str] = mapped_column(ForeignKey("currency.code"))
    total_minor: Mapped[int]
    families: Mapped[int]
    children: Mapped[int]
    unconfirmed: Mapped[int]  # families left out because nobody confirmed them yet
    not_eligible: Mapped[int]
    grant_rules_version: Mapped[int | None] = mapped_column(ForeignKey("grant_rules.version"))  # a grant's
    basis: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))  # a round's: by what it was computed


class AllocationLine(Permanent, Base):
    """What one family, or a point, is to receive. Facts and reasons are a sealed record, here only as a salted hash."""

    __tablename__ = "allocation_line"
    __table_args__ = (
        UniqueConstraint("allocation_id", "version", "n"),
        UniqueConstraint("allocation_id", "version", "family_id"),
        CheckConstraint("amount_minor >= 0", name="amount_not_negative"),
        CheckConstraint("amount_minor > 0 OR CAST(items AS VARCHAR) <> '[]'", name="money_or_goods"),
        CheckConstraint("(family_id IS NULL) = (family_code IS NULL)", name="family_has_code"),
        ForeignKeyConstraint(
            ["allocation_id", "version"], ["allocation_version.allocation_id", "allocation_version.version"]
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    allocation_id: Mapped[UUID]
    version: Mapped[int]
    n: Mapped[int]
    family_id: Mapped[UUID | None] = mapped_column(ForeignKey("family.id"), index=True)  # none for goods and cash
    family_code: Mapped[str | None]
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(ForeignKey("currency.code"))
    point_id: Mapped[UUID] = mapped_column(ForeignKey("point.id"))
    items: Mapped[list[str]]  # goods, as Item.plain() writes them; none for money
    facts_hash: Mapped[bytes]
    line_hash: Mapped[bytes]


class Vote(Permanent, Base):
    """A member's signed word on one version of an allocation."""

    __tablename__ = "vote"
    __table_args__ = (
        UniqueConstraint("allocation_id", "version", "member_id", "number"),
        ForeignKeyConstraint(
            ["allocation_id", "version"], ["allocation_version.allocation_id", "allocation_version.version"]
        ),
        CheckConstraint("(choice = 'recusal') = (recusal_reason IS NOT NULL)", name="recusal_has_reason"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    allocation_id: Mapped[UUID]
    version: Mapped[int]
    member_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    number: Mapped[int]  # a member's first word on this version is 1; the latest counts
    choice: Mapped[Choice] = kept_as(Choice)
    recusal_reason: Mapped[RecusalReason | None] = kept_as(RecusalReason)
    policy_version: Mapped[int] = mapped_column(ForeignKey("committee_policy.version"))
    voting_key_id: Mapped[UUID] = mapped_column(ForeignKey("voting_key.id"))
    signature: Mapped[bytes]
    cast_at: Mapped[datetime]


class Decision(Permanent, Base):
    """What the committee decided, by which votes, and when it takes effect."""

    __tablename__ = "decision"
    __table_args__ = (
        ForeignKeyConstraint(
            ["allocation_id", "version"], ["allocation_version.allocation_id", "allocation_version.version"]
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    allocation_id: Mapped[UUID] = mapped_column(ForeignKey("allocation.id"), unique=True)
    version: Mapped[int]
    carried: Mapped[bool]
    yes: Mapped[int]
    no: Mapped[int]
    recused: Mapped[int]
    deciding_vote_id: Mapped[UUID] = mapped_column(ForeignKey("vote.id"))
    decided_at: Mapped[datetime]
    notice_until: Mapped[datetime | None]  # nothing is printed before; none when rejected
    entry_id: Mapped[UUID | None] = mapped_column(ForeignKey("entry.id"))  # the money it reserved
