"""Sealed records: personal data as one blob, its key wrapped for each ring entitled."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from aid.models.base import Base, kept_as


class RecordKind(StrEnum):
    """What is sealed. Part of the record's context, so that one kind can't pass for another."""

    FILE = "file"
    FACTS = "facts"
    SLIP = "slip"
    DONOR = "donor"
    LINE = "line"
    STAFF = "staff"
    MARK = "mark"  # by what an imported household is known again, so that its marks can be made under new keys
    PLACE = "place"  # where a meeting is
    REMARK = "remark"
    QUESTION = "question"
    ANSWER = "answer"
    PROTEST = "protest"  # what a family says in an objection
    COUNSEL = "counsel"  # what a member says of one
    REPLY = "reply"
    BANK_LINE = "bank_line"  # who paid, with which words
    BANK_DETAILS = "bank_details"  # of a line with very many payments, those that one record does not hold
    BANK_SIGHT = "bank_sight"  # a line as another statement showed it
    LINE_RULE = "line_rule"  # which account, name or text a rule is of
    ACCOUNT_SIGN = "account_sign"  # what a file says of itself that means one of the fund's accounts
    LINE_SHARE = "line_share"  # what a statement says of a sum that is several lines elsewhere, or of a part of one
    WISH = "wish"  # what a donor wrote on the public page, under the reference they were given
    DONOR_BEFORE = "donor_before"  # what was written of a donor when another was merged into them
    SUPPORT = "support"  # a donor's words, before a coordinator has looked at them
    SURVEY_STORY = "survey_story"  # what was found out where a family says that aid did not arrive
    BANK_WORDS = "bank_words"  # what of a line's text is a bank's own, for who answers a second word


class Record(Base):
    """One sealed record of one row: a family's file, a donor, a line's reasons, a person's name."""

    __tablename__ = "record"
    __table_args__ = (
        UniqueConstraint("kind", "row_id"),
        CheckConstraint("version >= 1", name="from_one"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[RecordKind] = kept_as(RecordKind)
    row_id: Mapped[UUID]  # the row it belongs to: family, donor, allocation line, person
    family_id: Mapped[UUID | None] = mapped_column(ForeignKey("family.id"), index=True)
    version: Mapped[int]
    blob: Mapped[bytes]

    wraps: Mapped[list["Wrap"]] = relationship(lazy="raise", cascade="all, delete-orphan", passive_deletes=True)


class Wrap(Base):
    """A record's key, wrapped for one ring."""

    __tablename__ = "wrap"
    __table_args__ = (ForeignKeyConstraint(["ring_id", "epoch"], ["ring_epoch.ring_id", "ring_epoch.epoch"]),)

    record_id: Mapped[UUID] = mapped_column(ForeignKey("record.id", ondelete="CASCADE"), primary_key=True)
    ring_id: Mapped[UUID] = mapped_column(primary_key=True)
    epoch: Mapped[int]
    way: Mapped[str]  # 'aead' by a member of the ring, 'hpke' by anybody else
    key: Mapped[bytes]
