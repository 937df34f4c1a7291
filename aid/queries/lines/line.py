"""One bank line: what the bank says, what it ended as, what was undone, and what waits for somebody's word."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.line_ends import opposite
from aid.domain.money import Money
from aid.domain.payments import Payment
from aid.domain.permissions import Permission
from aid.models.ledger import BankAccount
from aid.models.statements import BankLine, BankStatement, LineEnd, LineReopened
from aid.queries.lines.ends import EndRow, ends_of
from aid.queries.lines.opened import OpenLine, shown
from aid.queries.second_words import AskedRow, of_line
from aid.vault.actor import Actor

MOST_OTHERS = 40


class LineOf(NamedTuple):
    """A line by its number."""

    id: UUID
    number: int


class StatementOf(NamedTuple):
    """The statement that showed a line first: its file, and which one of it."""

    file_id: UUID
    n: int


@dataclass(frozen=True, slots=True)
class LinePage:
    """One line and its ends, the first first."""

    line: OpenLine
    bank_id: UUID
    bank: dict[str, str]
    statement: StatementOf
    ends: tuple[EndRow, ...]
    asked: tuple[AskedRow, ...] = ()

    @property
    def explained(self) -> Money:
        """How much of it has ended."""
        return self.line.amount - self.line.still

    def amount_of(self, payment: Payment) -> Money:
        """What one payment of a batch came to."""
        return Money(payment.minor or 0, payment.currency or self.line.amount.currency)


def line_page(session: Session, *, actor: Actor, now: Instant, line_id: UUID) -> LinePage | None:
    """One line, or None where there is none."""
    actor.must(Permission.SEE_MONEY)
    found = session.execute(
        select(BankLine, BankAccount.names, BankStatement.file_id, BankStatement.n)
        .join(BankAccount, BankAccount.id == BankLine.bank_id)
        .join(BankStatement, BankStatement.id == BankLine.statement_id)
        .where(BankLine.id == line_id)
    ).one_or_none()
    if found is None:
        return None
    line, names, file_id, n = found
    [row] = shown(session, actor=actor, now=now, lines=[line])
    return LinePage(
        row,
        line.bank_id,
        names,
        StatementOf(file_id, n),
        ends_of(session, actor=actor, line=line),
        of_line(session, actor=actor, line_id=line_id),
    )


def lines_of_donation(session: Session, *, actor: Actor, donation_id: UUID) -> tuple[LineOf, ...]:
    """The lines that a donation came by, as far as that stands: none where it came by hand, or before its statement."""
    actor.must(Permission.SEE_MONEY)
    undone = exists().where(LineReopened.end_id == LineEnd.id)
    found = session.execute(
        select(BankLine.id, BankLine.number)
        .join(LineEnd, LineEnd.line_id == BankLine.id)
        .where(LineEnd.cause_id == donation_id, ~undone)
        .order_by(BankLine.number)
        .distinct()
    )
    return tuple(LineOf(line_id, number) for line_id, number in found)


def lines_of_entries(session: Session, *, actor: Actor, entry_ids: Sequence[UUID]) -> dict[UUID, list[LineOf]]:
    """The lines that each of these entries explains now: on their pages that is undone."""
    actor.must(Permission.SEE_MONEY)
    undone = exists().where(LineReopened.end_id == LineEnd.id)
    wanted = select(LineEnd.entry_id, BankLine.id, BankLine.number).join(BankLine, BankLine.id == LineEnd.line_id)
    found: dict[UUID, list[LineOf]] = defaultdict(list)
    for entry_id, line_id, number in session.execute(
        wanted.where(LineEnd.entry_id.in_(entry_ids), ~undone).order_by(BankLine.number).distinct()
    ):
        if entry_id is not None:
            found[entry_id].append(LineOf(line_id, number))
    return found


def opposite_lines(session: Session, *, actor: Actor, now: Instant, page: LinePage) -> tuple[OpenLine, ...]:
    """Open lines of the account that go the other way: those of the same amount first, then the nearest."""
    actor.must(Permission.SEE_MONEY)
    line = page.line
    wanted = select(BankLine).where(BankLine.bank_id == page.bank_id, BankLine.open_minor > 0)
    other_way = wanted.where(BankLine.direction == opposite(line.direction))
    same = BankLine.open_minor == line.still.minor
    found = session.scalars(other_way.order_by(same.desc(), BankLine.booked_on.desc()).limit(MOST_OTHERS)).all()
    return shown(session, actor=actor, now=now, lines=found)
