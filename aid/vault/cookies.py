"""One cookie signs a person in: half of it finds the sign-in's row, the other half opens what the row holds.

Cookie: 32 random bytes; as text base64url without padding (RFC 4648 section 5), 43 characters.
Row id = SHA-256 of the first 16 bytes. The other 16 are the key, stored nowhere: a dump of the sign-ins opens nothing.
Sub-keys = HKDF-Expand (see derive) of the key, for "komek/1/sign-in/private", "komek/1/sign-in/jar" and
"komek/1/sign-in/csrf". The row's copy of the private half and its jar (what the session keeps: canonical CBOR, padded)
are AES-256-GCM (see aead) under their sub-key, AAD canonical CBOR ["komek/1/sign-in", row id].
The token of the forms is its sub-key as base64url text.

Errors: `from_text` gives None for what is no cookie of ours; opening raises Tampered, and sealing a jar that holds more
than plain values TypeError.
"""

import hashlib
import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self

from aid.vault import aead
from aid.vault.cbor import NotCanonical, canonical, load
from aid.vault.derive import subkey
from aid.vault.failures import Tampered
from aid.vault.padding import pad, unpad

_PURPOSE: Final = "komek/1/sign-in"
_HALF: Final = 16
_TEXT: Final = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


@dataclass(frozen=True, slots=True)
class SignInCookie:
    """The cookie of one sign-in, or of a stranger's forms. Shows no secret."""

    raw: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.raw) != 2 * _HALF:
            raise ValueError("a cookie has 32 bytes")

    @classmethod
    def new(cls) -> Self:
        """A cookie nobody else has."""
        return cls(secrets.token_bytes(2 * _HALF))

    @classmethod
    def from_text(cls, text: str) -> Self | None:
        """The cookie that a browser sent, or nothing."""
        if not _TEXT.fullmatch(text):
            return None
        cookie = cls(urlsafe_b64decode(text + "="))
        return cookie if cookie.text() == text else None

    def text(self) -> str:
        """The cookie as a browser keeps it."""
        return _base64url(self.raw)

    @property
    def row_id(self) -> bytes:
        """What the sign-in's row is found by."""
        return hashlib.sha256(self.raw[:_HALF]).digest()

    def csrf(self) -> str:
        """The token that this sign-in's forms carry."""
        return _base64url(self._subkey("csrf"))

    def seal_private(self, private: bytes) -> bytes:
        """The row's copy of the person's private half."""
        return aead.seal(self._subkey("private"), private, self._aad())

    def open_private(self, sealed: bytes) -> bytes:
        """The private half that the row holds."""
        return aead.open_(self._subkey("private"), sealed, self._aad())

    def seal_jar(self, kept: Mapping[str, Any]) -> bytes:
        """What the session keeps, for the row."""
        return aead.seal(self._subkey("jar"), pad(canonical(kept)), self._aad())

    def open_jar(self, sealed: bytes) -> dict[str, Any]:
        """What the session kept; tuples come back as lists."""
        try:
            kept = load(unpad(aead.open_(self._subkey("jar"), sealed, self._aad())))
        except (NotCanonical, ValueError) as error:
            raise Tampered("not a jar") from error
        if not isinstance(kept, dict):
            raise Tampered("not a jar")
        return kept

    def _subkey(self, use: str) -> bytes:
        return subkey(self.raw[_HALF:], f"{_PURPOSE}/{use}")

    def _aad(self) -> bytes:
        return canonical([_PURPOSE, self.row_id])


def _base64url(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")
