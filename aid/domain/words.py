"""Messages of the domain: an English sentence and its values, put into the reader's language only at the edge.

Message ids are natural English; `%(name)s` marks a value. pybabel extracts `_("…")` and `n_("one", "many", n)`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from aid.domain.money import Money
    from aid.domain.months import Month

Value: TypeAlias = "str | int | date | Money | Month | Message | InLanguages"  # StrEnum is a str, datetime is a date
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


@dataclass(frozen=True, slots=True)
class InLanguages:
    """A name that the fund wrote in several languages, inside a sentence."""

    pairs: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, names: Mapping[str, str]) -> InLanguages:
        """The name, by language."""
        return cls(tuple(names.items()))

    def __str__(self) -> str:
        """In English where it has one, for logs and tests."""
        return dict(self.pairs).get("en") or next((name for _language, name in self.pairs), "")


def _(sentence: str, /, **values: Value) -> Message:
    """A sentence to be said later, in the reader's language."""
    return Message(sentence, tuple(values.items()))


def n_(one: str, many: str, n: int, /, **values: Value) -> Message:
    """A sentence that depends on the number `n`, which it names as `%(num)s`, as Babel does."""
    return Message(one, tuple(values.items()), many, n)
