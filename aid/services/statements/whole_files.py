"""A whole file, from what was read of it: what it would add, and bringing all of it in."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.ids import new_id
from aid.domain.permissions import Permission
from aid.domain.statements import is_whole_source
from aid.models.statements import BankStatement, StatementBrought, StatementFile
from aid.services.statements.bringing import (
    FileBrought,
    FileFacts,
    StatementFacts,
    StepBrought,
    begin_statements,
    bring_lines,
    end_statements,
)
from aid.services.statements.doubts import Doubt
from aid.services.statements.keys import keys_of
from aid.services.statements.knowing import Desk, Shown
from aid.services.statements.summing import Summing
from aid.services.statements.waiting import Waiting, lines_of
from aid.vault.actor import Actor

Act = Callable[..., Any]
"""Performs a service: `act(service, **what)`."""


@dataclass(frozen=True, slots=True)
class Brought:
    """What became of a file: how many lines it added, and how many were known, this time."""

    file_id: UUID
    new: int
    known: int
    was_in: bool


@dataclass(frozen=True, slots=True)
class WouldAdd:
    """What bringing a file in would come to."""

    new: int
    known: int
    is_in: bool  # all of the very same file is in already
    doubts: tuple[Doubt, ...] = ()  # what only a person can tell: until then it counts as new


def bring_in(
    act: Act,
    *,
    file: FileFacts,
    lines: Waiting,
    told: Callable[[int], None] = lambda _lines: None,
    answers: tuple[tuple[str, bool], ...] = (),
) -> Brought:
    """Bring a file in, step by step. What an earlier attempt brought in counts as brought in now. Raises RuleBroken."""
    begun = act(begin_statements, file=file)
    if begun.is_in:
        return Brought(begun.file_id, 0, sum(statement.lines for statement in file.statements), was_in=True)
    for step in lines.steps(_currencies(file)):
        done: StepBrought = act(bring_lines, file_id=begun.file_id, step=step, answers=answers)
        told(done.new + done.known + done.before)
    ended: FileBrought = act(end_statements, file_id=begun.file_id)
    return Brought(ended.file_id, ended.new, ended.known, was_in=False)


def would_add(session: Session, *, actor: Actor, file: FileFacts, lines: Waiting) -> WouldAdd:
    """How many of a file's lines are new, without writing anything. Raises RuleBroken."""
    actor.must(Permission.IMPORT_STATEMENTS)
    every = sum(statement.lines for statement in file.statements)
    is_in = select(StatementBrought.file_id).join(StatementFile).where(StatementFile.sha256 == file.sha256)
    if session.scalar(is_in) is not None:
        return WouldAdd(0, every, is_in=True)
    desk = Desk(
        session, keys_of(session, actor.keyring), {each.n: _shown(each) for each in file.statements}, keeps=True
    )
    new, summing = 0, Summing(session, actor.keyring, desk)
    for step in lines.steps(_currencies(file)):
        met, _shares = summing.part(desk.meet(lines_of(step)))
        new += sum(each.is_new for each in met)
    return WouldAdd(new, every - new, is_in=False, doubts=tuple(summing.asking.doubts))


def may_hold_sums(session: Session, *, file: FileFacts) -> bool:
    """Whether another kind of file told of these accounts, so that one may show as a sum what the other lists."""
    banks = {statement.bank_id for statement in file.statements}
    known = session.scalars(select(BankStatement.source).where(BankStatement.bank_id.in_(banks)).distinct())
    return any(is_whole_source(source) != file.format.is_whole for source in known)


def _currencies(file: FileFacts) -> dict[int, str]:
    return {statement.n: statement.currency for statement in file.statements}


def _shown(facts: StatementFacts) -> Shown:
    days = {day: (opening, closing) for day, opening, closing in facts.days}
    return Shown(new_id(), facts.bank_id, facts.currency, facts.source, facts.name, facts.page, days)
