"""Rings, and the keyrings of who is in them."""

from uuid import UUID, uuid4

import pytest

from aid.vault import hpke
from aid.vault.cbor import canonical
from aid.vault.failures import NoKey, Tampered
from aid.vault.keyring import Keyring
from aid.vault.rings import RECOVERY_ID, RingKeys, RingRef, open_ring, seal_ring
from tests.vault.keys import flipped, make_keyring, make_ring

PERSON = hpke.new_pair()
PERSON_ID = uuid4()


def test_a_member_opens_their_copy() -> None:
    ring = make_ring()

    assert open_ring(seal_ring(ring, PERSON.public, PERSON_ID), PERSON.private, ring.ref, PERSON_ID) == ring


def test_a_ring_lends_its_keys_to_its_member() -> None:
    ring = make_ring()
    sealed = hpke.seal(ring.public, b"for the ring", b"")

    opened = make_keyring(ring).ring(ring.ref)

    assert hpke.open_(opened.private, sealed, b"") == b"for the ring"


def test_the_recovery_key_opens_its_copy() -> None:
    ring, paper = make_ring(), hpke.new_pair()

    assert open_ring(seal_ring(ring, paper.public, RECOVERY_ID), paper.private, ring.ref, RECOVERY_ID) == ring


def test_a_copy_opens_for_nobody_else_and_as_nothing_else() -> None:
    ring = make_ring()
    copy = seal_ring(ring, PERSON.public, PERSON_ID)

    for private, ref, person_id in (
        (hpke.new_pair().private, ring.ref, PERSON_ID),
        (PERSON.private, ring.ref, uuid4()),
        (PERSON.private, RingRef(ring.ref.ring_id, 2), PERSON_ID),
        (PERSON.private, RingRef(uuid4(), 1), PERSON_ID),
    ):
        with pytest.raises(Tampered):
            open_ring(copy, private, ref, person_id)


def test_a_copy_that_lies_about_its_ring_is_refused() -> None:
    outside, inside = make_ring(), make_ring()
    for written in (
        ["komek/1/ring", inside.ref.ring_id, 1, inside.private, inside.wrap_key, inside.index_key],
        ["komek/1/bundle", outside.ref.ring_id, 1, outside.private, outside.wrap_key, outside.index_key],
        ["komek/1/ring", "not an id", 1, outside.private, outside.wrap_key, outside.index_key],
        ["komek/1/ring", outside.ref.ring_id, 1, None, outside.wrap_key, outside.index_key],
        ["komek/1/ring", outside.ref.ring_id, 1, bytes(32), outside.wrap_key, outside.index_key],
        ["komek/1/ring", outside.ref.ring_id, 1, b"\xff" * 32, outside.wrap_key, outside.index_key],
        ["komek/1/ring", outside.ref.ring_id, 1, outside.private, outside.wrap_key[:16], outside.index_key],
        ["komek/1/ring", outside.ref.ring_id, 1, outside.private, outside.wrap_key, "index key"],
        ["komek/1/ring"],
        7,
    ):
        info = canonical(["komek/1/ring", outside.ref.ring_id, 1, PERSON_ID])
        with pytest.raises(Tampered):
            open_ring(hpke.seal(PERSON.public, canonical(written), info), PERSON.private, outside.ref, PERSON_ID)


def test_every_flipped_bit_of_a_copy_is_refused() -> None:
    ring = make_ring()
    copy = seal_ring(ring, PERSON.public, PERSON_ID)
    for bit in range(0, len(copy) * 8, 7):
        with pytest.raises(Tampered):
            open_ring(flipped(copy, bit), PERSON.private, ring.ref, PERSON_ID)


def test_a_new_epoch_shares_no_key_with_the_old_one() -> None:
    old = make_ring()
    new = make_ring(epoch=2, ring_id=old.ref.ring_id)

    assert len({old.private, old.wrap_key, old.index_key, new.private, new.wrap_key, new.index_key}) == 6


def test_a_keyring_gives_the_newest_epoch_and_all_of_them() -> None:
    old = make_ring()
    new = make_ring(epoch=2, ring_id=old.ref.ring_id)
    keyring = make_keyring(old, new, make_ring())

    assert keyring.current(old.ref.ring_id) == new
    assert keyring.every(old.ref.ring_id) == (new, old)


def test_who_is_not_in_a_ring_has_no_key_to_it() -> None:
    ring = make_ring()
    later = make_ring(epoch=2, ring_id=ring.ref.ring_id)
    keyring = make_keyring(ring)

    assert keyring.has(ring.ref.ring_id)
    assert keyring.holds(ring.ref)
    assert not keyring.holds(later.ref)
    assert not keyring.has(uuid4())
    for ask in (lambda: keyring.ring(later.ref), lambda: keyring.current(uuid4())):
        with pytest.raises(NoKey):
            ask()
    assert keyring.every(uuid4()) == ()


def test_an_empty_keyring_opens_nothing() -> None:
    ring = make_ring()
    keyring = Keyring.empty()

    assert not keyring.has(ring.ref.ring_id)
    with pytest.raises(NoKey):
        keyring.ring(ring.ref)


def test_memberships_without_the_private_half_open_nothing() -> None:
    ring = make_ring()
    keyring = Keyring(PERSON_ID, None, {ring.ref: seal_ring(ring, PERSON.public, PERSON_ID)})

    assert not keyring.has(ring.ref.ring_id)
    with pytest.raises(NoKey):
        keyring.current(ring.ref.ring_id)


def test_a_membership_written_into_anothers_row_or_epoch_is_refused() -> None:
    ring = make_ring()
    copy = seal_ring(ring, PERSON.public, PERSON_ID)
    later = RingRef(ring.ref.ring_id, 2)

    for keyring, ref in (
        (Keyring(uuid4(), PERSON.private, {ring.ref: copy}), ring.ref),
        (Keyring(PERSON_ID, PERSON.private, {later: copy}), later),
    ):
        with pytest.raises(Tampered):
            keyring.ring(ref)


def test_a_ring_is_opened_once_and_only_when_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    ring = make_ring()
    keyring = make_keyring(ring, make_ring())
    opened: list[RingRef] = []

    def open_ring_(_sealed: bytes, _private: bytes, ref: RingRef, _person_id: UUID) -> RingKeys:
        opened.append(ref)
        return ring

    monkeypatch.setattr("aid.vault.keyring.open_ring", open_ring_)

    keyring.ring(ring.ref)
    keyring.current(ring.ref.ring_id)

    assert opened == [ring.ref]


def test_nothing_shows_a_key() -> None:
    ring = make_ring()
    keyring = make_keyring(ring)
    keyring.ring(ring.ref)
    assert keyring.private is not None

    for secret in (ring.private, ring.wrap_key, ring.index_key, keyring.private, keyring.memberships[ring.ref]):
        assert repr(secret) not in repr((ring, keyring))
