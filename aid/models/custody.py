"""When things go wrong: suspensions and whom they expose, unusual looks, keys made anew, and the locked server."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from aid.domain.custody import ResetReason, SuspensionReason
from aid.models.base import Base, Permanent, kept_as


class Suspension(Permanent, Base):
    """A person was cut off: what follows from it (who was exposed) is told from permanent rows up to its moment."""

    __tablename__ = "suspension"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[SuspensionReason] = kept_as(SuspensionReason)
    at: Mapped[datetime]


class Reinstatement(Permanent, Base):
    """The end of a suspension, by a coordinator."""

    __tablename__ = "reinstatement"

    suspension_id: Mapped[UUID] = mapped_column(ForeignKey("suspension.id"), primary_key=True)
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


class WarnedFamily(Permanent, Base):
    """Somebody warned a family that was exposed."""

    __tablename__ = "warned_family"

    suspension_id: Mapped[UUID] = mapped_column(ForeignKey("suspension.id"), primary_key=True)
    family_id: Mapped[UUID] = mapped_column(ForeignKey("family.id"), primary_key=True)
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


class KeyReset(Permanent, Base):
    """A person begins anew: a first password, keys of their own again, and nobody's rings until they are admitted."""

    __tablename__ = "key_reset"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))  # none: by recovery shares
    reason: Mapped[ResetReason] = kept_as(ResetReason)
    at: Mapped[datetime]


class LookWarning(Permanent, Base):
    """An account looked at more families in a day than its work explains."""

    __tablename__ = "look_warning"
    __table_args__ = (UniqueConstraint("person_id", "day"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    day: Mapped[date]  # the fund's
    quota: Mapped[int]
    at: Mapped[datetime]


class Lockdown(Permanent, Base):
    """Somebody pressed panic: nothing is served until two people with different roles turn their keys."""

    __tablename__ = "lockdown"
    mutable_columns = frozenset({"lifted_at"})

    id: Mapped[UUID] = mapped_column(primary_key=True)
    pressed_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    lifted_at: Mapped[datetime | None]


class LockdownKey(Permanent, Base):
    """Somebody signed in at the locked page."""

    __tablename__ = "lockdown_key"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    lockdown_id: Mapped[UUID] = mapped_column(ForeignKey("lockdown.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
