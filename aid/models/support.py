"""Messages of support: words of donors that a treasurer took out, and that families see once somebody else agreed.

Until then they are a sealed record. What is shown can be taken down for good: hashes stay that say nothing without
their salt.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from aid.models.base import Base, Permanent


class SupportMessage(Permanent, Base):
    """Words of a donor in one language, as a treasurer took them from a bank line or a letter."""

    __tablename__ = "support_message"
    __table_args__ = (
        CheckConstraint("NOT is_signed OR donor_id IS NOT NULL", name="signed_by_a_donor"),
        CheckConstraint("same_as_id <> id", name="of_another"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    donor_id: Mapped[UUID | None] = mapped_column(ForeignKey("donor.id"), index=True)
    line_id: Mapped[UUID | None] = mapped_column(ForeignKey("bank_line.id"), index=True)  # none: from a letter
    same_as_id: Mapped[UUID | None] = mapped_column(ForeignKey("support_message.id"), index=True)  # in other words
    language: Mapped[str] = mapped_column(String(40))
    is_signed: Mapped[bool]  # with the donor's own line, as they wished
    taken_at: Mapped[datetime]
    taken_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))


class SupportAnswer(Permanent, Base):
    """A coordinator's word on a message: families see it, or they don't. What they see stands here in the clear."""

    __tablename__ = "support_answer"
    __table_args__ = (
        CheckConstraint("shows = (words_hash IS NOT NULL)", name="what_is_shown_is_hashed"),
        CheckConstraint("shows OR reason IS NOT NULL", name="told_why"),
        CheckConstraint("(words IS NULL) = (words_salt IS NULL)", name="words_have_salt"),
        CheckConstraint("(signature IS NULL) = (signature_salt IS NULL)", name="signature_has_salt"),
    )
    mutable_columns = frozenset({"words", "signature", "words_salt", "signature_salt"})

    message_id: Mapped[UUID] = mapped_column(ForeignKey("support_message.id"), primary_key=True)
    shows: Mapped[bool]
    reason: Mapped[str | None]
    words: Mapped[str | None]
    signature: Mapped[str | None]  # none: a friend
    words_salt: Mapped[bytes | None]
    signature_salt: Mapped[bytes | None]
    words_hash: Mapped[bytes | None]  # SHA-256 of salt and words
    signature_hash: Mapped[bytes | None]
    answered_at: Mapped[datetime]
    answered_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))


class SupportUnsigned(Permanent, Base):
    """A message lost its signature, since its donor is never to be named from now on."""

    __tablename__ = "support_unsigned"
    __table_args__ = (
        ForeignKeyConstraint(
            ["donor_id", "version"],
            ["donor_change.donor_id", "donor_change.version"],
            name="fk_support_unsigned_change",
        ),
    )

    message_id: Mapped[UUID] = mapped_column(ForeignKey("support_message.id"), primary_key=True)
    donor_id: Mapped[UUID]
    version: Mapped[int]


class SupportTakenDown(Permanent, Base):
    """Families don't see a message any more. Its words are deleted."""

    __tablename__ = "support_taken_down"

    message_id: Mapped[UUID] = mapped_column(ForeignKey("support_answer.message_id"), primary_key=True)
    reason: Mapped[str]
    taken_down_at: Mapped[datetime]
    taken_down_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
