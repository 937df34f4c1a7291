"""What stands in deploy/: units that systemd accepts and that lock Komek in, and settings that Komek knows."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conventions import ROOT

DEPLOY = ROOT / "deploy"
UNITS = ("komek.service", "komek-worker.service")
LOCKED_IN = """
    User=komek NoNewPrivileges=yes CapabilityBoundingSet= ProtectSystem=strict ProtectHome=yes PrivateDevices=yes
    PrivateUsers=yes ProtectKernelTunables=yes ProtectKernelModules=yes ProtectKernelLogs=yes ProtectControlGroups=yes
    ProtectClock=yes ProtectHostname=yes ProtectProc=invisible RestrictNamespaces=yes RestrictRealtime=yes
    RestrictSUIDSGID=yes LockPersonality=yes MemoryDenyWriteExecute=yes SystemCallFilter=@system-service
    SystemCallArchitectures=native IPAddressDeny=any IPAddressAllow=localhost SocketBindDeny=any
    LimitCORE=0 MemorySwapMax=0 UMask=0077 StateDirectoryMode=0700
""".split()


def unit(name: str) -> list[str]:
    return (DEPLOY / name).read_text().splitlines()


def systemd_analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("no systemd here: the settings themselves are looked at above")
    return subprocess.run([program, *arguments], capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_locks_komek_in(name: str) -> None:
    assert [setting for setting in LOCKED_IN if setting not in unit(name)] == []


@pytest.mark.parametrize("name", UNITS)
def test_systemd_accepts_a_unit(name: str, tmp_path: Path) -> None:
    here = "\n".join(unit(name)).replace("/opt/komek/.venv/bin/python", sys.executable)
    (tmp_path / name).write_text(here)

    verified = systemd_analyze("verify", "--man=no", str(tmp_path / name))

    assert (verified.returncode, verified.stderr) == (0, "")


@pytest.mark.parametrize("name", UNITS)
def test_systemd_finds_little_that_a_unit_is_exposed_to(name: str) -> None:
    told = systemd_analyze("security", "--offline=true", "--threshold=20", str(DEPLOY / name))

    assert told.returncode == 0, told.stdout[-200:]


def test_the_settings_are_those_that_komek_reads() -> None:
    read = set(re.findall(r"KOMEK_[A-Z_]+", (ROOT / "config.py").read_text())) | {"DATABASE_URL", "KOMEK_BACKUPS_COPY"}
    named = re.findall(r"^#?([A-Z_]+)=", (DEPLOY / "komek.env").read_text(), re.MULTILINE)

    assert named
    assert set(named) <= read
    for name in ("Containerfile", *UNITS):
        settings = set(re.findall(r"(KOMEK_[A-Z_]+)", (DEPLOY / name).read_text()))
        assert settings <= read


def test_the_container_runs_as_nobody_special_and_copies_nothing_but_the_program() -> None:
    lines = (DEPLOY / "Containerfile").read_text().splitlines()
    copied = [line.split()[1:-1] for line in lines if line.startswith("COPY")]

    assert [line for line in lines if line.startswith("USER")] == ["USER komek"]
    assert all((ROOT / name).exists() for names in copied for name in names)
    assert {name for names in copied for name in names}.isdisjoint({".", "tests", "data"})


def test_caddy_hands_on_to_the_port_that_komek_serves_and_keeps_no_log_of_visitors() -> None:
    caddy = (DEPLOY / "Caddyfile").read_text()

    assert "reverse_proxy 127.0.0.1:8000" in caddy
    assert "--port 8000" in "\n".join(unit("komek.service"))
    assert [line.strip() for line in caddy.splitlines() if line.strip().startswith("log")] == ["log default {"]
    assert "trusted_proxies" not in caddy
    assert "HiddenServicePort 80 unix:" in (DEPLOY / "torrc").read_text()
