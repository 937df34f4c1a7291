"""The one-time code that opens a sitting, and what the sitting keeps under it until the fund is founded.

Code: five groups of four letters and digits, 99 random bits; spaces, dashes and capitals don't matter when it is typed.
From its letters and the salt (16 random bytes): root = HMAC-SHA256(salt, letters); by HKDF-Expand (see derive) the key
"komek/1/sitting/key", 32 bytes, and the check "komek/1/sitting/check", 16 bytes, that tells a right code from a wrong
one. Ninety-nine bits are not guessed at any speed, so wrong codes need no brake that a stranger could pull.

sealed = AES-256-GCM (see aead) of what is kept (canonical CBOR, padded) under the key, AAD canonical CBOR
["komek/1/sitting", salt]. Errors: `open_kept` raises Tampered; `seal_kept` ValueError for more than is kept.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from aid.vault import aead
from aid.vault.cbor import NotCanonical, canonical, load
from aid.vault.derive import subkey
from aid.vault.failures import Tampered
from aid.vault.padding import pad, unpad

_PURPOSE: Final = "komek/1/sitting"
_SALT: Final = 16


@dataclass(frozen=True, slots=True)
class SittingKey:
    """What the code opens. Shows no secret."""

    salt: bytes
    check: bytes
    key: bytes = field(repr=False)

    @classmethod
    def of(cls, code: str, salt: bytes | None = None) -> "SittingKey":
        """The key of a code: with the salt of a sitting, or with a new one."""
        salt = salt or secrets.token_bytes(_SALT)
        letters = "".join(filter(str.isalnum, code.casefold()))
        root = hmac.digest(salt, letters.encode(), hashlib.sha256)
        return cls(salt, subkey(root, f"{_PURPOSE}/check", length=16), subkey(root, f"{_PURPOSE}/key"))

    def is_right(self, check: bytes) -> bool:
        """Whether the sitting with this check is opened by this code."""
        return hmac.compare_digest(self.check, check)


def seal_kept(kept: Mapping[str, Any], *, key: bytes, salt: bytes) -> bytes:
    """What the sitting keeps."""
    return aead.seal(key, pad(canonical(kept)), canonical([_PURPOSE, salt]))


def open_kept(sealed: bytes, *, key: bytes, salt: bytes) -> dict[str, Any]:
    """What the sitting kept; tuples come back as lists."""
    try:
        kept = load(unpad(aead.open_(key, sealed, canonical([_PURPOSE, salt]))))
    except (NotCanonical, ValueError) as error:
        raise Tampered("not a sitting") from error
    if not isinstance(kept, dict):
        raise Tampered("not a sitting")
    return kept
