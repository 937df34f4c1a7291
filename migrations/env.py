"""How migrations run: on the app's own engine, in one transaction."""

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
        connection.begin(),
    ):
        _run_on(connection)


def _run_on(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=Base.metadata, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()


run()
