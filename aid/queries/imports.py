"""Lists of families that wait for who brought them, imports that were made, and what rests on each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from aid.domain.imports import KEPT_FOR, REST_TITLES, Rest, Stage
from aid.domain.layouts import WordKind, signature_of_word
from aid.domain.permissions import Permission
from aid.domain.words import Message
from aid.models.fund import Locality, Point
from aid.models.imports import (
    BroughtKind,
    BroughtList,
    BroughtPart,
    FamilyImport,
    ImportedFamily,
    PartKind,
    TableLayout,
    UndoneImport,
)
from aid.models.people import Person
from aid.services.imports.undoing import may_undo, resting_on
from aid.vault.actor import Actor

PAGE = 30
MOST_NAMED = 50


@dataclass(frozen=True, slots=True)
class WaitingList:
    """A list of the actor's own, and how far it has come."""

    id: UUID
    stage: Stage
    kept_at: datetime
    kept_until: datetime
    households: int
    steps: int
    done: int
    added: int
    known: int
    held: int  # that still wait for a decision
    bad: int

    @property
    def is_done(self) -> bool:
        """Whether nothing of it is left to decide or to mend."""
        return self.stage is Stage.ENDED and not self.held and not self.bad


@dataclass(frozen=True, slots=True)
class PastImport:
    """An import that was begun: who brought it, how many families came by it, and whether it was undone."""

    id: UUID
    at: datetime
    handle: str
    families: int
    undone_at: datetime | None
    may_undo: bool


@dataclass(frozen=True, slots=True)
class Resting:
    """What rests on an import's families; only the first of them are named."""

    total: int
    families: tuple[tuple[str, Message], ...]


@dataclass(frozen=True, slots=True)
class PlaceChoice:
    """A locality or a point, by its code; `own` says whether the actor may bring families there."""

    code: str
    names: Mapping[str, str]
    own: bool


def waiting_lists(session: Session, *, actor: Actor) -> tuple[WaitingList, ...]:
    """The actor's own lists, the newest first."""
    actor.must(Permission.IMPORT_FAMILIES)
    return _waiting(session, BroughtList.person_id == actor.id)


def waiting_list(session: Session, *, actor: Actor, list_id: UUID) -> WaitingList | None:
    """One list of the actor's own."""
    actor.must(Permission.IMPORT_FAMILIES)
    found = _waiting(session, (BroughtList.person_id == actor.id) & (BroughtList.id == list_id))
    return found[0] if found else None


def _waiting(session: Session, chosen: ColumnElement[bool]) -> tuple[WaitingList, ...]:
    held = (
        select(func.count(BroughtPart.n.distinct()))
        .where(BroughtPart.list_id == BroughtList.id, BroughtPart.kind == PartKind.HELD)
        .scalar_subquery()
    )
    chosen &= BroughtList.what == BroughtKind.FAMILIES
    rows = session.execute(select(BroughtList, held).where(chosen).order_by(BroughtList.kept_at.desc()))
    return tuple(
        WaitingList(
            row.id,
            row.stage,
            row.kept_at,
            row.kept_at + KEPT_FOR,
            row.households,
            row.steps,
            row.done,
            row.added,
            row.known,
            aside,
            row.bad,
        )
        for row, aside in rows
    )


def past_imports(session: Session, *, actor: Actor, after: UUID | None = None) -> tuple[PastImport, ...]:
    """Imports that the actor may look back at, the newest first; one more than a page where there are more."""
    actor.must(Permission.IMPORT_FAMILIES)
    older = FamilyImport.id < after if after else true()
    return _past(session, actor, _visible(actor) & older, PAGE + 1)


def past_import(session: Session, *, actor: Actor, import_id: UUID) -> PastImport | None:
    """One import, if it is the actor's to look back at."""
    actor.must(Permission.IMPORT_FAMILIES)
    found = _past(session, actor, _visible(actor) & (FamilyImport.id == import_id), 1)
    return found[0] if found else None


def _visible(actor: Actor) -> ColumnElement[bool]:
    return true() if actor.everywhere(Permission.IMPORT_FAMILIES) else FamilyImport.by_id == actor.id


def _past(session: Session, actor: Actor, chosen: ColumnElement[bool], most: int) -> tuple[PastImport, ...]:
    families = select(func.count()).where(ImportedFamily.import_id == FamilyImport.id).scalar_subquery()
    rows = (
        select(FamilyImport.id, FamilyImport.at, FamilyImport.by_id, Person.handle, families, UndoneImport.at)
        .join(Person, Person.id == FamilyImport.by_id)
        .outerjoin(UndoneImport, UndoneImport.import_id == FamilyImport.id)
        .where(chosen)
        .order_by(FamilyImport.id.desc())
        .limit(most)
    )
    return tuple(
        PastImport(id_, at, handle, count, undone, undone is None and may_undo(actor=actor, by_id=by_id))
        for id_, at, by_id, handle, count, undone in session.execute(rows)
    )


def resting(session: Session, *, actor: Actor, import_id: UUID) -> Resting:
    """What rests on this import, so that it is not undone any more."""
    actor.must(Permission.IMPORT_FAMILIES)
    rows = session.execute(resting_on(import_id)).all()
    return Resting(len(rows), tuple((code, REST_TITLES[Rest(what)]) for code, what in rows[:MOST_NAMED]))


def remembered_layout(session: Session, *, signature: bytes) -> tuple[tuple[str, ...], str] | None:
    """What the columns under these headings were taken for the last time, and the order of their dates."""
    latest = select(TableLayout).where(TableLayout.signature == signature).order_by(TableLayout.at.desc()).limit(1)
    layout = session.scalar(latest)
    return (tuple(layout.columns), layout.dates) if layout else None


def newest_layout(session: Session) -> UUID | None:
    """What was remembered last, by which one sees whether anything was since."""
    return session.scalar(select(TableLayout.id).order_by(TableLayout.at.desc(), TableLayout.id.desc()).limit(1))


def remembered_words(session: Session, *, words: Mapping[WordKind, Iterable[str]]) -> dict[WordKind, dict[str, str]]:
    """What these words meant in lists before: what was said of each the last time, unless it was forgotten since."""
    asked = {signature_of_word(kind, word): (kind, word) for kind, each in words.items() for word in each}
    meanings: dict[WordKind, dict[str, str]] = {kind: {} for kind in WordKind}
    if not asked:
        return meanings
    found = select(TableLayout).where(TableLayout.signature.in_(asked)).order_by(TableLayout.at, TableLayout.id)
    for row in session.scalars(found):
        kind, word = asked[row.signature]
        meanings[kind][word] = row.columns[-1] if row.columns[1:] else ""
    return {kind: {word: meaning for word, meaning in each.items() if meaning} for kind, each in meanings.items()}


def localities(session: Session, *, actor: Actor) -> tuple[PlaceChoice, ...]:
    """The fund's localities."""
    rows = session.execute(select(Locality.id, Locality.code, Locality.names).order_by(Locality.code))
    return tuple(
        PlaceChoice(code, names, actor.may(Permission.IMPORT_FAMILIES, locality=id_)) for id_, code, names in rows
    )


def points(session: Session, *, actor: Actor) -> tuple[PlaceChoice, ...]:
    """The fund's points. Families may be brought to each."""
    rows = session.execute(select(Point.code, Point.names).order_by(Point.code))
    return tuple(PlaceChoice(code, names, own=True) for code, names in rows)
