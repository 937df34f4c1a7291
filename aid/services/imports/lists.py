"""A list of families that somebody brought, waiting sealed to them alone.

Each list has a key of its own, sealed to that person's public half (HPKE, info canonical CBOR
["komek/1/list", list id, person id]). Its parts are cut into pieces of less than 1 MiB, padded, and sealed under the
key: AES-256-GCM, AAD canonical CBOR ["komek/1/list", list id, kind, n, piece, how many pieces]. Nothing of it is
written anywhere else, and no backup holds it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.ids import new_id
from aid.domain.imports import KEPT_FOR, MOST_WAITING, Stage
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models.imports import BroughtKind, BroughtList, BroughtPart, ImportedFamily, PartKind
from aid.models.people import Person
from aid.services.provisional import must_be_whole
from aid.vault import aead, hpke
from aid.vault.actor import Actor
from aid.vault.cbor import canonical, load
from aid.vault.failures import Tampered
from aid.vault.padding import LONGEST, pad, unpad

PIECE: Final = LONGEST - 16  # bytes: with its head it fills what is padded to
LARGEST: Final = 1 << 27
_PURPOSE: Final = "komek/1/list"

MAY_BRING: Mapping[BroughtKind, Permission] = MappingProxyType(
    {
        BroughtKind.FAMILIES: Permission.IMPORT_FAMILIES,
        BroughtKind.STATEMENT: Permission.IMPORT_STATEMENTS,
    }
)

GONE = _("This list waits here no more. Bring the file again: what is in already is not added twice.")


@dataclass(frozen=True, slots=True)
class Kept:
    """The list waits under this id."""

    list_id: UUID


@dataclass(frozen=True, slots=True)
class ThrownAway:
    """The list is gone."""


@dataclass(frozen=True, slots=True, eq=False)
class OpenList:
    """A list of the actor's, with its key at hand."""

    row: BroughtList
    key: bytes = field(repr=False)

    @property
    def id(self) -> UUID:
        """The list's id, and its import's."""
        return self.row.id

    def put(self, session: Session, kind: PartKind, value: Any, *, n: int = 0, family_id: UUID | None = None) -> None:
        """Seal a part of the list; what stood there is replaced."""
        self.drop(session, kind, n=n)
        content = value if isinstance(value, bytes) else canonical(value)
        pieces = [content[start : start + PIECE] for start in range(0, len(content), PIECE)] or [b""]
        session.add_all(
            BroughtPart(
                list_id=self.id,
                kind=kind,
                n=n,
                piece=place,
                family_id=family_id,
                sealed=aead.seal(self.key, pad(piece), _aad(self.id, kind, n, place, len(pieces))),
            )
            for place, piece in enumerate(pieces)
        )

    def take(self, session: Session, kind: PartKind, *, n: int = 0) -> bytes | None:
        """Open a part's bytes; nothing where there is none. Raises Tampered."""
        here = select(BroughtPart).where(BroughtPart.list_id == self.id, BroughtPart.kind == kind, BroughtPart.n == n)
        parts = session.scalars(here.order_by(BroughtPart.piece)).all()
        if not parts:
            return None
        opened = (
            aead.open_(self.key, part.sealed, _aad(self.id, kind, n, place, len(parts)))
            for place, part in enumerate(parts)
        )
        return b"".join(unpad(piece) for piece in opened)

    def value(self, session: Session, kind: PartKind, *, n: int = 0) -> Any:
        """Open a part as plain values; nothing where there is none. Raises Tampered."""
        content = self.take(session, kind, n=n)
        return None if content is None else load(content, largest=LARGEST)

    def drop(self, session: Session, kind: PartKind, *, n: int | None = None) -> None:
        """Forget a part, or all parts of a kind."""
        theirs = delete(BroughtPart).where(BroughtPart.list_id == self.id, BroughtPart.kind == kind)
        session.execute(theirs if n is None else theirs.where(BroughtPart.n == n))

    def numbers(self, session: Session, kind: PartKind) -> list[int]:
        """Which parts of a kind there are."""
        there = select(BroughtPart.n).where(BroughtPart.list_id == self.id, BroughtPart.kind == kind)
        return sorted(set(session.scalars(there)))


def _aad(list_id: UUID, kind: PartKind, n: int, piece: int, pieces: int) -> bytes:
    return canonical([_PURPOSE, list_id, kind, n, piece, pieces])


def keep_list(
    session: Session,
    *,
    actor: Actor,
    now: Instant,
    file_name: str,
    payload: bytes,
    what: BroughtKind = BroughtKind.FAMILIES,
) -> Kept:
    """Seal an uploaded file to who brought it. Raises RuleBroken where too many of theirs wait already."""
    actor.must(MAY_BRING[what])
    must_be_whole(session)
    sweep_lists(session, now=now)
    person = session.scalars(select(Person).where(Person.id == actor.id).with_for_update(key_share=True)).one()
    _let_go_of_done(session, person.id)
    theirs = (BroughtList.person_id == person.id) & (BroughtList.what == what)
    if what is BroughtKind.STATEMENT:  # the one that was only looked at gives way
        session.execute(delete(BroughtList).where(theirs, BroughtList.stage == Stage.READ))
        if session.scalar(select(func.count()).select_from(BroughtList).where(theirs)):
            raise RuleBroken(_("Another file of yours is half in: go on with it, or give it up first."), "file")
    waiting = select(func.count()).select_from(BroughtList).where(theirs)
    if (session.scalar(waiting) or 0) >= MOST_WAITING:
        raise RuleBroken(
            _(
                "%(most)s lists of yours wait already: go on with one of them, or throw one away.",
                most=MOST_WAITING,
            ),
            "file",
        )
    list_id, key = new_id(), aead.new_key()
    sealed = hpke.seal(person.hpke_public, key, canonical([_PURPOSE, list_id, person.id]))
    row = BroughtList(id=list_id, person_id=person.id, key=sealed, kept_at=now.instant, stage=Stage.READ, what=what)
    session.add(row)
    session.flush()
    brought = OpenList(row, key)
    brought.put(session, PartKind.FILE, payload)
    brought.put(session, PartKind.HOW, {"file": file_name, "how": {}})
    return Kept(list_id)


def _let_go_of_done(session: Session, person_id: UUID) -> None:
    """Forget lists of which nothing is left to decide or to mend: they would only be in the way of the next."""
    held = exists().where(BroughtPart.list_id == BroughtList.id, BroughtPart.kind == PartKind.HELD)
    is_done = (BroughtList.stage == Stage.ENDED) & (BroughtList.bad == 0) & ~held
    session.execute(delete(BroughtList).where(BroughtList.person_id == person_id, is_done))


def open_list(session: Session, *, actor: Actor, list_id: UUID, lock: bool = False) -> OpenList:
    """A list of the actor's. Somebody else's is as good as none. Raises RuleBroken."""
    theirs = select(BroughtList).where(BroughtList.id == list_id, BroughtList.person_id == actor.id)
    row = session.scalar(theirs.with_for_update() if lock else theirs)
    private = actor.keyring.private
    if row is None or private is None:
        raise RuleBroken(GONE)
    key = hpke.open_(private, row.key, canonical([_PURPOSE, row.id, row.person_id]))
    if len(key) != aead.KEY_LENGTH:
        raise Tampered("not a list's key")
    return OpenList(row, key)


def choose(
    session: Session,
    *,
    actor: Actor,
    now: Instant,
    list_id: UUID,
    how: Mapping[str, Any],
    seen: Mapping[str, Any] | None = None,
) -> Kept:
    """Note how the list is to be read, and what it comes to so, if it was looked at. Raises RuleBroken."""
    actor.must(Permission.IMPORT_FAMILIES)
    brought = open_list(session, actor=actor, list_id=list_id, lock=True)
    if brought.row.stage is not Stage.READ:
        raise RuleBroken(_("This list is being imported already: nothing of how it is read can be changed."))
    known = brought.value(session, PartKind.HOW)
    brought.put(session, PartKind.HOW, {"file": known["file"], "how": dict(how)})
    brought.drop(session, PartKind.SEEN)
    if seen is not None:
        brought.put(session, PartKind.SEEN, dict(seen))
    brought.row.kept_at = now.instant
    return Kept(list_id)


def throw_away(session: Session, *, actor: Actor, now: Instant, list_id: UUID) -> ThrownAway:
    """Forget a list of the actor's: what was brought in stays."""
    mine = (BroughtList.id == list_id) & (BroughtList.person_id == actor.id)
    what = session.scalar(select(BroughtList.what).where(mine))
    if what is None:
        return ThrownAway()
    actor.must(MAY_BRING[what])
    session.execute(delete(BroughtList).where(BroughtList.id == list_id, BroughtList.person_id == actor.id))
    return ThrownAway()


def forget_lists_of(session: Session, *, person_id: UUID) -> None:
    """Forget all lists of somebody whose keys are gone, or in wrong hands."""
    session.execute(delete(BroughtList).where(BroughtList.person_id == person_id))


def forget_parts_with(session: Session, family_ids: Any) -> None:
    """Forget what lists hold of erased families: households like them, and bad rows of the lists they came by.

    `family_ids` are ids, or a question for them.
    """
    session.execute(delete(BroughtPart).where(BroughtPart.family_id.in_(family_ids)))
    lists = select(ImportedFamily.import_id).where(ImportedFamily.family_id.in_(family_ids))
    bad = BroughtPart.list_id.in_(lists) & (BroughtPart.kind == PartKind.BAD)
    session.execute(delete(BroughtPart).where(bad))
    session.execute(update(BroughtList).where(BroughtList.id.in_(lists)).values(bad=0))


def sweep_lists(session: Session, *, now: Instant) -> None:
    """Forget lists that nobody came back for."""
    session.execute(delete(BroughtList).where(BroughtList.kept_at < now.instant - KEPT_FOR))
