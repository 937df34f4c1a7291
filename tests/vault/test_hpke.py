"""Sealing to a public half."""

import hashlib
import hmac

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings
from hypothesis import strategies as st

from aid.vault import hpke
from aid.vault.failures import Tampered
from tests.vault.keys import flipped

PAIR = hpke.new_pair()


@settings(deadline=None, max_examples=30)
@given(st.binary(max_size=300), st.binary(max_size=100))
def test_what_was_sealed_to_a_pair_opens_with_its_private_half(plaintext: bytes, info: bytes) -> None:
    sealed = hpke.seal(PAIR.public, plaintext, info)

    assert hpke.open_(PAIR.private, sealed, info) == plaintext
    assert len(sealed) == len(plaintext) + 81


def test_the_sealer_cannot_open_with_their_own_half() -> None:
    sealed = hpke.seal(PAIR.public, b"x", b"i")

    with pytest.raises(Tampered):
        hpke.open_(hpke.new_pair().private, sealed, b"i")


def test_it_opens_for_its_own_purpose_only() -> None:
    sealed = hpke.seal(PAIR.public, b"x", b"this")

    with pytest.raises(Tampered):
        hpke.open_(PAIR.private, sealed, b"that")


def test_every_flipped_bit_is_refused() -> None:
    sealed = hpke.seal(PAIR.public, b"key", b"i")
    for bit in range(len(sealed) * 8):
        with pytest.raises(Tampered):
            hpke.open_(PAIR.private, flipped(sealed, bit), b"i")


@pytest.mark.parametrize("length", [0, 1, 64, 65, 80])
def test_what_was_cut_off_is_refused(length: int) -> None:
    with pytest.raises(Tampered):
        hpke.open_(PAIR.private, hpke.seal(PAIR.public, b"", b"")[:length], b"")


@pytest.mark.parametrize(
    "public", [b"", PAIR.public[:-1], b"\x02" + PAIR.public[1:33], bytes(65), flipped(PAIR.public, 519)]
)
def test_a_malformed_public_half_is_refused(public: bytes) -> None:
    with pytest.raises(ValueError):
        hpke.seal(public, b"x", b"")


@pytest.mark.parametrize("private", [b"", bytes(32), b"\xff" * 32, bytes(31) + b"\1\1"])
def test_a_malformed_private_half_is_refused(private: bytes) -> None:
    with pytest.raises(ValueError):
        hpke.open_(private, bytes(100), b"")


def test_a_pair_does_not_show_its_private_half() -> None:
    assert repr(PAIR.private) not in repr(PAIR)


def test_what_was_sealed_in_2026_still_opens() -> None:
    assert hpke.public_of(bytes(31) + b"\x07").hex() == PUBLIC_2026
    assert hpke.open_(bytes(31) + b"\x07", bytes.fromhex(SEALED_2026), b"komek") == b"\xd3\xa9"


def test_the_bytes_are_those_of_rfc_9180() -> None:
    """Opened step by step as RFC 9180 says, sections 4.1, 5.1 and 5.2, with nothing of ours: as a browser would."""
    sealed = hpke.seal(PAIR.public, b"across", b"purpose")
    enc, ciphertext = sealed[:65], sealed[65:]
    private = ec.derive_private_key(int.from_bytes(PAIR.private), ec.SECP256R1())
    shared = private.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), enc))
    kem, suite = b"KEM\x00\x10", b"HPKE\x00\x10\x00\x01\x00\x02"

    secret = _expand(_extract(b"", b"eae_prk", shared, kem), b"shared_secret", enc + PAIR.public, 32, kem)
    context = b"\0" + _extract(b"", b"psk_id_hash", b"", suite) + _extract(b"", b"info_hash", b"purpose", suite)
    root = _extract(secret, b"secret", b"", suite)
    key, nonce = _expand(root, b"key", context, 32, suite), _expand(root, b"base_nonce", context, 12, suite)

    assert AESGCM(key).decrypt(nonce, ciphertext, b"") == b"across"


def _extract(salt: bytes, label: bytes, secret: bytes, suite: bytes) -> bytes:
    return hmac.digest(salt or bytes(32), b"HPKE-v1" + suite + label + secret, hashlib.sha256)


def _expand(key: bytes, label: bytes, info: bytes, length: int, suite: bytes) -> bytes:
    message = length.to_bytes(2) + b"HPKE-v1" + suite + label + info
    return hmac.digest(key, message + b"\1", hashlib.sha256)[:length]


PUBLIC_2026 = (
    "048e533b6fa0bf7b4625bb30667c01fb607ef9f8b8a80fef5b300628703187b2a373eb1dbde03318366d069f83a6f5900053c736"
    "33cb041b21c55e1a86c1f400b4"
)
SEALED_2026 = (
    "0407d5b8d0a68d8f63c6cd58d5d41258690250807bb636be1ccfe25211e3f003fff7a8c4640c9930e7d3e467e8a777b6eda28a23"
    "19cf5f96523223e1b66e9c28749cdc664c5cb20b458955d817dfa7c99e291a"
)
