"""The committee's own constitution: certificates of its keys, changes to it, and its emergency stop."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from aid.domain.membership import Answer, ChangeKind, StopAnswerKind
from aid.models.base import Base, Permanent, kept_as


class MembershipChange(Permanent, Base):
    """A proposal to change who is on the committee, with which keys, or by which rules."""

    __tablename__ = "membership_change"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[ChangeKind] = kept_as(ChangeKind)
    version: Mapped[int]  # of the certificate that it would make
    subject_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))  # who comes, goes or has a new key
    leaves_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))  # whose seat an alternate takes
    content: Mapped[bytes]  # the committee as it would be, see vault/certificates.py
    hash: Mapped[bytes]
    proposed_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime]


class ChangeAnswer(Permanent, Base):
    """One member's signed answer to a proposed change."""

    __tablename__ = "change_answer"

    change_id: Mapped[UUID] = mapped_column(ForeignKey("membership_change.id"), primary_key=True)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    voting_key_id: Mapped[UUID] = mapped_column(ForeignKey("voting_key.id"))
    answer: Mapped[Answer] = kept_as(Answer)
    signature: Mapped[bytes]
    at: Mapped[datetime]


class Certificate(Permanent, Base):
    """The committee from one moment on: its members' keys and its rules. The first is the founding act's."""

    __tablename__ = "certificate"
    __table_args__ = (CheckConstraint("version >= 1", name="from_one"),)

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    change_id: Mapped[UUID | None] = mapped_column(ForeignKey("membership_change.id"), unique=True)
    content: Mapped[bytes]
    hash: Mapped[bytes]
    policy_version: Mapped[int] = mapped_column(ForeignKey("committee_policy.version"))
    made_at: Mapped[datetime]
    effective_at: Mapped[datetime]


class EmergencyStop(Permanent, Base):
    """One member's word that nothing may be decided, printed or moved for now."""

    __tablename__ = "emergency_stop"
    mutable_columns = frozenset({"confirmed_at", "lifted_at"})

    id: Mapped[UUID] = mapped_column(primary_key=True)
    pressed_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    lapses_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]  # the quorum agreed: it stands until the quorum lifts it
    lifted_at: Mapped[datetime | None]


class StopAnswer(Permanent, Base):
    """A member's signed word that the stop shall stand, or shall be lifted."""

    __tablename__ = "stop_answer"
    __table_args__ = (UniqueConstraint("stop_id", "member_id", "kind"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    stop_id: Mapped[UUID] = mapped_column(ForeignKey("emergency_stop.id"))
    member_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[StopAnswerKind] = kept_as(StopAnswerKind)
    voting_key_id: Mapped[UUID] = mapped_column(ForeignKey("voting_key.id"))
    signature: Mapped[bytes]
    at: Mapped[datetime]
