"""Parts of the app, created bare and bound in `create_app`."""

import fcntl
import hashlib
import hmac
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

from alembic.script import ScriptDirectory
from alembic.util import CommandError
from flask import Flask, current_app
from flask_babel import Babel
from flask_login import LoginManager
from flask_migrate import Migrate, downgrade, upgrade
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy import Connection, Engine, QueuePool, event, select
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.models import Base
from aid.models.fund import Fund
from aid.models.line import Line

db = SQLAlchemy(metadata=Base.metadata)
migrate = Migrate()
csrf = CSRFProtect()
login = LoginManager()
babel = Babel()

SQLITE_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # NORMAL loses acknowledged commits on power loss
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
    "PRAGMA recursive_triggers = ON",  # INSERT OR REPLACE slips past delete triggers without it
    "PRAGMA temp_store = MEMORY",
    "PRAGMA busy_timeout = 20000",
)


STATEMENTS = 2_000
"""So many are kept ready, on either side: more than all pages together ask."""

KEPT = {"query_cache_size": STATEMENTS}

QUIET = {"hide_parameters": True}
"""What a statement was given stays out of its error: that is logged, and a handle field may hold a password."""


class _InLine:
    """A connection whose writes wait in line: when its transaction is over, it is the next one's turn."""

    line: Line

    def commit(self) -> None:
        """End the transaction, and leave the line."""
        try:
            super().commit()  # type: ignore[misc]
        finally:
            self.line.leave(self)

    def rollback(self) -> None:
        """Undo the transaction, and leave the line."""
        try:
            super().rollback()  # type: ignore[misc]
        finally:
            self.line.leave(self)

    def close(self) -> None:
        """Close the connection, and leave the line."""
        try:
            super().close()  # type: ignore[misc]
        finally:
            self.line.leave(self)


def database_settings(*, url: str | None, folder: Path, server_key: bytes) -> dict[str, Any]:
    """How the app reaches its database: PostgreSQL by URL, else one encrypted SQLite file in the data folder."""
    if url:
        address = url.replace("postgres://", "postgresql://", 1).replace("postgresql://", "postgresql+psycopg://", 1)
        options: dict[str, Any] = {**QUIET, **KEPT, "pool_pre_ping": True, "isolation_level": "READ COMMITTED"}
        return {"SQLALCHEMY_DATABASE_URI": address, "SQLALCHEMY_ENGINE_OPTIONS": options}
    return _embedded(folder, server_key)


def _embedded(folder: Path, server_key: bytes) -> dict[str, Any]:
    """One encrypted file, whose writers wait in line."""
    import sqlcipher3.dbapi2 as sqlcipher  # not loaded where PostgreSQL is used

    path, key = folder / "komek.db", sub_key(server_key, "sqlcipher").hex()
    line = Line(folder / "write.lock")
    factory = type("Connection", (_InLine, sqlcipher.Connection), {})

    def connect() -> DBAPIConnection:
        connection: Any = sqlcipher.connect(
            str(path),
            check_same_thread=False,
            isolation_level=None,
            cached_statements=STATEMENTS,
            factory=factory,
        )
        connection.line = line
        cursor = connection.cursor()
        for statement in (f"PRAGMA key = \"x'{key}'\"", *SQLITE_PRAGMAS):
            cursor.execute(statement)
        cursor.close()
        return cast(DBAPIConnection, connection)

    pool = {"poolclass": QueuePool, "pool_use_lifo": True}  # the connection of a moment ago still has its pages open
    options = {**QUIET, **KEPT, **pool, "module": sqlcipher, "creator": connect}
    return {"SQLALCHEMY_DATABASE_URI": f"sqlite:///{path}", "SQLALCHEMY_ENGINE_OPTIONS": options}


def server_key(folder: Path) -> bytes:
    """32 random bytes of this server, made once. They open the database file, never a sealed record."""
    path = folder / "server.key"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _whole_key(path)
    with os.fdopen(handle, "wb") as file:
        file.write(os.urandom(32))
        file.flush()
        os.fsync(file.fileno())
    return _whole_key(path)


def _whole_key(path: Path) -> bytes:
    for _attempt in range(50):  # another process may be writing it just now
        if len(key := path.read_bytes()) == 32:
            return key
        time.sleep(0.02)
    raise RuntimeError("server.key is damaged: restore it from where you keep it")


def sub_key(key: bytes, purpose: str) -> bytes:
    """A key for one purpose, which tells nothing of the others."""
    return hmac.digest(key, f"komek/1/server/{purpose}".encode(), hashlib.sha256)


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    """SQLite opens its transactions by our own word: a write takes the lock at once, and never has to give it up."""
    if connection.dialect.name == "sqlite":
        writes = connection.get_execution_options().get("writes", False)
        own = connection.connection.dbapi_connection
        if writes and (line := getattr(own, "line", None)):
            line.wait(own)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def writing() -> Engine:
    """The engine whose transactions write."""
    engine, app = db.engine, current_app
    known: tuple[Engine, Engine] | None = app.extensions.get("writing")
    if known is None or known[0] is not engine:
        known = app.extensions["writing"] = engine, engine.execution_options(writes=True)
    return known[1]


def reading() -> Session:
    """The session that this request's pages read with. Writes have their own, in `perform`."""
    return db.session()


@contextmanager
def snapshot() -> Iterator[Session]:
    """A session that sees the database as it is now, whatever is written meanwhile, and writes nothing."""
    engine = db.engine
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    with Session(engine) as session:
        yield session


def now() -> Instant:
    """This moment, on the fund's day."""
    return Instant.at(datetime.now(UTC), time_zone())


def time_zone() -> ZoneInfo:
    """The fund's time zone; UTC before it is founded."""
    app: Flask = current_app
    if "zone" not in app.extensions:
        name = reading().scalar(select(Fund.time_zone))
        if name is None:
            return ZoneInfo("UTC")
        app.extensions["zone"] = ZoneInfo(name)
    zone: ZoneInfo = app.extensions["zone"]
    return zone


def disk_is_full(failure: DBAPIError) -> bool:
    """Whether a statement failed for want of room. sqlcipher3 tells its errors apart by their words alone."""
    return getattr(failure.orig, "sqlstate", None) == "53100" or "database or disk is full" in str(failure.orig)


def upgrade_once(app: Flask) -> None:
    """Bring the database to the newest version; of two processes starting at once, one waits and finds it done."""
    with app.app_context(), _alone(app):
        upgrade()


def newest_schema(app: Flask) -> str:
    """The revision that this Komek works with."""
    return str(_revisions(app).get_current_head())


def with_schema(app: Flask, revision: str) -> None:
    """Give an empty database the tables of an earlier revision, for what was written then. Raises LookupError."""
    if revision == newest_schema(app):
        return
    try:
        _revisions(app).get_revision(revision)
    except CommandError:
        raise LookupError(revision) from None
    with app.app_context(), _alone(app):
        downgrade(revision=revision)


def _revisions(app: Flask) -> ScriptDirectory:
    with app.app_context():
        return ScriptDirectory.from_config(migrate.get_config())


ERASED_FROM = ("wrap", "index_token", "fresh_tokens", "import_mark", "brought_part", "brought_list")
"""The tables whose deleted rows would still tell something to who reads the disk: keys, and by what one is found."""


def overwrite_deleted() -> bool:
    """Take from the disk what was just deleted; whether it could be done now. The worker does it every night too.

    SQLite overwrites rows at once, but its log still has them. PostgreSQL writes these tables anew; of `record` only
    blobs are left, whose keys are gone, until their place is used again. Nobody waits for this long.
    """
    reading().rollback()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if connection.dialect.name == "sqlite":
            return _empty_log(connection)
        try:
            connection.exec_driver_sql("SET lock_timeout = '2s'")
            for table in ERASED_FROM:
                connection.exec_driver_sql(f"VACUUM (FULL) {table}")
            connection.exec_driver_sql("VACUUM record")
        except OperationalError:  # somebody reads them for long: a backup, a proof
            return False
        finally:
            connection.exec_driver_sql("RESET lock_timeout")
    return True


def _empty_log(connection: Connection) -> bool:
    """Write SQLite's log back into the file and cut it to nothing, unless somebody still reads from it."""
    connection.exec_driver_sql("PRAGMA busy_timeout = 2000")
    try:
        is_busy, _frames, _written = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
    finally:
        connection.exec_driver_sql("PRAGMA busy_timeout = 20000")
    return not is_busy


@contextmanager
def _alone(app: Flask) -> Iterator[None]:
    """Hold the lock of migrations: on PostgreSQL in the database, else on a file beside it."""
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect() as connection:
            connection.exec_driver_sql("SELECT pg_advisory_lock(7305115)")
            try:
                yield
            finally:
                connection.exec_driver_sql("SELECT pg_advisory_unlock(7305115)")
        return
    with (app.config["KOMEK"].data / "migrate.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
