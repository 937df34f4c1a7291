"""Rings and who is in them, for tests of the vault."""

from collections.abc import Sequence
from uuid import UUID, uuid4

from aid.vault import hpke
from aid.vault.keyring import Keyring
from aid.vault.records import Context, RingTarget
from aid.vault.rings import RingKeys, new_ring, seal_ring

ROW = UUID("018f0000-0000-7000-8000-000000000001")
FAMILY = UUID("018f0000-0000-7000-8000-000000000002")
CONTEXT = Context("family_file", ROW, FAMILY, 1)


def make_ring(epoch: int = 1, ring_id: UUID | None = None) -> RingKeys:
    return new_ring(ring_id or uuid4(), epoch)


def make_keyring(*rings: RingKeys) -> Keyring:
    """The keyring of a new person who was admitted to these rings."""
    person_id, pair = uuid4(), hpke.new_pair()
    copies = {ring.ref: seal_ring(ring, pair.public, person_id) for ring in rings}
    return Keyring(person_id, pair.private, copies)


def to(*rings: RingKeys) -> Sequence[RingTarget]:
    return tuple(RingTarget(ring.ref, ring.public) for ring in rings)


def flipped(given: bytes, bit: int) -> bytes:
    """The same bytes with one bit turned."""
    changed = bytearray(given)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)
