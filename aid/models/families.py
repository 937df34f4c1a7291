"""Families by code, who touched and confirmed them, how they are found, and who looked."""

from datetime import date, datetime
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import CheckConstraint, Exists, ForeignKey, Index, UniqueConstraint, exists, func
from sqlalchemy.orm import Mapped, mapped_column

from aid.domain.families import ChangeKind, FamilyState, WithdrawalReason
from aid.domain.languages import Language
from aid.models.base import Base, Permanent, kept_as
from aid.models.records import RecordKind


class Family(Permanent, Base):
    """A household, known in the clear by its code only. File, facts and slip are sealed records."""

    __tablename__ = "family"
    __table_args__ = (
        CheckConstraint("confirmed_version IS NULL OR confirmed_version <= version", name="confirmed_what_is"),
        Index("ix_family_locality_id_state", "locality_id", "state"),
        Index("ix_family_state_id", "state", "id"),  # those who wait, page by page
    )
    mutable_columns = frozenset({"locality_id", "point_id", "language", "state", "version", "confirmed_version"})
    hashed_as = MappingProxyType({"registered_in_id": "locality_id"})  # before families could move

    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    registered_in_id: Mapped[UUID] = mapped_column(ForeignKey("locality.id"))
    registered_at: Mapped[datetime]
    locality_id: Mapped[UUID] = mapped_column(ForeignKey("locality.id"))  # where it lives now
    point_id: Mapped[UUID] = mapped_column(ForeignKey("point.id"))
    language: Mapped[Language] = kept_as(Language)
    state: Mapped[FamilyState] = kept_as(FamilyState)
    version: Mapped[int]
    confirmed_version: Mapped[int | None]


class FamilyVersion(Permanent, Base):
    """Who wrote which version of a family: the first is its registration."""

    __tablename__ = "family_version"
    later_columns = MappingProxyType({"kind": ChangeKind.WRITTEN})

    family_id: Mapped[UUID] = mapped_column(ForeignKey("family.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    kind: Mapped[ChangeKind] = kept_as(ChangeKind)


def written_by(person_id: UUID | None) -> Exists:
    """Whether this person registered a family, or changed it since it was last confirmed: another one confirms it."""
    since = FamilyVersion.version > func.coalesce(Family.confirmed_version, 0)
    theirs = (FamilyVersion.version == 1) | (since & (FamilyVersion.kind != ChangeKind.CONTACT))
    return exists().where(FamilyVersion.family_id == Family.id, FamilyVersion.by_id == person_id, theirs)


class Confirmation(Permanent, Base):
    """A second person's word that the family is real, as it stood in one version."""

    __tablename__ = "confirmation"
    __table_args__ = (UniqueConstraint("family_id", "version"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    family_id: Mapped[UUID] = mapped_column(ForeignKey("family.id"))
    version: Mapped[int]
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


class IndexToken(Base):
    """A term by which a family can be found, as five bytes under the locality's index key."""

    __tablename__ = "index_token"

    locality_id: Mapped[UUID] = mapped_column(ForeignKey("locality.id"), primary_key=True)
    token: Mapped[bytes] = mapped_column(primary_key=True)
    family_id: Mapped[UUID] = mapped_column(ForeignKey("family.id"), primary_key=True, index=True)
    epoch: Mapped[int]  # of the locality's ring, under whose index key it was made


class FreshTokens(Base):
    """The tokens of a family that was written lately, side by side, until those of many are put in their places.

    One family's tokens belong at a hundred places of the index, and each place costs a page; a hundred families' share
    them. It is what PostgreSQL calls the pending list of a GIN index.
    """

    __tablename__ = "fresh_tokens"

    family_id: Mapped[UUID] = mapped_column(ForeignKey("family.id"), primary_key=True)
    locality_id: Mapped[UUID] = mapped_column(ForeignKey("locality.id"))
    epoch: Mapped[int]  # as of an index token
    tokens: Mapped[bytes]  # five bytes each


class ImportMark(Base):
    """A household that an import has already brought, as a fingerprint under the locality's index key."""

    __tablename__ = "import_mark"

    locality_id: Mapped[UUID] = mapped_column(ForeignKey("locality.id"), primary_key=True)
    fingerprint: Mapped[bytes] = mapped_column(primary_key=True)
    family_id: Mapped[UUID] = mapped_column(ForeignKey("family.id"), index=True)
    epoch: Mapped[int]  # as of an index token


class Sighting(Permanent, Base):
    """Who opened a family's file, facts or slip, when and why."""

    __tablename__ = "sighting"
    __table_args__ = (Index("ix_sighting_person_id_at", "person_id", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    family_id: Mapped[UUID] = mapped_column(ForeignKey("family.id"), index=True)
    what: Mapped[RecordKind] = kept_as(RecordKind)
    why: Mapped[str]  # a code of the action: 'search', 'confirm', 'allocate', …
    at: Mapped[datetime]


class SampleFamily(Permanent, Base):
    """A made-up family, to practise with while the fund is provisional."""

    __tablename__ = "sample_family"

    family_id: Mapped[UUID] = mapped_column(ForeignKey("family.id"), primary_key=True)


class Withdrawal(Permanent, Base):
    """A family left the fund, or was never real: no more aid is proposed for it, unless it returns."""

    __tablename__ = "withdrawal"
    hashed_as = MappingProxyType({"id": None})  # a family's first once had no id but the family's, and still has that

    id: Mapped[UUID] = mapped_column(primary_key=True)
    family_id: Mapped[UUID] = mapped_column(ForeignKey("family.id"), index=True)
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[WithdrawalReason] = kept_as(WithdrawalReason)
    at: Mapped[datetime]


class Erasure(Permanent, Base):
    """Everything sealed of a family was deleted. Its code and its money's path stay."""

    __tablename__ = "erasure"

    family_id: Mapped[UUID] = mapped_column(ForeignKey("family.id"), primary_key=True)
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    forgotten_by: Mapped[date]  # when the last backup that holds it is destroyed
