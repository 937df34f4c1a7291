"""Backups of a test's fund, and empty places to restore them into."""

import io
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pyrage
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from aid import create_app
from aid.domain.clock import Instant
from aid.extensions import db, now, snapshot, upgrade_once
from aid.models import Base
from aid.services.backups import LEFT_OUT, backup_stream
from aid.services.backups.keeping import WrittenBackup, keep, note_copied, note_destroyed
from aid.vault.actor import Actor
from aid.vault.agefile import seal_age
from config import Config
from tests.make import do
from tests.make.databases import TEMPLATE, PostgresHouse, start_server

IDENTITY = "AGE-SECRET-KEY-1TAZX0CEXXW7QU5YHUK4A7YTUZ84TQPEWHMSCTSSX2AYKSYCUDNMSKAWXGG"
RECIPIENT = "age1a8ygvj4z6hn5602s4a4n9gz2ay4rja202sqgnwdjeuyex436wers703ye3"
"""Whom the test fund's founding act names, beside the recovery shares."""


@cache
def another_key() -> str:
    """An age identity that no backup is sealed to."""
    return str(pyrage.x25519.Identity.generate())


def make_backups() -> None:
    """Two on the list, without their files: one with a copy, one destroyed long ago."""
    system, moment = Actor.system(), now()
    long_ago = Instant(moment.instant - timedelta(days=40), moment.today - timedelta(days=40))
    for number, made in enumerate((long_ago, moment)):
        written = WrittenBackup(f"komek-{number}.age", 4_000_000, bytes(32), 1, bytes(32))
        kept = do(keep, actor=system, now=made, written=written, days=30)
        do(note_copied, actor=system, backup_id=kept.backup_id)
        if made is long_ago:
            do(note_destroyed, actor=system, backup_id=kept.backup_id, was_there=True)


def sealed_backup(*recipients: str) -> bytes:
    """A backup file of the fund at hand."""
    file = io.BytesIO()
    with snapshot() as session:
        seal_age(backup_stream(session, now=now()), file, recipients=recipients or (RECIPIENT,))
    return file.getvalue()


@contextmanager
def empty_place(kind: str, folder: Path) -> Iterator[Flask]:
    """An app on a new empty database of this kind, in a folder of its own."""
    folder = folder / f"empty-{secrets.token_hex(4)}"
    if kind == "sqlite":
        folder.mkdir(parents=True)
        for name, content in _migrated().items():
            (folder / name).write_bytes(content)
        yield _app(folder)
        return
    server = start_server()
    PostgresHouse.make_template(server, folder)
    name = f"komek_place_{secrets.token_hex(6)}"
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}".encode())
    try:
        yield _app(folder, server.get_uri(database=name))
    finally:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@cache
def _migrated() -> dict[str, bytes]:
    """The files of an empty database under a server key that no fund of the tests has: made once a worker."""
    with TemporaryDirectory() as made:
        app = _app(Path(made))
        with app.app_context():
            db.engine.dispose()  # the last connection to close writes the WAL back
        return {name: (Path(made) / name).read_bytes() for name in ("komek.db", "server.key")}


def _app(folder: Path, url: str | None = None) -> Flask:
    app = create_app(Config(data=folder, database_url=url, testing=True))
    upgrade_once(app)
    return app


def everything(app: Flask) -> dict[str, list[tuple[object, ...]]]:
    """Every row that a backup holds, by table."""
    with app.app_context(), Session(db.engine) as session:
        return {
            table.name: [tuple(row) for row in session.execute(select(table).order_by(*table.primary_key.columns))]
            for table in Base.metadata.sorted_tables
            if table.name not in LEFT_OUT
        }
