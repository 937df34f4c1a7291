"""Rings: the keys a group of people share, one set for each locality, point and office of the fund.

A ring in one epoch is an HPKE pair (others seal to it), a wrap key (members wrap records' keys under it) and an index
key (for tokens). Each member has a copy sealed to their public half by HPKE (see hpke): plaintext canonical CBOR
["komek/1/ring", ring id, epoch, private half (32), wrap key (32), index key (32)],
info canonical CBOR ["komek/1/ring", ring id, epoch, person id].
The paper recovery key has its copy too, with the nil UUID, `RECOVERY_ID`, for its person id.
A rotated ring is a new epoch with all keys new: its tokens have to be made again.

Errors: `open_ring` raises Tampered for a copy of another person's, ring's or epoch's, or a changed one.
"""

from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from aid.vault import aead, hpke
from aid.vault.cbor import NotCanonical, canonical, load
from aid.vault.failures import Tampered

RECOVERY_ID: Final = UUID(int=0)
_PURPOSE: Final = "komek/1/ring"


@dataclass(frozen=True, slots=True, order=True)
class RingRef:
    """Which ring, and which of its key sets. Sorts by ring, then by age."""

    ring_id: UUID
    epoch: int


@dataclass(frozen=True, slots=True)
class RingKeys:
    """A ring's keys in one epoch. They show nothing of themselves."""

    ref: RingRef
    private: bytes = field(repr=False)
    wrap_key: bytes = field(repr=False)
    index_key: bytes = field(repr=False)
    opener: hpke.Opener | None = field(default=None, repr=False, compare=False)  # of the private half

    @property
    def public(self) -> bytes:
        """The public half, to which others seal: worked out when asked, which few who hold a ring do."""
        return self._opener.public()

    def open_(self, sealed: bytes, info: bytes) -> bytes:
        """Open what was sealed to the ring by somebody outside."""
        return self._opener.open_(sealed, info)

    @property
    def _opener(self) -> hpke.Opener:
        return self.opener or hpke.Opener(self.private)


def new_ring(ring_id: UUID, epoch: int = 1) -> RingKeys:
    """Make a ring's keys for a new epoch."""
    pair = hpke.new_pair()
    return RingKeys(RingRef(ring_id, epoch), pair.private, aead.new_key(), aead.new_key())


def seal_ring(keys: RingKeys, to_public: bytes, person_id: UUID) -> bytes:
    """One member's copy of a ring."""
    copy = [_PURPOSE, keys.ref.ring_id, keys.ref.epoch, keys.private, keys.wrap_key, keys.index_key]
    return hpke.seal(to_public, canonical(copy), _info(keys.ref, person_id))


def open_ring(sealed: bytes, private: bytes, ref: RingRef, person_id: UUID) -> RingKeys:
    """Open a member's copy with their private half."""
    opened = hpke.open_(private, sealed, _info(ref, person_id))
    try:
        purpose, ring_id, epoch, ring_private, wrap_key, index_key = load(opened)
        named, opener = RingRef(UUID(bytes=ring_id), epoch), hpke.Opener(ring_private)
    except (NotCanonical, TypeError, ValueError) as error:
        raise Tampered("not a ring") from error
    if purpose != _PURPOSE or named != ref or not (_is_key(wrap_key) and _is_key(index_key)):
        raise Tampered("another ring, or none")  # sealed by a member who wrote something else inside
    return RingKeys(ref, ring_private, wrap_key, index_key, opener)


def _is_key(given: object) -> bool:
    return isinstance(given, bytes) and len(given) == aead.KEY_LENGTH


def _info(ref: RingRef, person_id: UUID) -> bytes:
    return canonical([_PURPOSE, ref.ring_id, ref.epoch, person_id])
