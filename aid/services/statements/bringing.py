"""Bringing a statement's file in: begun once, its lines in steps, and ended when all are in.

Each step takes what is not in yet, so that whoever brings an unfinished file again goes on with it, and two who bring
the same file at once bring it once. A step holds the accounts whose lines it brings: what is known is known then.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.ids import new_id
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.statements import StatementFormat
from aid.domain.words import _
from aid.models.ledger import BankAccount
from aid.models.statements import (
    BankLine,
    BankStatement,
    LineSeen,
    LineShare,
    StatementBrought,
    StatementDay,
    StatementFile,
)
from aid.services import audit
from aid.services.collector import resting_collector
from aid.services.donors import index as donor_index
from aid.services.provisional import must_be_whole
from aid.services.statements.doubts import Asking
from aid.services.statements.keeping import keep_known, keep_new, put
from aid.services.statements.keys import keys_of
from aid.services.statements.knowing import Desk, Shown, shown_statements
from aid.services.statements.sharing import keep_shares, shared_lines
from aid.services.statements.summing import Summing
from aid.services.statements.waiting import ReadLine, lines_of
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class StatementFacts:
    """What stays of one statement of a file."""

    n: int
    bank_id: UUID
    currency: str
    source: str
    name: str
    page: int
    since: date | None
    until: date | None
    opening_minor: int | None
    opening_on: date | None
    closing_minor: int | None
    closing_on: date | None
    lines: int
    credits_minor: int
    debits_minor: int
    waiting: int
    elsewhere: int
    days: tuple[tuple[date, int, int], ...]  # from which balance to which


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What stays of a file."""

    sha256: bytes
    format: StatementFormat
    size: int
    wrong: int
    problems: tuple[tuple[Any, ...], ...]
    statements: tuple[StatementFacts, ...]


@dataclass(frozen=True, slots=True)
class FileBegun:
    """The file is known under this id; `is_in`: all of it is in already."""

    file_id: UUID
    is_in: bool


@dataclass(frozen=True, slots=True)
class StepBrought:
    """One step is done: how many lines were new, known, or in already from an earlier attempt."""

    new: int
    known: int
    before: int


@dataclass(frozen=True, slots=True)
class FileBrought:
    """All of the file is in."""

    file_id: UUID
    new: int
    known: int


def begin_statements(session: Session, *, actor: Actor, now: Instant, file: FileFacts) -> FileBegun:
    """Note a file and its statements, unless they are known. Raises RuleBroken."""
    actor.must(Permission.IMPORT_STATEMENTS)
    must_be_whole(session)
    keys_of(session, actor.keyring)
    _hold(session, {statement.bank_id for statement in file.statements})
    known = session.scalar(select(StatementFile).where(StatementFile.sha256 == file.sha256))
    if known is not None:
        _must_be_the_same(session, known.id, file.statements)
        return FileBegun(known.id, session.get(StatementBrought, known.id) is not None)
    row = StatementFile(
        id=new_id(),
        sha256=file.sha256,
        format=file.format,
        size=file.size,
        statements=len(file.statements),
        wrong=file.wrong,
        problems=[list(problem) for problem in file.problems],
        begun_at=now.instant,
        begun_by_id=actor.id,
    )
    session.add(row)
    session.flush()
    rows, days = _rows_of(row.id, file.statements)
    made = [put(session, kind=BankStatement, rows=rows), put(session, kind=StatementDay, rows=days)]
    audit.say(session, "statement.begun", subject=row.id, made=[row, *made])
    return FileBegun(row.id, is_in=False)


def _rows_of(file_id: UUID, statements: Sequence[StatementFacts]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    rows, days = [], []
    for facts in statements:
        row = {name: getattr(facts, name) for name in StatementFacts.__slots__ if name != "days"}
        rows.append(row | {"id": new_id(), "file_id": file_id})
        days += [
            {"statement_id": rows[-1]["id"], "booked_on": day, "opening_minor": opening, "closing_minor": closing}
            for day, opening, closing in facts.days
        ]
    return rows, days


def _must_be_the_same(session: Session, file_id: UUID, statements: Sequence[StatementFacts]) -> None:
    """A file whose lines count otherwise than the first time, or are of another account, is not gone on with."""
    columns = (BankStatement.n, BankStatement.bank_id, BankStatement.lines)
    sums = (BankStatement.credits_minor, BankStatement.debits_minor)
    first = session.execute(select(*columns, *sums).where(BankStatement.file_id == file_id)).all()
    now = {(each.n, each.bank_id, each.lines, each.credits_minor, each.debits_minor) for each in statements}
    if {tuple(row) for row in first} != now:
        raise RuleBroken(
            _(
                "This file was brought in before, for another account or read in another way. "
                "Choose the same account as then."
            ),
            field="bank",
        )


@resting_collector()
def bring_lines(
    session: Session,
    *,
    actor: Actor,
    now: Instant,
    file_id: UUID,
    step: bytes,
    answers: tuple[tuple[str, bool], ...] = (),
) -> StepBrought:
    """Bring the lines of one step in: those that are new, and for the others that they were shown again.

    `answers` say of sums and single lines whether they are the same money, where nobody else can tell.
    """
    actor.must(Permission.IMPORT_STATEMENTS)
    must_be_whole(session)
    keys = keys_of(session, actor.keyring)
    read = lines_of(step)
    numbers = {line.statement for line in read}
    wanted = select(BankStatement.n, BankStatement.id).where(BankStatement.file_id == file_id)
    ids = {n: id_ for n, id_ in session.execute(wanted) if n in numbers}
    shown = shown_statements(session, ids.values())
    statements = {n: shown[id_] for n, id_ in ids.items()}
    _hold(session, {each.bank_id for each in shown.values()})
    if numbers - statements.keys():
        raise RuleBroken(_("This file was not begun here. Bring it again."))
    if session.get(StatementBrought, file_id):
        return StepBrought(0, 0, len(read))
    fresh = _not_in_yet(session, statements, read)
    desk = Desk(session, keys, statements)
    met, shares = Summing(session, actor.keyring, desk, Asking(dict(answers))).part(desk.meet(fresh))
    made: list[audit.Rows | audit.PlainRows] = [
        *keep_new(session, actor=actor, keys=keys, met=met),
        *keep_known(session, actor=actor, keys=keys, met=met),
        *keep_shares(session, actor=actor, ring_id=keys.ring_id, shares=shares),
    ]
    if made:
        audit.say(session, "statement.lines_brought", subject=file_id, made=made)
    new = sum(each.is_new for each in met)
    return StepBrought(new, len(fresh) - new, len(read) - len(fresh))


def end_statements(session: Session, *, actor: Actor, now: Instant, file_id: UUID) -> FileBrought:
    """Note that all of a file is in. Raises RuleBroken while something of it is not."""
    actor.must(Permission.IMPORT_STATEMENTS)
    statements = select(BankStatement).where(BankStatement.file_id == file_id)
    rows = session.scalars(statements).all()
    _hold(session, {row.bank_id for row in rows})
    if (known := session.get(StatementBrought, file_id)) is not None:
        return FileBrought(file_id, known.new_lines, known.known_lines)
    mine = select(BankStatement.id).where(BankStatement.file_id == file_id)
    new, seen = (
        session.scalar(select(func.count()).select_from(kind).where(kind.statement_id.in_(mine))) or 0
        for kind in (BankLine, LineSeen)
    )
    again = seen + shared_lines(session, mine)
    if new + again != sum(row.lines for row in rows) or session.get(StatementFile, file_id) is None:
        raise RuleBroken(_("Not all lines of this file are in yet. Bring it again: what is in is not added twice."))
    brought = StatementBrought(
        file_id=file_id, new_lines=new, known_lines=again, brought_at=now.instant, brought_by_id=actor.id
    )
    session.add(brought)
    donor_index.catch_up(session, actor.keyring)  # who was entered before there was an index
    audit.say(session, "statement.brought", subject=file_id, made=[brought])
    return FileBrought(file_id, new, again)


def _hold(session: Session, banks: Iterable[UUID]) -> None:
    """Nobody else brings lines of these accounts in before this is committed."""
    here = select(BankAccount.id).where(BankAccount.id.in_(set(banks))).order_by(BankAccount.id)
    session.execute(here.with_for_update())


def _not_in_yet(session: Session, statements: dict[int, Shown], lines: Sequence[ReadLine]) -> list[ReadLine]:
    """Lines of which no earlier attempt brought in anything."""
    theirs: dict[int, list[int]] = defaultdict(list)
    for line in lines:
        theirs[line.statement].append(line.n)
    there: set[tuple[int, int]] = set()
    for number, places in theirs.items():
        for kind in (BankLine, LineSeen, LineShare):
            shown = select(kind.n).where(kind.statement_id == statements[number].id)
            inside = kind.n.between(min(places), max(places))
            there |= {(number, n) for n in session.scalars(shown.where(inside))}
    return [line for line in lines if (line.statement, line.n) not in there] if there else [*lines]
