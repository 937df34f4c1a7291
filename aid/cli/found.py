"""`./aid.sh found --file fund.toml`: found the fund of a data folder, and print everybody's first password once."""

from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import track
from rich.table import Table

from aid.cli._common import data_option, fund_at, json_option, print_json, refusals_said
from aid.domain.founding import check_plan
from aid.domain.fund import FundPlan
from aid.domain.permissions import ROLE_TITLES
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.extensions import reading
from aid.formats import fresh_key
from aid.perform import perform
from aid.queries.people import fund_face
from aid.readers.fund_file import read_fund_file
from aid.services.founding import found
from aid.services.people import Invitation, prepare_invitation
from aid.vault.actor import Actor


@click.command("found")
@click.option(
    "--file",
    "path",
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The fund's plan; docs/fund.example.toml shows one.",
)
@data_option
@json_option
@refusals_said
def command(path: Path, data: Path | None, as_json: bool) -> None:  # noqa: FBT001
    """Found a fund: its purposes, places, rings and people, as a fund file says."""
    plan = read_fund_file(path.read_bytes())
    check_plan(plan)
    with fund_at(data):
        if fund_face(reading()) is not None:
            raise RuleBroken(_("This data folder holds a fund already. Found another one in a folder of its own."))
        console = Console(stderr=True)
        people = track(plan.people, "Making everybody's first keys", console=console, transient=True)
        invitations = tuple(prepare_invitation(person.handle) for person in people)
        founded = perform(fresh_key(), found, actor=Actor.system(), plan=plan, demo=False, invitations=invitations)
    rows = _people(plan, invitations)
    if as_json:
        print_json({"fund_id": str(founded.fund_id), "people": rows})
    else:
        _print_table(rows)


def _people(plan: FundPlan, invitations: tuple[Invitation, ...]) -> list[dict[str, Any]]:
    return [
        {"handle": person.handle, "roles": sorted(person.roles), "first_password": invitation.password}
        for person, invitation in zip(plan.people, invitations, strict=True)
    ]


def _print_table(rows: list[dict[str, Any]]) -> None:
    table = Table(title="First passwords: shown this once, kept nowhere")
    table.add_column("Handle", no_wrap=True)
    table.add_column("Roles")
    table.add_column("First password", no_wrap=True)
    for row in rows:
        table.add_row(row["handle"], ", ".join(str(ROLE_TITLES[role]) for role in row["roles"]), row["first_password"])
    console = Console()
    console.print(table)
    console.print(
        "Give each person theirs in private. At the first sign-in they leave the code empty, "
        "choose a password of their own and pair their phone; the first password is then worth nothing."
    )
