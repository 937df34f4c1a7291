"""Bringing a statement in by a page: begun once, then some thousand lines with each step, under the step's own number.

Between the steps the lines wait sealed to who brought them. Each step is whole days, as far as a day is not very long.
Closing the page pauses it; given up, what is in stays, and the file says that not all of it is in. Whoever brings the
same file again goes on where it stopped.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from aid.domain.bank_tables import StatementMapping
from aid.domain.clock import Instant
from aid.domain.imports import Stage
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models.imports import BroughtKind, BroughtList, PartKind
from aid.services import audit
from aid.services.imports.lists import GONE, OpenList, open_list
from aid.services.statements import layouts, signs
from aid.services.statements.bringing import FileFacts, begin_statements, bring_lines, end_statements
from aid.vault.actor import Actor

RUNNING: Final = _("This file is being brought in already: how it is read can't be changed any more.")


@dataclass(frozen=True, slots=True)
class Kept:
    """How the file is read is noted."""

    list_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """What is to be remembered of a file: which account it means, and how its table is read for each account."""

    signs: Mapping[str, UUID] = field(default_factory=dict, repr=False)
    signature: bytes = b""
    mapping: Mapping[str, Any] | None = None
    banks: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Begun:
    """So many steps lie before it; none where all of the very same file is in already."""

    file_id: UUID
    steps: int


@dataclass(frozen=True, slots=True)
class Stepped:
    """One step is done. With the last one all of the file is in."""

    file_id: UUID
    done: int
    steps: int
    new: int
    known: int


def read_so(
    session: Session, *, actor: Actor, now: Instant, list_id: UUID, mapping: Mapping[str, Any] | None, bank: str = ""
) -> Kept:
    """Note how a file that waits is read, and of which account it is. Raises RuleBroken."""
    actor.must(Permission.IMPORT_STATEMENTS)
    waits = _open(session, actor, list_id)
    if waits.row.stage is not Stage.READ:
        raise RuleBroken(RUNNING)
    known = waits.value(session, PartKind.HOW)
    how = {"mapping": dict(mapping) if mapping else None, "bank": bank}
    waits.put(session, PartKind.HOW, {"file": known["file"], "how": how})
    waits.row.kept_at = now.instant
    return Kept(list_id)


def begin_steps(
    session: Session,
    *,
    actor: Actor,
    now: Instant,
    list_id: UUID,
    file: FileFacts,
    steps: tuple[bytes, ...],
    learnt: Learnt = Learnt(),
    answers: tuple[tuple[str, bool], ...] = (),
) -> Begun:
    """Note the file, seal its lines step by step, and let go of the file itself. Raises RuleBroken.

    `answers` say of sums and single lines whether they are the same money, where nobody else can tell.
    """
    waits = _open(session, actor, list_id)
    if waits.row.stage is not Stage.READ:
        raise RuleBroken(RUNNING)
    begun = begin_statements(session, actor=actor, now=now, file=file)
    _learn(session, actor, now, learnt, begun.file_id)
    if begun.is_in:
        session.execute(delete(BroughtList).where(BroughtList.id == list_id))
        return Begun(begun.file_id, 0)
    for n, step in enumerate(steps):
        waits.put(session, PartKind.STEP, step, n=n)
    waits.drop(session, PartKind.FILE)
    how = {"file_id": begun.file_id.bytes, "answers": [list(answer) for answer in answers]}
    waits.put(session, PartKind.HOW, how)
    row = waits.row
    row.stage, row.steps, row.kept_at = Stage.RUNNING, len(steps), now.instant
    row.households = sum(statement.lines for statement in file.statements)
    if not steps:
        return Begun(begun.file_id, _end(session, actor, now, waits, begun.file_id).steps)
    return Begun(begun.file_id, len(steps))


def step(session: Session, *, actor: Actor, now: Instant, list_id: UUID, number: int) -> Stepped:
    """Bring in the lines of one step. Raises RuleBroken for one that is not the next."""
    waits = _open(session, actor, list_id)
    row = waits.row
    if row.stage is not Stage.RUNNING or number != row.done:
        raise RuleBroken(_("This step was done already, or is not the next one. Open the page anew."))
    how = waits.value(session, PartKind.HOW)
    file_id = UUID(bytes=how["file_id"])
    content = waits.take(session, PartKind.STEP, n=number)
    assert content is not None, "a step waits until it is done"
    answers = tuple((key, is_same) for key, is_same in how["answers"])
    brought = bring_lines(session, actor=actor, now=now, file_id=file_id, step=content, answers=answers)
    waits.drop(session, PartKind.STEP, n=number)
    row.done, row.kept_at = row.done + 1, now.instant
    row.added, row.known = row.added + brought.new, row.known + brought.known
    if row.done < row.steps:
        return Stepped(file_id, row.done, row.steps, row.added, row.known)
    return _end(session, actor, now, waits, file_id)


def _end(session: Session, actor: Actor, now: Instant, waits: OpenList, file_id: UUID) -> Stepped:
    steps = waits.row.steps
    ended = end_statements(session, actor=actor, now=now, file_id=file_id)
    session.flush()
    session.execute(delete(BroughtList).where(BroughtList.id == waits.id))
    return Stepped(file_id, steps, steps, ended.new, ended.known)


def _open(session: Session, actor: Actor, list_id: UUID) -> OpenList:
    actor.must(Permission.IMPORT_STATEMENTS)
    waits = open_list(session, actor=actor, list_id=list_id, lock=True)
    if waits.row.what is not BroughtKind.STATEMENT:
        raise RuleBroken(GONE)
    return waits


def _learn(session: Session, actor: Actor, now: Instant, learnt: Learnt, file_id: UUID) -> None:
    """Remember what a treasurer said of the file, for the next one like it."""
    made: list[Any] = [*signs.remember(session, actor=actor, now=now, said=learnt.signs)]
    if learnt.mapping is not None and learnt.signature:
        mapping = StatementMapping.from_plain(learnt.mapping)
        for bank_id in learnt.banks:
            made += layouts.remember(
                session, actor=actor, now=now, bank_id=bank_id, signature=learnt.signature, mapping=mapping
            )
    if made:
        audit.say(session, "statement.learnt", subject=file_id, made=made)
