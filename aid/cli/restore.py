"""`restore`: a fund from one of its backups, into an empty folder or an empty PostgreSQL database."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO

import click
from flask import Flask
from sqlalchemy.orm import Session

from aid import create_app
from aid.cli._common import json_option, print_json, refusals_said, refuse
from aid.cli._shares import secret_from_shares
from aid.cli.verify import replay_all
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.extensions import db, newest_schema, now, snapshot, upgrade_once, with_schema
from aid.services.backups import (
    Damaged,
    Header,
    HeaderOnly,
    Loading,
    backup_stream,
    heads_of,
    reading_header,
    refuse_unless_empty,
)
from aid.vault.agefile import open_age
from aid.vault.failures import NoKey, Tampered
from aid.vault.shares import recovery_keys
from config import Config

_AN_IDENTITY = "AGE-SECRET-KEY-1"


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--data",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="The new server's data folder, empty. The fund itself goes to DATABASE_URL where that is set.",
)
@click.option(
    "--identity",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A file with the age identity of one who can read the backups.",
)
@click.option(
    "--shares-file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A file with recovery shares, one a line. Without it and --identity they are asked for.",
)
@json_option
@refusals_said
def command(*, file: Path, data: Path, identity: Path | None, shares_file: Path | None, as_json: bool) -> None:
    """Lay a backup down in an empty place, and verify it there. Either database restores the other's backups."""
    key = identity_in(identity) if identity else recovery_keys(secret_from_shares(shares_file)).age_identity
    app = create_app(replace(Config.from_environment(), data=data.absolute()))
    with file.open("rb") as sealed:
        try:
            header = restore_into(app, sealed, identity=key)
        except RuleBroken as refusal:
            refuse(f"{file}: {refusal}")
        except OSError as failure:
            refuse(f"{file}: {failure.strerror or failure}")
    with app.app_context(), snapshot() as session:
        found = [finding for each in replay_all(session) for finding in each.findings]
        same = heads_of(session) == header.heads
    _tell(header, holds=same and not found, as_json=as_json)
    for finding in found if not as_json else ():
        click.echo(str(finding))
    sys.exit(0 if same and not found else 1)


def identity_in(file: Path) -> str:
    """The identity in a file as age-keygen writes it. Raises RuleBroken."""
    for line in file.read_text("utf-8", errors="replace").splitlines():
        if line.strip().startswith(_AN_IDENTITY):
            return line.strip()
    raise RuleBroken(_("There is no age identity in the file %(file)s.", file=file.name))


def _tell(header: Header, *, holds: bool, as_json: bool) -> None:
    heads = header.heads
    if as_json:
        audit = {"seq": heads.line, "hash": heads.line_hash.hex()}
        ledger = {"number": heads.entry, "hash": heads.entry_hash.hex()}
        print_json({"made_at": header.made_at.isoformat(), "audit": audit, "ledger": ledger, "holds": holds})
        return
    click.echo(f"Restored as it was at {header.made_at:%Y-%m-%d %H:%M} UTC.")
    click.echo(f"Audit line {heads.line}: {heads.line_hash.hex()}")
    click.echo(f"Ledger entry {heads.entry}: {heads.entry_hash.hex()}")
    click.echo("What was written or erased after that moment is not in it: erase those families again.")
    click.echo("Compare both with your newest continuity pack: a later one there means that this backup is older.")
    click.echo("All holds." if holds else "Not everything holds: see below.")


def header_of(sealed: IO[bytes], *, identity: str) -> Header:
    """What a backup file says of itself; the file is then at its beginning again. Raises RuleBroken."""
    with _unreadable_said():
        try:
            open_age(sealed, reading_header(), identity=identity)
        except HeaderOnly as found:
            sealed.seek(0)
            return found.header
        except ValueError:
            raise RuleBroken(_("This is not an age identity.")) from None
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
