"""`./aid.sh help` names each command, and each is found by its name."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import aid.cli
from aid.cli import SUBJECTS, komek

FILES = {path.stem.removesuffix(".py") for path in Path(aid.cli.__file__).parent.glob("[!_]*")}


def test_help_names_every_command_there_is() -> None:
    listed = CliRunner().invoke(komek, ["--help"]).stdout

    assert set(SUBJECTS.values()) == FILES
    assert [name for name in SUBJECTS if f"  {name} " not in listed] == []


@pytest.mark.parametrize("name", SUBJECTS)
def test_a_command_is_found_by_its_name(name: str) -> None:
    command = komek.get_command(click.Context(komek), name)

    assert command is not None
    assert command.name == name


def test_an_unknown_command_is_wrong_usage() -> None:
    answer = CliRunner().invoke(komek, ["verfy"])

    assert (answer.exit_code, "No such command" in answer.stderr) == (2, True)
