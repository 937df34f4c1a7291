"""What an allocation says, in one hash that votes are given to: every family's amount and the facts it rests on.

facts hash   = SHA-256(canonical CBOR ["komek/facts/1", salt (32), facts and reasons])
line hash    = SHA-256(canonical CBOR ["komek/line/1", code or null, amount in minor units, currency, point or null,
               items, facts hash or null])
content root = SHA-256(canonical CBOR ["komek/content/1", [line hash, …]]) in the order of the lines' numbers
           or = SHA-256(canonical CBOR ["komek/content/2", [line hash, …], basis]) for what was computed: the basis is
               a map of codes and numbers that says by which rule, on which day, from how much money, and how it was
               shared where it was short

The first element tells them apart. The salt is sealed with the facts: without it nobody can guess facts from the
hash; with it, whoever may read the facts can check that they are those voted on. A purchase or a transfer has no family
code and may have no facts: null.

Errors: ValueError for a salt or a hash of another length.
"""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from aid.vault.cbor import canonical, canonical_list, written_bytes

HASH_LENGTH: Final = 32
SALT_LENGTH: Final = 32


def new_salt() -> bytes:
    """Make a line's salt, to be sealed with its facts."""
    return secrets.token_bytes(SALT_LENGTH)


def facts_hash(salt: bytes, facts_and_reasons: object) -> bytes:
    """What the line's facts and reasons are, told without telling them."""
    return _hash(["komek/facts/1", _of_length(salt, SALT_LENGTH), facts_and_reasons])


_FACTS: Final = canonical("komek/facts/1")


def facts_hash_of(salt: bytes, written: bytes) -> bytes:
    """The same, for facts and reasons that `canonical` wrote already."""
    parts = [_FACTS, written_bytes(_of_length(salt, SALT_LENGTH)), written]
    return hashlib.sha256(canonical_list(parts)).digest()


def line_hash(
    code: str | None,
    amount_minor: int,
    currency: str,
    point: UUID | str | None,
    items: Sequence[object],
    facts_hash: bytes | None,
) -> bytes:
    """One line: who gets how much of what, where, and why. `items` are plain values in the line's order."""
    why = None if facts_hash is None else _of_length(facts_hash, HASH_LENGTH)
    place = point.bytes if isinstance(point, UUID) else point
    return _hash(["komek/line/1", code, amount_minor, currency, place, list(items), why])


def content_root(line_hashes: Sequence[bytes], basis: Mapping[str, object] | None = None) -> bytes:
    """All lines, in order, with what they were computed by."""
    lines = [_of_length(line, HASH_LENGTH) for line in line_hashes]
    return _hash(["komek/content/1", lines] if basis is None else ["komek/content/2", lines, basis])


def rule_hash(rule: Mapping[str, object]) -> bytes:
    """A programme's rule, for the basis of what is computed by it."""
    return _hash(["komek/rule/1", rule])


def _of_length(given: bytes, length: int) -> bytes:
    if len(given) != length:
        raise ValueError(f"{length} bytes are needed")
    return given


def _hash(value: object) -> bytes:
    return hashlib.sha256(canonical(value)).digest()
