"""Seal something to a person or a ring by its public half, so that only the private half opens it.

HPKE base mode, single shot (RFC 9180), with DHKEM(P-256, HKDF-SHA256) 0x0010, HKDF-SHA256 0x0001, AES-256-GCM 0x0002:
a browser's WebCrypto can do it too.

Bytes: private half = scalar, 32, big-endian. Public half = uncompressed point, 65 (SEC 1).
Sealed = enc (65) ‖ ciphertext ‖ tag (16): 81 more than the plaintext.
`info` says what it is for, as canonical CBOR ["komek/1…", …], and must be equal on both sides. There is no AAD.
The sealer is not named: whoever has the public half can seal. What must prove its author is signed.

Errors: `open_` raises Tampered for anything that does not open; a malformed half is a ValueError.
"""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from aid.vault.failures import Tampered

PRIVATE_LENGTH: Final = 32
PUBLIC_LENGTH: Final = 65
_CURVE: Final = ec.SECP256R1()
_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256 (SEC 2, 2.4.2)
_SUITE: Final = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


@dataclass(frozen=True, slots=True)
class HpkePair:
    """The two halves; the private one is shown nowhere."""

    private: bytes = field(repr=False)
    public: bytes


def new_pair() -> HpkePair:
    """Make a pair nobody else has."""
    private = ec.generate_private_key(_CURVE).private_numbers().private_value.to_bytes(PRIVATE_LENGTH)
    return HpkePair(private, public_of(private))


class Opener:
    """A private half made ready for opening more than once. It shows nothing, and is kept no longer than the half."""

    def __init__(self, private: bytes) -> None:
        if not _is_private(private):
            raise ValueError("a private half has 32 bytes and is a number below the order of its curve")
        self._private = private

    @cached_property
    def _key(self) -> ec.EllipticCurvePrivateKey:
        return ec.derive_private_key(int.from_bytes(self._private), _CURVE)  # a multiplication: dear, so when it opens

    def public(self) -> bytes:
        """The public half that belongs to it."""
        return self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def open_(self, sealed: bytes, info: bytes) -> bytes:
        """Open what was sealed to it for this purpose."""
        try:
            return _SUITE.decrypt(sealed, self._key, info)
        except InvalidTag as error:
            raise Tampered("not sealed to this key for this purpose") from error


def public_of(private: bytes) -> bytes:
    """The public half that belongs to a private half."""
    return Opener(private).public()


def seal(public: bytes, plaintext: bytes, info: bytes) -> bytes:
    """Seal so that only the holder of the private half can open."""
    return _SUITE.encrypt(plaintext, _public_key(public), info)


def open_(private: bytes, sealed: bytes, info: bytes) -> bytes:
    """Open what was sealed to this private half for this purpose."""
    return Opener(private).open_(sealed, info)


def _is_private(given: object) -> bool:
    """Whether these can be a private half: a number from 1 to below the order of the curve (SEC 1, 3.2.1)."""
    return isinstance(given, bytes) and len(given) == PRIVATE_LENGTH and 0 < int.from_bytes(given) < _ORDER


def _public_key(public: bytes) -> ec.EllipticCurvePublicKey:
    if len(public) != PUBLIC_LENGTH:
        raise ValueError("a public half has 65 bytes")
    return ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, public)
