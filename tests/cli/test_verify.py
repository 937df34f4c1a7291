"""`verify` on the command line: exit 0 only if all holds, findings named, anchors written and held against."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy.orm import Session

from aid.cli.verify import command
from aid.extensions import db
from aid.services.verification import PROOFS
from tests.conftest import HouseOf
from tests.make.databases import SqliteHouse
from tests.make.donations import make_donation
from tests.make.forging import disarm, forge
from tests.make.fund import FoundedFund


@pytest.fixture
def data(house_of: HouseOf, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder of a fund that has a donation."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    house = house_of("sqlite")
    assert isinstance(house, SqliteHouse)
    house.restore("founded")
    with house.app.app_context():
        make_donation(FoundedFund(house.app))
        db.engine.dispose()
    return house.folder


def change_the_donation(house_of: HouseOf) -> None:
    with house_of("sqlite").app.app_context(), Session(db.engine.execution_options(writes=True)) as session:
        disarm(session)
        forge(session, "UPDATE donation SET amount_minor = amount_minor + 1")
        session.commit()


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


def test_a_fund_that_holds_says_so(data: Path) -> None:
    answer = run("--data", data)

    assert answer.exit_code == 0, answer.output
    assert "All holds." in answer.stdout
    assert [line.split()[:2] for line in answer.stderr.splitlines()] == [[proof, "holds"] for proof in PROOFS]


def test_what_does_not_hold_is_named(data: Path, house_of: HouseOf) -> None:
    change_the_donation(house_of)

    answer = run("--data", data)

    assert answer.exit_code == 1
    assert any(line.startswith("donation ") and "was changed" in line for line in answer.stdout.splitlines())
    assert "All holds" not in answer.stdout


def test_json_is_one_object(data: Path, house_of: HouseOf) -> None:
    whole = json.loads(run("--data", data, "--json").stdout)
    assert whole["holds"] is True
    assert whole["findings"] == []

    change_the_donation(house_of)
    answer = run("--data", data, "--json")
    broken = json.loads(answer.stdout)

    assert answer.exit_code == 1
    assert broken["holds"] is False
    assert {finding["what"] for finding in broken["findings"]} == {"donation", "entry"}


def test_an_anchor_is_held_against(data: Path, tmp_path: Path) -> None:
    anchor = tmp_path / "anchor.json"
    assert run("--data", data, "--write-anchor", anchor).exit_code == 0
    assert run("--data", data, "--anchor", anchor).exit_code == 0

    written = json.loads(anchor.read_text())
    anchor.write_text(json.dumps(written | {"hash": "00" * 32}))
    answer = run("--data", data, "--anchor", anchor)

    assert answer.exit_code == 1
    assert "the chain was written anew" in answer.stdout


def test_no_anchor_is_written_of_what_does_not_hold(data: Path, house_of: HouseOf, tmp_path: Path) -> None:
    change_the_donation(house_of)

    assert run("--data", data, "--write-anchor", tmp_path / "anchor.json").exit_code == 1
    assert not (tmp_path / "anchor.json").exists()


def test_a_file_that_is_no_anchor_is_wrong_usage(data: Path, tmp_path: Path) -> None:
    (tmp_path / "shopping.json").write_text('{"milk": 2}')

    assert run("--data", data, "--anchor", tmp_path / "shopping.json").exit_code == 2


def test_where_there_is_no_fund_none_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    answer = run("--data", tmp_path / "typo")

    assert answer.exit_code == 1
    assert "There is no fund" in answer.stderr
    assert not (tmp_path / "typo").exists()
