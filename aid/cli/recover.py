"""`recover`: a copy of the fund that named people can open again, made with recovery shares. No key is printed."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from aid import create_app
from aid.cli._common import json_option, print_json, refusals_said
from aid.cli._shares import secret_from_shares
from aid.cli.restore import copy_into, identity_in, restore_into
from aid.cli.verify import replay_all
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.extensions import db, reading, snapshot
from aid.formats import fresh_key
from aid.perform import perform
from aid.queries.people import fund_face
from aid.services.backups import heads_of
from aid.services.people import Invitation, prepare_invitation
from aid.services.readmission import Readmitted, generation_of, readmit, who_may_return
from aid.vault.actor import Actor
from aid.vault.shares import RecoveryKeys, recovery_keys
from config import Config


@dataclass(frozen=True, slots=True)
class _Returned:
    """Who may sign in again, with which first password, and what they were given."""

    invitation: Invitation
    outcome: Readmitted

    def plain(self) -> dict[str, Any]:
        """For --json."""
        return {
            "handle": self.invitation.handle,
            "first_password": self.invitation.password,
            "keys_given": self.outcome.given,
            "keys_lacking": self.outcome.lacking,
        }


@click.command("recover")
@click.option(
    "--backup",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A backup to begin from.",
)
@click.option(
    "--data",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Or a server's data folder (with its DATABASE_URL, where it has one). It is copied, and stays as it is.",
)
@click.option(
    "--into",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder of the copy, empty.",
)
@click.option("--database-url", help="An empty PostgreSQL database for the copy. Else it is SQLite in that folder.")
@click.option("--readmit", "handles", multiple=True, required=True, help="Who begins anew: a handle, once for each.")
@click.option(
    "--identity",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A file with an age identity that opens the backup, where it was not sealed to these shares.",
)
@click.option(
    "--shares-file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A file with recovery shares, one a line. Else they are asked for.",
)
@json_option
@refusals_said
def command(
    *,
    backup: Path | None,
    data: Path | None,
    into: Path,
    database_url: str | None,
    handles: tuple[str, ...],
    identity: Path | None,
    shares_file: Path | None,
    as_json: bool,
) -> None:
    """Copy the fund, and let the people named sign in to the copy with a first password and the keys of their work."""
    if (backup is None) is (data is None):
        raise click.UsageError("Give either --backup or --data.")
    keys = recovery_keys(secret_from_shares(shares_file))
    copy = create_app(replace(Config.from_environment(), data=into.absolute(), database_url=database_url))
    if backup is not None:
        with backup.open("rb") as sealed:
            restore_into(copy, sealed, identity=identity_in(identity) if identity else keys.age_identity)
    elif data is not None:
        copy_into(copy, source=create_app(replace(Config.from_environment(), data=data.absolute())))
    with copy.app_context():
        try:
            returned = _readmit(handles, keys)
        except RuleBroken:
            _take_away(into)  # so that the same command can be given again, with another name or other shares
            raise
        with snapshot() as session:
            findings = [str(finding) for each in replay_all(session) for finding in each.findings]
            heads = heads_of(session)
    if as_json:
        audit = {"seq": heads.line, "hash": heads.line_hash.hex()}
        print_json({"people": [each.plain() for each in returned], "audit": audit, "holds": not findings})
    else:
        _tell(returned, findings)
    sys.exit(1 if findings else 0)


def _take_away(into: Path) -> None:
    """Delete the copy that nobody was let into. What lies on PostgreSQL stays, and is emptied by hand."""
    db.session.remove()
    db.engine.dispose()
    for file in into.glob("komek.db*"):
        file.unlink()


def _readmit(handles: Sequence[str], keys: RecoveryKeys) -> list[_Returned]:
    """Let all of them begin anew, once each was found. Raises RuleBroken."""
    if fund_face(reading()) is None:
        raise RuleBroken(_("There is no fund here yet."))
    generation_of(reading(), keys.public)
    ids = {handle: who_may_return(reading(), handle) for handle in dict.fromkeys(handles)}
    invitations = [prepare_invitation(handle, person_id=person_id) for handle, person_id in ids.items()]
    return [_Returned(invitation, _one(invitation, keys)) for invitation in invitations]


def _one(invitation: Invitation, keys: RecoveryKeys) -> Readmitted:
    return perform(fresh_key(), readmit, actor=Actor.system(), invitation=invitation, private=keys.private)


def _tell(returned: Sequence[_Returned], findings: Sequence[str]) -> None:
    click.echo("First passwords: shown this once, kept nowhere.")
    for each in returned:
        click.echo(f"  {each.invitation.handle}  {each.invitation.password}")
        if each.outcome.lacking:
            click.echo(f"    {each.outcome.lacking} keys of their work were never sealed to these shares.", err=True)
    click.echo("They sign in with the code left empty, choose a password of their own and pair their phone.")
    click.echo("The shares were put together here: make new ones on the page “Recovery shares”. Burn the old papers.")
    click.echo("All holds." if not findings else "Not everything holds:")
    for finding in findings:
        click.echo(finding)
