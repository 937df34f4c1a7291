"""The founding act in bytes: what is printed and signed by hand, and whose hash the audit chain begins with.

content = canonical CBOR (see cbor) of
["komek/act/1", fund id, {language: name}, currency, languages, time zone, the first committee's content (see
 certificates), [[handle, fingerprint of the HPKE public half (32: its SHA-256)], … of everybody else with keys, by
 handle], [age recipient, … in order], recovery threshold, recovery shares, moment]
hash    = SHA-256(content)

Errors: `read_act` raises Tampered for what is no founding act.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from aid.vault.cbor import NotCanonical, canonical, load
from aid.vault.certificates import Committee
from aid.vault.failures import Tampered

_PURPOSE: Final = "komek/act/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What a fund was founded on."""

    fund: UUID
    names: Mapping[str, str]
    currency: str
    languages: tuple[str, ...]
    time_zone: str
    committee: Committee
    keys: Mapping[str, bytes]  # handle → SHA-256 of the HPKE public half
    backup_recipients: tuple[str, ...]
    threshold: int
    shares: int
    at: datetime

    def content(self) -> bytes:
        """The bytes whose hash opens the audit chain."""
        keys = [[handle, self.keys[handle]] for handle in sorted(self.keys)]
        return canonical(
            [
                _PURPOSE,
                self.fund,
                dict(self.names),
                self.currency,
                list(self.languages),
                self.time_zone,
                self.committee.content(),
                keys,
                list(self.backup_recipients),
                self.threshold,
                self.shares,
                self.at,
            ]
        )


def act_hash(content: bytes) -> bytes:
    """SHA-256 of the act's bytes."""
    return hashlib.sha256(content).digest()


def read_act(content: bytes) -> Act:
    """A founding act from its bytes. Raises Tampered."""
    try:
        read: list[Any] = list(load(content))
        purpose, fund, names, currency, languages, zone, committee, keys, recipients, threshold, shares, at = read
        act = Act(
            fund=UUID(bytes=fund),
            names=names,
            currency=currency,
            languages=tuple(languages),
            time_zone=zone,
            committee=Committee.read(committee),
            keys=dict(keys),
            backup_recipients=tuple(recipients),
            threshold=threshold,
            shares=shares,
            at=_moment(at),
        )
        same = act.content() == content
    except (NotCanonical, TypeError, ValueError) as error:
        raise Tampered("not a founding act") from error
    if purpose != _PURPOSE or not same:
        raise Tampered("not a founding act")
    return act


def _moment(text: Any) -> datetime:
    moment = datetime.fromisoformat(text) if isinstance(text, str) else text
    if not isinstance(moment, datetime):
        raise TypeError("not a moment")
    return moment
