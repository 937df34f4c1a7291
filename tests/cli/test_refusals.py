"""What stands in the machine's way is said in a line, and the command leaves with 1."""

from pathlib import Path
from shutil import copytree

import pytest
from click.testing import CliRunner, Result

from aid.cli import komek, worker
from aid.cli.backup import command as backup
from aid.cli.continuity import command as continuity
from aid.cli.families import command as import_families
from aid.cli.restore import command as restore
from aid.cli.verify import command as verify
from aid.extensions import db
from tests.conftest import HouseOf
from tests.make.databases import SqliteHouse

for command in (worker.command, backup, continuity, import_families, restore, verify):
    komek.add_command(command)


@pytest.fixture
def data(house_of: HouseOf, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder of a founded fund."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    house = house_of("sqlite")
    assert isinstance(house, SqliteHouse)
    house.restore("founded")
    with house.app.app_context():
        db.engine.dispose()
    return house.folder


def refused(*arguments: str | Path) -> str:
    """The one line with which a command leaves."""
    answer: Result = CliRunner().invoke(komek, [str(argument) for argument in arguments])
    assert (answer.exit_code, type(answer.exception), answer.stdout) == (1, SystemExit, ""), answer.output
    (line,) = answer.stderr.splitlines()
    return line


def test_a_worker_whose_database_is_down_says_so_and_leaves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://komek@127.0.0.1:1/komek")

    assert refused("worker", "--data", tmp_path).startswith("The database does not answer now. Try again in a minute.")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    (tmp_path / "file").touch()

    assert refused("worker", "--data", tmp_path / "file" / "data") == f"{tmp_path}/file/data: Not a directory"


def test_a_pack_into_a_folder_that_is_not_there_is_refused(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "nowhere" / "pack.pdf"

    assert refused("continuity", "--out", out, "--data", data) == f"{out}: No such file or directory"


def test_another_servers_key_is_told_from_a_fault(data: Path, tmp_path: Path) -> None:
    other = copytree(data, tmp_path / "other")
    (other / "server.key").write_bytes(bytes(32))

    assert "server.key is not the one it was made with" in refused("verify", "--data", other)


@pytest.mark.parametrize(("shares", "why"), [("", "There is no share in this file."), ("\x00\xad", "Line 1: ")])
def test_a_file_that_holds_no_shares_is_said_to_hold_none(tmp_path: Path, shares: str, why: str) -> None:
    (tmp_path / "shares.txt").write_bytes(shares.encode("latin-1"))
    (tmp_path / "backup.age").touch()

    line = refused(
        "restore", tmp_path / "backup.age", "--data", tmp_path / "new", "--shares-file", tmp_path / "shares.txt"
    )

    assert line.startswith(why)


@pytest.mark.parametrize("name", ["backup", "continuity", "import-families", "verify"])
def test_a_mistyped_folder_is_named_and_not_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    (tmp_path / "list.csv").touch()
    also: dict[str, list[str | Path]] = {
        "continuity": ["--out", tmp_path / "pack.pdf"],
        "import-families": [tmp_path / "list.csv", "--as", "aigul"],
    }

    assert "There is no fund in" in refused(name, *also.get(name, []), "--data", tmp_path / "typo")
    assert not (tmp_path / "typo").exists()
