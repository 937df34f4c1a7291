"""Seal under a key that is shared or at hand: AES-256-GCM (NIST SP 800-38D).

Bytes: nonce (12, random) ‖ ciphertext ‖ tag (16): 28 more than the plaintext.
Random nonces are safe for 2³² seals under one key (section 8.3).
`aad` says what it is for and where it stands, as canonical CBOR ["komek/1…", …]; it must be equal on both sides.
Errors: `open_` raises Tampered for anything that does not open.
"""

import secrets
from collections.abc import Callable
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from aid.vault.failures import Tampered

KEY_LENGTH: Final = 32
_NONCE: Final = 12
_TAG: Final = 16


def new_key() -> bytes:
    """Make 256 random bits."""
    return secrets.token_bytes(KEY_LENGTH)


def seal(key: bytes, plaintext: bytes, aad: bytes) -> bytes:
    """Seal under a key for one place."""
    return sealing(key)(plaintext, aad)


def seal_anew(plaintext: bytes, aad: bytes) -> tuple[bytes, bytes]:
    """`seal` under a new key for this one plaintext: the key, and what is sealed."""
    drawn = secrets.token_bytes(KEY_LENGTH + _NONCE)
    key, nonce = drawn[:KEY_LENGTH], drawn[KEY_LENGTH:]
    return key, nonce + AESGCM(key).encrypt(nonce, plaintext, aad)


def sealing(key: bytes) -> Callable[[bytes, bytes], bytes]:
    """`seal` under one key, for very many plaintexts, each with its place: the key is made ready once."""
    encrypt = _cipher(key).encrypt

    def seal_one(plaintext: bytes, aad: bytes) -> bytes:
        nonce = secrets.token_bytes(_NONCE)
        return nonce + encrypt(nonce, plaintext, aad)

    return seal_one


def open_(key: bytes, sealed: bytes, aad: bytes) -> bytes:
    """Open what was sealed under this key for this place."""
    if len(sealed) < _NONCE + _TAG:
        raise Tampered("too short")
    try:
        return _cipher(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], aad)
    except InvalidTag as error:
        raise Tampered("not sealed under this key for this place") from error


def _cipher(key: bytes) -> AESGCM:
    if len(key) != KEY_LENGTH:
        raise ValueError("a key has 32 bytes")
    return AESGCM(key)
