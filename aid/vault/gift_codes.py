"""The private code of a gift: made from the key of the form that printed it, and kept as a slow hash alone.

seed = HMAC-SHA256(the form's 128 random bits, canonical CBOR ["komek/1/gift-code", donation id]); the code is made of
it (see domain/codes). The server keeps that key as a hash only, so the same form sent twice prints the same code, and
nothing that is kept gives it away.
hash = Argon2id(code, salt = first 16 bytes of SHA-256 of canonical CBOR ["komek/1/gift-code", fund id]; time 1, 8 MiB).
The salt is the fund's, so that a gift is found by its code; a code has 14 random digits and opens one gift's story.
"""

import hashlib
import hmac
from typing import Final
from uuid import UUID

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from aid.vault.cbor import canonical

_PURPOSE: Final = "komek/1/gift-code"


def seed_of(form_key: bytes, donation_id: UUID) -> bytes:
    """What a donation's code is made of, when this form prints it."""
    return hmac.digest(form_key, canonical([_PURPOSE, donation_id]), hashlib.sha256)


def hash_of_code(code: str, *, fund_id: UUID) -> bytes:
    """What is kept of a code: slow to make, so that codes can't be tried by the million."""
    salt = hashlib.sha256(canonical([_PURPOSE, fund_id])).digest()[:16]
    return Argon2id(salt=salt, length=32, iterations=1, lanes=1, memory_cost=8 * 1024).derive(code.encode("ascii"))
