"""Writing the whole fund as one stream, from one snapshot, a few rows at a time."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import Column, Enum, String, Table, select, text, type_coerce
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models import Base
from aid.services.backups.heads import heads_of
from aid.services.backups.stream import END, KINDS, LEFT_OUT, Frames, Header, Layout

ROWS_AT_ONCE: Final = 500
BYTES_AT_ONCE: Final = 1 << 18
ORDER: Final[Mapping[str, str]] = MappingProxyType({"entry": "number"})
"""A table whose rows refer to rows of their own: in the order they were made. All others by their keys."""


def backup_stream(session: Session, *, now: Instant) -> Iterator[bytes]:
    """The fund as this session's snapshot has it. Give it one that sees no later writes (see extensions.snapshot).

    Raises RuleBroken where a row holds what its column can't: `verify` names it.
    """
    tables = [table for table in Base.metadata.sorted_tables if table.name not in LEFT_OUT]
    layouts = tuple(Layout(t.name, tuple((c.name, _kind(c)) for c in t.columns)) for t in tables)
    frames = Frames()
    schema = str(session.scalar(text("SELECT version_num FROM alembic_version")))
    yield frames.frame(Header(schema, now.instant, heads_of(session), layouts).plain())
    counts = []
    for number, (table, layout) in enumerate(zip(tables, layouts, strict=True)):
        count = 0
        for rows in _rows(session, table, layout):
            yield frames.frame([number, rows])
            count += len(rows)
        counts.append(count)
    yield frames.frame([END, counts, frames.hash.digest()])


def _rows(session: Session, table: Table, layout: Layout) -> Iterator[list[list[Any]]]:
    """So many rows at a time as make a frame."""
    order = [table.c[ORDER[table.name]]] if table.name in ORDER else list(table.primary_key.columns)
    columns = [type_coerce(column, String()) if isinstance(column.type, Enum) else column for column in table.columns]
    asked = select(*columns).order_by(*order).execution_options(yield_per=ROWS_AT_ONCE)
    held: list[list[Any]] = []
    size = 0
    try:
        for row in session.execute(asked):
            plain = layout.plain(tuple(row))
            held.append(plain)
            size += sum(len(value) for value in plain if isinstance(value, bytes | str))
            if len(held) >= ROWS_AT_ONCE or size >= BYTES_AT_ONCE:
                yield held
                held, size = [], 0
    except (LookupError, TypeError, ValueError):
        raise RuleBroken(
            _("A row of the table %(table)s can't be read. The command “verify” names it.", table=table.name)
        ) from None
    if held:
        yield held


def _kind(column: Column[Any]) -> str:
    """The kind that a column's values are of."""
    if isinstance(column.type, Enum):
        return "text"
    for kind, type_ in KINDS.items():
        if isinstance(column.type, type(type_)):
            return kind
    raise AssertionError(f"no kind for {column}")
