"""An import that a page drives: begun once, then a few households with each step, under the step's own number.

What a step can't bring in is set aside, sealed, for a person to decide. Closing the page pauses it.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.ids import new_id
from aid.domain.imports import Stage
from aid.domain.layouts import WordKind, signature_of_word
from aid.domain.outcomes import value_plain
from aid.domain.permissions import Permission
from aid.domain.refusals import NotAllowed, RuleBroken
from aid.domain.words import Message, _
from aid.models.base import Permanent
from aid.models.families import Family as FamilyRow
from aid.models.imports import FamilyImport, PartKind, TableLayout
from aid.services import audit
from aid.services.families import fresh_codes
from aid.services.imports.bringing import CHUNK
from aid.services.imports.desk import Desk, case_of
from aid.services.imports.lists import OpenList, open_list
from aid.services.imports.parts import BadBack, Brought, Head, bad_plain, brought_of, brought_plain
from aid.services.provisional import must_be_whole
from aid.vault.actor import Actor
from aid.vault.derive import subkey

BAD_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Layout:
    """What columns of a list, or one of its words, were taken for: to be remembered by their signature."""

    signature: bytes
    columns: tuple[str, ...]
    dates: str


@dataclass(frozen=True, slots=True)
class Begun:
    """The import has begun; so many steps lie before it."""

    import_id: UUID
    steps: int


@dataclass(frozen=True, slots=True)
class Stepped:
    """One step is done. How many families it added, knew already, and set aside."""

    done: int
    steps: int
    added: int
    known: int
    held: int


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What the word meant is forgotten."""


def begin_import(
    session: Session,
    *,
    actor: Actor,
    now: Instant,
    list_id: UUID,
    households: tuple[Brought, ...],
    bad: tuple[BadBack, ...],
    heads: tuple[Head, ...],
    layout: Layout | None = None,
    words: Sequence[Layout] = (),
) -> Begun:
    """Seal the households of a list step by step, and let go of the file. Raises RuleBroken."""
    actor.must(Permission.IMPORT_FAMILIES)
    must_be_whole(session)
    brought = open_list(session, actor=actor, list_id=list_id, lock=True)
    if brought.row.stage is not Stage.READ:
        raise RuleBroken(_("This list is being imported already."))
    if not households:
        raise RuleBroken(_("There is no household in this list that can be brought in. Look at what is wrong first."))
    steps = [households[start : start + CHUNK] for start in range(0, len(households), CHUNK)]
    for n, step in enumerate(steps):
        brought.put(session, PartKind.STEP, [brought_plain(each) for each in step], n=n)
    for n, start in enumerate(range(0, len(bad), BAD_AT_ONCE)):
        brought.put(session, PartKind.BAD, [bad_plain(row) for row in bad[start : start + BAD_AT_ONCE]], n=n)
    brought.put(session, PartKind.HEAD, [[head.sheet, [list(row) for row in head.rows]] for head in heads])
    brought.drop(session, PartKind.FILE)
    brought.drop(session, PartKind.HOW)
    brought.drop(session, PartKind.SEEN)
    brought.row.stage, brought.row.households, brought.row.steps = Stage.RUNNING, len(households), len(steps)
    brought.row.bad, brought.row.kept_at = len(bad), now.instant
    made: list[Permanent] = [
        FamilyImport(id=list_id, by_id=actor.id, households=len(households), at=now.instant),
    ]
    told = [layout, *words] if layout else words
    made += [_remembered(each, actor=actor, now=now) for each in told]
    session.add_all(made)
    audit.say(session, "import.begun", subject=list_id, made=made)
    return Begun(list_id, len(steps))


def layout_of_word(kind: WordKind, word: str, meaning: str) -> Layout:
    """A word that was explained, as it is remembered."""
    return Layout(signature_of_word(kind, word), (kind.value, meaning), "")


def _remembered(layout: Layout, *, actor: Actor, now: Instant) -> TableLayout:
    return TableLayout(
        id=new_id(),
        signature=layout.signature,
        columns=list(layout.columns),
        dates=layout.dates,
        by_id=actor.id,
        at=now.instant,
    )


def forget_word(session: Session, *, actor: Actor, now: Instant, kind: WordKind, word: str) -> Forgotten:
    """Let a word mean nothing from now on, until somebody explains it anew; of places, on a coordinator's word."""
    actor.must(Permission.IMPORT_FAMILIES)
    if kind in {WordKind.LOCALITY, WordKind.POINT} and not actor.everywhere(Permission.IMPORT_FAMILIES):
        raise NotAllowed(_("Which places a list means is forgotten by a coordinator. Ask one to do it."))
    before = Layout(signature_of_word(kind, word), (kind.value,), "")
    latest = select(TableLayout.columns).where(TableLayout.signature == before.signature)
    known = session.scalar(latest.order_by(TableLayout.at.desc(), TableLayout.id.desc()).limit(1))
    if known is None or tuple(known) == before.columns:
        raise RuleBroken(_("Nothing is remembered of this word any more."))
    row = _remembered(before, actor=actor, now=now)
    session.add(row)
    audit.say(session, "import.word_forgotten", subject=row.id, made=[row])
    return Forgotten()


def step_key(*, list_id: UUID, number: int, actor: Actor) -> str:
    """The idempotency key of one step: it is its list's and its number's."""
    assert actor.keyring.private is not None, "only a person has keys"
    asked = list_id.bytes + number.to_bytes(8)
    return hmac.digest(subkey(actor.keyring.private, "komek/1/import/step"), asked, hashlib.sha256).hex()[:32]


def step_import(session: Session, *, actor: Actor, now: Instant, list_id: UUID, number: int) -> Stepped:
    """Bring in the households of one step. Raises RuleBroken for one that is not the next."""
    actor.must(Permission.IMPORT_FAMILIES)
    must_be_whole(session)
    brought = open_list(session, actor=actor, list_id=list_id, lock=True)
    row = brought.row
    if row.stage is not Stage.RUNNING or number != row.done:
        raise RuleBroken(_("This step was done already, or is not the next one. Open the page anew."))
    chunk = [brought_of(each) for each in brought.value(session, PartKind.STEP, n=number)]
    desk = bring_in(session, actor=actor, now=now, list_id=list_id, chunk=chunk)
    for place, reason in desk.held:
        set_aside(session, brought, chunk[place], reason, desk, place)
    brought.drop(session, PartKind.STEP, n=number)
    row.done, row.kept_at = row.done + 1, now.instant
    row.added, row.known = row.added + len(desk.entered), row.known + desk.known
    if row.done == row.steps:
        row.stage = Stage.ENDED
    return Stepped(row.done, row.steps, len(desk.entered), desk.known, len(desk.held))


def bring_in(
    session: Session,
    *,
    actor: Actor,
    now: Instant,
    list_id: UUID,
    chunk: Sequence[Brought],
    despite: frozenset[str] = frozenset(),
) -> Desk:
    """Enter these households as far as they can be, as part of this import."""
    cases = [case_of(place, each.household) for place, each in enumerate(chunk)]
    desk = Desk(session, actor, now, fresh_codes(session, len(cases)), despite=despite)
    desk.prepare(cases)
    for case in cases:
        desk.take(case)
    desk.write(import_id=list_id)
    return desk


def set_aside(
    session: Session,
    brought: OpenList,
    household: Brought,
    reason: Message,
    desk: Desk,
    place: int,
    *,
    n: int | None = None,
) -> None:
    """Seal a household that could not be brought in, and why; in its old place, if it had one."""
    like = desk.held_like.get(place, "")
    known = session.scalar(select(FamilyRow.id).where(FamilyRow.code == like)) if like else None
    value = [value_plain(reason), like, place in desk.held_twice, brought_plain(household)]
    at = brought.row.held if n is None else n
    brought.put(session, PartKind.HELD, value, n=at, family_id=known)
    brought.row.held = max(brought.row.held, at + 1)
