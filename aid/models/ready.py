"""Statements that every request asks, made ready once: what SQLAlchemy works out for each anew is most of their time.

On SQLite a ready statement goes to the connection as text with its values, within the session's own transaction; what
comes back is converted as its columns say. On PostgreSQL SQLAlchemy runs it as ever: there the way to the database is
most of the time. What is not flushed yet is not seen by it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from sqlalchemy import Connection, Delete, Dialect, Insert, Select, Update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import ReturningInsert, ReturningUpdate
from sqlalchemy.sql.selectable import CompoundSelect
from sqlalchemy.types import TypeEngine

Values: TypeAlias = Mapping[str, Any]
Statement: TypeAlias = (
    Select[*tuple[Any, ...]]
    | CompoundSelect[Any]
    | Insert
    | Update
    | Delete
    | ReturningInsert[Any]
    | ReturningUpdate[Any]
)
Convert: TypeAlias = Callable[[Any], Any]

_CONNECTION = "komek.connection"


def keep_connection(session: Session) -> None:
    """From here to the end of its one transaction, this session's ready statements need not ask for its connection."""
    session.info[_CONNECTION] = session.connection()


class Ready:
    """A statement whose values are all named, and that has no list of any length in it."""

    def __init__(self, statement: Statement) -> None:
        self.statement = statement
        self._text: _Text | None = None

    def rows(self, session: Session, values: Values) -> Sequence[Sequence[Any]]:
        """What it finds."""
        connection = _connection_of(session)
        if connection.dialect.name != "sqlite":
            return connection.execute(self.statement, dict(values)).all()
        return self._ready(connection.dialect).rows(connection, values)

    def first(self, session: Session, values: Values) -> Sequence[Any] | None:
        """The one row, or nothing."""
        rows = self.rows(session, values)
        assert len(rows) < 2, "one row or none"
        return rows[0] if rows else None

    def run(self, session: Session, *values: Values) -> int:
        """Write, once for each set of values. How many rows it was, for a single one."""
        connection = _connection_of(session)
        if connection.dialect.name != "sqlite":
            given = [dict(each) for each in values]
            return connection.execute(self.statement, given if len(given) > 1 else given[0]).rowcount
        return self._ready(connection.dialect).run(connection, values)

    def _ready(self, dialect: Dialect) -> "_Text":
        if self._text is None:
            self._text = _Text(self.statement, dialect)
        return self._text


def _connection_of(session: Session) -> Connection:
    connection: Connection | None = session.info.get(_CONNECTION)
    return connection or session.connection()


class _Text:
    """A statement as SQLite is given it."""

    def __init__(self, statement: Statement, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        assert isinstance(compiled, SQLCompiler)
        self.sql = str(compiled)
        assert "POSTCOMPILE" not in self.sql, "its lists would have to be written anew each time"
        assert not compiled.insert_prefetch, "all its columns are given"
        assert not compiled.update_prefetch, "none of its columns changes by itself"
        names = compiled.positiontup or ()
        writing = [_of(compiled.binds[name].type, dialect).bind_processor(dialect) for name in names]
        said = [compiled.params[name] for name in names]  # what the statement says itself; nothing: it is given
        self.fixed = [write(value) if write else value for value, write in zip(said, writing, strict=True)]
        places: dict[str, list[int]] = {}
        for place, name in enumerate(names):
            if said[place] is None:
                places.setdefault(name, []).append(place)
        self.given = [(name, writing[its[0]], its) for name, its in places.items()]
        columns = getattr(statement, "exported_columns", ())
        converting = [_of(column.type, dialect).result_processor(dialect, None) for column in columns]
        self.converting = [(place, convert) for place, convert in enumerate(converting) if convert]
        self.dialect = dialect

    def rows(self, connection: Connection, values: Values) -> Sequence[Sequence[Any]]:
        """What it finds, converted."""
        found = self._execute(connection, self._written(values)).fetchall()
        return [self._converted(row) for row in found] if self.converting else found

    def run(self, connection: Connection, many: Iterable[Values]) -> int:
        """How many rows the last was."""
        count = 0
        for values in many:
            count = self._execute(connection, self._written(values)).rowcount
        return count

    def _written(self, values: Values) -> list[Any]:
        written = self.fixed.copy()
        for name, write, places in self.given:
            value = write(values[name]) if write else values[name]
            for place in places:
                written[place] = value
        return written

    def _converted(self, row: Sequence[Any]) -> Sequence[Any]:
        converted = list(row)
        for place, convert in self.converting:
            converted[place] = convert(converted[place])
        return converted

    def _execute(self, connection: Connection, written: list[Any]) -> Any:
        cursor = connection.connection.cursor()
        for hear in connection.dispatch.before_cursor_execute:  # who counts statements counts this one too
            hear(connection, cursor, self.sql, written, None, False)
        try:
            cursor.execute(self.sql, written)
        except self.dialect.loaded_dbapi.Error as failure:
            kinds = self.dialect.loaded_dbapi.Error
            raise DBAPIError.instance(
                self.sql, None, failure, kinds, hide_parameters=True, dialect=self.dialect
            ) from failure
        return cursor


def _of(kind: TypeEngine[Any], dialect: Dialect) -> TypeEngine[Any]:
    return kind.dialect_impl(dialect)
