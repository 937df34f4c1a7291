"""What services return: frozen outcomes, stored as JSON so that a repeated request gets the same answer."""

import importlib
from collections.abc import Mapping
from dataclasses import field, fields
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from aid.domain.money import Money
from aid.domain.words import Message


def transient() -> Any:
    """A field given once and never stored, such as a printed code; a repeated request finds None in it."""
    return field(default=None, metadata={"transient": True}, compare=False, repr=False)


def outcome_plain(outcome: Any) -> dict[str, Any]:
    """A frozen outcome as JSON holds it, without what is transient."""
    kept = {f.name: value_plain(getattr(outcome, f.name)) for f in fields(outcome) if not f.metadata.get("transient")}
    return {"kind": type(outcome).__name__, "fields": kept}


def outcome_from_plain(plain: Mapping[str, Any], kinds: Mapping[str, type]) -> Any:
    """The outcome that `outcome_plain` wrote, of one of the kinds that the action may return."""
    return kinds[plain["kind"]](**{name: value_from_plain(value) for name, value in plain["fields"].items()})


def value_plain(value: Any) -> Any:
    """A value as JSON: text, numbers and nothing as they are, everything else as a map of one kind. Else TypeError."""
    match value:
        case StrEnum():
            return {"word": [type(value).__module__, type(value).__qualname__, value.value]}
        case None | bool() | int() | str():
            return value
        case Message():
            return {"message": _message_plain(value)}
        case Money():
            return {"money": [value.minor, value.currency]}
        case datetime():
            return {"instant": value.isoformat()}
        case date():
            return {"date": value.isoformat()}
        case UUID():
            return {"uuid": str(value)}
        case tuple():
            return {"tuple": [value_plain(item) for item in value]}
    raise TypeError(f"an outcome can't hold a {type(value).__name__}")


def value_from_plain(plain: Any) -> Any:
    """The value that `value_plain` wrote."""
    match plain:
        case {"word": [module, name, value]}:
            return _word(module, name, value)
        case {"message": message}:
            return _message_from_plain(message)
        case {"money": [minor, currency]}:
            return Money(minor, currency)
        case {"instant": text}:
            return datetime.fromisoformat(text)
        case {"date": text}:
            return date.fromisoformat(text)
        case {"uuid": text}:
            return UUID(text)
        case {"tuple": items}:
            return tuple(value_from_plain(item) for item in items)
        case None | bool() | int() | str():
            return plain
    raise ValueError(f"not a value of an outcome: {plain!r}")


def _message_plain(message: Message) -> dict[str, Any]:
    values = {name: value_plain(value) for name, value in message.pairs}
    return {"id": message.id, "values": values, "plural": message.plural, "n": message.n}


def _message_from_plain(plain: Mapping[str, Any]) -> Message:
    pairs = tuple((name, value_from_plain(value)) for name, value in plain["values"].items())
    return Message(plain["id"], pairs, plain["plural"], plain["n"])


def _word(module: str, name: str, value: str) -> StrEnum:
    """A word of one of the domain's enumerations; nothing outside the domain is ever imported by name."""
    kind = getattr(importlib.import_module(module), name) if module.startswith("aid.domain.") else None
    if not (isinstance(kind, type) and issubclass(kind, StrEnum)):
        raise TypeError(f"not a word of the domain: {module}.{name}")
    return kind(value)
