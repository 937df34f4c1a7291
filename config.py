"""Settings of one server, from the environment. Nothing here is a secret of the fund: people hold its keys."""

import os
from dataclasses import dataclass
from pathlib import Path

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True, slots=True)
class Config:
    """Where the fund's data lies and how it is served."""

    data: Path  # folder of this server: server.key, and komek.db where no DATABASE_URL is given
    database_url: str | None = None
    trusted_hosts: tuple[str, ...] = LOOPBACK
    proxies: tuple[str, ...] = ()  # addresses in front of us where TLS ends; of nobody else such headers are believed
    testing: bool = False
    backups: Path | None = None  # else `backups` in the data folder
    backups_copy: Path | None = None  # a second place, best on another disk
    backup_days: int = 30  # so long each is kept, and then destroyed

    @property
    def backups_folder(self) -> Path:
        """Where backups are written first."""
        return self.backups or self.data / "backups"

    @classmethod
    def from_environment(cls) -> "Config":
        """KOMEK_DATA, DATABASE_URL; by commas KOMEK_HOSTS (our names) and KOMEK_PROXIES (addresses or networks in front
        of us); KOMEK_BACKUPS, _COPY and _DAYS.
        """
        return cls(
            data=Path(os.environ.get("KOMEK_DATA", "data")).absolute(),
            database_url=os.environ.get("DATABASE_URL") or None,
            trusted_hosts=_listed("KOMEK_HOSTS") or LOOPBACK,
            proxies=_listed("KOMEK_PROXIES"),
            backups=_folder("KOMEK_BACKUPS"),
            backups_copy=_folder("KOMEK_BACKUPS_COPY"),
            backup_days=_days(os.environ.get("KOMEK_BACKUP_DAYS", "30")),
        )


def _listed(name: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in os.environ.get(name, "").split(",") if part.strip())


def _folder(name: str) -> Path | None:
    return Path(os.environ[name]).absolute() if os.environ.get(name) else None


def _days(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 365:
        raise ValueError("KOMEK_BACKUP_DAYS is a number of days from 1 to 365")
    return int(text)
