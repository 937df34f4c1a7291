"""`./aid.sh demo`: the whole chain on made-up families, then the pages to look at it with."""

import shutil
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import pyotp
from rich.console import Console
from sqlalchemy import select

from aid import create_app
from aid.cli._common import json_option, print_json, refusals_said, refuse
from aid.cli._companion import Companion
from aid.cli.demo.people import User
from aid.cli.demo.story import Story, counted, play
from aid.cli.run import serve
from aid.domain.permissions import ROLE_TITLES
from aid.extensions import reading, upgrade_once
from aid.models.families import Family
from aid.models.fund import Fund
from aid.models.vouchers import Voucher
from config import Config

SHARES = "recovery-shares.txt"
MARK = "komek-sample-fund"  # a file that says: the demo made this folder, and may make it anew


@click.command("demo")
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), default=Path("demo"), show_default=True)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where the PDFs go. Else `papers` in the data folder.",
)
@click.option("--serve/--no-serve", "serves", default=True, help="Serve the pages when the story is told.")
@click.option("--port", default=8000, show_default=True, help="Port on 127.0.0.1.")
@json_option
@refusals_said
def command(*, data: Path, out: Path | None, serves: bool, port: int, as_json: bool) -> None:
    """Play a whole round on sample families, print the sign-ins, and serve."""
    config = replace(Config.from_environment(), data=data.absolute())
    papers = (out or config.data / "papers").absolute()
    _clear(config.data)
    papers.mkdir(parents=True, exist_ok=True)
    app = create_app(config)
    upgrade_once(app)
    console = Console(stderr=True)
    with app.app_context():
        if reading().scalar(select(Fund.id)) is not None:
            refuse("This database holds a fund already. Point DATABASE_URL at an empty one.")
        story = play(say=lambda what: console.print(f"[green]•[/] {what}"), out=papers)
        _write_shares(story, papers / SHARES)
        if as_json:
            print_json(_told(story, config.data))
        else:
            _show(console, story, papers)
        if serves:
            serve(app, port=port, beside=Companion(config))


def _clear(data: Path) -> None:
    """Make room for a new demo; never in a folder that the demo did not make."""
    if data.exists() and any(data.iterdir()):
        if not (data / MARK).exists():
            refuse(f"{data} is not empty and was not made by the demo. Choose another folder with --data.")
        shutil.rmtree(data)
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    (data / MARK).touch(mode=0o600)


def _told(story: Story, data: Path) -> dict[str, Any]:
    return {
        "users": [
            {
                "handle": user.handle,
                "roles": [role.value for role in user.roles],
                "password": user.password,
                "totp_secret": user.totp_secret,
                "recovery_share": user.share,
            }
            for user in story.users.values()
        ],
        "families": counted(Family),
        "vouchers": counted(Voucher),
        "documents": [str(path) for path in story.documents],
        "data": str(data),
    }


def _show(console: Console, story: Story, papers: Path) -> None:
    """The sign-ins, each on one line that can be copied, and where the papers are."""
    console.rule("Sign-ins of the sample fund", align="left")
    heads = ("handle", "password", "code now", "secret", "roles")
    rows = [heads, *_rows(story.users.values())]
    widths = [max(len(row[column]) for row in rows) for column in range(len(heads))]
    for row in rows:
        told = "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True))
        console.print(told, soft_wrap=True, highlight=False)
    console.print("A code holds for half a minute. A new one at any time: ./aid.sh code SECRET", highlight=False)
    told = f"{counted(Family)} families, {counted(Voucher)} vouchers. Papers are in {papers}"
    console.print(told, soft_wrap=True, highlight=False)
    told = f"To try a backup's way back: ./aid.sh backup, then ./aid.sh restore with --shares-file {papers / SHARES}"
    console.print(told, soft_wrap=True, highlight=False)


def _write_shares(story: Story, path: Path) -> None:
    """The recovery shares that a real fund has on paper only, one a line."""
    path.write_text("".join(f"{user.share}\n" for user in story.users.values() if user.share), encoding="utf-8")


def _rows(users: Iterable[User]) -> Iterable[tuple[str, ...]]:
    for user in users:
        roles = ", ".join(str(ROLE_TITLES[role]) for role in user.roles)
        yield user.handle, user.password, pyotp.TOTP(user.totp_secret).now(), user.totp_secret, roles
