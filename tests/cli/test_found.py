"""`./aid.sh found` founds once, says the first passwords once, and refuses with a reason."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from aid.cli.found import command
from aid.domain.founding import check_plan
from aid.readers.fund_file import read_fund_file
from aid.services import people
from tests.conventions import ROOT
from tests.make.fund import LEAST

EXAMPLE = ROOT / "docs" / "fund.example.toml"
PASSWORD = re.compile(r"(?:[a-z2-9]{4}-){4}[a-z2-9]{4}")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    prepare = people.prepare_invitation
    monkeypatch.setattr("aid.cli.found.prepare_invitation", lambda handle: prepare(handle, cost=LEAST))


def found(data: Path, *arguments: str, file: Path = EXAMPLE) -> Result:
    return CliRunner().invoke(command, ["--file", str(file), "--data", str(data), *arguments])


def test_the_example_holds_together() -> None:
    check_plan(read_fund_file(EXAMPLE.read_bytes()))


def test_everybody_gets_a_first_password(tmp_path: Path) -> None:
    said = found(tmp_path)

    assert said.exit_code == 0
    assert len(set(PASSWORD.findall(said.stdout))) == 13
    assert "registrar-2" in said.stdout


def test_json_is_one_object(tmp_path: Path) -> None:
    said = json.loads(found(tmp_path, "--json").stdout)

    assert [person["handle"] for person in said["people"]][:2] == ["registrar-1", "registrar-2"]
    assert all(PASSWORD.fullmatch(person["first_password"]) for person in said["people"])
    assert said["people"][1]["roles"] == ["confirmer", "registrar"]


def test_the_first_passwords_are_nowhere_on_the_disk(tmp_path: Path) -> None:
    said = json.loads(found(tmp_path, "--json").stdout)

    disk = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert not [person for person in said["people"] if person["first_password"].encode() in disk]


def test_a_second_founding_is_refused(tmp_path: Path) -> None:
    found(tmp_path)

    again = found(tmp_path)

    assert again.exit_code == 1
    assert "holds a fund already" in again.stderr
    assert not PASSWORD.search(again.output)


def test_a_plan_that_breaks_a_rule_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    plan = tmp_path / "fund.toml"
    plan.write_text(EXAMPLE.read_text().replace("quorum = 3", "quorum = 6"))

    said = found(tmp_path / "data", file=plan)

    assert said.exit_code == 1
    assert "quorum of 6 votes" in said.stderr
    assert not (tmp_path / "data").exists()
