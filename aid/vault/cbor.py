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

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from functools import lru_cache
from typing import Any, Final, Never, TypeAlias
from uuid import UUID

import cbor2

Plain: TypeAlias = Any  # None | bool | int | str | bytes | list[Plain] | dict[str, Plain]

LARGEST: Final = 1 << 20  # bytes that `load` will look at
DEEPEST: Final = 32  # containers within one another
_64_BITS: Final = 1 << 64


class NotCanonical(ValueError):
    """These bytes are not the one way in which we write a value."""


def canonical(value: object) -> bytes:
    """Write a value in its one way."""
    return cbor2.dumps(_plain(value, DEEPEST))  # maps are in order already, and the rest has one way in cbor2


def plain(value: object) -> Plain:
    """The value as `canonical` writes it: plain ones, its maps in order."""
    return _plain(value, DEEPEST)


def canonical_ready(value: Plain) -> bytes:
    """Write what is plain already and has its maps in order, without looking at it. What is not is never read again."""
    return cbor2.dumps(value)


def load_ready(encoded: bytes) -> Plain:
    """Read what `canonical_ready` wrote a moment ago and nobody else had in hand."""
    return cbor2.loads(encoded, semantic_decoders=_NO_TAGS)


def canonical_map(parts: Mapping[str, bytes]) -> bytes:
    """The one way of a map whose values were written already: for what is hashed and sealed alike."""
    order = _ORDERS.get(keys := tuple(parts)) or in_order(keys)
    return _head(0xA0, len(parts)) + b"".join([written_text(key) + parts[key] for key in order])


@lru_cache(maxsize=1 << 12)
def written_text(text: str) -> bytes:
    """The one way of a text that comes again and again."""
    return canonical(text)


def written_bytes(content: bytes) -> bytes:
    """The one way of a byte string, without looking for what it could be."""
    return _head(0x40, len(content)) + content


def canonical_list(parts: Sequence[bytes]) -> bytes:
    """The one way of an array whose items were written already."""
    return _head(0x80, len(parts)) + b"".join(parts)


@lru_cache(maxsize=1 << 12)
def head_of_bytes(length: int) -> bytes:
    """How a byte string of this length begins."""
    return _head(0x40, length)


def head_of_list(length: int) -> bytes:
    """How an array of so many items begins."""
    return _head(0x80, length)


def _head(kind: int, length: int) -> bytes:
    """How a map or an array begins: its kind and its length in the shortest form."""
    if length < 24:
        return bytes([kind | length])
    for following, width in ((24, 1), (25, 2), (26, 4)):
        if length < 1 << 8 * width:
            return bytes([kind | following]) + length.to_bytes(width)
    raise ValueError("too long to be written")


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


def load_list(encoded: bytes, *, largest: int = LARGEST) -> list[tuple[Plain, bytes]]:
    """The items of an array, each with how it is written. They hold no maps: whoever asks looks at what they are."""
    if len(encoded) > largest:
        raise NotCanonical(f"longer than {largest} bytes")
    try:
        items = cbor2.loads(encoded, semantic_decoders=_NO_TAGS, max_depth=DEEPEST)
        written = [cbor2.dumps(item) for item in items] if type(items) is list else []
    except (cbor2.CBORError, TypeError, ValueError) as error:
        raise NotCanonical("not plain CBOR") from error
    if canonical_list(written) != encoded:
        raise NotCanonical("written in another way, or followed by more")
    return list(zip(items, written, strict=True))


_ATOMS: Final = frozenset({str, bytes, bool, type(None)})


def _plain(value: object, depth: int) -> Plain:
    """The value as plain ones, its maps in the order of their encoded keys."""
    kind = type(value)
    if kind in _ATOMS:
        return value
    if kind is int:
        return _within_64_bits(value)  # type: ignore[arg-type]  # `kind is int` does not narrow
    if depth == 0:
        raise ValueError(f"more than {DEEPEST} containers within one another")
    if kind is list or kind is tuple:
        return [
            item
            if (kind := type(item)) in _ATOMS or (kind is int and -_64_BITS <= item < _64_BITS)
            else _plain(item, depth - 1)
            for item in value  # type: ignore[attr-defined]
        ]
    if kind is dict:
        order = _ORDERS.get(tuple(value))  # type: ignore[arg-type]
        if order is None:
            value = {_text_key(key): item for key, item in value.items()}  # type: ignore[attr-defined]
            order = in_order(tuple(value))
        return {
            key: item
            if (kind := type(item := value[key])) in _ATOMS or (kind is int and -_64_BITS <= item < _64_BITS)  # type: ignore[index]
            else _plain(item, depth - 1)
            for key in order
        }
    if kind not in _KINDS:
        _KINDS[kind] = _how_to_write(kind)
    flatten, names = _KINDS[kind]
    if flatten is not None:
        return _plain(flatten(value), depth - 1)
    return _plain({name: getattr(value, name) for name in names}, depth)


_KINDS: dict[type, tuple[Callable[[Any], object] | None, tuple[str, ...]]] = {}


def _how_to_write(kind: type) -> tuple[Callable[[Any], object] | None, tuple[str, ...]]:
    """What makes values of this kind plainer; else the names of its fields."""
    for type_, flatten in _FLATTEN:
        if issubclass(kind, type_):
            return flatten, ()
    if not is_dataclass(kind):
        raise TypeError(f"{kind.__name__} has no plain form")
    return None, tuple(field.name for field in fields(kind))


def _within_64_bits(number: int) -> int:
    if not -_64_BITS <= number < _64_BITS:
        raise ValueError("an integer of more than 64 bits")
    return number


_ORDERS: dict[tuple[str, ...], tuple[str, ...]] = {}
MOST_ORDERS: Final = 1 << 12
MOST_KEYS: Final = 32  # of a map whose order is remembered: larger ones are lists by some code, each another


def in_order(keys: tuple[str, ...]) -> tuple[str, ...]:
    """A map's keys, sorted by their encoded bytes. Few maps have other keys than one before them."""
    order = tuple(sorted(keys, key=_by_bytes))
    if len(keys) <= MOST_KEYS and len(_ORDERS) < MOST_ORDERS:
        _ORDERS[keys] = order
    return order


def _by_bytes(key: str) -> tuple[int, bytes]:
    """The shorter first: its head says its length."""
    encoded = key.encode()
    return len(encoded), encoded


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
