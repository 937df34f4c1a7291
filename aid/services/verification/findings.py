"""What a proof finds, and how rows are named in it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not hold: which table, which row of it by key, and what is wrong. No personal data."""

    what: str
    item: str
    text: str

    def __str__(self) -> str:
        return f"{self.what} {self.item}: {self.text}"


def named(key: Iterable[Any]) -> str:
    """A row's key to read: ids with dashes, several columns by slashes."""
    return "/".join(_part(part) for part in key)


def _part(part: Any) -> str:
    if isinstance(part, bytes):
        return str(UUID(bytes=part)) if len(part) == 16 else part.hex()
    return str(part)
