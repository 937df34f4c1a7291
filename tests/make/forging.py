"""An enemy with the database open: rows are changed behind the program's back, in a transaction that is undone."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Table, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from aid.extensions import db
from aid.models import Base
from aid.services.verification import Finding, replay

PERMANENT_TABLES = sorted(
    mapper.class_.__tablename__ for mapper in Base.registry.mappers if hasattr(mapper.class_, "mutable_columns")
)


def fixed_columns(name: str) -> list[str]:
    """What of a permanent table never changes, in its order."""
    [kind] = [mapper.class_ for mapper in Base.registry.mappers if mapper.class_.__tablename__ == name]
    mutable: frozenset[str] = kind.mutable_columns
    return [column.name for column in Base.metadata.tables[name].columns if column.name not in mutable]


@contextmanager
def forging() -> Iterator[Session]:
    """A session that no trigger and no foreign key holds back. What it does is undone."""
    with Session(db.engine.execution_options(writes=True)) as session:
        disarm(session)
        yield session
        session.rollback()


def disarm(session: Session) -> None:
    """Take away what guards permanent rows."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET LOCAL session_replication_role = replica"))
        return
    session.execute(text("PRAGMA defer_foreign_keys = ON"))
    cursor = session.connection().connection.cursor()  # there are hundreds
    for (name,) in cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        cursor.execute(f"DROP TRIGGER {name}")


def forge(session: Session, statement: str, **values: Any) -> int:
    """Run a statement as it stands; return how many rows it hit."""
    session.expire_all()
    return int(session.execute(text(statement), values).rowcount)  # type: ignore[attr-defined]


def found(session: Session, *proofs: str) -> list[Finding]:
    """What these proofs say now."""
    session.expunge_all()
    return [finding for proof in proofs for finding in replay(session, proof)]


def key_of(table: Table) -> list[str]:
    """The names of a table's key."""
    return [column.name for column in table.primary_key]


def some_row(session: Session, table: Table, column: str) -> dict[str, Any] | None:
    """A row that has something in this column, as the database keeps it."""
    order = ", ".join(key_of(table))
    chosen = text(f'SELECT * FROM {table.name} WHERE "{column}" IS NOT NULL ORDER BY {order} LIMIT 1')
    row = session.execute(chosen).mappings().first()
    return dict(row) if row else None


def change_one_byte(session: Session, table: Table, column: str, row: dict[str, Any]) -> bool:
    """Change the least there is in one column of one row. False where the database itself refuses even that."""
    at = " AND ".join(f'"{name}" = :key_{name}' for name in key_of(table))
    keys = {f"key_{name}": row[name] for name in key_of(table)}
    new = _changed(row[column], is_bool=isinstance(table.c[column].type, Boolean))
    as_is = "CAST(:new AS json)" if isinstance(row[column], dict | list) else ":new"
    try:
        with session.begin_nested():
            hit = forge(session, f'UPDATE {table.name} SET "{column}" = {as_is} WHERE {at}', new=new, **keys)
    except IntegrityError:
        return False
    assert hit == 1, "a row was forged"
    return True


def _changed(value: Any, *, is_bool: bool) -> Any:
    if is_bool:
        return not value
    match value:
        case int():
            return value + 1000
        case bytes():
            return value[:-1] + bytes([value[-1] ^ 1])
        case str():
            return value[:-1] + chr(ord(value[-1]) ^ 1) if value else "x"
        case UUID():
            return UUID(int=value.int ^ 1)
        case datetime():
            return value + timedelta(microseconds=1)
        case date():
            return value + timedelta(days=1)
        case dict():
            return json.dumps({**value, "more": 1})
        case list():
            return json.dumps([*value, "more"])
    raise TypeError(type(value))


def as_named(row: dict[str, Any], names: Sequence[str]) -> str:
    """A row's key as findings name it."""
    return "/".join(_dashed(row[name]) for name in names)


def _dashed(part: Any) -> str:
    if isinstance(part, str) and len(part) == 32 and all(sign in "0123456789abcdef" for sign in part):
        return str(UUID(part))
    return str(part)
