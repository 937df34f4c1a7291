"""The fund as it was founded: its names, purposes, localities, points and the committee's policy."""

from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from aid.domain.points import PointKind
from aid.models.base import Base, Permanent, kept_as


class Fund(Permanent, Base):
    """The one fund of this database."""

    __tablename__ = "fund"
    __table_args__ = (CheckConstraint("sole = 1", name="only_one"),)

    sole: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[UUID] = mapped_column(unique=True)
    names: Mapped[dict[str, str]]  # by language
    paper_titles: Mapped[dict[str, str]]  # neutral: says nothing of a strike
    currency: Mapped[str] = mapped_column(ForeignKey("currency.code"))
    languages: Mapped[list[str]]
    time_zone: Mapped[str]
    demo: Mapped[bool]  # marked at birth: a band on every page and sheet, loopback only
    founded_at: Mapped[datetime]


class Purpose(Permanent, Base):
    """An earmark of the fund's money."""

    __tablename__ = "purpose"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    names: Mapped[dict[str, str]]


class Locality(Permanent, Base):
    """Where families live and registrars work: a compartment of access and encryption."""

    __tablename__ = "locality"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    names: Mapped[dict[str, str]]
    ring_id: Mapped[UUID] = mapped_column(ForeignKey("ring.id"))


class Point(Permanent, Base):
    """Where vouchers are collected, at a table of the fund or in a shop: a compartment too."""

    __tablename__ = "point"
    later_columns = MappingProxyType({"kind": PointKind.TABLE})

    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    names: Mapped[dict[str, str]]
    locality_id: Mapped[UUID] = mapped_column(ForeignKey("locality.id"))
    ring_id: Mapped[UUID] = mapped_column(ForeignKey("ring.id"))
    kind: Mapped[PointKind] = kept_as(PointKind)


class CommitteePolicy(Permanent, Base):
    """How many must agree, and how long a decision rests before anything is printed."""

    __tablename__ = "committee_policy"
    __table_args__ = (
        CheckConstraint("quorum >= 3", name="quorum_at_least_three"),
        CheckConstraint("notice_hours >= 0", name="notice_not_negative"),
    )

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    quorum: Mapped[int]
    notice_hours: Mapped[int]
    set_at: Mapped[datetime]


class Counter(Base):
    """The last number given in a series: donations, allocations, vouchers, entries, batches."""

    __tablename__ = "counter"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int] = mapped_column(default=0)
