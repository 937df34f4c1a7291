"""How migrations run: on the app's own engine, in one transaction."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import context
from flask import current_app
from sqlalchemy import Connection

from aid.extensions import db
from aid.models import Base


def run() -> None:
    """Bring the database to the version asked for."""
    given = context.config.attributes.get("connection")
    if given is not None:
        _run_on(given)
        return
    with (
        current_app.app_context(),
        db.engine.execution_options(writes=True).connect() as connection,
        _tables_may_be_made_anew(connection),
        connection.begin(),
    ):
        _run_on(connection)


@contextmanager
def _tables_may_be_made_anew(connection: Connection) -> Iterator[None]:
    """SQLite changes a table by copying it, while others refer to it; afterwards every reference holds again."""
    if connection.dialect.name != "sqlite":
        yield
        return
    connection.connection.cursor().execute("PRAGMA foreign_keys = OFF")  # has no effect once a transaction has begun
    try:
        yield
        if connection.connection.cursor().execute("PRAGMA foreign_key_check").fetchone():
            raise RuntimeError("the migration left rows that refer to nothing")
    finally:
        connection.connection.cursor().execute("PRAGMA foreign_keys = ON")


def _run_on(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=Base.metadata, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()


run()
