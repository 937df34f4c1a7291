"""Files of statements that were brought in, as pages show them: days, sums and what was wrong; names of nobody."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from aid.domain.imports import KEPT_FOR, Stage
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.domain.statement_problems import PROBLEM_TITLES, remedy
from aid.domain.statements import Lost, Place, ProblemKind, StatementFormat
from aid.domain.words import Message
from aid.models.imports import BroughtKind, BroughtList
from aid.models.ledger import BankAccount
from aid.models.people import Person
from aid.models.statements import BankStatement, StatementBrought, StatementFile
from aid.services.statements.bringing import StatementFacts
from aid.vault.actor import Actor

PAGE = 30

Found: TypeAlias = Select[StatementFile, str, int, int]


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One statement of a file."""

    n: int
    bank_id: UUID
    names: Mapping[str, str]
    since: date | None
    until: date | None
    lines: int
    came: Money
    went: Money
    opening: Money | None
    closing: Money | None
    waiting: int
    elsewhere: int


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """What was wrong at a place of a file."""

    kind: ProblemKind
    lost: Lost
    place: Place
    difference: Money | None

    @property
    def title(self) -> Message:
        """What it is."""
        return PROBLEM_TITLES[self.kind]

    @property
    def remedy(self) -> Message:
        """What to do about it."""
        return remedy(self.kind, self.lost)


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file that was brought in, or that was begun and not ended: then `new` is none."""

    id: UUID
    begun_at: datetime
    by: str
    format: StatementFormat
    wrong: int
    new: int | None
    known: int | None
    statements: tuple[StatementRow, ...]
    problems: tuple[ProblemRow, ...]

    @property
    def accounts(self) -> list[Mapping[str, str]]:
        """The accounts it tells of, each once."""
        return [*{row.bank_id: row.names for row in self.statements}.values()]

    @property
    def since(self) -> date | None:
        """Its first day."""
        return min((row.since for row in self.statements if row.since), default=None)

    @property
    def until(self) -> date | None:
        """Its last day."""
        return max((row.until for row in self.statements if row.until), default=None)

    @property
    def lines(self) -> int:
        """All its lines that count."""
        return sum(row.lines for row in self.statements)

    @property
    def waiting(self) -> int:
        """Lines that were not booked yet."""
        return sum(row.waiting for row in self.statements)

    @property
    def elsewhere(self) -> int:
        """Lines in another currency than their account's."""
        return sum(row.elsewhere for row in self.statements)

    @property
    def untold(self) -> int:
        """Problems that are only counted."""
        return self.wrong - len(self.problems)


@dataclass(frozen=True, slots=True)
class WaitingFile:
    """A file of the actor's own that was looked at, and not brought in yet."""

    id: UUID
    kept_at: datetime
    kept_until: datetime
    is_running: bool


@dataclass(frozen=True, slots=True)
class RunningFile:
    """A file of the actor's own that is being brought in, step by step."""

    id: UUID
    done: int
    steps: int
    lines: int
    new: int
    known: int
    kept_until: datetime


def files(session: Session, *, actor: Actor, after: UUID | None = None) -> tuple[FileRow, ...]:
    """Files that were brought in, the newest first: one more than a page holds, where there are more."""
    actor.must(Permission.SEE_MONEY)
    wanted = _files().order_by(StatementFile.id.desc()).limit(PAGE + 1)
    return _rows(session, wanted.where(StatementFile.id < after) if after else wanted)


def file(session: Session, *, actor: Actor, file_id: UUID) -> FileRow | None:
    """One of them."""
    actor.must(Permission.SEE_MONEY)
    found = _rows(session, _files().where(StatementFile.id == file_id))
    return found[0] if found else None


def waiting_file(session: Session, *, actor: Actor) -> WaitingFile | None:
    """The file that the actor began to bring in, or looked at last."""
    mine = (BroughtList.person_id == actor.id) & (BroughtList.what == BroughtKind.STATEMENT)
    row = session.scalar(select(BroughtList).where(mine).order_by(BroughtList.kept_at.desc()).limit(1))
    if row is None:
        return None
    return WaitingFile(row.id, row.kept_at, row.kept_at + KEPT_FOR, row.stage is Stage.RUNNING)


def running_file(session: Session, *, actor: Actor, list_id: UUID) -> RunningFile | None:
    """How far it has come; none where it was not begun, or is in."""
    mine = (BroughtList.id == list_id) & (BroughtList.person_id == actor.id)
    row = session.scalar(select(BroughtList).where(mine, BroughtList.what == BroughtKind.STATEMENT))
    if row is None or row.stage is not Stage.RUNNING:
        return None
    return RunningFile(row.id, row.done, row.steps, row.households, row.added, row.known, row.kept_at + KEPT_FOR)


def _files() -> Found:
    return (
        select(StatementFile, Person.handle, StatementBrought.new_lines, StatementBrought.known_lines)
        .join(Person, Person.id == StatementFile.begun_by_id)
        .outerjoin(StatementBrought, StatementBrought.file_id == StatementFile.id)
    )


def _rows(session: Session, wanted: Found) -> tuple[FileRow, ...]:
    found = session.execute(wanted).all()
    statements = _statements(session, [row.id for row, *_rest in found])
    return tuple(
        FileRow(
            row.id,
            row.begun_at,
            handle,
            row.format,
            row.wrong,
            new,
            known,
            tuple(statements[row.id]),
            tuple(problem_row(problem) for problem in row.problems),
        )
        for row, handle, new, known in found
    )


def _statements(session: Session, file_ids: Sequence[UUID]) -> Mapping[UUID, list[StatementRow]]:
    found: dict[UUID, list[StatementRow]] = defaultdict(list)
    wanted = (
        select(BankStatement, BankAccount.names)
        .join(BankAccount, BankAccount.id == BankStatement.bank_id)
        .where(BankStatement.file_id.in_(file_ids))
        .order_by(BankStatement.n)
    )
    for row, names in session.execute(wanted):
        found[row.file_id].append(statement_row(row, names))
    return found


def statement_row(row: BankStatement | StatementFacts, names: Mapping[str, str]) -> StatementRow:
    """One statement, of a file that is in or of one that is looked at."""

    def money(minor: int | None) -> Money | None:
        return None if minor is None else Money(minor, row.currency)

    return StatementRow(
        row.n,
        row.bank_id,
        names,
        row.since,
        row.until,
        row.lines,
        Money(row.credits_minor, row.currency),
        Money(row.debits_minor, row.currency),
        money(row.opening_minor),
        money(row.closing_minor),
        row.waiting,
        row.elsewhere,
    )


def problem_row(plain: Sequence[Any]) -> ProblemRow:
    """A problem as it was noted with its file."""
    kind, lost, statement, entry, line, difference = plain
    return ProblemRow(
        ProblemKind(kind), Lost(lost), Place(statement, entry, line), Money(*difference) if difference else None
    )
