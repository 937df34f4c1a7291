"""`./aid.sh found`: lay out a sitting, in which the people who guard the fund take their seats in the pages."""

from pathlib import Path

import click

from aid.cli._common import data_option, fund_at, json_option, print_json, refusals_said
from aid.domain.founding import check_plan
from aid.domain.fund import FundPlan
from aid.domain.sitting import must_sit, person_plain, typed_of
from aid.extensions import reading
from aid.formats import fresh_key
from aid.perform import perform
from aid.queries.founding import waiting_sitting
from aid.queries.people import fund_face
from aid.readers.fund_file import read_fund_file
from aid.services.sittings import NewCode, new_code, open_sitting
from aid.vault.actor import Actor

ADDRESS = "/founding/"


@click.command("found")
@click.option(
    "--file",
    "path",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The fund's plan; docs/fund.example.toml shows one. Without it, everything is typed in the pages.",
)
@click.option("--anew", is_flag=True, help="Throw away a sitting that goes on: its code or its browser is lost.")
@data_option
@json_option
@refusals_said
def command(path: Path | None, anew: bool, data: Path | None, as_json: bool) -> None:  # noqa: FBT001
    """Lay out the founding of a fund and print its one-time code: the seats are taken in the browser."""
    plan = read_fund_file(path.read_bytes()) if path else None
    if plan:
        check_plan(plan)
    with fund_at(data):
        code = lay_out(plan, anew=anew)
    seats = [person.handle for person in must_sit(plan)] if plan else []
    if as_json:
        print_json({"code": code.code, "address": ADDRESS, "seats": seats})
    else:
        click.echo(f"One-time code: {code.code}")
        click.echo(f"Start ./aid.sh run, open {ADDRESS} in one browser, and type it there.")
        if seats:
            click.echo(f"These take their seats there, each with a phone of their own: {', '.join(seats)}.")


def lay_out(plan: FundPlan | None, *, anew: bool = False) -> NewCode:
    """Open a sitting, with a plan or an empty one. Raises RuleBroken."""
    code = new_code()
    typed, others = typed_of(plan) if plan else ({}, ())
    kept = {"steps": typed, "others": [person_plain(person) for person in others]} if plan else {}
    perform(fresh_key(), open_sitting, actor=Actor.system(), opened_by=code.key, kept=kept, anew=anew)
    return code


def say_how_to_found(port: int) -> None:
    """While there is no fund: a one-time code, new at each start as long as nobody used it."""
    if fund_face(reading()) is not None:
        return
    waits = waiting_sitting(reading())
    has_plan, goes_on = waits or (False, False)
    address = f"http://127.0.0.1:{port}{ADDRESS}"
    if goes_on or has_plan:
        click.echo(f"The founding waits at {address} for the code that was printed before.", err=True)
        click.echo("Is that code lost? Begin anew: ./aid.sh found --anew", err=True)
    else:
        click.echo(f"There is no fund here yet. Found one at {address}", err=True)
        click.echo(f"One-time code: {lay_out(None).code}", err=True)
