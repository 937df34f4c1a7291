"""`restore`: a fund from one of its backups, into an empty folder or an empty PostgreSQL database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from flask import Flask
from sqlalchemy.orm import Session

from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.extensions import db, newest_schema, now, snapshot, upgrade_once, with_schema
from aid.services.backups import (
    Damaged,
    Header,
    HeaderOnly,
    Loading,
    backup_stream,
    reading_header,
    refuse_unless_empty,
)
from aid.vault.agefile import open_age
from aid.vault.failures import NoKey, Tampered


def header_of(sealed: IO[bytes], *, identity: str) -> Header:
    """What a backup file says of itself; the file is then at its beginning again. Raises RuleBroken."""
    with _unreadable_said():
        try:
            open_age(sealed, reading_header(), identity=identity)
        except HeaderOnly as found:
            sealed.seek(0)
            return found.header
        raise Damaged("no header")


def restore_into(app: Flask, sealed: IO[bytes], *, identity: str) -> Header:
    """Bring a backup file into an app's empty database, wholly or not at all.

    `identity` is an age identity ("AGE-SECRET-KEY-1…") of one of the file's recipients. Raises RuleBroken.
    """
    header = header_of(sealed, identity=identity)
    _make_ready(app, header.schema)
    with _unreadable_said(), _loading(app) as loading:
        open_age(sealed, loading, identity=identity)
        loading.finish()
    upgrade_once(app)
    return header


def copy_into(app: Flask, *, source: Flask) -> Header:
    """Bring one app's fund into another's empty database, in memory: nothing is written between. Raises RuleBroken."""
    upgrade_once(source)
    _make_ready(app, newest_schema(app))
    with _unreadable_said(), _loading(app) as loading, source.app_context(), snapshot() as session:
        for piece in backup_stream(session, now=now()):
            loading.write(piece)
        return loading.finish()


def _make_ready(app: Flask, schema: str) -> None:
    """Give an empty place the tables that a backup was written from. Raises RuleBroken where it is not empty."""
    upgrade_once(app)
    with app.app_context(), Session(db.engine) as session:
        refuse_unless_empty(session)
    try:
        with_schema(app, schema)
    except LookupError:
        raise RuleBroken(
            _("This backup was made by a newer Komek than this one. Install that version and restore with it.")
        ) from None


@contextmanager
def _loading(app: Flask) -> Iterator[Loading]:
    """One transaction, committed when all of it was found whole."""
    with app.app_context():
        engine = db.engine.execution_options(writes=True)
    with Session(engine) as session:
        yield Loading(session)
        session.commit()


@contextmanager
def _unreadable_said() -> Iterator[None]:
    """Say what is wrong with a file."""
    try:
        yield
    except NoKey:
        raise RuleBroken(
            _("This key does not open the backup: it was sealed to other people, or these are another key’s shares.")
        ) from None
    except (Tampered, Damaged):
        raise RuleBroken(
            _("This is not a whole backup: the file was changed, a part of it is missing, or it is something else.")
        ) from None
