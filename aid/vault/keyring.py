"""What a signed-in person can open: their private half, and the rings they are a member of, opened when first needed.

A keyring lives for one request and is written nowhere; see rings for the sealed copies.

Errors: NoKey for a ring one is not in; Tampered for a membership that was sealed to another person or for another
epoch, or was changed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Self
from uuid import UUID

from aid.vault.failures import NoKey
from aid.vault.rings import RingKeys, RingRef, open_ring


@dataclass(frozen=True, slots=True, eq=False)
class Keyring:
    """A person's way to the rings. Two keyrings are never equal, and none shows a secret."""

    person_id: UUID | None
    private: bytes | None = field(repr=False)
    memberships: Mapping[RingRef, bytes] = field(repr=False)  # each ring's copy, sealed to this person
    _opened: dict[RingRef, RingKeys] = field(default_factory=dict, init=False, repr=False)

    @classmethod
    def empty(cls) -> Self:
        """A keyring that opens nothing: nobody's, or the system's."""
        return cls(person_id=None, private=None, memberships=MappingProxyType({}))

    def ring(self, ref: RingRef) -> RingKeys:
        """One ring's keys in one epoch."""
        if ref not in self._opened:
            if self.person_id is None or self.private is None or ref not in self.memberships:
                raise NoKey(f"no key for ring {ref.ring_id}, epoch {ref.epoch}")
            self._opened[ref] = open_ring(self.memberships[ref], self.private, ref, self.person_id)
        return self._opened[ref]

    def holds(self, ref: RingRef) -> bool:
        """Whether this very epoch of the ring can be opened."""
        return self.private is not None and self.person_id is not None and ref in self.memberships

    def has(self, ring_id: UUID) -> bool:
        """Whether any epoch of the ring can be opened."""
        return bool(self.refs(ring_id))

    def refs(self, ring_id: UUID) -> tuple[RingRef, ...]:
        """The epochs of the ring that can be opened, the newest first."""
        held = (ref for ref in self.memberships if ref.ring_id == ring_id and self.holds(ref))
        return tuple(sorted(held, reverse=True))

    def current(self, ring_id: UUID) -> RingKeys:
        """The ring's keys in the newest epoch this person has."""
        if refs := self.refs(ring_id):
            return self.ring(refs[0])
        raise NoKey(f"no key for ring {ring_id}")

    def every(self, ring_id: UUID) -> tuple[RingKeys, ...]:
        """The ring's keys in all epochs this person has, the newest first: what is old is indexed under old keys."""
        return tuple(self.ring(ref) for ref in self.refs(ring_id))
