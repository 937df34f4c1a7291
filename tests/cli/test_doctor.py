"""The doctor says what is unsafe on a machine, and stays calm about one that is safe."""

import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from aid.cli import doctor
from aid.cli._keeping import Kept, kept_at
from aid.cli._machine import Machine
from aid.cli.doctor import Patient, Said, examine
from config import Config, Mail
from tests.conventions import ROOT
from tests.make.fund import FoundedFund
from tests.make.server import free_port
from tests.make.thanks import mail_server

HEAD = "Filename\tType\tSize\tUsed\tPriority\n"


class LaidOut(Machine):
    """A machine laid out in a folder, with the clock kept right."""

    __slots__ = ()

    @staticmethod
    def clock_is_kept() -> bool:
        return True

    @staticmethod
    def memory() -> int:
        return 4 << 30

    @staticmethod
    def temporary() -> Path:
        return Path("/tmp")


def lay(root: Path, files: dict[str, str]) -> LaidOut:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return LaidOut(root)


SAFE = {
    "proc/swaps": HEAD,
    "proc/sys/kernel/core_pattern": "core\n",
    "proc/self/mountinfo": "21 1 254:1 / / rw - ext4 /dev/dm-1 rw\n22 21 0:30 / /tmp rw - tmpfs tmpfs rw\n",
    "sys/dev/block/254:1/dm/uuid": "LVM-abc\n",
    "sys/dev/block/254:1/slaves/dm-0/x": "",
    "sys/class/block/dm-0/dev": "254:0\n",
    "sys/dev/block/254:0/dm/uuid": "CRYPT-LUKS2-abc-root\n",
}


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """A data folder closed to others, with a key in it, and a second place for backups."""
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    (data / "server.key").write_bytes(bytes(32))
    (data / "server.key").chmod(0o600)
    return Config(data=data, backups_copy=tmp_path)


def kept(*, hours: float | None = 5, overdue: int = 0, ahead: float = -1) -> Kept:
    now = datetime.now(UTC)
    newest = None if hours is None else now - timedelta(hours=hours)
    return Kept(newest, overdue, now + timedelta(minutes=ahead))


def found(tmp_path: Path, config: Config, what: Kept | None = None, **changed: str) -> dict[str, Said]:
    files = SAFE | {name.replace("__", "/"): text for name, text in changed.items()}
    patient = Patient(lay(tmp_path / "machine", files), config, what or kept())
    return {said.check: said for said in examine(patient)}


def test_a_safe_machine_has_nothing_bad(tmp_path: Path, config: Config) -> None:
    said = found(tmp_path, config)

    assert {check: each.said for check, each in said.items() if each.level == "bad"} == {}
    calm = {
        "swap",
        "core dumps",
        "temporary",
        "disk",
        "clock",
        "data folder",
        "server.key",
        "backups",
        "door",
        "sqlite",
    }
    assert {check for check, each in said.items() if each.level == "ok"} >= calm


def test_everything_but_ok_says_what_to_do(tmp_path: Path, config: Config) -> None:
    config.data.chmod(0o755)
    swapping = HEAD + "/dev/sda2 partition 1 0 -2\n"

    said = found(tmp_path, config, kept(hours=None, ahead=9), proc__swaps=swapping, proc__self__mountinfo="")

    assert {check for check, each in said.items() if each.level != "ok" and not each.remedy} == set()
    bad = {check for check, each in said.items() if each.level == "bad"}
    assert bad >= {"swap", "clock", "data folder", "backups"}


def test_swap_is_safe_in_memory_and_on_an_encrypted_device_only(tmp_path: Path) -> None:
    machine = lay(
        tmp_path, SAFE | {"sys/block/zram0/backing_dev": "none\n", "sys/block/zram1/backing_dev": "/dev/sda3\n"}
    )

    assert machine.swap_is_safe("/dev/zram0")
    assert not machine.swap_is_safe("/dev/zram1")
    assert not machine.swap_is_safe("/nowhere/swapfile")
    assert machine.is_encrypted("254:1")  # LVM on LUKS
    assert not machine.is_encrypted("8:1")


@pytest.mark.parametrize(
    ("pattern", "level"),
    [("core", "ok"), ("|/usr/lib/systemd/systemd-coredump %P", "ok"), ("|/usr/share/apport/apport %p", "warn")],
)
def test_a_collector_of_crashed_programs_is_named(tmp_path: Path, config: Config, pattern: str, level: str) -> None:
    assert found(tmp_path, config, proc__sys__kernel__core_pattern=pattern)["core dumps"].level == level


def test_a_temporary_folder_on_a_disk_in_the_clear_is_named(tmp_path: Path, config: Config) -> None:
    said = found(tmp_path, config, proc__self__mountinfo="21 1 8:1 / / rw - ext4 /dev/sda1 rw\n")

    assert (said["temporary"].level, said["disk"].level) == ("warn", "warn")


def test_a_clock_behind_the_files_is_bad(tmp_path: Path, config: Config) -> None:
    ahead = time.time() + 3600
    os.utime(config.data / "server.key", (ahead, ahead))

    assert found(tmp_path, config)["clock"].level == "bad"


@pytest.mark.parametrize("mode", [0o640, 0o604])
def test_a_file_that_others_may_read_is_bad(tmp_path: Path, config: Config, mode: int) -> None:
    (config.data / "komek.db").touch()
    (config.data / "komek.db").chmod(mode)

    assert found(tmp_path, config)["data folder"].level == "bad"


def test_a_key_that_is_damaged_or_beside_the_backups_is_bad(tmp_path: Path, config: Config) -> None:
    config.backups_folder.mkdir()
    (config.backups_folder / "server.key").touch()
    assert found(tmp_path, config)["server.key"].level == "bad"

    (config.data / "server.key").write_bytes(b"x")
    assert found(tmp_path, config)["server.key"].level == "bad"


@pytest.mark.parametrize(
    ("what", "level"),
    [
        (kept(), "ok"),
        (kept(hours=40), "bad"),
        (kept(hours=None), "bad"),
        (kept(overdue=1), "bad"),
    ],
    ids=["fresh", "old", "none", "kept too long"],
)
def test_backups_are_fresh_and_gone_in_time(tmp_path: Path, config: Config, what: Kept, level: str) -> None:
    assert found(tmp_path, config, what)["backups"].level == level


@pytest.mark.parametrize(
    ("url", "level"),
    [
        ("postgresql://komek@/komek", "ok"),
        ("postgresql://komek@/komek?host=/run/postgresql", "ok"),
        ("postgresql://komek@127.0.0.1/komek", "ok"),
        ("postgresql://komek@db.example/komek", "bad"),
        ("postgresql://komek@db.example/komek?sslmode=require", "bad"),
        ("postgresql://komek@db.example/komek?sslmode=verify-full", "ok"),
    ],
)
def test_the_way_to_a_database_elsewhere_is_proved(url: str, level: str) -> None:
    [said] = doctor._postgres(url)

    assert said.level == level


def test_a_name_without_a_proxy_is_named(tmp_path: Path, config: Config) -> None:
    assert found(tmp_path, Config(data=config.data, trusted_hosts=("fund.example",)))["door"].level == "warn"
    assert (
        found(tmp_path, Config(data=config.data, trusted_hosts=("fund.example",), proxies=("::1",)))["door"].level
        == "ok"
    )


@pytest.mark.slow
def test_the_command_looks_at_a_folder_without_making_anything(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    arguments = [sys.executable, "-m", "aid.cli", "doctor", "--json", "--data", str(tmp_path / "none")]

    done = subprocess.run(arguments, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    told = json.loads(done.stdout)
    assert done.returncode == (0 if told["safe"] else 1)
    assert {each["level"] for each in told["checks"]} <= {"ok", "warn", "bad"}
    assert "swap" in {each["check"] for each in told["checks"]}
    assert not (tmp_path / "none").exists()


def test_the_database_is_asked_when_it_was_last_kept(app: Flask, fund: FoundedFund) -> None:
    asked = kept_at(app.config["KOMEK"])

    assert asked is not None
    assert (asked.newest, asked.overdue) == (None, 0)
    assert asked.last_line is not None


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_a_database_without_a_fund_is_left_alone(app: Flask) -> None:
    assert kept_at(app.config["KOMEK"]) is None


def test_a_mail_server_that_lets_us_in_is_well_and_one_that_is_away_is_not(tmp_path: Path, config: Config) -> None:
    assert found(tmp_path, config)["mail"].said == "none is sent: thanks are printed"
    with mail_server() as server:
        assert found(tmp_path, replace(config, mail=server.settings()))["mail"].level == "ok"
        assert server.taken == []
    away = Mail(host="127.0.0.1", port=free_port(), sender="thanks@fund.example", tls="none")
    assert found(tmp_path, replace(config, mail=away))["mail"].level == "bad"


def test_a_password_that_others_may_read_is_bad(tmp_path: Path, config: Config) -> None:
    secret = tmp_path / "mail"
    secret.write_text("korzhyn-2026")
    secret.chmod(0o644)
    with mail_server() as server:
        mail = replace(server.settings(), password_file=secret)
        said = [
            each
            for each in examine(Patient(lay(tmp_path / "machine", SAFE), replace(config, mail=mail), kept()))
            if each.check == "mail"
        ]

    assert said[0].level == "bad"
    assert "others" in said[0].said
    assert "korzhyn" not in str(said)
