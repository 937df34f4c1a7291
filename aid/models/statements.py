"""Statements that were brought in, their lines, what lines ended as, and by what their like are known.

Names, accounts and texts of a line are a sealed record of the donors' ring. What is keyed (identity, marks, tokens) is
made under an index key of that ring, says under which epoch of it, and is made anew when the ring gets new keys.
"""

from datetime import date, datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from aid.domain.bank_lines import KnownBy
from aid.domain.line_ends import EndKind
from aid.domain.payments import Direction
from aid.domain.statements import StatementFormat
from aid.models.base import Base, Permanent, kept_as


class StatementFile(Permanent, Base):
    """A file that somebody began to bring in, and what was wrong with it: kinds, places and figures, and no words."""

    __tablename__ = "statement_file"
    __table_args__ = (CheckConstraint("size > 0 AND statements >= 0 AND wrong >= 0", name="counted"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    sha256: Mapped[bytes] = mapped_column(unique=True)
    format: Mapped[StatementFormat] = kept_as(StatementFormat)
    size: Mapped[int]  # bytes
    statements: Mapped[int]
    wrong: Mapped[int]  # so many problems it had; the first of them are told
    problems: Mapped[list[Any]] = mapped_column(JSON())  # [[kind, lost, statement, entry, line, difference], …]
    begun_at: Mapped[datetime]
    begun_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))


class BankStatement(Permanent, Base):
    """One statement of a file: of which account, which days, what it held before and after, and what its lines come to.

    `lines` and sums are of lines that were booked in the account's currency: those are kept. Others are counted.
    """

    __tablename__ = "bank_statement"
    __table_args__ = (
        UniqueConstraint("file_id", "n"),
        CheckConstraint("n >= 1 AND page >= 1", name="from_one"),
        CheckConstraint("lines >= 0 AND credits_minor >= 0 AND debits_minor >= 0", name="not_negative"),
        CheckConstraint("waiting >= 0 AND elsewhere >= 0", name="counted"),
        ForeignKeyConstraint(
            ["bank_id", "currency"], ["account.id", "account.currency"], name="fk_bank_statement_bank"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    file_id: Mapped[UUID] = mapped_column(ForeignKey("statement_file.id"))
    n: Mapped[int]
    bank_id: Mapped[UUID] = mapped_column(index=True)
    currency: Mapped[str]
    source: Mapped[str]  # the format and its version, or its columns
    name: Mapped[str]  # its number, or what else the bank calls it
    page: Mapped[int]
    since: Mapped[date | None]
    until: Mapped[date | None]
    opening_minor: Mapped[int | None]
    opening_on: Mapped[date | None]
    closing_minor: Mapped[int | None]
    closing_on: Mapped[date | None]
    lines: Mapped[int]
    credits_minor: Mapped[int]
    debits_minor: Mapped[int]
    waiting: Mapped[int]  # lines that are not booked yet, or only tell something
    elsewhere: Mapped[int]  # booked lines in another currency than the account's


class StatementDay(Permanent, Base):
    """What a statement shows of one day: from which balance to which. See aid.domain.repeats."""

    __tablename__ = "statement_day"

    statement_id: Mapped[UUID] = mapped_column(ForeignKey("bank_statement.id"), primary_key=True)
    booked_on: Mapped[date] = mapped_column(primary_key=True)
    opening_minor: Mapped[int]
    closing_minor: Mapped[int]


class StatementBrought(Permanent, Base):
    """All of a file is in."""

    __tablename__ = "statement_brought"
    __table_args__ = (CheckConstraint("new_lines >= 0 AND known_lines >= 0", name="counted"),)

    file_id: Mapped[UUID] = mapped_column(ForeignKey("statement_file.id"), primary_key=True)
    new_lines: Mapped[int]
    known_lines: Mapped[int]
    brought_at: Mapped[datetime]
    brought_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))


class BankLine(Permanent, Base):
    """Money that came to a bank account or left it. What of it has not ended yet is open."""

    __tablename__ = "bank_line"
    __table_args__ = (
        UniqueConstraint("statement_id", "n"),
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        CheckConstraint("open_minor >= 0 AND open_minor <= amount_minor", name="open_within"),
        CheckConstraint("n >= 1", name="from_one"),
        ForeignKeyConstraint(["bank_id", "currency"], ["account.id", "account.currency"], name="fk_bank_line_bank"),
        Index("ix_bank_line_day", "bank_id", "booked_on", "statement_id"),
        Index(
            "ix_bank_line_open",
            "bank_id",
            "booked_on",
            sqlite_where=text("open_minor > 0"),
            postgresql_where=text("open_minor > 0"),
        ),
    )
    mutable_columns = frozenset({"open_minor", "identity", "marks", "epoch"})

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    bank_id: Mapped[UUID]
    currency: Mapped[str]
    statement_id: Mapped[UUID] = mapped_column(ForeignKey("bank_statement.id"))  # that showed it first
    n: Mapped[int]  # among the statement's lines that are kept
    booked_on: Mapped[date]
    value_on: Mapped[date | None]
    amount_minor: Mapped[int]
    direction: Mapped[Direction] = kept_as(Direction)
    is_reversal: Mapped[bool]
    code: Mapped[str]  # what kind of booking it is, in the banks' codes
    open_minor: Mapped[int]
    identity: Mapped[bytes]  # keyed: 16 bytes
    marks: Mapped[bytes]  # keyed: three times 16 bytes, or nothing where it has none
    epoch: Mapped[int]  # of the donors' ring


class LineSeen(Permanent, Base):
    """A line that was known already, as a later statement showed it. Shown otherwise, that is sealed too."""

    __tablename__ = "line_seen"
    __table_args__ = (UniqueConstraint("statement_id", "n"), CheckConstraint("n >= 1", name="from_one"))
    mutable_columns = frozenset({"identity", "marks", "epoch"})

    id: Mapped[UUID] = mapped_column(primary_key=True)
    statement_id: Mapped[UUID] = mapped_column(ForeignKey("bank_statement.id"))
    n: Mapped[int]
    line_id: Mapped[UUID] = mapped_column(ForeignKey("bank_line.id"), index=True)
    identity: Mapped[bytes]
    marks: Mapped[bytes]
    epoch: Mapped[int]


class StatementLayout(Permanent, Base):
    """What the columns of a bank's table were taken for, by its headings' hash, for one account of the fund.

    The latest of an account and signature counts; one that was forgotten has no columns.
    """

    __tablename__ = "statement_layout"
    __table_args__ = (Index("ix_statement_layout_signature_at", "signature", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    bank_id: Mapped[UUID] = mapped_column(ForeignKey("bank_account.id"))
    signature: Mapped[bytes]
    columns: Mapped[list[str]]  # our words, by place
    form: Mapped[dict[str, Any]]  # order of days, decimal sign, and what else no column says
    at: Mapped[datetime]
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))


class AccountSign(Permanent, Base):
    """What a file says of itself that means one of the fund's accounts. What it says is a sealed record.

    The latest of what is said counts; one that was forgotten means no account.
    """

    __tablename__ = "account_sign"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    bank_id: Mapped[UUID | None] = mapped_column(ForeignKey("bank_account.id"))
    at: Mapped[datetime]
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))


class LineShare(Permanent, Base):
    """A statement's line that is several known ones as one sum, or a part of one that is known as a sum.

    A sum has a row for each of its lines; what it differs by, if anything, is a line of its own beside them.
    What the statement says of it is a sealed record.
    """

    __tablename__ = "line_share"
    __table_args__ = (
        UniqueConstraint("statement_id", "n", "line_id"),
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        CheckConstraint("n >= 1", name="from_one"),
    )
    later_columns = MappingProxyType({"booked_on": None})

    id: Mapped[UUID] = mapped_column(primary_key=True)
    statement_id: Mapped[UUID] = mapped_column(ForeignKey("bank_statement.id"))
    n: Mapped[int]
    line_id: Mapped[UUID] = mapped_column(ForeignKey("bank_line.id"), index=True)
    amount_minor: Mapped[int]
    booked_on: Mapped[date | None] = mapped_column(index=True)  # in the statement; none: on its line's day


class LineEnd(Permanent, Base):
    """What a line, or a part of it, turned out to be."""

    __tablename__ = "line_end"
    __table_args__ = (
        UniqueConstraint("line_id", "n"),
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        CheckConstraint("n >= 1", name="from_one"),
        CheckConstraint("(entry_id IS NULL) = (against_id IS NOT NULL)", name="an_entry_or_a_line"),
        CheckConstraint("against_id <> line_id", name="two_lines"),
    )
    later_columns = MappingProxyType({"payment": None})

    id: Mapped[UUID] = mapped_column(primary_key=True)
    line_id: Mapped[UUID] = mapped_column(ForeignKey("bank_line.id"))
    n: Mapped[int]  # the how-manieth of this line
    kind: Mapped[EndKind] = kept_as(EndKind)
    amount_minor: Mapped[int]
    cause_id: Mapped[UUID | None] = mapped_column(index=True)  # the donation, fee, remittance or exchange
    entry_id: Mapped[UUID | None] = mapped_column(ForeignKey("entry.id"), index=True)
    against_id: Mapped[UUID | None] = mapped_column(ForeignKey("bank_line.id"), index=True)  # a line the other way
    made_here: Mapped[bool]  # this end booked the entry; else it was in the books before
    purpose_id: Mapped[UUID | None] = mapped_column(ForeignKey("purpose.id"))
    payment: Mapped[int | None]  # which payment of a batch, from 1; none: of the line as a whole
    ended_at: Mapped[datetime]
    ended_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))


class LineReopened(Permanent, Base):
    """An end that was undone: so much of its line is open again."""

    __tablename__ = "line_reopened"

    end_id: Mapped[UUID] = mapped_column(ForeignKey("line_end.id"), primary_key=True)
    counter_id: Mapped[UUID | None] = mapped_column(ForeignKey("entry.id"))  # that undid what the end had booked
    reason: Mapped[str]
    reopened_at: Mapped[datetime]
    reopened_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))


class LineRule(Permanent, Base):
    """What a treasurer taught: lines of this account, name or text end so. Its words are a sealed record."""

    __tablename__ = "line_rule"
    __table_args__ = (Index("ix_line_rule_mark", "mark"),)
    mutable_columns = frozenset({"mark", "epoch", "ended_at"})

    id: Mapped[UUID] = mapped_column(primary_key=True)
    known_by: Mapped[KnownBy] = kept_as(KnownBy)
    mark: Mapped[bytes]  # keyed: 32 bytes
    epoch: Mapped[int]
    kind: Mapped[EndKind] = kept_as(EndKind)
    purpose_id: Mapped[UUID | None] = mapped_column(ForeignKey("purpose.id"))
    donor_id: Mapped[UUID | None] = mapped_column(ForeignKey("donor.id"))
    taught_at: Mapped[datetime]
    taught_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[datetime | None]


class DonorToken(Base):
    """By what a donor is found: an account, a name. It can be erased, and says nothing without the ring's keys."""

    __tablename__ = "donor_token"
    __table_args__ = (Index("ix_donor_token_token", "known_by", "token"),)

    donor_id: Mapped[UUID] = mapped_column(ForeignKey("donor.id"), primary_key=True)
    known_by: Mapped[KnownBy] = kept_as(KnownBy, primary_key=True)
    token: Mapped[bytes] = mapped_column(primary_key=True)
    epoch: Mapped[int]
