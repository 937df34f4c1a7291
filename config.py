"""Settings of one server, from the environment. Nothing here is a secret of the fund: people hold its keys."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True, slots=True)
class Mail:
    """The mail server that takes the fund's messages, and the address that they come from."""

    host: str
    port: int
    sender: str
    tls: str = "starttls"  # or tls from the first byte; none only to this machine
    user: str | None = None
    password_file: Path | None = None
    ca: Path | None = None  # else the authorities that this machine trusts

    def password(self) -> str:
        """Read when it is needed, and kept nowhere."""
        return self.password_file.read_text().strip() if self.password_file else ""

    @property
    def is_private(self) -> bool:
        """Whether nobody on the way can read along."""
        return self.tls != "none" or self.host in (*LOOPBACK, "::1")


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
    mail: Mail | None = None  # none: thanks are printed

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
            mail=_mail(os.environ.get("KOMEK_MAIL", "")),
        )


def _listed(name: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in os.environ.get(name, "").split(",") if part.strip())


def _folder(name: str) -> Path | None:
    return Path(os.environ[name]).absolute() if os.environ.get(name) else None


def _days(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 365:
        raise ValueError("KOMEK_BACKUP_DAYS is a number of days from 1 to 365")
    return int(text)


def _mail(text: str) -> Mail | None:
    if not text:
        return None
    host, colon, port = text.rpartition(":")
    tls, sender = os.environ.get("KOMEK_MAIL_TLS", "starttls"), os.environ.get("KOMEK_MAIL_FROM", "")
    if not colon or not host or not port.isdecimal() or not 0 < int(port) < 1 << 16:
        raise ValueError("KOMEK_MAIL is a mail server and its port, such as mail.example.org:587")
    if tls not in ("starttls", "tls", "none"):
        raise ValueError("KOMEK_MAIL_TLS is starttls, tls or none")
    if not re.fullmatch(r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", sender):
        raise ValueError("KOMEK_MAIL_FROM is the address that messages come from, such as thanks@example.org")
    mail = Mail(
        host=host.strip("[]"),
        port=int(port),
        sender=sender,
        tls=tls,
        user=os.environ.get("KOMEK_MAIL_USER") or None,
        password_file=_folder("KOMEK_MAIL_PASSWORD_FILE"),
        ca=_folder("KOMEK_MAIL_CA"),
    )
    if not mail.is_private:
        raise ValueError("KOMEK_MAIL_TLS=none is only for a mail server on this machine")
    return mail
