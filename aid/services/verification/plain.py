"""Rows as plain as they are hashed, straight from what the database keeps.

A proof of all rows needs neither objects nor what a UUID, a moment or a kind is to the program: only the bytes that
were hashed when the row was made. No two values that are kept in different ways become the same here, but for
capital letters in a UUID, which the program reads alike too.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import (
    JSON,
    Date,
    Dialect,
    Enum,
    Integer,
    Select,
    String,
    TypeDecorator,
    Uuid,
    bindparam,
    inspect,
    select,
    type_coerce,
)
from sqlalchemy.types import TypeEngine, UserDefinedType

from aid.models.base import Base, Moment, Permanent
from aid.services import audit
from aid.vault.cbor import plain

HEX: Final = 32  # digits of a UUID
KEPT: Final = len("2026-08-01 07:30:00.000000")
NO_PART: Final = ".000000"


class PlainUuid(UserDefinedType[bytes]):
    """The bytes of a UUID."""

    cache_ok = True

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], bytes | None]:
        """SQLite keeps digits."""
        return _bytes_of


def _bytes_of(value: Any) -> bytes | None:
    if type(value) is str and len(value) == HEX:
        return bytes.fromhex(value)
    return value.bytes if value is not None and type(value) is not str else _odd_uuid(value)


def _odd_uuid(value: str | None) -> bytes | None:
    return None if value is None else UUID(value).bytes


class PlainMoment(UserDefinedType[str]):
    """An instant as its text in UTC."""

    cache_ok = True

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], str | None]:
        """SQLite keeps a text, of which the zone was cut off."""
        return _text_of_moment


def _text_of_moment(value: Any) -> str | None:
    if type(value) is str and len(value) == KEPT and value[10] == " ":
        part = value[19:]
        return f"{value[:10]}T{value[11:19]}{'' if part == NO_PART else part}+00:00"
    if value is None:
        return None
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return str((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).isoformat())


class PlainDay(UserDefinedType[str]):
    """A day as its text."""

    cache_ok = True

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        """SQLite keeps just that."""
        return lambda value: value.isoformat() if isinstance(value, date) else value


class PlainJson(TypeDecorator[Any]):
    """What JSON says, its maps in order."""

    impl = JSON
    cache_ok = True

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """As it is hashed."""
        return plain(value)


PLAIN: Final[tuple[tuple[type[TypeEngine[Any]], TypeEngine[Any]], ...]] = (
    (Moment, PlainMoment()),
    (Uuid, PlainUuid()),
    (Date, PlainDay()),
    (JSON, PlainJson()),
    (Enum, String()),
)


@cache
def plain_rows(kind: type[Base]) -> Select[Any]:
    """The columns of each row that are hashed, in their order, by the order of the key, from a place on."""
    mapper = inspect(kind)
    columns = (_plainly(mapper.columns[name]) for name in audit.claim_of(cast(type[Permanent], kind)).names)
    return select(*columns).order_by(*mapper.primary_key).offset(bindparam("start", type_=Integer))


def _plainly(column: Any) -> Any:
    found = (as_plain for of, as_plain in PLAIN if isinstance(column.type, of))
    as_plain = next(found, None)
    return column if as_plain is None else type_coerce(column, as_plain)
