"""What a worker is handed: sealed to a pair that it made when it started, and that is nowhere but in its memory.

A parcel is HPKE (see hpke) of padded canonical CBOR (see cbor, padding), to the worker's public half; info canonical
CBOR ["komek/1/parcel", worker's id, job id, item id, moment after which it is not opened any more].
The public half stands in a row beside its MAC: HMAC-SHA256 under a key of the server, of canonical CBOR
["komek/1/run-key", worker's id, public half]. Who can only write rows has nothing sealed to themselves.

Errors: Tampered for a parcel that is another's, was changed, or is past its moment.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from aid.vault import hpke
from aid.vault.cbor import NotCanonical, canonical, load
from aid.vault.failures import Tampered
from aid.vault.padding import pad, unpad

_PURPOSE: Final = "komek/1/parcel"


@dataclass(frozen=True, slots=True)
class RunPair:
    """A worker's id and its pair. It dies with the worker."""

    id: UUID
    pair: hpke.HpkePair


@dataclass(frozen=True, slots=True)
class Addressed:
    """Which parcel it is: for which item of which job, and until when it may be opened."""

    job_id: UUID
    item_id: UUID
    expires_at: datetime

    def info(self, worker: UUID) -> bytes:
        """What the parcel is bound to."""
        return canonical([_PURPOSE, worker, self.job_id, self.item_id, self.expires_at])


def mac_of(key: bytes, worker: UUID, public: bytes) -> bytes:
    """The server's word that this is a worker's public half."""
    return hmac.digest(key, canonical(["komek/1/run-key", worker, public]), hashlib.sha256)


def is_ours(key: bytes, worker: UUID, public: bytes, mac: bytes) -> bool:
    """Whether the server gave its word."""
    return hmac.compare_digest(mac_of(key, worker, public), mac)


def seal_parcel(public: bytes, worker: UUID, to: Addressed, value: Mapping[str, Any]) -> bytes:
    """Seal what one item needs, so that only this worker opens it."""
    return hpke.seal(public, pad(canonical(dict(value))), to.info(worker))


def open_parcel(run: RunPair, to: Addressed, sealed: bytes, *, now: datetime) -> dict[str, Any]:
    """Open what was sealed to this worker. Raises Tampered."""
    if now >= to.expires_at:
        raise Tampered("past its moment")
    plain = hpke.open_(run.pair.private, sealed, to.info(run.id))
    try:
        value = load(unpad(plain))
    except (NotCanonical, ValueError) as error:
        raise Tampered("not a parcel") from error
    if not isinstance(value, Mapping):
        raise Tampered("not a parcel")
    return dict(value)
