"""Find a family by what is sealed: short keyed tokens of its names, phones and addresses, under a ring's index key.

Sub-key = HKDF-Expand (see derive) of the ring's index key, for "komek/1/token/<kind>" or "komek/1/fingerprint/<kind>".
token = first 5 bytes of HMAC-SHA256 (RFC 2104) of the term in UTF-8 under the token sub-key; so short, strangers share.
mark = first 16 bytes of the same under "komek/1/mark/<kind>", of bytes: to compare very many things with one another.
fingerprint = all 32 bytes under the fingerprint sub-key. code_mac = the fingerprint of kind "code".

Terms come normalised (names folded, E.164 phones, bare digits of a code): a term written otherwise is another term.
Sub-keys are kept in the TokenMaker only, and go with it.
Errors: ValueError for an empty term, which would match whatever was left blank.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from aid.vault.derive import subkey

TOKEN_LENGTH: Final = 5
MARK_LENGTH: Final = 16
_INNER: Final = bytes(octet ^ 0x36 for octet in range(256))
_OUTER: Final = bytes(octet ^ 0x5C for octet in range(256))
"""HMAC's ipad and opad (RFC 2104 section 2), as they change any octet."""


class TokenKind(StrEnum):
    """What a term is. The values are final: each makes its own sub-key, so equal terms of two kinds look unlike."""

    NAME = "name"
    NAME_YEAR = "name_year"
    NAME_DAY = "name_day"
    NAME_BORN = "name_born"
    PHONE = "phone"
    ADDRESS = "address"
    IMPORT = "import"
    CODE = "code"
    BANK_LINE = "bank_line"
    LINE_MARK = "line_mark"
    GIVER = "giver"
    SLIP = "slip"


@dataclass(frozen=True, slots=True, eq=False)
class TokenMaker:
    """Makes tokens under one ring's index key."""

    index_key: bytes = field(repr=False)
    _subkeys: dict[str, bytes] = field(default_factory=dict, init=False, repr=False)

    def tokens(self, kind: TokenKind, terms: Iterable[str]) -> set[bytes]:
        """Five bytes for each term, to search by."""
        key = self._key(f"komek/1/token/{kind.value}")
        return {_mac(key, term)[:TOKEN_LENGTH] for term in terms}

    def fingerprint(self, kind: TokenKind, term: str) -> bytes:
        """32 bytes to recognise a term by, without strangers."""
        return _mac(self._key(f"komek/1/fingerprint/{kind.value}"), term)

    def mark(self, kind: TokenKind, content: bytes) -> bytes:
        """16 bytes to know something again by, among all that ever was."""
        if not content:
            raise ValueError("an empty term")
        return hmac.digest(self._key(f"komek/1/mark/{kind.value}"), content, "sha256")[:MARK_LENGTH]

    def marker(self, kind: TokenKind) -> Callable[[bytes], bytes]:
        """`mark` for very many: both of HMAC's hashes have met the key already, and go on from there."""
        key = self._key(f"komek/1/mark/{kind.value}").ljust(hashlib.sha256().block_size, b"\0")
        inner, outer = (hashlib.sha256(key.translate(pad)) for pad in (_INNER, _OUTER))

        def mark(content: bytes) -> bytes:
            if not content:
                raise ValueError("an empty term")
            within, around = inner.copy(), outer.copy()
            within.update(content)
            around.update(within.digest())
            return around.digest()[:MARK_LENGTH]

        return mark

    def code_mac(self, code: str) -> bytes:
        """What is kept of a printed code."""
        return self.fingerprint(TokenKind.CODE, code)

    def _key(self, use: str) -> bytes:
        if use not in self._subkeys:
            self._subkeys[use] = subkey(self.index_key, use)
        return self._subkeys[use]


def _mac(key: bytes, term: str) -> bytes:
    if not term:
        raise ValueError("an empty term")
    return hmac.digest(key, term.encode(), "sha256")
