"""Minutes in bytes: what a meeting came to, whose hash the audit chain carries, and from which they are printed.

content = canonical CBOR (see cbor) of ["komek/minutes/1", minutes], where `minutes` and everything in it are maps of
the fields below by name: ids, codes, numbers and moments, and people's handles. No words: what members said is sealed.
hash    = SHA-256(content)

Errors: `Minutes.read` raises Tampered for what are no minutes.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from types import NoneType, UnionType
from typing import Any, Final, Self, get_args, get_origin, get_type_hints
from uuid import UUID

from aid.vault.cbor import NotCanonical, canonical, load
from aid.vault.failures import Tampered

_PURPOSE: Final = "komek/minutes/1"
_LARGEST: Final = 1 << 24  # an agenda of thousands of questioned lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendee:
    """A member, by handle, and how they took part."""

    person: UUID
    handle: str
    invited: bool
    at_table: bool
    from_afar: bool  # not at the table, but voted or spoke between call and minutes


@dataclass(frozen=True, slots=True, kw_only=True)
class MinutedVote:
    """A member's latest signed word on the version at hand."""

    vote: UUID
    member: UUID
    choice: str
    reason: str | None
    number: int
    cast_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MinutedPaper:
    """What a member marked on paper, and whether they signed the same with their own key. Unsigned, it never counts."""

    paper: UUID
    member: UUID
    choice: str
    reason: str | None
    signed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MinutedQuestion:
    """A line that was questioned."""

    question: UUID
    code: str | None  # the family's; a purchase has none
    line: int
    version: int
    reason: str
    asked_at: datetime
    answered_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MinutedHeld:
    """A line that was held out."""

    code: str | None
    line: int
    version: int  # the last that had it
    minor: int
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MinutedDecision:
    """What was decided, with which votes."""

    version: int
    carried: bool
    yes: int
    no: int
    recused: int
    decided_at: datetime
    notice_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MinutedItem:
    """One proposal of the agenda, as it stood when the minutes were made."""

    n: int
    allocation: UUID
    number: int
    kind: str
    state: str
    version: int
    content_root: bytes
    currency: str
    total_minor: int
    lines: int
    quorum: int
    votes: tuple[MinutedVote, ...]
    silent: tuple[UUID, ...]  # members who could have voted on this version, and did not
    papers: tuple[MinutedPaper, ...]
    remarks: int
    questions: tuple[MinutedQuestion, ...]
    held: tuple[MinutedHeld, ...]
    decision: MinutedDecision | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Minutes:
    """A meeting, and what it came to."""

    fund: UUID
    meeting: UUID
    number: int
    called_by: str
    called_at: datetime
    meets_at: datetime
    votes_until: datetime
    closed_by: str
    closed_at: datetime
    people: tuple[Attendee, ...]
    items: tuple[MinutedItem, ...]

    def content(self) -> bytes:
        """The bytes that are kept and hashed."""
        return canonical([_PURPOSE, self])

    @property
    def handles(self) -> Mapping[UUID, str]:
        """Everybody's handle."""
        return {one.person: one.handle for one in self.people}

    @classmethod
    def read(cls, content: bytes) -> Self:
        """Minutes from their bytes. Raises Tampered."""
        try:
            purpose, plain = load(content, largest=_LARGEST)
            read: Self = _made(cls, plain)
            same = read.content() == content
        except (NotCanonical, KeyError, TypeError, ValueError) as error:
            raise Tampered("no minutes") from error
        if purpose != _PURPOSE or not same:
            raise Tampered("no minutes")
        return read


def hash_of(content: bytes) -> bytes:
    """SHA-256 of the minutes' bytes."""
    return hashlib.sha256(content).digest()


def _made(hint: Any, plain: Any) -> Any:
    """A value of this kind, out of what `load` gives."""
    if is_dataclass(hint) and isinstance(hint, type):
        hints = get_type_hints(hint)
        return hint(**{field.name: _made(hints[field.name], plain[field.name]) for field in fields(hint)})
    if isinstance(hint, UnionType):
        [one] = [each for each in get_args(hint) if each is not NoneType]
        return None if plain is None else _made(one, plain)
    if get_origin(hint) is tuple:
        return tuple(_made(get_args(hint)[0], each) for each in plain)
    return _READ[hint](plain)


def _as(kind: type) -> Callable[[Any], Any]:
    def read(plain: Any) -> Any:
        if type(plain) is not kind:
            raise TypeError(f"not {kind.__name__}")
        return plain

    return read


_READ: Final[Mapping[Any, Callable[[Any], Any]]] = {
    UUID: lambda plain: UUID(bytes=plain),
    datetime: datetime.fromisoformat,
    str: _as(str),
    int: _as(int),
    bool: _as(bool),
    bytes: _as(bytes),
}
