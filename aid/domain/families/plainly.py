"""A family's values as maps, lists, numbers and text, as they are sealed, and back."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from aid.domain.families.members import BirthDate
from aid.domain.families.words import Circumstance


def plain(value: Any) -> Any:
    """A value of the domain as maps, lists, numbers and text: what is sealed, and what `from_plain` takes back."""
    if value is None or type(value) in _PLAIN:
        return value
    match value:
        case BirthDate():
            return value.iso()
        case StrEnum():
            return value.value
        case date():
            return value.isoformat()
        case tuple():
            return [plain(part) for part in value]
        case frozenset():
            return sorted(plain(part) for part in value)
    names = _names(type(value))
    return value if names is None else {name: plain(getattr(value, name)) for name in names}


_PLAIN = frozenset({str, int, bool})


_NAMES: dict[type, tuple[str, ...] | None] = {}


def _names(kind: type) -> tuple[str, ...] | None:
    """Of a dataclass's fields; None for anything else."""
    if kind not in _NAMES:
        _NAMES[kind] = tuple(field.name for field in fields(kind)) if is_dataclass(kind) else None
    return _NAMES[kind]


def circumstances_of(plain: Mapping[str, Any]) -> frozenset[Circumstance]:
    """The circumstances that `plain` wrote."""
    return frozenset(Circumstance(value) for value in plain.get("circumstances", ()))


def day_of(value: str | date | None) -> date | None:
    """A day that `plain` wrote, or none."""
    return None if value is None else known_day(value)


def known_day(value: str | date) -> date:
    """A day that `plain` wrote."""
    return value if isinstance(value, date) else date.fromisoformat(value)
