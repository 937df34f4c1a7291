"""Putting very many rows in at once, past the session: as tuples that the driver is given as they are.

For each value of each row SQLAlchemy looks up by name how it is kept; here that is found out once for a column, and
column by column. What is kept is the same.
"""

from collections.abc import Callable, Sequence
from datetime import date
from enum import Enum
from functools import lru_cache
from typing import Any

from sqlalchemy import Dialect, Table
from sqlalchemy.orm import Session

Processor = Callable[[Any], Any]


def put_rows(session: Session, table: Table, names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows, each the values of these columns. Every column that must have a value is among them."""
    if not rows:
        return
    connection = session.connection()
    statement, processors = _prepared(table, tuple(names), connection.dialect)
    if processors:
        columns = list(zip(*rows, strict=True))
        for place, processor in processors:
            columns[place] = _kept(columns[place], processor)
        rows = list(zip(*columns, strict=True))
    connection.exec_driver_sql(statement, rows)


def _kept(column: tuple[Any, ...], processor: Processor) -> tuple[Any, ...]:
    """A column's values as they are kept. What is the same in all rows, or one of few words, is looked at once."""
    first = column[0]
    if column.count(first) == len(column):
        return (processor(first),) * len(column)
    if isinstance(first, Enum | date):
        kept = {value: processor(value) for value in set(column)}
        return tuple(map(kept.__getitem__, column))
    return tuple(map(processor, column))


@lru_cache(maxsize=32)
def _prepared(table: Table, names: tuple[str, ...], dialect: Dialect) -> tuple[str, tuple[tuple[int, Processor], ...]]:
    """The statement, and how values are kept, by the place of their column; what is kept as it is needs nothing."""
    quote = dialect.identifier_preparer.quote
    mark = "?" if dialect.paramstyle == "qmark" else "%s"
    columns = ", ".join(quote(name) for name in names)
    places = ", ".join([mark] * len(names))
    statement = f"INSERT INTO {quote(table.name)} ({columns}) VALUES ({places})"  # noqa: S608 (names of our own)
    found = ((at, table.c[name].type.dialect_impl(dialect).bind_processor(dialect)) for at, name in enumerate(names))
    return statement, tuple((at, processor) for at, processor in found if processor)
