"""Keeping secret by what a line is known again: keyed hashes under the index key of the donors' ring.

A line keeps what was made under the newest key. Who holds older keys knows older lines again as well: what stands
there of a line that is looked for is put into the newest words first.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.refusals import RuleBroken
from aid.domain.rings import RingKind
from aid.domain.words import _
from aid.models.people import Ring
from aid.vault.keyring import Keyring
from aid.vault.tokens import MARK_LENGTH, TokenKind, TokenMaker

Marks = tuple[bytes, ...]
Marker = Callable[[bytes], bytes]
_NO_MARK: Final = bytes(MARK_LENGTH)


@dataclass(slots=True, eq=False)
class LineKeys:
    """The donors' ring's keys at work: the newest first, and what older ones would have written."""

    ring_id: UUID
    makers: tuple[TokenMaker, ...] = field(repr=False)
    epochs: tuple[int, ...]
    newer: dict[bytes, bytes] = field(default_factory=dict, repr=False)  # what old keys wrote, in the newest words
    _identity: Marker = field(init=False, repr=False)
    _mark: Marker = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._identity = self._marker(TokenKind.BANK_LINE)
        self._mark = self._marker(TokenKind.LINE_MARK)

    @property
    def epoch(self) -> int:
        """The newest."""
        return self.epochs[0]

    def identity(self, content: bytes) -> bytes:
        """What is kept of a line's identity."""
        return self._identity(content)

    def marks(self, marks: Iterable[str]) -> Marks:
        """What is kept of its marks; what is empty stays so."""
        keyed = self._mark
        return tuple([keyed(mark.encode()) if mark else b"" for mark in marks])

    def _marker(self, kind: TokenKind) -> Marker:
        """What is kept of something; what older keys would have kept of it is noted as well."""
        newest, *older = (maker.marker(kind) for maker in self.makers)
        if not older:
            return newest

        def kept(content: bytes) -> bytes:
            made = newest(content)
            for marker in older:
                self.newer[marker(content)] = made
            return made

        return kept

    def now(self, kept: bytes) -> bytes:
        """What was kept once, in the newest words, as far as it is looked for."""
        return self.newer.get(kept, kept)


def keys_of(session: Session, keyring: Keyring) -> LineKeys:
    """The keys by which lines are known. Raises RuleBroken for who was not given them."""
    ring_id = donors_ring(session)
    if not keyring.has(ring_id):
        raise RuleBroken(_("You have no key to the donors yet. Ask another treasurer to admit you."))
    every = keyring.every(ring_id)
    return LineKeys(
        ring_id, tuple(TokenMaker(keys.index_key) for keys in every), tuple(keys.ref.epoch for keys in every)
    )


def donors_ring(session: Session) -> UUID:
    """The ring that opens donors and what banks say of them."""
    return session.scalars(select(Ring.id).where(Ring.kind == RingKind.DONORS)).one()


def packed(marks: Marks) -> bytes:
    """Marks side by side; nothing where there is none."""
    return b"".join([mark or _NO_MARK for mark in marks]) if any(marks) else b""


def parted(packed_marks: bytes) -> Marks:
    """What `packed` put together."""
    parts = (packed_marks[at : at + MARK_LENGTH] for at in range(0, len(packed_marks), MARK_LENGTH))
    return tuple(b"" if part == _NO_MARK else part for part in parts)
