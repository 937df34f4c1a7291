"""One way to write a value as bytes, so that what is hashed, signed or sealed today reads the same in ten years.

Deterministic CBOR, RFC 8949 section 4.2.1: shortest forms, definite lengths, map keys sorted by their encoded bytes.
Only plain values: null, booleans, integers of 64 bits, text, byte strings, arrays, and maps with text keys.
No tags and no floats.

What Python values become (one way: `load` gives plain values only):

=====================  ==================================================
UUID                   byte string of 16
datetime (aware)       text, ISO 8601 in UTC: "2026-08-01T07:30:00+00:00"
date                   text, ISO 8601: "2026-08-01"
StrEnum, IntEnum       its value
list, tuple            array
frozenset, set         array, sorted by each item's encoded bytes
dataclass              map of its fields by name
=====================  ==================================================

Errors: `canonical` raises TypeError for a value with no plain form and ValueError for one out of bounds;
`load` raises NotCanonical (a ValueError) for whatever `canonical` would not have written.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, Final, Never, TypeAlias
from uuid import UUID

import cbor2

Plain: TypeAlias = Any  # None | bool | int | str | bytes | list[Plain] | dict[str, Plain]

LARGEST: Final = 1 << 20  # bytes that `load` will look at
DEEPEST: Final = 32  # containers within one another


class NotCanonical(ValueError):
    """These bytes are not the one way in which we write a value."""


def canonical(value: object) -> bytes:
    """Write a value in its one way."""
    return cbor2.dumps(_plain(value, DEEPEST), canonical=True)


def load(encoded: bytes, *, largest: int = LARGEST) -> Plain:
    """Read what `canonical` wrote, and nothing else."""
    if len(encoded) > largest:
        raise NotCanonical(f"longer than {largest} bytes")
    try:
        value = cbor2.loads(encoded, semantic_decoders=_NO_TAGS, max_depth=DEEPEST)
        again = canonical(value)
    except (cbor2.CBORError, TypeError, ValueError) as error:
        raise NotCanonical("not plain CBOR") from error
    if again != encoded:
        raise NotCanonical("written in another way, or followed by more")
    return value


def _plain(value: object, depth: int) -> Plain:
    kind = type(value)
    if kind is str or kind is bytes or kind is bool or value is None:
        return value
    if kind is int:
        return _within_64_bits(value)  # type: ignore[arg-type]  # `kind is int` does not narrow
    if depth == 0:
        raise ValueError(f"more than {DEEPEST} containers within one another")
    if kind is list or kind is tuple:
        return [_plain(item, depth - 1) for item in value]  # type: ignore[attr-defined]
    if kind is dict:
        return {  # most keys are text already, and this is most of the time that opening a record takes
            key if type(key) is str else _text_key(key): _plain(item, depth - 1)
            for key, item in value.items()  # type: ignore[attr-defined]
        }
    for type_, flatten in _FLATTEN:
        if isinstance(value, type_):
            return _plain(flatten(value), depth - 1)
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name), depth - 1) for field in fields(value)}
    raise TypeError(f"{kind.__name__} has no plain form")


def _within_64_bits(number: int) -> int:
    if not -(1 << 64) <= number < 1 << 64:
        raise ValueError("an integer of more than 64 bits")
    return number


def _text_key(key: object) -> str:
    if isinstance(key, Enum):
        key = key.value
    if not isinstance(key, str):
        raise TypeError(f"a map's key is text, not {type(key).__name__}")
    return str(key)


def _utc_text(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    return moment.astimezone(UTC).isoformat()


def _sorted_by_bytes(items: frozenset[object] | set[object]) -> list[object]:
    return sorted(items, key=canonical)


_FLATTEN: Final[tuple[tuple[type | tuple[type, ...], Callable[[Any], object]], ...]] = (
    (UUID, lambda value: value.bytes),
    (datetime, _utc_text),  # before date, which it also is
    (date, date.isoformat),
    (Enum, lambda value: value.value),  # before str and int, which it may also be
    ((frozenset, set), _sorted_by_bytes),
    (str, lambda value: "".join(value)),
    ((bytearray, memoryview), bytes),
    ((list, tuple), list),
    (Mapping, dict),
)


class _NoTags(Mapping[int, Any]):
    """Refuses every tag by its number, before its content is looked at."""

    def __getitem__(self, number: int) -> Never:
        raise ValueError(f"tag {number}")

    def __iter__(self) -> Iterator[int]:
        return iter(())

    def __len__(self) -> int:
        return 0


_NO_TAGS: Final = _NoTags()
