"""Vouchers and where they are collected, the papers they were printed on, and the batches of a press run."""

from datetime import date, datetime
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from aid.domain.paper_trail import EndReason, MoveReason
from aid.domain.papers import VoucherFormat
from aid.domain.vouchers import VoucherState
from aid.models.base import Base, Permanent, kept_as


class Voucher(Permanent, Base):
    """One family's right to collect one allocation line at one point. Its amount never changes."""

    __tablename__ = "voucher"
    __table_args__ = (
        CheckConstraint("amount_minor >= 0", name="amount_not_negative"),  # none where it is for goods only
        CheckConstraint("papers >= 0", name="papers_not_negative"),
        Index("ix_voucher_point_id_state", "point_id", "state"),
    )
    mutable_columns = frozenset({"state", "papers", "point_id", "turns"})
    hashed_as = MappingProxyType({"issued_point_id": "point_id"})  # before vouchers could move

    id: Mapped[UUID] = mapped_column(ForeignKey("allocation_line.id"), primary_key=True)  # the line's own id
    serial: Mapped[int] = mapped_column(unique=True)
    allocation_id: Mapped[UUID] = mapped_column(ForeignKey("allocation.id"), index=True)
    family_id: Mapped[UUID] = mapped_column(ForeignKey("family.id"), index=True)
    issued_point_id: Mapped[UUID] = mapped_column(ForeignKey("point.id"))  # where the committee let it be collected
    point_id: Mapped[UUID] = mapped_column(ForeignKey("point.id"))  # where it is collected now
    purpose_id: Mapped[UUID] = mapped_column(ForeignKey("purpose.id"))
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(ForeignKey("currency.code"))
    valid_until: Mapped[date]
    grace_until: Mapped[date]
    state: Mapped[VoucherState] = kept_as(VoucherState)
    papers: Mapped[int]  # how often it was printed; only the latest paper is worth anything
    turns: Mapped[int] = mapped_column(server_default="0")  # how often something was handed out for it


class PrintBatch(Permanent, Base):
    """One press run: who printed which vouchers, when, and why again."""

    __tablename__ = "print_batch"
    later_columns = MappingProxyType({"format": None})

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    allocation_id: Mapped[UUID] = mapped_column(ForeignKey("allocation.id"), index=True)
    point_id: Mapped[UUID] = mapped_column(ForeignKey("point.id"))
    printed_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    printed_at: Mapped[datetime]
    papers: Mapped[int]
    reason: Mapped[str | None]  # a code, for a reprint
    format: Mapped[VoucherFormat | None] = kept_as(VoucherFormat)  # none where it was not yet written down


class Paper(Permanent, Base):
    """A printed paper of a voucher. Of its code only the HMAC under the point ring's key is kept."""

    __tablename__ = "paper"
    __table_args__ = (
        UniqueConstraint("voucher_id", "number"),
        UniqueConstraint("point_id", "code_mac"),
        CheckConstraint("number >= 1", name="from_one"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    voucher_id: Mapped[UUID] = mapped_column(ForeignKey("voucher.id"))
    number: Mapped[int]  # 1 for the first print
    batch_id: Mapped[UUID] = mapped_column(ForeignKey("print_batch.id"), index=True)
    point_id: Mapped[UUID] = mapped_column(ForeignKey("point.id"))
    code_mac: Mapped[bytes]


class PaperEnd(Permanent, Base):
    """A paper that is worth nothing any more though no newer one was printed: spoiled, lost, stolen, or left behind."""

    __tablename__ = "paper_end"

    paper_id: Mapped[UUID] = mapped_column(ForeignKey("paper.id"), primary_key=True)
    reason: Mapped[EndReason] = kept_as(EndReason)
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


class VoucherMove(Permanent, Base):
    """A voucher is collected at another point from now on."""

    __tablename__ = "voucher_move"
    __table_args__ = (
        CheckConstraint("n >= 1", name="from_one"),
        CheckConstraint("from_point_id <> to_point_id", name="two_points"),
    )

    voucher_id: Mapped[UUID] = mapped_column(ForeignKey("voucher.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # a voucher's first move is 1
    from_point_id: Mapped[UUID] = mapped_column(ForeignKey("point.id"))
    to_point_id: Mapped[UUID] = mapped_column(ForeignKey("point.id"))
    papers: Mapped[int]  # how often it had been printed: papers after these are the new point's
    reason: Mapped[MoveReason] = kept_as(MoveReason)
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
