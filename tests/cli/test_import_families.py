"""`./aid.sh import-families` brings a list in once, and names every row that it leaves out."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select

from aid.cli import families
from aid.models.families import Family
from tests.make import rows
from tests.make.fund import FoundedFund

HEADER = "household,locality,point,name,kinship,born,grade,phone,check_word"
LINES = (
    "1,old-town,club,Нұрлан Серікқызы,worker,1985-03-01,,+77011234567,алма",
    "1,,,Дана Серікқызы,child,2016,3,,",
    "2,old-town,club,Ерлан Бекұлы,жұмысшы,1990,,87029998877,теңіз",
    "3,old-town,club,Мадина Омарова,работник,14.05.1979,,,шаңырақ",
)


@pytest.fixture(autouse=True)
def _here(fund: FoundedFund, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def at_hand(_data: Path | None) -> Iterator[Flask]:
        yield fund.app

    monkeypatch.setattr(families, "existing_fund_at", at_hand)


@pytest.fixture
def bring(fund: FoundedFund, tmp_path: Path) -> "Bring":
    return Bring(fund, tmp_path)


class Bring:
    """Writes a list, and has somebody import it."""

    def __init__(self, fund: FoundedFund, folder: Path) -> None:
        self.fund, self.folder = fund, folder

    def __call__(self, *lines: str, by: str = "aigul", more: tuple[str, ...] = ()) -> Result:
        file, password = self.folder / "list.csv", self.folder / "password"
        file.write_text("\n".join((HEADER, *lines)), encoding="utf-8")
        password.write_text(self.fund.password(by) + "\n", encoding="utf-8")
        arguments = [str(file), "--as", by, "--password-file", str(password), *more]
        return CliRunner().invoke(families.command, arguments, catch_exceptions=False)

    def told(self, *lines: str, by: str = "aigul", more: tuple[str, ...] = ()) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self(*lines, by=by, more=("--json", *more)).stdout)
        return told


def test_a_list_is_imported(bring: Bring) -> None:
    said = bring(*LINES)

    assert said.exit_code == 0
    assert "Added: 3. Already there: 0. Rows not imported: 0." in said.stdout
    assert len(rows(select(Family))) == 3


def test_the_same_list_again_and_in_another_order_adds_nothing(bring: Bring) -> None:
    bring(*LINES)

    assert bring.told(*LINES)["added"] == 0
    assert bring.told(*reversed(LINES[2:]), *LINES[:2]) == {"added": 0, "already_there": 3, "bad_rows": []}


def test_bad_rows_are_named_and_the_others_come_in(bring: Bring) -> None:
    said = bring.told(*LINES, "4,old-town,club,Сәуле,worker,31.02.1990,,,алма", "5,atlantis,club,Арман,worker,,,,алма")

    assert said["added"] == 3
    first, second = said["bad_rows"]
    assert (first["row"], first["column"]) == (6, "born")
    assert second["row"] == 7
    assert second["reason"] == "There is no locality atlantis: name one of the fund's."
    assert bring("4,old-town,club,Сәуле,worker,31.02.1990,,,алма").exit_code == 1


def test_all_or_nothing_adds_nothing_when_a_row_is_bad(bring: Bring) -> None:
    said = bring(*LINES, "5,atlantis,club,Арман,worker,,,,алма", more=("--all-or-nothing",))

    assert said.exit_code == 1
    assert "row 6: There is no locality atlantis" in said.stdout
    assert rows(select(Family)) == []


def test_a_held_household_comes_in_once_what_it_looked_like_is_put_right(bring: Bring) -> None:
    bring("1,old-town,club,Ерлан Бекұлы,worker,1990,,87029998877,теңіз")
    twin = "2,old-town,club,Сәуле Бекұлы,worker,1991,,87029998877,теңіз"
    assert "It looks like family" in bring(twin).stdout

    assert bring.told(twin.replace("998877", "112233"))["added"] == 1


def test_places_can_be_given_for_the_whole_list(bring: Bring) -> None:
    line = "1,,,Ерлан Бекұлы,worker,1990,,,теңіз"

    assert "no locality or no point" in bring(line).stdout
    assert bring.told(line, more=("--locality", "old-town", "--point", "club"))["added"] == 1


def test_an_unknown_mapping_or_a_wrong_password_is_refused_with_a_reason(bring: Bring, fund: FoundedFund) -> None:
    refused = bring(*LINES, more=("--mapping", "nothing")).stderr
    assert "There are: hope, komek, registrations_121, teachers." in " ".join(refused.split())
    assert "can't be read" in bring(*LINES, more=("--mapping", "nothing.toml")).stderr

    (bring.folder / "wrong").write_text("not this one")
    wrong = bring(*LINES, more=("--password-file", str(bring.folder / "wrong")))
    assert (wrong.exit_code, wrong.stderr) == (1, "The handle or the password is wrong.\n")


def test_who_may_not_import_is_refused(bring: Bring) -> None:
    said = bring(*LINES, by="gulnar")

    assert said.exit_code == 1
    assert "Your roles do not allow this" in said.stderr
