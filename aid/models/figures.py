"""Figures for donors: how the fund publishes them, each release as it was, and releases that were withdrawn."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from aid.models.base import Base, Permanent


class FiguresChoice(Permanent, Base):
    """Whether everybody may read the figures, and how old they must be. The latest holds; without one nobody may."""

    __tablename__ = "figures_choice"
    __table_args__ = (
        CheckConstraint("n >= 1", name="from_one"),
        CheckConstraint("delay_days BETWEEN 14 AND 365", name="told_late"),
    )

    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    is_public: Mapped[bool]
    delay_days: Mapped[int]  # a month's figures are told when its last day lies so far back
    chosen_at: Mapped[datetime]
    chosen_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))


class FiguresRelease(Permanent, Base):
    """What was told, word for word: pages, papers and files are read from here and never computed again."""

    __tablename__ = "figures_release"
    __table_args__ = (
        CheckConstraint("number >= 1", name="from_one"),
        CheckConstraint("delay_days BETWEEN 14 AND 365", name="told_late"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    until: Mapped[str]  # the last month it may tell of, as 2026-08
    delay_days: Mapped[int]
    content: Mapped[str]  # JSON, see domain/published_figures
    sha256: Mapped[bytes]
    released_at: Mapped[datetime]
    released_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))


class FiguresPaper(Permanent, Base):
    """The printed report of a release, in one language: set once, so that nobody can keep the press busy."""

    __tablename__ = "figures_paper"

    release_id: Mapped[UUID] = mapped_column(ForeignKey("figures_release.id"), primary_key=True)
    language: Mapped[str] = mapped_column(String(40), primary_key=True)
    pdf: Mapped[bytes]


class FiguresWithdrawal(Permanent, Base):
    """A release that is shown no more. Copies of it may be anywhere."""

    __tablename__ = "figures_withdrawal"

    release_id: Mapped[UUID] = mapped_column(ForeignKey("figures_release.id"), primary_key=True)
    reason: Mapped[str]
    withdrawn_at: Mapped[datetime]
    withdrawn_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
