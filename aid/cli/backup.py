"""`./aid.sh backup`: make a backup now, or list those that were made. The files can't be read on this server."""

from pathlib import Path
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.cli._common import (
    data_option,
    existing_fund_at,
    json_option,
    print_json,
    refusals_said,
    refuse,
)
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.extensions import db, reading
from aid.jobs.backups import BackedUp, back_up, is_here, settings, sweep_backups
from aid.models.backups import Backup
from aid.queries.people import fund_face


@click.command("backup")
@click.option("--list", "listed", is_flag=True, help="List the backups that were made, and those destroyed.")
@data_option
@json_option
@refusals_said
def command(data: Path | None, *, listed: bool, as_json: bool) -> None:
    """Write the whole fund to one file that only the recovery shares open, and copy it to the second place."""
    with existing_fund_at(data):
        if fund_face(reading()) is None:
            raise RuleBroken(_("There is no fund here yet."))
        if listed:
            _list(as_json=as_json)
            return
        try:
            made = back_up()
            sweep_backups()
        except OSError as failure:
            refuse(f"The backup could not be written: {failure.strerror or failure}.")
        _tell(made, as_json=as_json)


def _tell(made: BackedUp, *, as_json: bool) -> None:
    if as_json:
        print_json({"id": str(made.backup_id), "path": str(made.path), "size": made.size, "copied": made.copied})
        return
    click.echo(f"{made.path} ({made.size / 1e6:.1f} MB)")
    match made.copied:
        case True:
            click.echo(f"The copy in {settings().backups_copy} was read back and is the same.")
        case False:
            click.echo(f"It could not be copied to {settings().backups_copy}: is its disk connected?", err=True)
        case None:
            click.echo("There is no second place: name one on another disk in KOMEK_BACKUPS_COPY.", err=True)


def _list(*, as_json: bool) -> None:
    with Session(db.engine) as session:
        rows = [_plain(backup) for backup in session.scalars(select(Backup).order_by(Backup.made_at.desc()))]
    if as_json:
        print_json({"backups": rows})
        return
    for row in rows:
        click.echo(f"{row['name']}  {row['size'] / 1e6:.1f} MB  {_fate(row)}")


def _fate(row: dict[str, Any]) -> str:
    """What becomes of a backup, or became of it."""
    if row["destroyed_at"]:
        return f"destroyed {row['destroyed_at'][:10]}"
    copied = "copied" if row["copied_at"] else "not copied"
    here = "" if row["here"] else ", NOT HERE ANY MORE"
    return f"{copied}, kept until {row['keep_until']}{here}"


def _plain(backup: Backup) -> dict[str, Any]:
    return {
        "name": backup.name,
        "size": backup.size,
        "sha256": backup.sha256.hex(),
        "head": {"seq": backup.head_seq, "hash": backup.head_hash.hex()},
        "made_at": backup.made_at.isoformat(timespec="seconds"),
        "keep_until": backup.keep_until.isoformat(),
        "copied_at": backup.copied_at.isoformat(timespec="seconds") if backup.copied_at else None,
        "destroyed_at": backup.destroyed_at.isoformat(timespec="seconds") if backup.destroyed_at else None,
        "here": is_here(backup.name),
    }
