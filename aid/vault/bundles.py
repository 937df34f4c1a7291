"""A person's private halves, sealed under their password. There is no password hash: it is right when the bundle opens.

Password: Unicode NFKC, UTF-8. Root = Argon2id (RFC 9106, version 1.3) of it: 32 bytes, salt of 16 random bytes, cost as
stored beside it. From the root by HKDF-Expand (see derive): key "komek/1/bundle/key", 32 bytes, and check
"komek/1/bundle/check", 16 bytes.

sealed = check (16) ‖ AES-256-GCM (see aead) of canonical CBOR ["komek/1/bundle", hpke, ed25519 or null, totp or null]
with AAD canonical CBOR ["komek/1/bundle", person id, salt, time, memory KiB, lanes].
The check tells a wrong password from a changed bundle, and ties the bundle to one key (AES-GCM alone would not).

Cost: `DEFAULT_COST` is RFC 9106's second recommendation, 64 MiB and 3 passes, with one lane, since a server has few
cores: 0.28 s on one core of an x86-64 server in 2026. At most two are computed at once in a process; a third is told
Busy at once, so that trying passwords can't stop the fund's other work.

Errors: `open_bundle` raises WrongPassword, Busy, or Tampered (right password, but the bundle or its owner was changed);
`seal_bundle` and `waste_time` raise Busy.
"""

import hmac
import secrets
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import BoundedSemaphore
from typing import Final
from uuid import UUID

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from aid.vault import aead
from aid.vault.cbor import NotCanonical, canonical, load
from aid.vault.derive import subkey
from aid.vault.failures import Busy as Busy
from aid.vault.failures import Tampered
from aid.vault.failures import WrongPassword as WrongPassword

_PURPOSE: Final = "komek/1/bundle"
_SALT: Final = 16
_CHECK: Final = 16
AT_ONCE: Final = 2
_turns: Final = BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True, slots=True)
class Argon2Cost:
    """What trying one password costs. Bounded, so that a changed row can't exhaust the server; ValueError outside."""

    time: int
    memory_kib: int
    lanes: int

    def __post_init__(self) -> None:
        if not (1 <= self.time <= 16 and 1 <= self.lanes <= 8 and 8 * self.lanes <= self.memory_kib <= 1 << 20):
            raise ValueError("an Argon2 cost out of bounds")


DEFAULT_COST: Final = Argon2Cost(time=3, memory_kib=64 * 1024, lanes=1)


@dataclass(frozen=True, slots=True)
class PrivateHalves:
    """What only the person may use. Shown nowhere."""

    hpke: bytes = field(repr=False)
    ed25519: bytes | None = field(default=None, repr=False)
    totp: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class SealedBundle:
    """What is stored of a person's private halves."""

    salt: bytes
    cost: Argon2Cost
    sealed: bytes = field(repr=False)


def seal_bundle(halves: PrivateHalves, password: str, person_id: UUID, cost: Argon2Cost = DEFAULT_COST) -> SealedBundle:
    """Seal a person's private halves under their password, with a fresh salt."""
    salt = secrets.token_bytes(_SALT)
    key, check = _stretch(password, salt, cost)
    plaintext = canonical([_PURPOSE, halves.hpke, halves.ed25519, halves.totp])
    return SealedBundle(salt, cost, check + aead.seal(key, plaintext, _aad(person_id, salt, cost)))


def open_bundle(bundle: SealedBundle, password: str, person_id: UUID) -> PrivateHalves:
    """Open a person's private halves with their password."""
    key, check = _stretch(password, bundle.salt, bundle.cost)
    if not hmac.compare_digest(check, bundle.sealed[:_CHECK]):
        raise WrongPassword
    plaintext = aead.open_(key, bundle.sealed[_CHECK:], _aad(person_id, bundle.salt, bundle.cost))
    try:
        _, hpke, ed25519, totp = load(plaintext)
    except (NotCanonical, ValueError) as error:
        raise Tampered("not a bundle") from error
    return PrivateHalves(hpke, ed25519, totp)


def waste_time(cost: Argon2Cost = DEFAULT_COST) -> None:
    """Take as long as a wrong password does, so that an unknown handle looks like a known one."""
    _stretch("", bytes(_SALT), cost)


def _stretch(password: str, salt: bytes, cost: Argon2Cost) -> tuple[bytes, bytes]:
    """The bundle's key and its check."""
    spelled = unicodedata.normalize("NFKC", password).encode()
    with _turn():
        root = Argon2id(
            salt=salt, length=32, iterations=cost.time, lanes=cost.lanes, memory_cost=cost.memory_kib
        ).derive(spelled)
    return subkey(root, f"{_PURPOSE}/key"), subkey(root, f"{_PURPOSE}/check", length=_CHECK)


@contextmanager
def _turn() -> Iterator[None]:
    if not _turns.acquire(blocking=False):
        raise Busy
    try:
        yield
    finally:
        _turns.release()


def _aad(person_id: UUID, salt: bytes, cost: Argon2Cost) -> bytes:
    return canonical([_PURPOSE, person_id, salt, cost.time, cost.memory_kib, cost.lanes])
