"""What commands share: the data folder, the app, who acts, and how a refusal is said."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import Any, NoReturn

import click
from flask import Flask
from sqlalchemy import select

from aid import create_app
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.extensions import reading, upgrade_once
from aid.models.people import Person, PersonState
from aid.queries.actors import actor_of
from aid.queries.lockdowns import is_locked
from aid.services.lockdowns import LOCKED
from aid.services.people import bundle_of
from aid.vault.actor import Actor
from aid.vault.bundles import open_bundle
from aid.vault.failures import WrongPassword
from config import Config

data_option = click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    help="The server's data folder. Else KOMEK_DATA, else ./data.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object on standard output.")
as_options = (
    click.option("--as", "handle", required=True, help="The handle of the person who does this."),
    click.option(
        "--password-file",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        help="A file with their password. Else it is asked.",
    ),
)


def acting(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --as and --password-file."""
    for option in reversed(as_options):
        command = option(command)
    return command


@contextmanager
def fund_at(data: Path | None) -> Iterator[Flask]:
    """The app on its data folder, migrated, with an app context."""
    config = Config.from_environment()
    app = create_app(replace(config, data=data.absolute()) if data else config)
    upgrade_once(app)
    with app.app_context():
        yield app


@contextmanager
def existing_fund_at(data: Path | None) -> Iterator[Flask]:
    """The same, where there is something already: a mistyped folder is named, and not made."""
    config = Config.from_environment()
    folder = data or config.data
    if not config.database_url and not (folder / "komek.db").exists():
        refuse(f"There is no fund in {folder}.")
    with fund_at(data) as app:
        yield app


def actor_as(handle: str, password_file: Path | None) -> Actor:
    """The person named on the command line, once their password opens their keys. Nobody while the fund is locked."""
    if is_locked(reading()):
        raise RuleBroken(LOCKED)
    if password_file:
        password = password_file.read_text(encoding="utf-8").rstrip("\r\n")
    else:
        password = click.prompt(f"Password of {handle}", hide_input=True, err=True)
    person = reading().scalar(select(Person).where(Person.handle == handle))
    wrong = RuleBroken(_("The handle or the password is wrong."))
    if person is None or person.state is not PersonState.ACTIVE:
        raise wrong
    try:
        halves = open_bundle(bundle_of(person), password, person.id)
    except WrongPassword:
        raise wrong from None
    return actor_of(reading(), person, private=halves.hpke)


def refusals_said(command: Callable[..., Any]) -> Callable[..., Any]:
    """Say a broken rule on standard error and leave with 1."""

    @wraps(command)
    def said(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except RuleBroken as refusal:
            refuse(str(refusal.message))

    return said


def refuse(reason: str) -> NoReturn:
    """Leave with 1 and a reason."""
    click.echo(reason, err=True)
    sys.exit(1)


def print_json(value: Any) -> None:
    """One JSON object on standard output."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))
