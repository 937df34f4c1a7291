"""Backups as files: nobody's to read on the server, the same in the second place, gone when their time is over."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from aid.domain.refusals import RuleBroken
from aid.extensions import db, now, snapshot
from aid.jobs import backups
from aid.jobs.backups import MARK, back_up, copy_missing, sha256_of, sweep_backups
from aid.models.audit import AuditLine
from aid.models.backups import Backup, BackupRecipient
from aid.models.recovery import RecoveryKey
from aid.services.verification import verify
from tests.make import rows
from tests.make.fund import FoundedFund

ONE = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def places(app: Flask, tmp_path: Path) -> Iterator[Path]:
    """Folders of this test's own, with a second place."""
    before = app.config["KOMEK"]
    app.config["KOMEK"] = replace(before, backups=tmp_path / "first", backups_copy=tmp_path / "second")
    yield tmp_path
    app.config["KOMEK"] = before


def acts() -> list[str]:
    return [act for act in rows(select(AuditLine.act).order_by(AuditLine.seq)) if act.startswith("backup.")]


def findings() -> list[str]:
    with snapshot() as session:
        return [str(finding) for finding in verify(session)]


def test_a_backup_is_written_listed_and_copied(fund: FoundedFund, places: Path) -> None:
    made = back_up()

    [listed] = rows(select(Backup))
    assert made.copied
    assert listed.copied_at is not None
    assert sha256_of(made.path) == sha256_of(places / "second" / listed.name) == listed.sha256
    assert made.path.stat().st_mode & 0o777 == 0o600
    assert listed.keep_until == now().today + timedelta(days=29)
    assert acts() == ["backup.made", "backup.copied"]
    assert findings() == []


@ONE
def test_a_backup_says_nothing_of_what_is_in_it(fund: FoundedFund, places: Path) -> None:
    back_up()

    sealed = b"".join(path.read_bytes() for path in places.rglob("*") if path.is_file())
    for word in (b"aigul", b"old-town", b"Solidarity", b"komek/backup"):
        assert word not in sealed


@ONE
def test_a_backup_that_nobody_could_read_is_refused(fund: FoundedFund, places: Path) -> None:
    with Session(db.engine) as session, session.begin():
        session.execute(update(RecoveryKey).values(confirmed_at=None))
        session.execute(update(BackupRecipient).values(ended_at=now().instant))

    with pytest.raises(RuleBroken, match="Nobody could read"):
        back_up()
    assert list(places.rglob("*.age*")) == []


@ONE
def test_what_fails_midway_leaves_no_file(fund: FoundedFund, places: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: object, **_what: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backups, "seal_age", full)

    with pytest.raises(OSError, match="No space"):
        back_up()
    assert list((places / "first").iterdir()) == []
    assert rows(select(Backup)) == []


@ONE
def test_a_disk_that_is_unplugged_gets_its_copies_later(fund: FoundedFund, places: Path) -> None:
    back_up()
    (places / "second").rename(places / "away")
    (places / "second").mkdir()  # where the disk was mounted

    assert back_up().copied is False
    assert list((places / "second").iterdir()) == []

    (places / "second").rmdir()
    (places / "away").rename(places / "second")
    assert copy_missing()
    assert len(list((places / "second").glob("*.age"))) == 2


@ONE
def test_a_copy_that_is_not_the_backup_is_no_copy(
    fund: FoundedFund, places: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backups, "sha256_of", lambda _path: bytes(32))

    assert back_up().copied is False
    assert [path.name for path in (places / "second").iterdir()] == [MARK]
    assert rows(select(Backup.copied_at)) == [None]


@ONE
def test_a_backup_is_destroyed_in_both_places_when_its_time_is_over(fund: FoundedFund, places: Path) -> None:
    made = back_up()
    with time_machine.travel(made_at(made.backup_id) + timedelta(days=29), tick=False):
        assert sweep_backups() == 0
    with time_machine.travel(made_at(made.backup_id) + timedelta(days=30), tick=False):
        assert sweep_backups() == 1

    assert list(places.rglob("*.age")) == []
    assert acts()[-1] == "backup.destroyed"
    assert findings() == []


@ONE
def test_a_backup_whose_copy_is_away_is_not_called_destroyed(fund: FoundedFund, places: Path) -> None:
    made = back_up()
    (places / "second").rename(places / "away")

    with time_machine.travel(made_at(made.backup_id) + timedelta(days=31), tick=False):
        assert sweep_backups() == 0
    assert rows(select(Backup.destroyed_at)) == [None]


@ONE
def test_a_file_that_somebody_took_away_is_called_missing(fund: FoundedFund, places: Path) -> None:
    made = back_up()
    made.path.unlink()
    (places / "second" / made.path.name).unlink()

    with time_machine.travel(made_at(made.backup_id) + timedelta(days=30), tick=False):
        sweep_backups()
    assert acts()[-1] == "backup.missing"


@ONE
def test_after_a_crash_a_listed_backup_gets_its_name(fund: FoundedFund, places: Path) -> None:
    made = back_up()
    made.path.rename(made.path.with_name(made.path.name + backups.PART))

    sweep_backups()

    assert made.path.is_file()


@ONE
def test_verify_names_a_backup_that_is_said_to_be_destroyed_and_was_not(fund: FoundedFund) -> None:
    back_up()
    with Session(db.engine) as session, session.begin():
        session.execute(update(Backup).values(destroyed_at=now().instant, copied_at=None))

    said = findings()
    assert any("was not destroyed then" in finding for finding in said)
    assert any("was not copied" in finding for finding in said)


def made_at(backup_id: UUID) -> datetime:
    [moment] = rows(select(Backup.made_at).where(Backup.id == backup_id))
    return moment
