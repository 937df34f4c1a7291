"""What the committee is: its members' keys and its rules, in bytes that its members sign, and the founding act holds.

content = canonical CBOR (see cbor) of
["komek/committee/1", fund id, version, hash of the version before (32; of the first one 32 zero bytes),
 [[person id, handle, Ed25519 public (32), alternate's handle or null], … by person id],
 quorum, notice hours, delay hours, absence hours]
hash    = SHA-256(content)
answer  = canonical CBOR ["komek/change/1", fund id, change id, hash, member's person id, "yes" or "no"], Ed25519
stop    = canonical CBOR ["komek/stop/1", fund id, stop id, member's person id, "confirm" or "lift"], Ed25519

So a voting key is certified by who signed the content that names it; and the content before it, back to the founding
act. Errors: `Committee.read` raises Tampered for what is no committee.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self
from uuid import UUID

from aid.vault.cbor import NotCanonical, canonical, load
from aid.vault.failures import Tampered

NOTHING_BEFORE: Final = bytes(32)
_PURPOSE: Final = "komek/committee/1"


@dataclass(frozen=True, slots=True)
class Member:
    """One seat: who holds it, the key their votes are signed with, and who takes it if they are kept away."""

    person_id: UUID
    handle: str
    public: bytes
    alternate: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Committee:
    """The committee in one version."""

    fund: UUID
    version: int
    previous: bytes
    members: tuple[Member, ...]
    quorum: int
    notice_hours: int  # between a decision and printing
    delay_hours: int  # between the signing of a change and its effect
    absence_hours: int  # that an alternate's taking a seat is announced before

    def content(self) -> bytes:
        """The bytes that are signed and kept."""
        members = sorted(self.members, key=lambda member: member.person_id.bytes)
        seats = [[member.person_id, member.handle, member.public, member.alternate] for member in members]
        rules = [self.quorum, self.notice_hours, self.delay_hours, self.absence_hours]
        return canonical([_PURPOSE, self.fund, self.version, self.previous, seats, *rules])

    @property
    def hash(self) -> bytes:
        """What the next version names as the one before it."""
        return hash_of(self.content())

    @property
    def by_id(self) -> Mapping[UUID, Member]:
        """The seats by who holds them."""
        return {member.person_id: member for member in self.members}

    @classmethod
    def read(cls, content: bytes) -> Self:
        """A committee from its bytes. Raises Tampered."""
        try:
            purpose, fund, version, previous, seats, quorum, notice, delay, absence = load(content)
            members = tuple(
                Member(UUID(bytes=person), handle, public, other) for person, handle, public, other in seats
            )
            read = cls(
                fund=UUID(bytes=fund),
                version=version,
                previous=previous,
                members=members,
                quorum=quorum,
                notice_hours=notice,
                delay_hours=delay,
                absence_hours=absence,
            )
            same = read.content() == content
        except (NotCanonical, TypeError, ValueError) as error:
            raise Tampered("not a committee") from error
        if purpose != _PURPOSE or not same:
            raise Tampered("not a committee")
        return read


def hash_of(content: bytes) -> bytes:
    """SHA-256 of a committee's bytes."""
    return hashlib.sha256(content).digest()


def answer_message(*, fund: UUID, change: UUID, hash_: bytes, member: UUID, answer: str) -> bytes:
    """What a member signs who agrees with a change, or does not."""
    return canonical(["komek/change/1", fund, change, hash_, member, answer])


def stop_message(*, fund: UUID, stop: UUID, member: UUID, kind: str) -> bytes:
    """What a member signs who lets an emergency stop stand, or lifts it."""
    return canonical(["komek/stop/1", fund, stop, member, kind])
