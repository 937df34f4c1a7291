"""`./aid.sh found` lays out a sitting with a plan, says its one-time code once, and refuses with a reason."""

import json
import re
from pathlib import Path

from click.testing import CliRunner, Result

from aid.cli._common import fund_at
from aid.cli.found import command, say_how_to_found
from aid.domain.founding import check_plan
from aid.domain.sitting import Step, first_trouble
from aid.extensions import db, reading
from aid.models.founding import Sitting
from aid.perform import perform
from aid.queries.founding import open_sitting
from aid.readers.fund_file import read_fund_file
from aid.services.sittings import sit_down
from aid.vault.actor import Actor
from aid.vault.cookies import SignInCookie
from tests.conventions import ROOT

EXAMPLE = ROOT / "docs" / "fund.example.toml"
CODE = re.compile(r"(?:[a-z2-9]{4}-){4}[a-z2-9]{4}")


def found(data: Path, *arguments: str, file: Path | None = EXAMPLE) -> Result:
    plan = ["--file", str(file)] if file else []
    return CliRunner().invoke(command, [*plan, "--data", str(data), *arguments])


def sit(data: Path, code: str) -> SignInCookie:
    """Somebody types the code."""
    cookie = SignInCookie.new()
    with fund_at(data):
        perform("0" * 32, sit_down, actor=Actor.system(), code=code, cookie=cookie)
    return cookie


def test_the_example_holds_together() -> None:
    check_plan(read_fund_file(EXAMPLE.read_bytes()))


def test_a_file_is_laid_out_for_whoever_types_the_code(tmp_path: Path) -> None:
    said = found(tmp_path)
    [code] = CODE.findall(said.stdout)

    cookie = sit(tmp_path, code)

    assert said.exit_code == 0
    assert "member-1" in said.stdout
    with fund_at(tmp_path):
        sitting = open_sitting(reading(), cookie=cookie)
        assert sitting is not None
        assert set(sitting.typed) == set(Step)
        assert first_trouble(sitting.typed, sitting.others) is None
        assert "registrar-1" in {person.handle for person in sitting.others}


def test_json_is_one_object_and_the_code_is_nowhere_on_the_disk(tmp_path: Path) -> None:
    said = json.loads(found(tmp_path, "--json").stdout)

    assert CODE.fullmatch(said["code"])
    assert said["address"] == "/founding/"
    assert {"administrator", "coordinator", "member-1"} <= set(said["seats"])
    disk = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert said["code"].encode() not in disk


def test_a_sitting_that_goes_on_is_not_thrown_away_by_chance(tmp_path: Path) -> None:
    sit(tmp_path, CODE.findall(found(tmp_path, file=None).stdout)[0])

    again, anew = found(tmp_path), found(tmp_path, "--anew")

    assert again.exit_code == 1
    assert "goes on in a browser" in again.stderr
    assert not CODE.search(again.output)
    assert anew.exit_code == 0


def test_a_server_makes_a_new_code_at_each_start_until_somebody_came(tmp_path: Path, capsys) -> None:
    with fund_at(tmp_path):
        say_how_to_found(8000)
        say_how_to_found(8000)
        first, second = CODE.findall(capsys.readouterr().err)
        assert first != second
        db.session.remove()
    sit(tmp_path, second)

    with fund_at(tmp_path):
        say_how_to_found(8000)
        told = capsys.readouterr().err
        assert not CODE.search(told)
        assert "--anew" in told
        assert reading().get(Sitting, 1) is not None


def test_a_plan_that_breaks_a_rule_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    plan = tmp_path / "fund.toml"
    plan.write_text(EXAMPLE.read_text().replace("quorum = 3", "quorum = 6"))

    said = found(tmp_path / "data", file=plan)

    assert said.exit_code == 1
    assert "quorum of 6 votes" in said.stderr
    assert not (tmp_path / "data").exists()
