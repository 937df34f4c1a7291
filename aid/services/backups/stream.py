"""The form of a backup, the same for both databases: frames of canonical CBOR (see vault/cbor.py), one after another.

frame    4 bytes of length, big-endian, then so many bytes
first    ["komek/backup/1", schema revision, moment, [audit line, its hash, entry, its hash],
          [[table, [[column, kind], … in the table's order]], … in the order of their foreign keys]]
then     [number of the table in that list from 0, [row, …]]; a row is the values of those columns in that order
last     ["end", [rows of each table], SHA-256 of everything before this frame]

Kinds: id (byte string of 16), moment and day (ISO text), json (its text), number, flag, text, bytes. Any may be null.

Left out, because it belongs to one server or one sitting: sign-ins, drafts, devices, guesses, sittings, seats,
jobs with workers' keys and parcels, and lists of families that wait to be imported.
Errors: Damaged for bytes that are no such stream.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from sqlalchemy import JSON, BigInteger, Boolean, Date, LargeBinary, String, Uuid
from sqlalchemy.types import TypeEngine

from aid.models.base import Moment
from aid.services.backups.heads import Heads
from aid.vault.cbor import NotCanonical, canonical, load

FORMAT: Final = "komek/backup/1"
LEFT_OUT: Final = frozenset(
    {
        *("sign_in", "draft", "device", "guess", "sitting", "seat"),
        *("job", "run_key", "parcel", "brought_list", "brought_part"),
    }
)
LARGEST_FRAME: Final = 1 << 28  # bytes: what one act of a round for a million families may take
END: Final = "end"

KINDS: Final[Mapping[str, TypeEngine[Any]]] = MappingProxyType(
    {
        "id": Uuid(),
        "moment": Moment(),
        "day": Date(),
        "json": JSON(),
        "number": BigInteger(),
        "flag": Boolean(),
        "text": String(),
        "bytes": LargeBinary(),
    }
)
"""How each kind of value is kept."""

_TO_PLAIN: Final[Mapping[str, Callable[[Any], Any]]] = MappingProxyType(
    {"json": lambda value: json.dumps(value, ensure_ascii=False, separators=(",", ":"))}
)
"""What canonical CBOR would not keep as it is: the order of the languages that a name was written in."""

_FROM_PLAIN: Final[Mapping[str, Callable[[Any], Any]]] = MappingProxyType(
    {
        "id": lambda value: UUID(bytes=value),
        "moment": datetime.fromisoformat,
        "day": date.fromisoformat,
        "json": json.loads,
    }
)


class Damaged(Exception):
    """This is not the stream that a backup is: changed, cut short, or something else."""


@dataclass(frozen=True, slots=True)
class Layout:
    """One table: its columns in order, and the kind of each."""

    table: str
    columns: tuple[tuple[str, str], ...]

    def plain(self, row: tuple[Any, ...]) -> list[Any]:
        """A row's values as they are written down."""
        return [
            _TO_PLAIN[kind](value) if value is not None and kind in _TO_PLAIN else value
            for (_name, kind), value in zip(self.columns, row, strict=True)
        ]

    def row(self, values: list[Any]) -> dict[str, Any]:
        """A row by column. Raises TypeError and ValueError for what is none."""
        return {
            name: _FROM_PLAIN[kind](value) if value is not None and kind in _FROM_PLAIN else value
            for (name, kind), value in zip(self.columns, values, strict=True)
        }


@dataclass(frozen=True, slots=True)
class Header:
    """What a backup says of itself before its rows."""

    schema: str
    made_at: datetime
    heads: Heads
    tables: tuple[Layout, ...]

    def plain(self) -> list[Any]:
        """As it is written down."""
        heads = [self.heads.line, self.heads.line_hash, self.heads.entry, self.heads.entry_hash]
        tables = [[layout.table, [list(column) for column in layout.columns]] for layout in self.tables]
        return [FORMAT, self.schema, self.made_at, heads, tables]

    @classmethod
    def read(cls, frame: Any) -> "Header":
        """A header from its frame. Raises Damaged."""
        try:
            form, schema, made_at, heads, tables = frame
            if form != FORMAT:
                raise Damaged("another format")
            read = cls(schema, datetime.fromisoformat(made_at), Heads(*heads), tuple(map(_layout, tables)))
            unknown = {kind for layout in read.tables for _name, kind in layout.columns} - KINDS.keys()
        except (TypeError, ValueError) as failure:
            raise Damaged("no header") from failure
        if unknown:
            raise Damaged("unknown kinds of value")
        return read


def _layout(said: Any) -> Layout:
    table, columns = said
    return Layout(table, tuple((name, kind) for name, kind in columns))


class Frames:
    """Writes frames, and knows the hash of all it wrote."""

    def __init__(self) -> None:
        self.hash = hashlib.sha256()

    def frame(self, value: Any) -> bytes:
        """A value with its length before it."""
        content = canonical(value)
        framed = len(content).to_bytes(4) + content
        self.hash.update(framed)
        return framed


class Unframing:
    """Takes bytes in pieces of any size, and gives on each frame once it is whole, with the hash of all before it."""

    def __init__(self, take: Callable[[Any, bytes], None]) -> None:
        self._take = take
        self._left = bytearray()
        self._hash = hashlib.sha256()

    def write(self, piece: bytes) -> None:
        """Take the next piece. Raises Damaged."""
        self._left += piece
        start = 0
        while len(self._left) >= start + 4:
            length = int.from_bytes(self._left[start : start + 4])
            if length > LARGEST_FRAME:
                raise Damaged("a frame without end")
            if len(self._left) < start + 4 + length:
                break
            self._pass_on(bytes(self._left[start : start + 4 + length]))
            start += 4 + length
        del self._left[:start]

    def _pass_on(self, framed: bytes) -> None:
        before = self._hash.digest()
        self._hash.update(framed)
        try:
            value = load(framed[4:], largest=LARGEST_FRAME)
        except NotCanonical as failure:
            raise Damaged("a frame that can't be read") from failure
        self._take(value, before)

    def ended(self) -> None:
        """Nothing more comes. Raises Damaged if something was begun."""
        if self._left:
            raise Damaged("cut short")


class HeaderOnly(Exception):
    """Raised by `reading_header` to stop the stream: that was all that was asked for."""

    def __init__(self, header: Header) -> None:
        super().__init__("header")
        self.header = header


def reading_header() -> Unframing:
    """A sink that raises HeaderOnly as soon as it has the header."""

    def first(frame: Any, _before: bytes) -> None:
        raise HeaderOnly(Header.read(frame))

    return Unframing(first)
