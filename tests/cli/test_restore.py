"""`backup` and `restore` on the command line: from a folder to an empty one with three shares, and nothing half."""

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from aid.cli import backup, restore
from aid.cli.restore import restore_into
from aid.domain.refusals import RuleBroken
from aid.extensions import db, now, snapshot
from aid.services.backups import backup_stream, stream
from aid.services.backups.stream import Frames, Header, Unframing
from aid.vault.agefile import open_age, seal_age
from tests.conftest import HouseOf
from tests.make.backups import IDENTITY, RECIPIENT, another_key, empty_place, everything, sealed_backup
from tests.make.databases import SqliteHouse
from tests.make.fund import FoundedFund
from tests.make.recovery import secret

ONE = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


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


@pytest.fixture
def backed_up(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A backup that the command made."""
    monkeypatch.setenv("KOMEK_BACKUPS", str(tmp_path / "backups"))
    monkeypatch.setenv("KOMEK_BACKUPS_COPY", str(tmp_path / "stick"))
    made = told(run(backup.command, "--data", data, "--json"))
    assert made["copied"] is True
    return tmp_path / "stick" / Path(made["path"]).name


def run(command: Any, *arguments: str | Path, **how: Any) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments], **how)


def told(answer: Result) -> dict[str, Any]:
    assert answer.exit_code == 0, answer.output
    said: dict[str, Any] = json.loads(answer.stdout)
    return said


def test_three_shares_bring_the_fund_back_in_an_empty_folder(backed_up: Path, tmp_path: Path, data: Path) -> None:
    shares = tmp_path / "shares.txt"
    shares.write_text("\n\n".join(secret().mnemonics[:3]))

    restored = told(run(restore.command, backed_up, "--data", tmp_path / "new", "--shares-file", shares, "--json"))
    listed = told(run(backup.command, "--list", "--data", data, "--json"))["backups"]

    assert restored["holds"] is True
    assert restored["audit"] == listed[0]["head"]


def test_shares_are_asked_for_until_they_are_enough(backed_up: Path, tmp_path: Path) -> None:
    first, second, third = secret().mnemonics[1:4]
    typed = "\n".join([first, "twelve words that are not a share", first, second, third.upper()])

    answer = run(restore.command, backed_up, "--data", tmp_path / "new", input=f"{typed}\n")

    assert answer.exit_code == 0, answer.output
    assert "A share has 33 words" in answer.stderr or "not in the list of words" in answer.stderr
    assert "is here already" in answer.stderr
    assert "All holds." in answer.stdout
    assert first not in answer.output


def test_what_is_refused_is_refused_by_name_and_leaves_nothing(backed_up: Path, tmp_path: Path, data: Path) -> None:
    identity = tmp_path / "identity"
    identity.write_text(f"# made by age-keygen\n{IDENTITY}\n")
    stranger = tmp_path / "stranger"
    stranger.write_text(another_key())
    cut = tmp_path / "cut.age"
    cut.write_bytes(backed_up.read_bytes()[:-10])
    new = tmp_path / "new"

    for file, key, into, why in (
        (cut, identity, new, "cut.age: This is not a whole backup"),
        (backed_up, stranger, new, f"{backed_up.name}: This key does not open the backup"),
        (backed_up, backed_up, new, "There is no age identity"),
        (backed_up, identity, data, "There is a fund here already"),
    ):
        answer = run(restore.command, file, "--data", into, "--identity", key)
        assert answer.exit_code == 1
        assert why in answer.stderr

    assert run(restore.command, backed_up, "--data", new, "--identity", identity).exit_code == 0


# ---------------------------------------------------------------- what is not whole


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Flask]:
    with empty_place("sqlite", tmp_path) as app:
        yield app


def nothing_in(place: Flask) -> bool:
    return {name for name, rows in everything(place).items() if rows} == {"audit_head", "counter"}


@ONE
def test_a_file_that_was_changed_or_cut_anywhere_is_refused_and_nothing_of_it_stays(
    fund: FoundedFund, place: Flask
) -> None:
    sealed = sealed_backup()
    places = [0, 30, 150, 500, len(sealed) // 2, len(sealed) - 1]
    changed = [sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :] for at in places]
    shortened = [sealed[:at] for at in (*places, len(sealed) - 16)]

    for bad in (*changed, *shortened, sealed + b"\0", sealed + sealed, b"", b"komek"):
        with pytest.raises(RuleBroken, match=r"not a whole backup|does not open"):
            restore_into(place, io.BytesIO(bad), identity=IDENTITY)
    assert nothing_in(place)


def frames_of(sealed: bytes) -> list[Any]:
    """The frames in a backup file."""
    found: list[Any] = []
    open_age(io.BytesIO(sealed), Unframing(lambda frame, _before: found.append(frame)), identity=IDENTITY)
    return found


def sealed_again(frames: list[Any], *, ended: bool = True) -> io.BytesIO:
    """A file of these frames, as somebody would write it who has the recipient but not the fund."""
    writing, file = Frames(), io.BytesIO()
    pieces = [writing.frame(frame) for frame in frames[:-1]]
    last = [stream.END, frames[-1][1], writing.hash.digest()]
    seal_age([*pieces, writing.frame(last)] if ended else pieces, file, recipients=[RECIPIENT])
    file.seek(0)
    return file


def _without_a_row(frames: list[Any]) -> list[Any]:
    frames[1][1] = frames[1][1][:-1]
    return frames


def _with_another_column(frames: list[Any]) -> list[Any]:
    frames[0][4][0][1][0][0] = 'seq") VALUES (1); DROP TABLE fund; --'
    return frames


def _with_a_table_of_ours(frames: list[Any]) -> list[Any]:
    frames[0][4].append(["sign_in", [["id", "bytes"]]])
    return frames


def _with_other_heads(frames: list[Any]) -> list[Any]:
    frames[0][3][0] += 1
    return frames


def _with_a_wrong_kind(frames: list[Any]) -> list[Any]:
    frames[1][1][0][0] = "text where a number is"
    return frames


def _of_another_format(frames: list[Any]) -> list[Any]:
    frames[0][0] = "komek/backup/2"
    return frames


FORGERIES: list[Callable[[list[Any]], list[Any]]] = [
    _without_a_row,
    _with_another_column,
    _with_a_table_of_ours,
    _with_other_heads,
    _with_a_wrong_kind,
    _of_another_format,
]


@ONE
def test_a_whole_file_with_other_contents_is_refused_too(fund: FoundedFund, place: Flask) -> None:
    sealed = sealed_backup()
    for forge in FORGERIES:
        with pytest.raises(RuleBroken, match="not a whole backup"):
            restore_into(place, sealed_again(forge(frames_of(sealed))), identity=IDENTITY)
    with pytest.raises(RuleBroken, match="not a whole backup"):
        restore_into(place, sealed_again(frames_of(sealed), ended=False), identity=IDENTITY)
    assert nothing_in(place)

    restore_into(place, sealed_again(frames_of(sealed)), identity=IDENTITY)


@ONE
def test_a_backup_of_a_newer_komek_is_refused(fund: FoundedFund, place: Flask) -> None:
    frames = frames_of(sealed_backup())
    frames[0][1] = "9999"

    with pytest.raises(RuleBroken, match="newer Komek"):
        restore_into(place, sealed_again(frames), identity=IDENTITY)


@ONE
def test_a_backup_is_the_fund_of_one_moment(fund: FoundedFund) -> None:
    """What is written while a backup is made is in none of its tables."""
    with snapshot() as session:
        pieces = backup_stream(session, now=now())
        found: list[Any] = []
        frames = Unframing(lambda frame, _before: found.append(frame))
        frames.write(next(pieces))
        header = Header.read(found[0])
        fund.sign_in("aigul")
        for piece in pieces:
            frames.write(piece)

    tables = [layout.table for layout in header.tables]
    lines = sum(len(rows) for number, rows in found[1:-1] if tables[number] == "audit_line")
    assert lines == header.heads.line
