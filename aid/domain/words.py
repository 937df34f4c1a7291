"""Messages of the domain: an English sentence and its values, put into the reader's language only at the edge.

Message ids are natural English; `%(name)s` marks a value. pybabel extracts `_("…")` and `n_("one", "many", n)`.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from aid.domain.money import Money

Value: TypeAlias = "str | int | date | Money | Message"  # StrEnum is a str, datetime is a date
"""What a message may speak of."""


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence in English with its values, hashable and not yet translated.

    `plural` and `n` are given together, for a sentence that depends on a number.
    """

    id: str
    pairs: tuple[tuple[str, Value], ...] = ()
    plural: str | None = None
    n: int | None = None

    @property
    def values(self) -> Mapping[str, Value]:
        """The values by name, as they were given; a counted sentence's number is not among them."""
        return MappingProxyType(dict(self.pairs))

    def __str__(self) -> str:
        """The English sentence, for logs and tests; people read `aid.formats.say`."""
        sentence = self.plural if self.plural is not None and self.n != 1 else self.id
        values = {name: str(value) for name, value in self.pairs}
        if self.n is not None:
            values["num"] = str(self.n)
        return sentence % values if values else sentence

    def plain(self) -> dict[str, Any]:
        """The message as JSON holds it."""
        plain: dict[str, Any] = {"id": self.id, "values": {name: value_plain(value) for name, value in self.pairs}}
        if self.plural is not None:
            plain |= {"plural": self.plural, "n": self.n}
        return plain

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Message:
        """The message that `plain` wrote."""
        pairs = tuple((name, value_from_plain(value)) for name, value in plain["values"].items())
        return cls(plain["id"], pairs, plain.get("plural"), plain.get("n"))


def _(sentence: str, /, **values: Value) -> Message:
    """A sentence to be said later, in the reader's language."""
    return Message(sentence, tuple(values.items()))


def n_(one: str, many: str, n: int, /, **values: Value) -> Message:
    """A sentence that depends on the number `n`, which it names as `%(num)s`, as Babel does."""
    return Message(one, tuple(values.items()), many, n)


def value_plain(value: Value) -> Any:
    """A value as JSON: text and numbers as they are, everything else as a map of one kind."""
    from aid.domain.money import Money  # money speaks in messages, so it can't be imported above

    match value:
        case Message():
            return {"message": value.plain()}
        case Money():
            return {"money": [value.minor, value.currency]}
        case datetime():
            return {"instant": value.isoformat()}
        case date():
            return {"date": value.isoformat()}
        case StrEnum():
            return {"word": [type(value).__module__, type(value).__qualname__, value.value]}
    return value


def value_from_plain(plain: Any) -> Value:
    """The value that `value_plain` wrote."""
    from aid.domain.money import Money

    match plain:
        case {"message": message}:
            return Message.from_plain(message)
        case {"money": [minor, currency]}:
            return Money(minor, currency)
        case {"instant": text}:
            return datetime.fromisoformat(text)
        case {"date": text}:
            return date.fromisoformat(text)
        case {"word": [module, name, value]}:
            return _word(module, name, value)
        case str() | int():
            return plain
    raise ValueError(f"not a value of a message: {plain!r}")


def _word(module: str, name: str, value: str) -> StrEnum:
    """A word of one of the domain's enumerations; nothing outside the domain is ever imported by name."""
    kind = getattr(importlib.import_module(module), name) if module.startswith("aid.domain.") else None
    if not (isinstance(kind, type) and issubclass(kind, StrEnum)):
        raise TypeError(f"not a word of the domain: {module}.{name}")
    return kind(value)
