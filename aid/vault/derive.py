"""Make one key into several that say nothing of each other: HKDF-Expand with SHA-256 (RFC 5869 section 2.3).

The key given is already uniform (random, or out of Argon2id), so the extract step is left out.
`use` is ASCII "komek/1/…", one for each use.
"""

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand


def subkey(key: bytes, use: str, *, length: int = 32) -> bytes:
    """The key for one use."""
    return HKDFExpand(algorithm=SHA256(), length=length, info=use.encode("ascii")).derive(key)
