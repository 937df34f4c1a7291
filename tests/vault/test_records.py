"""A row's personal data, sealed for its rings and its place."""

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings

from aid.vault import aead, hpke
from aid.vault.cbor import canonical
from aid.vault.failures import NoKey, Tampered
from aid.vault.keyring import Keyring
from aid.vault.padding import pad
from aid.vault.records import Context, RingTarget, Seals, Way, Wrap, open_record, rewrap, seal_record
from aid.vault.rings import RingKeys, RingRef
from tests.vault.keys import CONTEXT, FAMILY, ROW, flipped, make_keyring, make_ring, to
from tests.vault.test_cbor import plain

HOME, NEEDS = make_ring(), make_ring()
REGISTRAR, MEMBER = make_keyring(HOME), make_keyring(NEEDS)
VALUE = {"name": "Айгүл", "born": 1987}


@settings(deadline=None)
@given(plain)
def test_who_seals_in_their_own_ring_reads_it_back(value: Any) -> None:
    sealed = seal_record(value, CONTEXT, to(HOME), REGISTRAR)

    assert open_record(sealed.blob, sealed.wraps, CONTEXT, REGISTRAR) == value
    assert len(sealed.blob) - 28 in {64 << n for n in range(15)}


@settings(deadline=None, max_examples=30)
@given(plain)
def test_who_seals_for_another_ring_cannot_read_it_back(value: Any) -> None:
    sealed = seal_record(value, CONTEXT, to(NEEDS), REGISTRAR)

    assert open_record(sealed.blob, sealed.wraps, CONTEXT, MEMBER) == value
    with pytest.raises(NoKey):
        open_record(sealed.blob, sealed.wraps, CONTEXT, REGISTRAR)


def test_a_key_is_wrapped_by_members_under_the_ring_and_by_others_to_its_public_half() -> None:
    home, needs = seal_record(VALUE, CONTEXT, to(HOME, NEEDS), REGISTRAR).wraps

    assert (home.ref, home.way, len(home.key)) == (HOME.ref, Way.AEAD, 60)
    assert (needs.ref, needs.way, len(needs.key)) == (NEEDS.ref, Way.HPKE, 113)


def test_one_can_seal_without_any_key() -> None:
    sealed = seal_record(VALUE, CONTEXT, to(HOME), Keyring.empty())

    assert open_record(sealed.blob, sealed.wraps, CONTEXT, REGISTRAR) == VALUE


def test_either_ring_alone_opens_it() -> None:
    sealed = seal_record(VALUE, CONTEXT, to(HOME, NEEDS), REGISTRAR)

    for keyring in (REGISTRAR, MEMBER, make_keyring(NEEDS, HOME)):
        assert open_record(sealed.blob, sealed.wraps, CONTEXT, keyring) == VALUE


def test_the_wrong_ring_is_refused() -> None:
    sealed = seal_record(VALUE, CONTEXT, to(HOME), REGISTRAR)

    for keyring in (MEMBER, Keyring.empty(), make_keyring()):
        with pytest.raises(NoKey):
            open_record(sealed.blob, sealed.wraps, CONTEXT, keyring)


def test_a_wrap_renamed_to_another_ring_is_refused() -> None:
    for target, keyring in ((HOME, REGISTRAR), (NEEDS, MEMBER)):
        sealed = seal_record(VALUE, CONTEXT, to(target), REGISTRAR)
        mine = make_ring()
        for renamed in (replace(sealed.wraps[0], ref=mine.ref), replace(sealed.wraps[0], ref=mine.ref, way=Way.HPKE)):
            with pytest.raises(Tampered):
                open_record(sealed.blob, [renamed], CONTEXT, make_keyring(mine))
        assert open_record(sealed.blob, sealed.wraps, CONTEXT, keyring) == VALUE


def test_a_later_epoch_does_not_open_what_was_sealed_in_an_earlier_one_nor_the_other_way() -> None:
    later = make_ring(epoch=2, ring_id=HOME.ref.ring_id)
    newcomer = make_keyring(later)

    for target, insider, outsider in ((HOME, REGISTRAR, newcomer), (later, newcomer, REGISTRAR)):
        sealed = seal_record(VALUE, CONTEXT, to(target), insider)
        with pytest.raises(NoKey):
            open_record(sealed.blob, sealed.wraps, CONTEXT, outsider)
        renamed = replace(sealed.wraps[0], ref=RingRef(HOME.ref.ring_id, 3 - target.ref.epoch))
        with pytest.raises(Tampered):
            open_record(sealed.blob, [renamed], CONTEXT, outsider)


def _sealed_both_ways() -> list[tuple[bytes, Wrap, Keyring]]:
    sealed = seal_record(VALUE, CONTEXT, to(HOME, NEEDS), REGISTRAR)
    return [(sealed.blob, sealed.wraps[0], REGISTRAR), (sealed.blob, sealed.wraps[1], MEMBER)]


def test_every_flipped_bit_of_a_blob_is_refused() -> None:
    blob, wrap, keyring = _sealed_both_ways()[0]
    for bit in range(len(blob) * 8):
        with pytest.raises(Tampered):
            open_record(flipped(blob, bit), [wrap], CONTEXT, keyring)


@pytest.mark.parametrize("way", [0, 1])
def test_every_flipped_bit_of_a_wrap_is_refused(way: int) -> None:
    blob, wrap, keyring = _sealed_both_ways()[way]
    for bit in range(len(wrap.key) * 8):
        with pytest.raises(Tampered):
            open_record(blob, [replace(wrap, key=flipped(wrap.key, bit))], CONTEXT, keyring)


@pytest.mark.parametrize("way", [0, 1])
def test_every_flipped_bit_of_the_context_is_refused(way: int) -> None:
    blob, wrap, keyring = _sealed_both_ways()[way]
    others = [replace(CONTEXT, row_id=UUID(bytes=flipped(ROW.bytes, bit))) for bit in range(128)]
    others += [replace(CONTEXT, family_id=UUID(bytes=flipped(FAMILY.bytes, bit))) for bit in range(128)]
    others += [replace(CONTEXT, version=1 ^ 1 << bit) for bit in range(31)]
    others += [replace(CONTEXT, table=flipped(b"family_file", bit).decode("latin-1")) for bit in range(88)]
    others += [replace(CONTEXT, family_id=None)]
    for other in others:
        with pytest.raises(Tampered):
            open_record(blob, [wrap], other, keyring)


def test_a_blob_is_bound_to_its_context_even_for_who_has_its_key() -> None:
    blob, wrap, keyring = _sealed_both_ways()[0]
    key = aead.open_(HOME.wrap_key, wrap.key, CONTEXT.wrap_aad(Way.AEAD, HOME.ref))
    other = replace(CONTEXT, version=2)
    moved = Wrap(HOME.ref, Way.AEAD, aead.seal(HOME.wrap_key, key, other.wrap_aad(Way.AEAD, HOME.ref)))

    with pytest.raises(Tampered):
        open_record(blob, [moved], other, keyring)


def test_a_blob_and_a_wrap_of_two_seals_do_not_fit() -> None:
    first, second = (seal_record(VALUE, CONTEXT, to(HOME), REGISTRAR) for _ in range(2))

    with pytest.raises(Tampered):
        open_record(first.blob, second.wraps, CONTEXT, REGISTRAR)


def test_a_wrap_of_one_way_is_not_taken_for_the_other() -> None:
    (blob, wrap, keyring), (_, other, member) = _sealed_both_ways()

    for swapped, ring in ((replace(wrap, way=Way.HPKE), keyring), (replace(other, way=Way.AEAD), member)):
        with pytest.raises(Tampered):
            open_record(blob, [swapped], CONTEXT, ring)


def test_two_short_names_have_blobs_of_equal_length() -> None:
    lengths = {
        len(seal_record({"name": name}, CONTEXT, to(HOME), REGISTRAR).blob)
        for name in ("", "Ян", "Айгүл", "Құдайберген")
    }

    assert lengths == {64 + 28}


def test_the_same_value_is_sealed_otherwise_each_time() -> None:
    first, second = (seal_record(VALUE, CONTEXT, to(HOME), REGISTRAR) for _ in range(2))

    assert first.blob[12:] != second.blob[12:]
    assert first.blob[:12] != second.blob[:12]


def test_a_rings_public_half_that_was_replaced_is_noticed_by_a_member() -> None:
    trap = RingTarget(HOME.ref, hpke.new_pair().public)

    with pytest.raises(Tampered):
        seal_record(VALUE, CONTEXT, [trap], REGISTRAR)


@pytest.mark.parametrize("targets", [(), (HOME, HOME)])
def test_a_record_is_sealed_for_at_least_one_ring_and_once_for_each(targets: tuple[RingKeys, ...]) -> None:
    with pytest.raises(ValueError):
        seal_record(VALUE, CONTEXT, to(*targets), REGISTRAR)


def test_what_was_sealed_but_not_written_by_us_is_refused() -> None:
    key = aead.new_key()
    wrap = Wrap(HOME.ref, Way.AEAD, aead.seal(HOME.wrap_key, key, CONTEXT.wrap_aad(Way.AEAD, HOME.ref)))
    short = Wrap(HOME.ref, Way.AEAD, aead.seal(HOME.wrap_key, key[:16], CONTEXT.wrap_aad(Way.AEAD, HOME.ref)))

    for plaintext, wrapped in ((b"", wrap), (b"\x01", wrap), (pad(b"\x18\x01"), wrap), (pad(b"\x01"), short)):
        with pytest.raises(Tampered):
            open_record(aead.seal(key, plaintext, CONTEXT.aad()), [wrapped], CONTEXT, REGISTRAR)


def test_a_rotated_ring_gets_the_record_by_new_wraps() -> None:
    sealed = seal_record(VALUE, CONTEXT, to(HOME, NEEDS), REGISTRAR)
    later = make_ring(epoch=2, ring_id=HOME.ref.ring_id)

    wraps = rewrap(sealed.blob, sealed.wraps, CONTEXT, make_keyring(HOME, later), to(later, NEEDS))

    assert [(wrap.ref, wrap.way) for wrap in wraps] == [(later.ref, Way.AEAD), (NEEDS.ref, Way.HPKE)]
    for keyring in (make_keyring(later), MEMBER):
        assert open_record(sealed.blob, wraps, CONTEXT, keyring) == VALUE
    with pytest.raises(NoKey):
        open_record(sealed.blob, wraps, CONTEXT, REGISTRAR)


def test_who_cannot_open_a_record_cannot_wrap_it_anew() -> None:
    sealed = seal_record(VALUE, CONTEXT, to(HOME), REGISTRAR)

    with pytest.raises(NoKey):
        rewrap(sealed.blob, sealed.wraps, CONTEXT, MEMBER, to(NEEDS))
    with pytest.raises(Tampered):
        rewrap(flipped(sealed.blob, 200), sealed.wraps, CONTEXT, REGISTRAR, to(NEEDS))


def test_nothing_shows_what_is_sealed() -> None:
    sealed = seal_record(VALUE, CONTEXT, to(HOME), REGISTRAR)

    assert repr(sealed.wraps[0].key) not in repr(sealed)
    assert repr(sealed.blob) not in repr(sealed)


def test_what_a_record_is_bound_to_never_changes() -> None:
    ref = RingRef(UUID(int=3), 2)

    assert Context("t", UUID(int=1), UUID(int=2), 5).aad().hex() == AAD_2026
    assert Context("t", UUID(int=1), None, 5).wrap_aad(Way.HPKE, ref).hex() == WRAP_AAD_2026


def test_a_record_sealed_in_2026_still_opens() -> None:
    ring = RingKeys(RingRef(UUID(int=3), 2), bytes(31) + b"\x07", b"w" * 32, b"i" * 32)
    wraps = [Wrap(ring.ref, Way.AEAD, bytes.fromhex(AEAD_2026)), Wrap(ring.ref, Way.HPKE, bytes.fromhex(HPKE_2026))]
    for wrap in wraps:
        opened = open_record(bytes.fromhex(BLOB_2026), [wrap], CONTEXT, make_keyring(ring))
        assert opened == {"name": "Айгүл", "born": 1987}


def test_a_stranger_row_id_is_not_needed_to_seal_for_no_family() -> None:
    context = Context("donor", uuid4(), None, 1)
    sealed = seal_record(VALUE, context, to(HOME), REGISTRAR)

    assert open_record(sealed.blob, sealed.wraps, context, REGISTRAR) == VALUE


AAD_2026 = "85676b6f6d656b2f3161745000000000000000000000000000000001500000000000000000000000000000000205"
WRAP_AAD_2026 = (
    "88676b6f6d656b2f3161745000000000000000000000000000000001f60569777261702f68706b65500000000000000000000000"
    "000000000302"
)
BLOB_2026 = (
    "d4e0afc9804dc87e9cdfc2ac39d688a4509ad7698e4f76735ae18ea4177d111c2f34d25316093961157e17ebdd699e7ce7b36c5b"
    "52aa46fc4c9c34b983982c3d6bf414e58cc55555ec82b6275ba03e45fa42bcd63c87decbb87a618c"
)
AEAD_2026 = (
    "49f464ad93d8a4c201e217d829a0d5a6d693aa273ea5f770798ec01862ffffd0c2b5b39c06a0a50c38ce0a411fb6be81dd5393e6"
    "af6814d6bc3d5e42"
)
HPKE_2026 = (
    "045ea6f3a2815907ae30f394ae7eb3bc1f514ef5351a05bc98314b0062d9ad9bb4b6ee85a6589837b9a3e491f8110ce818fca43b"
    "0edaa62d92ea458c699f0e08303488f2cb579cfd9914a39980513d8a8898729b0e9a4da5871dce424828047ffa91b6cd559a7059"
    "31e99e0d3a6a83c43a"
)


# ---------------------------------------------------------------- very many at once


def sealed_at_once(seals: Seals, context: Context) -> tuple[bytes, list[Wrap]]:
    """One row's record, as it is kept."""
    blob, keys = seals.seal(canonical(VALUE), context.row_id, context.family_id)
    return blob, [Wrap(ref, way, key) for (ref, way), key in zip(seals.wraps, keys, strict=True)]


@pytest.mark.parametrize("family", [FAMILY, None])
def test_what_is_sealed_with_many_others_opens_in_its_own_row_for_each_of_its_rings(family: UUID | None) -> None:
    seals = Seals(CONTEXT.table, to(HOME, NEEDS), REGISTRAR)
    contexts = [replace(CONTEXT, row_id=uuid4(), family_id=family, version=1) for _each in range(3)]
    kept = [sealed_at_once(seals, context) for context in contexts]

    assert [way for _ref, way in seals.wraps] == [Way.AEAD, Way.HPKE]
    for (blob, wraps), context in zip(kept, contexts, strict=True):
        assert open_record(blob, wraps[:1], context, REGISTRAR) == VALUE
        assert open_record(blob, wraps[1:], context, MEMBER) == VALUE
        for elsewhere in ({"row_id": ROW}, {"family_id": ROW}, {"version": 2}, {"table": "other"}):
            with pytest.raises(Tampered):
                open_record(blob, wraps, replace(context, **elsewhere), REGISTRAR)
    with pytest.raises(Tampered):  # each has a key of its own
        open_record(kept[0][0], kept[1][1], contexts[0], REGISTRAR)
    assert len({blob[:12] for blob, _wraps in kept} | {wrap.key[:12] for _blob, wraps in kept for wrap in wraps}) == 9


def test_many_are_not_sealed_for_no_ring_one_ring_twice_or_a_changed_ring() -> None:
    trap = RingTarget(HOME.ref, NEEDS.public)

    for targets in ([], to(HOME, HOME)):
        with pytest.raises(ValueError, match="once for each"):
            Seals(CONTEXT.table, targets, REGISTRAR)
    with pytest.raises(Tampered):
        Seals(CONTEXT.table, [trap], REGISTRAR)
