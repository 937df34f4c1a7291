"""Empty SQLite databases for tests: the first is migrated, each one after it made by the statements that this came to.

What migrations do is tried in `tests/models/test_migrations`, which runs them.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from flask_migrate import upgrade
from sqlalchemy import Connection, text

from aid import extensions
from aid.extensions import db

KNOWN: Final = "KOMEK_TESTS_MIGRATED"
"""The environment's name for the file with the statements of this run."""
OWN: Final = text("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'")


def know_migrated(file: Path) -> None:
    """From now on this process migrates an empty database by the statements in this file, once they are there."""
    os.environ[KNOWN] = str(file)
    extensions.upgrade = migrated  # type: ignore[attr-defined]


def migrated() -> None:
    """Give the app's database its tables."""
    file = Path(os.environ[KNOWN])
    if db.engine.dialect.name != "sqlite" or not _is_empty():
        upgrade()
    elif file.exists():
        with db.engine.execution_options(writes=True).begin() as connection:
            for statement in json.loads(file.read_text()):
                connection.exec_driver_sql(statement)
    else:
        upgrade()
        with db.engine.connect() as connection:
            written = file.with_suffix(f".{os.getpid()}")
            written.write_text(json.dumps([*statements(connection)]))
        written.rename(file)


def statements(connection: Connection) -> Iterator[str]:
    """What makes a database like this one: its tables, what is in them, and then its indexes and triggers."""
    made = connection.execute(OWN).all()
    tables = [row for row in made if row.type == "table"]
    yield from (row.sql for row in tables)
    for table in tables:
        columns = [row.name for row in connection.exec_driver_sql(f'PRAGMA table_info("{table.name}")')]
        values = " || ',' || ".join(f'quote("{column}")' for column in columns)
        for row in connection.exec_driver_sql(f'SELECT {values} FROM "{table.name}"'):
            yield f'INSERT INTO "{table.name}" VALUES ({row[0]})'
    yield from (row.sql for row in made if row.type != "table")


def _is_empty() -> bool:
    with db.engine.connect() as connection:
        return connection.execute(OWN).first() is None
