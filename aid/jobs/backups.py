"""Backups as files: written, copied to a second place, and destroyed when their time is over. Nothing in the clear."""

import hashlib
import os
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final
from uuid import UUID

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.extensions import db, now, snapshot
from aid.formats import fresh_key
from aid.models.backups import Backup
from aid.perform import perform
from aid.services.backups import backup_stream, heads_of
from aid.services.backups.keeping import (
    WrittenBackup,
    keep,
    not_copied,
    note_copied,
    note_destroyed,
    past_keeping,
    recipients,
)
from aid.vault.actor import Actor
from aid.vault.agefile import seal_age
from config import Config

PART: Final = ".part"
MARK: Final = "komek-backups"
"""An empty file by which a second place is known again: an unplugged disk leaves an empty folder behind."""

PIECE: Final = 1 << 20
STALE: Final = 24 * 3600  # seconds after which a half-written file is nobody's any more


@dataclass(frozen=True, slots=True)
class BackedUp:
    """A backup that was made, and whether the second place has it; None where there is none."""

    backup_id: UUID
    path: Path
    size: int
    copied: bool | None


def back_up(*, alive: Callable[[], None] = lambda: None) -> BackedUp:
    """Make a backup of the fund at hand. `alive` is called now and then. Raises RuleBroken and OSError."""
    config = settings()
    folder = _made(config.backups_folder)
    moment = now()
    with snapshot() as session:
        sealed_to = recipients(session)
        heads = heads_of(session)
        name = f"komek-{moment.instant:%Y%m%d-%H%M%S}-{secrets.token_hex(3)}.age"
        part = folder / f"{name}{PART}"
        try:
            with _new_file(part) as file:
                seal_age(_telling(backup_stream(session, now=moment), alive), file, recipients=sealed_to)
                size = file.size
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    written = WrittenBackup(name, size, file.hash.digest(), heads.line, heads.line_hash)
    kept = perform(fresh_key(), keep, actor=Actor.system(), written=written, days=config.backup_days)
    _name(part)
    copied = copy_missing() if config.backups_copy else None
    return BackedUp(kept.backup_id, folder / name, size, copied)


def copy_missing() -> bool:
    """Bring to the second place what it lacks; whether it has everything then. A place that is away is no error."""
    config = settings()
    with Session(db.engine) as session:
        missing = list(not_copied(session))
    if not missing or config.backups_copy is None:
        return True
    try:
        second = _second_place(config)
        for backup in missing:
            _copy(config.backups_folder / backup.name, second, backup)
    except (OSError, RuleBroken):
        return False
    return True


def sweep_backups() -> int:
    """Destroy the backups whose time is over, in both places; how many. One whose second place is away waits for it."""
    config = settings()
    _settle(config)
    with Session(db.engine) as session:
        over = list(past_keeping(session, today=now().today))
    destroyed = 0
    for backup in over:
        if backup.copied_at and not second_place_is_there(config):
            continue
        places = [config.backups_folder, *([config.backups_copy] if config.backups_copy else [])]
        found = [_destroy(place / backup.name) for place in places]
        perform(fresh_key(), note_destroyed, actor=Actor.system(), backup_id=backup.id, was_there=any(found))
        destroyed += 1
    return destroyed


def settings() -> Config:
    """This server's settings."""
    config: Config = current_app.config["KOMEK"]
    return config


def is_here(name: str) -> bool:
    """Whether a backup's file lies where it was written."""
    return (settings().backups_folder / name).is_file()


def second_place_is_there(config: Config) -> bool:
    """Whether the second place is the one that was written to before."""
    return config.backups_copy is not None and (config.backups_copy / MARK).is_file()


class _Hashed:
    """A file that knows its size and hash, and is on the disk when it is closed."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.hash = hashlib.sha256()
        self.size = 0

    def write(self, piece: bytes, /) -> int:
        """Write all of it."""
        self.hash.update(piece)
        self.size += len(piece)
        return self._file.write(piece)

    def __enter__(self) -> "_Hashed":
        return self

    def __exit__(self, *_failure: object) -> None:
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
        finally:
            self._file.close()


def _new_file(path: Path) -> _Hashed:
    return _Hashed(os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb"))


def _telling(pieces: Iterable[bytes], alive: Callable[[], None]) -> Iterator[bytes]:
    """Say once a minute that the work goes on."""
    told = time.monotonic()
    for piece in pieces:
        yield piece
        if time.monotonic() - told > 60:
            alive()
            told = time.monotonic()


def _made(folder: Path) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _name(part: Path) -> None:
    """Give a whole file its name, for good."""
    with suppress(FileNotFoundError):  # a sweep found it on the list and was quicker
        part.rename(part.with_name(part.name.removesuffix(PART)))
    folder = os.open(part.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _second_place(config: Config) -> Path:
    """The second place, if it is there. Raises RuleBroken."""
    assert config.backups_copy is not None
    with Session(db.engine) as session:
        known = session.scalar(select(Backup.id).where(Backup.copied_at.is_not(None)).limit(1)) is not None
    if not second_place_is_there(config):
        if known:
            raise RuleBroken(
                _(
                    "The second place for backups is not there. Connect its disk, or put a file %(mark)s in it.",
                    mark=MARK,
                )
            )
        (_made(config.backups_copy) / MARK).touch(mode=0o600)
    return config.backups_copy


def _copy(path: Path, second: Path, backup: Backup) -> None:
    """Copy a file, read the copy back, and believe only what was read. Raises OSError."""
    part = second / f"{backup.name}{PART}"
    part.unlink(missing_ok=True)
    with path.open("rb") as source, _new_file(part) as copy:
        while piece := source.read(PIECE):
            copy.write(piece)
    if sha256_of(part) != backup.sha256:
        part.unlink()
        raise OSError("the copy is not the backup")
    _name(part)
    perform(fresh_key(), note_copied, actor=Actor.system(), backup_id=backup.id)


def sha256_of(path: Path) -> bytes:
    """The hash of a file as it lies on the disk."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def _destroy(path: Path) -> bool:
    """Remove a file, and say whether it was there. It is sealed: what is left of it on the disk tells nothing."""
    there = path.exists()
    path.unlink(missing_ok=True)
    return there


def _settle(config: Config) -> None:
    """After a crash: what is on the list gets its name, what never came onto it goes."""
    for part in config.backups_folder.glob(f"komek-*{PART}"):
        name = part.name.removesuffix(PART)
        with Session(db.engine) as session:
            known = session.scalar(select(Backup.id).where(Backup.name == name, Backup.destroyed_at.is_(None)))
        if known:
            _name(part)
        elif time.time() - part.stat().st_mtime > STALE:
            part.unlink()
