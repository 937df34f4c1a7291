"""People, what they may do, the keys they hold, and where they are signed in."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from aid.domain.languages import Language
from aid.domain.permissions import Role
from aid.domain.rings import RingKind
from aid.models.base import Base, Permanent, kept_as


class PersonState(StrEnum):
    """Whether a person may work with the fund."""

    INVITED = "invited"
    ACTIVE = "active"
    SUSPENDED = "suspended"


class Person(Permanent, Base):
    """Someone who works with Komek, known by a handle. The name is a sealed record of the staff ring."""

    __tablename__ = "person"
    mutable_columns = frozenset(
        {
            "language",
            "state",
            "hpke_public",
            "bundle_salt",
            "bundle_time",
            "bundle_memory_kib",
            "bundle_lanes",
            "bundle",
            "totp_step",
            "codes_sheet",
            "codes_used",
        }
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    handle: Mapped[str] = mapped_column(unique=True)
    joined_at: Mapped[datetime]
    language: Mapped[Language] = kept_as(Language)
    state: Mapped[PersonState] = kept_as(PersonState)
    hpke_public: Mapped[bytes]
    bundle_salt: Mapped[bytes]
    bundle_time: Mapped[int]
    bundle_memory_kib: Mapped[int]
    bundle_lanes: Mapped[int]
    bundle: Mapped[bytes]  # private halves and TOTP seed under Argon2id(password): the password is right when it opens
    totp_step: Mapped[int] = mapped_column(default=0)  # the last 30-second step accepted; only forwards
    codes_sheet: Mapped[int] = mapped_column(default=0)  # which sheet of one-time codes holds; 0: none was printed
    codes_used: Mapped[int] = mapped_column(default=0)  # a bit for each code of that sheet

    grants: Mapped[list["RoleGrant"]] = relationship(
        lazy="selectin",
        viewonly=True,
        primaryjoin="and_(RoleGrant.person_id == Person.id, RoleGrant.ended_at.is_(None))",
    )
    localities: Mapped[list["PersonLocality"]] = relationship(
        lazy="selectin",
        viewonly=True,
        primaryjoin="and_(PersonLocality.person_id == Person.id, PersonLocality.ended_at.is_(None))",
    )
    points: Mapped[list["PersonPoint"]] = relationship(
        lazy="selectin",
        viewonly=True,
        primaryjoin="and_(PersonPoint.person_id == Person.id, PersonPoint.ended_at.is_(None))",
    )


class RoleGrant(Permanent, Base):
    """One role of one person, until it ends."""

    __tablename__ = "role_grant"
    mutable_columns = frozenset({"ended_at"})

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    role: Mapped[Role] = kept_as(Role, primary_key=True)
    granted_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class PersonLocality(Permanent, Base):
    """A locality where a person registers or confirms."""

    __tablename__ = "person_locality"
    mutable_columns = frozenset({"ended_at"})

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    locality_id: Mapped[UUID] = mapped_column(ForeignKey("locality.id"), primary_key=True)
    ended_at: Mapped[datetime | None]


class PersonPoint(Permanent, Base):
    """A point where a person hands out."""

    __tablename__ = "person_point"
    mutable_columns = frozenset({"ended_at"})

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    point_id: Mapped[UUID] = mapped_column(ForeignKey("point.id"), primary_key=True)
    ended_at: Mapped[datetime | None]


class WorkChange(Permanent, Base):
    """A role, a locality or a point that was given to or taken from someone after they were invited."""

    __tablename__ = "work_change"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[Role | None] = kept_as(Role)
    locality_id: Mapped[UUID | None] = mapped_column(ForeignKey("locality.id"))
    point_id: Mapped[UUID | None] = mapped_column(ForeignKey("point.id"))
    ends: Mapped[bool]
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


class VotingKey(Permanent, Base):
    """The public half a committee member signs with. It counts only while a certificate names it."""

    __tablename__ = "voting_key"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    public: Mapped[bytes]
    made_at: Mapped[datetime]


class Ring(Permanent, Base):
    """A bundle of keys that its members hold together."""

    __tablename__ = "ring"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[RingKind] = kept_as(RingKind)
    made_at: Mapped[datetime]


class RingEpoch(Permanent, Base):
    """The ring's public half from one rotation to the next. What is written goes to the latest."""

    __tablename__ = "ring_epoch"
    __table_args__ = (CheckConstraint("epoch >= 1", name="from_one"),)

    ring_id: Mapped[UUID] = mapped_column(ForeignKey("ring.id"), primary_key=True)
    epoch: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    public: Mapped[bytes]
    made_at: Mapped[datetime]


class RingMembership(Base):
    """One epoch of a ring, sealed to one member's public half."""

    __tablename__ = "ring_membership"
    __table_args__ = (ForeignKeyConstraint(["ring_id", "epoch"], ["ring_epoch.ring_id", "ring_epoch.epoch"]),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    ring_id: Mapped[UUID] = mapped_column(primary_key=True)
    epoch: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sealed: Mapped[bytes]


class SignIn(Base):
    """One sign-in. Its id is the SHA-256 of one half of the cookie; the other half opens `private`."""

    __tablename__ = "sign_in"

    id: Mapped[bytes] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    private: Mapped[bytes]
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    jar: Mapped[bytes | None]  # what the web session keeps between two pages, sealed under the cookie's half
    device: Mapped[str | None]  # 'phone firefox': enough to know one's own, too little to find anyone by
    device_id: Mapped[bytes | None]
    locked: Mapped[bool] = mapped_column(default=False)  # until the PIN is typed
    pin_tries: Mapped[int] = mapped_column(default=0)


class Device(Base):
    """A browser that somebody signed in with: guesses are slowed for it apart from strangers'."""

    __tablename__ = "device"

    id: Mapped[bytes] = mapped_column(primary_key=True)  # SHA-256 of half of its cookie
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    seen_at: Mapped[datetime]


class Guess(Base):
    """Wrong passwords and codes in a row, from one device or by strangers for one account."""

    __tablename__ = "guess"

    id: Mapped[bytes] = mapped_column(primary_key=True)  # HMAC under a server key: no handle in the clear
    failures: Mapped[int]
    last_at: Mapped[datetime]


class Draft(Base):
    """What somebody sent after their sign-in had ended: the latest form, sealed to them, to be offered again."""

    __tablename__ = "draft"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    sealed: Mapped[bytes]
    kept_at: Mapped[datetime]
