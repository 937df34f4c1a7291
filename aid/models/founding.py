"""Before there is a fund: the sitting in which it is founded, and its seats; and the act that opens its audit chain."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from aid.models.base import Base, Permanent


class Sitting(Base):
    """A fund about to be founded. Its plan is sealed under the one-time code, then under the browser's cookie."""

    __tablename__ = "sitting"
    __table_args__ = (CheckConstraint("sole = 1", name="only_one"),)

    sole: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    code_salt: Mapped[bytes]
    code_check: Mapped[bytes]  # tells a right one-time code from a wrong one
    plan: Mapped[bytes | None]  # what `found --file` brought, sealed under the code
    cookie_id: Mapped[bytes | None]  # the row id of the one cookie that may go on
    jar: Mapped[bytes | None]  # plan and whatever else the sitting keeps, sealed under that cookie
    opened_at: Mapped[datetime]


class Seat(Base):
    """Someone in the sitting, with keys of their own already."""

    __tablename__ = "seat"

    handle: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(unique=True)
    hpke_public: Mapped[bytes]
    voting_public: Mapped[bytes | None]
    bundle_salt: Mapped[bytes]
    bundle_time: Mapped[int]
    bundle_memory_kib: Mapped[int]
    bundle_lanes: Mapped[int]
    bundle: Mapped[bytes]
    totp_step: Mapped[int]
    taken_at: Mapped[datetime]


class FoundingAct(Permanent, Base):
    """What was printed and signed by hand on the first day. The audit chain begins with its hash."""

    __tablename__ = "founding_act"
    __table_args__ = (CheckConstraint("sole = 1", name="only_one"),)

    sole: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[bytes]  # canonical CBOR, see vault/acts.py
    hash: Mapped[bytes]
    made_at: Mapped[datetime]
