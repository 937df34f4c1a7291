"""What every table shares: plain column types, named constraints, and which rows may never change."""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Enum, LargeBinary, MetaData, String, TypeDecorator, Uuid
from sqlalchemy.orm import DeclarativeBase, mapped_column

from aid.domain.languages import Language

CONSTRAINT_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Moment(TypeDecorator[datetime]):
    """An instant in UTC; always aware in Python, on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a time without a zone: nobody could say when it was."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """SQLite forgets the zone; it was UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """All tables of the fund."""

    metadata = MetaData(naming_convention=CONSTRAINT_NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        UUID: Uuid(),
        bytes: LargeBinary(),
        datetime: Moment(),
        int: BigInteger(),
        str: String(),
        dict[str, str]: JSON(),
        list[str]: JSON(),
        dict[str, Any]: JSON(),
    }


class Permanent:
    """A row that is never changed or deleted, but for the columns it names.

    Triggers refuse the change on both databases; the audit line that made the row carries the hash of the rest.
    Columns that came later are hashed where they say something new: older rows keep the hash they were made with.
    """

    mutable_columns: ClassVar[frozenset[str]] = frozenset()
    later_columns: ClassVar[Mapping[str, Any]] = MappingProxyType({})
    """Columns that came after rows had been written, each with what those rows have there, mostly None."""
    hashed_as: ClassVar[Mapping[str, str | None]] = MappingProxyType({})
    """Columns that older rows were hashed under another name for; or not at all: their key stands beside the hash."""


def kept_as(kind: type[StrEnum], *, primary_key: bool = False) -> Any:
    """Keep an enum by its value, never by its Python name."""
    column = Enum(kind, native_enum=False, create_constraint=False, length=40, values_callable=_values)
    return mapped_column(column, primary_key=primary_key)


def _values(kind: type[StrEnum]) -> list[str]:
    return [member.value for member in kind]


def in_language(names: dict[str, str], language: Language | str) -> str:
    """A name in the reader's language, or in the first language it was written in."""
    return names.get(str(language)) or next(iter(names.values()), "")
