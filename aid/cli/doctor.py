"""`./aid.sh doctor`: what is unsafe on this machine, and what to do about it. Exit 1 if something is bad."""

import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import click
from sqlalchemy.engine import make_url

from aid.cli._common import data_option, json_option, print_json
from aid.cli._keeping import Kept, kept_at
from aid.cli._machine import Machine
from aid.post.line import NoLine, line_to
from config import LOOPBACK, Config

Level = Literal["ok", "warn", "bad"]

SQLITE_FROM = (3, 51, 3)  # older ones corrupt a log that two connections reset at once
SPACE_BAD, SPACE_WARN = 200 << 20, 2 << 30
MEMORY_WARN = 1 << 30
OPEN_FILES = 1024
SLACK = 60.0  # seconds by which a clock may differ
FRESH = 36.0  # hours since the last backup
FONTS = ("NotoSans-Regular.ttf", "NotoSans-Bold.ttf", "NotoSans-Regular.woff2", "NotoSans-Bold.woff2")
HOUSE = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Said:
    """What one check found, and what to do about it."""

    check: str
    level: Level
    said: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Patient:
    """What is looked at: a machine, the settings, and what the database says of its backups, if it could be asked."""

    machine: Machine
    config: Config
    kept: Kept | None


Check = Callable[[Patient], Iterator[Said]]


@click.command("doctor")
@data_option
@json_option
def command(data: Path | None, *, as_json: bool) -> None:
    """Say what is unsafe here; exit 1 if something is bad."""
    config = Config.from_environment()
    config = replace(config, data=data.absolute()) if data else config
    found = examine(Patient(Machine(), config, kept_at(config)))
    is_bad = any(each.level == "bad" for each in found)
    if as_json:
        print_json({"safe": not is_bad, "checks": [asdict(each) for each in found]})
    else:
        for each in found:
            click.echo(f"{each.level:<5} {each.check:<13} {each.said}")
            if each.remedy:
                click.echo(f"{'':<20}→ {each.remedy}")
    sys.exit(1 if is_bad else 0)


def examine(patient: Patient) -> list[Said]:
    """All checks, one after another."""
    return [said for check in CHECKS for said in check(patient)]


# ---------------------------------------------------------------- the machine


def _swap(patient: Patient) -> Iterator[Said]:
    swaps = patient.machine.swaps()
    open_ = [swap for swap in swaps if not patient.machine.swap_is_safe(swap)]
    if open_:
        remedy = "Turn it off (swapoff -a, and its line in /etc/fstab), or put it on an encrypted device."
        yield Said("swap", "bad", f"keys in memory may be written to {', '.join(open_)} in the clear", remedy)
    else:
        yield Said("swap", "ok", "encrypted, or in memory only" if swaps else "none")


def _core_dumps(patient: Patient) -> Iterator[Said]:
    """Komek sets its own limit to nothing; systemd's collector keeps to it, others that are handed cores do not."""
    pattern = patient.machine.core_goes_to()
    if pattern.startswith("|") and "systemd-coredump" not in pattern:
        remedy = "sysctl -w kernel.core_pattern=core, and the same in /etc/sysctl.d."
        yield Said("core dumps", "warn", "the kernel hands crashed programs to another, whatever their limit", remedy)
    else:
        yield Said("core dumps", "ok", "none of this program")


def _temporary(patient: Patient) -> Iterator[Said]:
    machine, folder = patient.machine, patient.machine.temporary()
    if machine.is_in_memory(folder):
        yield Said("temporary", "ok", f"{folder} is in memory")
    elif machine.lies_safely(folder):
        yield Said("temporary", "ok", f"{folder} is on an encrypted disk")
    else:
        remedy = "Mount it as tmpfs (systemctl enable --now tmp.mount), or name another folder in TMPDIR."
        yield Said("temporary", "warn", f"{folder} is on a disk in the clear; Komek writes none, others may", remedy)


def _disk(patient: Patient) -> Iterator[Said]:
    folder = patient.config.data
    if patient.machine.lies_safely(folder):
        yield Said("disk", "ok", "the data folder is on an encrypted disk")
    else:
        remedy = "Put the data folder on LUKS: server.key lies in it, and opens the database's outer lock."
        yield Said(
            "disk", "warn", "the data folder is on a disk in the clear (records in it are sealed all the same)", remedy
        )


def _clock(patient: Patient) -> Iterator[Said]:
    now = datetime.now(UTC).timestamp()
    latest = max((path.stat().st_mtime for path in _files(patient.config.data)), default=0.0)
    if patient.kept and patient.kept.last_line:
        latest = max(latest, patient.kept.last_line.timestamp())
    if latest > now + SLACK:
        remedy = "Set the clock: codes of phones are refused, and notices end at the wrong time."
        yield Said("clock", "bad", "it is behind what was written here already", remedy)
    elif not patient.machine.clock_is_kept():
        yield Said("clock", "warn", "nothing keeps it right", "systemctl enable --now systemd-timesyncd, or chrony.")
    else:
        yield Said("clock", "ok", "kept right")


def _limits(patient: Patient) -> Iterator[Said]:
    files, memory = patient.machine.open_files(), patient.machine.memory()
    if files < OPEN_FILES:
        remedy = f"LimitNOFILE={OPEN_FILES} or more in the unit, or ulimit -n."
        yield Said("open files", "warn", f"a process may open {files}", remedy)
    else:
        yield Said("open files", "ok", f"{files} a process")
    if memory < MEMORY_WARN:
        yield Said("memory", "warn", f"{memory >> 20} MiB: two passwords at once take 128", "1 GiB or more.")
    else:
        yield Said("memory", "ok", f"{memory >> 20} MiB")


def _space(patient: Patient) -> Iterator[Said]:
    for name, folder in (("space", patient.config.data), ("backup space", patient.config.backups_folder)):
        free = shutil.disk_usage(next(path for path in (folder, *folder.parents) if path.exists())).free
        level: Level = "bad" if free < SPACE_BAD else "warn" if free < SPACE_WARN else "ok"
        remedy = "Make room: nothing is written to a full disk." if level != "ok" else ""
        yield Said(name, level, f"{free >> 20} MiB free", remedy)


# ---------------------------------------------------------------- what Komek is made of


def _sqlite(patient: Patient) -> Iterator[Said]:
    if patient.config.database_url:
        yield from _postgres(patient.config.database_url)
        return
    import sqlcipher3.dbapi2 as sqlcipher

    wanted = ".".join(map(str, SQLITE_FROM))
    if sqlcipher.sqlite_version_info < SQLITE_FROM:
        yield Said(
            "sqlite", "bad", f"{sqlcipher.sqlite_version} can corrupt its log", f"{wanted} or later: ./aid.sh set-up"
        )
    else:
        yield Said("sqlite", "ok", str(sqlcipher.sqlite_version))


def _postgres(url: str) -> Iterator[Said]:
    address = make_url(url)
    host, mode = address.host or str(address.query.get("host", "")), address.query.get("sslmode")
    if not host or host.startswith("/") or host in (*LOOPBACK, "::1"):
        yield Said("postgresql", "ok", "on this machine")
    elif mode == "verify-full":
        yield Said("postgresql", "ok", "over TLS, and it must prove its name")
    else:
        remedy = "Add ?sslmode=verify-full&sslrootcert=FILE to DATABASE_URL."
        yield Said("postgresql", "bad", "the way to it can be listened to, or led elsewhere", remedy)


def _fonts(_patient: Patient) -> Iterator[Said]:
    missing = [name for name in FONTS if not (HOUSE / "static" / "fonts" / name).is_file()]
    if missing:
        yield Said("fonts", "bad", f"missing: {', '.join(missing)}", "Bring the program's own folder back whole.")
    else:
        yield Said("fonts", "ok", "all there")


def _modes(patient: Patient) -> Iterator[Said]:
    folder = patient.config.data
    if not folder.is_dir():
        yield Said("data folder", "warn", f"{folder} is not there yet")
        return
    open_ = [path for path in (folder, *_files(folder)) if path.stat().st_mode & 0o077]
    if open_:
        remedy = f"chmod -R go-rwx {folder}"
        yield Said("data folder", "bad", f"others on this machine may read {len(open_)} of its files", remedy)
    else:
        yield Said("data folder", "ok", "closed to others")


def _key(patient: Patient) -> Iterator[Said]:
    key, backups = patient.config.data / "server.key", patient.config.backups_folder
    if not key.is_file():
        yield Said("server.key", "warn", "is not there yet")
    elif len(key.read_bytes()) != 32:
        yield Said("server.key", "bad", "is damaged", "Bring it back from where you keep it.")
    elif (backups / "server.key").exists():
        yield Said("server.key", "bad", "lies beside the backups", "Keep it apart from them.")
    else:
        yield Said("server.key", "ok", "apart from the backups")


def _door(patient: Patient) -> Iterator[Said]:
    named = sorted(set(patient.config.trusted_hosts) - set(LOOPBACK))
    if named and not patient.config.proxies:
        remedy = "Put Caddy in front (deploy/), and its address into KOMEK_PROXIES."
        yield Said("door", "warn", f"goes by {', '.join(named)}, but no proxy with TLS is named", remedy)
    else:
        yield Said("door", "ok", "TLS in a named proxy" if named else "this machine only")


def _mail(patient: Patient) -> Iterator[Said]:
    """Whether messages of thanks could leave, asked of the mail server itself; no message is sent."""
    mail = patient.config.mail
    if mail is None:
        yield Said("mail", "ok", "none is sent: thanks are printed")
        return
    secret = mail.password_file
    if secret and not secret.is_file():
        yield Said("mail", "bad", "the file with its password is not there", "See KOMEK_MAIL_PASSWORD_FILE.")
        return
    if secret and secret.stat().st_mode & 0o077:
        yield Said("mail", "bad", "others on this machine may read its password", f"chmod 600 {secret}")
    if mail.user and not secret:
        yield Said("mail", "warn", "a user is named, but no password", "See KOMEK_MAIL_PASSWORD_FILE.")
    try:
        line_to(mail).close()
    except NoLine as failure:
        remedy = "See KOMEK_MAIL, its port and KOMEK_MAIL_TLS; messages wait for an hour, and then for a person."
        yield Said("mail", "bad", f"{mail.host}:{mail.port} does not let us in ({failure})", remedy)
    else:
        yield Said("mail", "ok", f"{mail.host}:{mail.port} lets us in{', over TLS' if mail.tls != 'none' else ''}")


# ---------------------------------------------------------------- backups


def _backups(patient: Patient) -> Iterator[Said]:
    kept = patient.kept
    if kept is None:
        yield Said("backups", "warn", "no fund's database could be asked here")
        return
    age = kept.hours_since(datetime.now(UTC))
    if age is None:
        yield Said("backups", "bad", "there is none", "./aid.sh backup, and keep ./aid.sh worker or run running.")
    elif age > FRESH:
        yield Said("backups", "bad", f"the newest is {age:.0f} hours old", "See whether the worker runs.")
    elif kept.overdue:
        yield Said("backups", "bad", f"{kept.overdue} should be destroyed by now", "See whether the worker runs.")
    elif not patient.config.backups_copy:
        remedy = "Name a folder on another disk or machine in KOMEK_BACKUPS_COPY."
        yield Said("backups", "warn", f"the newest is {age:.0f} hours old, and is in one place only", remedy)
    else:
        yield Said("backups", "ok", f"the newest is {age:.0f} hours old")


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() or path.is_dir()] if folder.is_dir() else []


CHECKS: tuple[Check, ...] = (
    _swap,
    _core_dumps,
    _temporary,
    _disk,
    _clock,
    _limits,
    _space,
    _sqlite,
    _fonts,
    _modes,
    _key,
    _door,
    _mail,
    _backups,
)
