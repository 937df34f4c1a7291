"""Sign and check: Ed25519 (RFC 8032), raw keys of 32 bytes, signatures of 64.

What is signed is canonical CBOR that begins with its own purpose (see votes), so that no signature passes for another.
Errors: `sign` raises ValueError for a malformed key; `verify` says False for whatever is not a right signature.
"""

import hashlib
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


@dataclass(frozen=True, slots=True)
class SigningPair:
    """The two halves; the private one is shown nowhere."""

    private: bytes = field(repr=False)
    public: bytes


def new_signing_pair() -> SigningPair:
    """Make a pair nobody else has."""
    private = Ed25519PrivateKey.generate()
    return SigningPair(private.private_bytes_raw(), private.public_key().public_bytes_raw())


def public_of(private: bytes) -> bytes:
    """The half that goes with this private one."""
    return Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def sign(private: bytes, message: bytes) -> bytes:
    """Sign a message."""
    return Ed25519PrivateKey.from_private_bytes(private).sign(message)


def verify(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether the holder of this public half's other half signed this message."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def fingerprint_of(public: bytes) -> str:
    """A public half to read aloud and compare: the first 128 bits of its SHA-256 as "ab12 cd34 …", 8 groups of 4."""
    digits = hashlib.sha256(public).hexdigest()[:32]
    return " ".join(digits[start : start + 4] for start in range(0, 32, 4))
