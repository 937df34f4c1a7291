"""A statement's own lines, whether it showed them first or again, how each ended, and that they come to its sums.

A line of a statement may be several known lines as one sum, or a part of one known as a sum: it is shown as those. What
is explained of a sum is taken to be of its first parts, so that explained and open of all parts come to the sum.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Subquery, case, cast, exists, func, literal, select, tuple_, union_all
from sqlalchemy.orm import Session

from aid.domain.line_ends import EndKind
from aid.domain.money import Money
from aid.domain.payments import Direction, Payment
from aid.domain.permissions import Permission
from aid.models.ledger import BankAccount
from aid.models.statements import BankLine, BankStatement, LineEnd, LineReopened, LineSeen, LineShare, StatementBrought
from aid.queries.lines.accounts import Way
from aid.queries.statements import StatementRow, statement_row
from aid.services.donors import index as donor_index
from aid.services.lines.words import words_of
from aid.vault.actor import Actor

PAGE = 50


class Place(NamedTuple):
    """Where a page ends: the place in the statement, and the line's number."""

    n: int
    number: int


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line as one statement shows it. `known`: another statement showed it first; `part`: here is a part of it."""

    n: int
    line_id: UUID
    number: int
    booked_on: date
    direction: Direction
    amount: Money
    still: Money
    known: bool
    part: bool
    ends: tuple[EndKind, ...]
    payment: Payment | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class StatementPage:
    """A statement with some of its lines, and what all of them come to: explained and open."""

    statement: StatementRow
    came: Way
    went: Way
    is_whole: bool  # all of its file is in
    rows: tuple[ShownLine, ...]
    after: Place | None


def statement_page(
    session: Session, *, actor: Actor, file_id: UUID, n: int, after: Place | None = None
) -> StatementPage | None:
    """One statement of a file that was brought in, from this place on; None where there is none."""
    actor.must(Permission.SEE_MONEY)
    wanted = select(BankStatement, BankAccount.names).join(BankAccount, BankAccount.id == BankStatement.bank_id)
    found = session.execute(wanted.where(BankStatement.file_id == file_id, BankStatement.n == n)).one_or_none()
    if found is None:
        return None
    statement, names = found
    every = _every(statement.id)
    came, went = _sums(session, every, statement.currency)
    rows = _rows(session, actor, every, statement.currency, after)
    shown = rows[:PAGE]
    return StatementPage(
        statement=statement_row(statement, names),
        came=came,
        went=went,
        is_whole=session.get(StatementBrought, file_id) is not None,
        rows=tuple(shown),
        after=Place(shown[-1].n, shown[-1].number) if len(rows) > PAGE else None,
    )


def _every(statement_id: UUID) -> Subquery:
    """Each line that it shows: at which place, how much of it, and how much of that is open."""
    own = select(
        BankLine.n,
        BankLine.id.label("line_id"),
        BankLine.amount_minor.label("minor"),
        BankLine.open_minor.label("open"),
        literal(0).label("known"),
    ).where(BankLine.statement_id == statement_id)
    seen = select(LineSeen.n, BankLine.id, BankLine.amount_minor, BankLine.open_minor, literal(1))
    again = seen.join(BankLine, BankLine.id == LineSeen.line_id).where(LineSeen.statement_id == statement_id)
    so_far = func.sum(LineShare.amount_minor).over(partition_by=LineShare.line_id, order_by=(LineShare.n, LineShare.id))
    ended = cast(BankLine.amount_minor - BankLine.open_minor - (so_far - LineShare.amount_minor), BigInteger)
    part = LineShare.amount_minor
    still = case((ended <= 0, part), (ended >= part, 0), else_=part - ended)
    shares = select(LineShare.n, BankLine.id, part, still, literal(1))
    shared = shares.join(BankLine, BankLine.id == LineShare.line_id).where(LineShare.statement_id == statement_id)
    return union_all(own, again, shared).subquery()


def _sums(session: Session, every: Subquery, currency: str) -> tuple[Way, Way]:
    """What came and what went by its places, as the statement counts them: a place is one line of the statement."""
    moved = func.sum(_signed(every.c.minor))
    places = (
        select(moved.label("moved"), func.sum(_signed(every.c.open)).label("open"))
        .select_from(every.join(BankLine.__table__, BankLine.id == every.c.line_id))
        .group_by(every.c.n)
        .subquery()
    )
    came, came_open, went, went_open = session.execute(
        select(
            _over(places.c.moved > 0, places.c.moved),
            _over(places.c.moved > 0, places.c.open),
            _over(places.c.moved <= 0, -places.c.moved),
            _over(places.c.moved <= 0, -places.c.open),
        )
    ).one()

    def way(minor: int, open_: int) -> Way:
        return Way(Money(int(minor), currency), Money(int(open_), currency))

    return way(came, came_open), way(went, went_open)


def _over(which: ColumnElement[bool], minor: ColumnElement[int]) -> ColumnElement[int]:
    return cast(func.coalesce(func.sum(case((which, minor), else_=0)), 0), BigInteger)


def _signed(minor: ColumnElement[int]) -> Any:
    return case((BankLine.direction == Direction.CREDIT, minor), else_=-minor)


def _rows(session: Session, actor: Actor, every: Subquery, currency: str, after: Place | None) -> Sequence[ShownLine]:
    order = (every.c.n, BankLine.number)
    wanted = select(every.c.n, every.c.minor, every.c.open, every.c.known, BankLine)
    wanted = wanted.select_from(every.join(BankLine.__table__, BankLine.id == every.c.line_id))
    wanted = wanted.order_by(*order).limit(PAGE + 1)
    if after is not None:
        wanted = wanted.where(tuple_(*order) > tuple(after))
    found = session.execute(wanted).all()
    ids = [line.id for *_place, line in found]
    ends, payments = _ends(session, ids), _payments(session, actor, ids)
    return [
        ShownLine(
            n=n,
            line_id=line.id,
            number=line.number,
            booked_on=line.booked_on,
            direction=line.direction,
            amount=Money(minor, currency),
            still=Money(int(still), currency),
            known=bool(known),
            part=minor < line.amount_minor,
            ends=tuple(ends[line.id]),
            payment=payments.get(line.id),
        )
        for n, minor, still, known, line in found
    ]


def _ends(session: Session, line_ids: Sequence[UUID]) -> dict[UUID, list[EndKind]]:
    """As what these lines ended, as far as that stands; each kind once."""
    found: dict[UUID, list[EndKind]] = defaultdict(list)
    undone = exists().where(LineReopened.end_id == LineEnd.id)
    wanted = select(LineEnd.line_id, LineEnd.kind).where(LineEnd.line_id.in_(line_ids), ~undone)
    for line_id, kind in session.execute(wanted.group_by(LineEnd.line_id, LineEnd.kind).order_by(func.min(LineEnd.n))):
        found[line_id].append(kind)
    return found


def _payments(session: Session, actor: Actor, line_ids: Sequence[UUID]) -> dict[UUID, Payment]:
    """Who stands behind them, for who may see donors."""
    if not (actor.may(Permission.SEE_DONORS) and donor_index.index_of(session, actor.keyring)):
        return {}
    told = words_of(session, keyring=actor.keyring, line_ids=list(dict.fromkeys(line_ids)))
    return {line_id: each.payment for line_id, each in told.items()}
