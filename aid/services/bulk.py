"""Putting very many rows in at once, past the session: as tuples that the driver is given as they are.

For each value of each row SQLAlchemy looks up by name how it is kept; here that is found out once for a column, and
column by column. SQLite's driver in turn asks each value that is no number, text or bytearray how it would like to be
kept, which takes it longer than the rest: it is given none of those. What is kept is the same.
"""

from collections.abc import Callable, Sequence
from datetime import date
from enum import Enum
from functools import lru_cache
from typing import Any

from sqlalchemy import Column, Dialect, LargeBinary, Table
from sqlalchemy.orm import Session

Processor = Callable[[Any], Any]


def put_rows(session: Session, table: Table, names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows, each the values of these columns. Every column that must have a value is among them."""
    if not rows:
        return
    connection = session.connection()
    columns = {name: column for name, column in zip(names, zip(*rows, strict=True), strict=True) if _is_told(column)}
    statement, processors = _prepared(table, tuple(columns), connection.dialect)
    for name, processor in processors:
        columns[name] = _kept(columns[name], processor)
    connection.exec_driver_sql(statement, list(zip(*columns.values(), strict=True)))


def _is_told(column: tuple[Any, ...]) -> bool:
    """Whether anything stands in the column: one that is left out holds nothing as well."""
    return column[0] is not None or column.count(None) < len(column)


def _kept(column: tuple[Any, ...], processor: Processor) -> tuple[Any, ...]:
    """A column's values as they are kept. What is the same in all rows, or one of few words, is looked at once."""
    first = column[0]
    if column[-1] == first and column.count(first) == len(column):
        return (processor(first),) * len(column)
    if isinstance(first, Enum | date):
        kept = {value: processor(value) for value in set(column)}
        return tuple(map(kept.__getitem__, column))
    return tuple(map(processor, column))


@lru_cache(maxsize=32)
def _prepared(table: Table, names: tuple[str, ...], dialect: Dialect) -> tuple[str, tuple[tuple[str, Processor], ...]]:
    """The statement, and how values are kept, by their column's name; what is kept as it is needs nothing."""
    assert all(column.server_default is None for column in table.columns), "what is left out would not be empty"
    quote = dialect.identifier_preparer.quote
    mark = "?" if dialect.paramstyle == "qmark" else "%s"
    columns = ", ".join(quote(name) for name in names)
    places = ", ".join([mark] * len(names))
    statement = f"INSERT INTO {quote(table.name)} ({columns}) VALUES ({places})"  # noqa: S608 (names of our own)
    found = ((name, _processor(table.c[name], dialect)) for name in names)
    return statement, tuple((name, processor) for name, processor in found if processor)


def _processor(column: Column[Any], dialect: Dialect) -> Processor | None:
    if isinstance(column.type, LargeBinary) and not column.nullable and dialect.name == "sqlite":
        return bytearray
    return column.type.dialect_impl(dialect).bind_processor(dialect)
