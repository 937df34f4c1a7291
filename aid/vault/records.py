"""A row's personal data as one sealed record, and the record's key wrapped for each ring that may open it.

Record's key: 256 random bits, new at each seal. Plaintext: canonical CBOR of the value (see cbor), padded to 64·2ⁿ
bytes (see padding). blob = AES-256-GCM (see aead): nonce (12) ‖ ciphertext ‖ tag (16); AAD canonical CBOR
["komek/1", table, row id, family id or null, row version].

A wrap is the record's key, sealed for one ring in one epoch, in one of two ways:

- "aead", by a member: AES-256-GCM under the ring's wrap key; 60 bytes;
- "hpke", by anyone: HPKE to the ring's public half (see hpke); 113 bytes; who seals so can't read it back.

AAD or info of a wrap: canonical CBOR
["komek/1", table, row id, family id or null, row version, "wrap/aead" or "wrap/hpke", ring id, epoch].
So a blob or wrap opens in its own row and version only, and a wrap for its own ring and epoch only.
Older versions of a row still open as what they were: which is newest is the row's word, and the audit chain's.

Errors: NoKey when the keyring has none of the rings; Tampered when anything was changed or moved; TypeError or
ValueError for a value that can't be sealed.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache, partial
from typing import Final
from uuid import UUID

from aid.vault import aead, hpke
from aid.vault.cbor import (
    NotCanonical,
    Plain,
    canonical,
    canonical_list,
    head_of_bytes,
    head_of_list,
    load,
    written_bytes,
)
from aid.vault.failures import NoKey, Tampered
from aid.vault.keyring import Keyring
from aid.vault.padding import pad, unpad
from aid.vault.rings import RingRef

_FORMAT: Final = "komek/1"


class Way(StrEnum):
    """How a record's key was wrapped: by a member of the ring, or by someone outside."""

    AEAD = "aead"
    HPKE = "hpke"


_NULL: Final = canonical(None)
_FORMAT_WRITTEN: Final = canonical(_FORMAT)
_SIXTEEN: Final = head_of_bytes(16)
_OF_RECORD: Final = head_of_list(5)
_OF_WRAP: Final = head_of_list(8)


@lru_cache(maxsize=1 << 8)
def _table_written(table: str, version: int) -> tuple[bytes, bytes]:
    return canonical(table), canonical(version)


@lru_cache(maxsize=1 << 8)
def _ring_written(way: Way, ref: RingRef) -> tuple[bytes, bytes, bytes]:
    return canonical(f"wrap/{way.value}"), canonical(ref.ring_id), canonical(ref.epoch)


@dataclass(frozen=True, slots=True)
class Context:
    """Where a record stands. It opens nowhere else."""

    table: str
    row_id: UUID
    family_id: UUID | None
    version: int

    def aad(self) -> bytes:
        """What the blob is bound to."""
        return canonical_list(self._place())

    def wrap_aad(self, way: Way, ref: RingRef) -> bytes:
        """What a wrap is bound to."""
        return canonical_list([*self._place(), *_ring_written(way, ref)])

    def _place(self) -> list[bytes]:
        family = _NULL if self.family_id is None else written_bytes(self.family_id.bytes)
        table, version = _table_written(self.table, self.version)
        return [_FORMAT_WRITTEN, table, written_bytes(self.row_id.bytes), family, version]


@dataclass(frozen=True, slots=True)
class RingTarget:
    """A ring that shall be able to open a record."""

    ref: RingRef
    public: bytes


@dataclass(frozen=True, slots=True)
class Wrap:
    """A record's key, sealed for one ring."""

    ref: RingRef
    way: Way
    key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class SealedRecord:
    """What is stored of a value: the sealed value, and its key for each ring entitled."""

    blob: bytes = field(repr=False)
    wraps: tuple[Wrap, ...]


def seal_record(value: object, context: Context, targets: Sequence[RingTarget], keyring: Keyring) -> SealedRecord:
    """Seal a value for its place and its rings, under a new key."""
    return seal_written(canonical(value), context, targets, keyring)


def seal_written(written: bytes, context: Context, targets: Sequence[RingTarget], keyring: Keyring) -> SealedRecord:
    """Seal a value that `canonical` wrote already."""
    key, blob = aead.seal_anew(pad(written), context.aad())
    return SealedRecord(blob, _wrap_for(key, context, targets, keyring))


class Seals:
    """Seals the first records of very many rows of one table, each for the same rings.

    What comes out is what `seal_written` makes in a `Context` of version 1; what is the same for all rows is worked
    out once.
    """

    def __init__(self, table: str, targets: Sequence[RingTarget], keyring: Keyring) -> None:
        _must_be_rings(targets)
        table_written, version = _table_written(table, 1)
        self._head, self._version = _FORMAT_WRITTEN + table_written, version
        self.wraps: list[tuple[RingRef, Way]] = []
        self._seals: list[tuple[Callable[[bytes, bytes], bytes], bytes]] = []
        for target in targets:
            way = _way_to(target, keyring)
            self.wraps.append((target.ref, way))
            self._seals.append((_sealing(way, target, keyring), b"".join(_ring_written(way, target.ref))))

    def seal(self, written: bytes, row_id: UUID, family_id: UUID | None) -> tuple[bytes, list[bytes]]:
        """The blob of a value that `canonical` wrote already, and its key for each of the rings, in their order."""
        family = _NULL if family_id is None else _SIXTEEN + family_id.bytes
        place = self._head + _SIXTEEN + row_id.bytes + family + self._version
        key, blob = aead.seal_anew(pad(written), _OF_RECORD + place)
        return blob, [seal(key, _OF_WRAP + place + ring) for seal, ring in self._seals]


def open_record(blob: bytes, wraps: Iterable[Wrap], context: Context, keyring: Keyring) -> Plain:
    """Open a record as plain values: dicts, lists, text, bytes, integers, booleans, None."""
    return _open_blob(_unwrap(wraps, context, keyring), blob, context)


def open_written(blob: bytes, wraps: Iterable[Wrap], context: Context, keyring: Keyring) -> tuple[Plain, bytes]:
    """Open a record, and give it as it was written too."""
    padded = aead.open_(_unwrap(wraps, context, keyring), blob, context.aad())
    try:
        written = unpad(padded)
        return load(written), written
    except (NotCanonical, ValueError) as error:
        raise Tampered("sealed, but not by us") from error


def rewrap(
    blob: bytes, wraps: Iterable[Wrap], context: Context, keyring: Keyring, targets: Sequence[RingTarget]
) -> tuple[Wrap, ...]:
    """The record's wraps for other rings or epochs; they replace the old ones, and the blob stays as it is.

    Who once had the record's key still has it: what is written after a rotation is sealed anew, not rewrapped.
    """
    key = _unwrap(wraps, context, keyring)
    _open_blob(key, blob, context)  # never spread the key of a record that does not open
    return _wrap_for(key, context, targets, keyring)


def _open_blob(key: bytes, blob: bytes, context: Context) -> Plain:
    padded = aead.open_(key, blob, context.aad())
    try:
        return load(unpad(padded))
    except (NotCanonical, ValueError) as error:
        raise Tampered("sealed, but not by us") from error


def _wrap_for(key: bytes, context: Context, targets: Sequence[RingTarget], keyring: Keyring) -> tuple[Wrap, ...]:
    _must_be_rings(targets)
    return tuple(_wrap(key, context, target, keyring) for target in targets)


def _must_be_rings(targets: Sequence[RingTarget]) -> None:
    if not targets or len({target.ref for target in targets}) != len(targets):
        raise ValueError("a record is sealed for at least one ring, and once for each")


def _wrap(key: bytes, context: Context, target: RingTarget, keyring: Keyring) -> Wrap:
    way, ref = _way_to(target, keyring), target.ref
    return Wrap(ref, way, _sealing(way, target, keyring)(key, context.wrap_aad(way, ref)))


def _way_to(target: RingTarget, keyring: Keyring) -> Way:
    """How a key goes to a ring from here. Raises Tampered."""
    if not keyring.holds(target.ref):
        return Way.HPKE
    if keyring.ring(target.ref).public != target.public:
        # somebody changed the ring's public half, to read what others seal to it
        raise Tampered("not this ring's public half")
    return Way.AEAD


def _sealing(way: Way, target: RingTarget, keyring: Keyring) -> Callable[[bytes, bytes], bytes]:
    """What seals a record's key for this ring, in its place."""
    if way is Way.AEAD:
        return aead.sealing(keyring.ring(target.ref).wrap_key)
    return partial(hpke.seal, target.public)


def _unwrap(wraps: Iterable[Wrap], context: Context, keyring: Keyring) -> bytes:
    held = [wrap for wrap in wraps if keyring.holds(wrap.ref)]
    if not held:
        raise NoKey("none of this record's rings")
    wrap = min(held, key=lambda wrap: wrap.way != Way.AEAD)  # the quick way where there is a choice
    ring = keyring.ring(wrap.ref)
    if wrap.way == Way.AEAD:
        key = aead.open_(ring.wrap_key, wrap.key, context.wrap_aad(Way.AEAD, wrap.ref))
    else:
        key = ring.open_(wrap.key, context.wrap_aad(Way.HPKE, wrap.ref))
    if len(key) != aead.KEY_LENGTH:
        raise Tampered("not a record's key")
    return key
