"""Proof that the books carry what bank lines ended as. That nothing of a line is lost is proved with its statements.

An end rests on an entry that moved its account
the same way, and no entry explains more than it moved there; or on a line that went the other way and was set against
it. What an end booked, and was undone, has its counter-entry.
"""

from collections.abc import Iterator
from functools import cache
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    String,
    and_,
    case,
    cast,
    exists,
    func,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.orm import Session, aliased

from aid.domain.entries import EntryKind
from aid.domain.line_ends import AGAINST_EACH_OTHER, OF_ENTRY, EndKind
from aid.domain.payments import Direction
from aid.models.ledger import Entry, Transfer
from aid.models.statements import BankLine, LineEnd, LineReopened
from aid.services.verification.faults import Fault, faults_found
from aid.services.verification.findings import Finding

MADE_HERE = (EndKind.DONATION, EndKind.FEE, EndKind.INTEREST)
_UNDONE = exists().where(LineReopened.end_id == LineEnd.id)


def prove_line_ends(session: Session) -> Iterator[Finding]:
    """Ends that rest on nothing, or on what explains another already."""
    yield from faults_found(session, _by_entry)
    for line_id, payment in session.execute(_paid_twice()):
        yield Finding("bank_line", str(line_id), f"its payment {payment} is explained twice")
    for entry_id, minor, most in session.execute(_explained_twice()):
        yield Finding("entry", str(entry_id), f"lines explain {minor} of it, but it moved {most} on their account")
    yield from faults_found(session, _against, _counters)


def _by_entry() -> Iterator[Fault]:
    """Ends whose entry moved something else, is of another kind, or was made for something else."""
    kinds = case(*((Entry.kind == kind, of.value) for kind, of in OF_ENTRY.items()), else_="")
    moved = exists().where(Transfer.entry_id == Entry.id, _moves())
    wrong = (
        select(LineEnd.id)
        .outerjoin(BankLine, BankLine.id == LineEnd.line_id)
        .outerjoin(Entry, Entry.id == LineEnd.entry_id)
        .where(LineEnd.entry_id.is_not(None))
        .where(
            or_(
                Entry.id.is_(None),
                BankLine.id.is_(None),
                type_coerce(LineEnd.kind, String) != kinds,
                LineEnd.cause_id.is_(None),
                LineEnd.cause_id != Entry.cause_id,
                ~moved,
            )
        )
    )
    yield Fault(wrong, "line_end", "the entry it rests on did not move its account so")
    made = select(LineEnd.id).where(LineEnd.made_here, or_(LineEnd.entry_id.is_(None), LineEnd.kind.not_in(MADE_HERE)))
    yield Fault(made, "line_end", "it says that it booked what lines do not book")


@cache
def _paid_twice() -> Select[UUID, int | None]:
    """Payments of a batch that stand for two ends."""
    return (
        select(LineEnd.line_id, LineEnd.payment)
        .where(LineEnd.payment.is_not(None), ~_UNDONE)
        .group_by(LineEnd.line_id, LineEnd.payment)
        .having(func.count() > 1)
    )


@cache
def _explained_twice() -> Select[UUID | None, int, int]:
    """Entries of which lines explain more than they moved on an account, one way."""
    said = cast(func.sum(LineEnd.amount_minor), BigInteger)
    tied = (
        select(LineEnd.entry_id, BankLine.bank_id, BankLine.direction, said.label("minor"))
        .join(BankLine, BankLine.id == LineEnd.line_id)
        .where(LineEnd.entry_id.is_not(None), ~_UNDONE)
        .group_by(LineEnd.entry_id, BankLine.bank_id, BankLine.direction)
        .subquery()
    )
    moved = select(func.coalesce(func.sum(Transfer.amount_minor), 0)).where(
        Transfer.entry_id == tied.c.entry_id,
        or_(
            and_(tied.c.direction == Direction.CREDIT, Transfer.debit_id == tied.c.bank_id),
            and_(tied.c.direction == Direction.DEBIT, Transfer.credit_id == tied.c.bank_id),
        ),
    )
    came = cast(moved.scalar_subquery(), BigInteger)
    return select(tied.c.entry_id, tied.c.minor, came).where(tied.c.minor > came)


def _against() -> Iterator[Fault]:
    """Ends against a line that has no such end, or does not go the other way."""
    other_end, line, other = aliased(LineEnd), aliased(BankLine), aliased(BankLine)
    gone, other_gone = aliased(LineReopened), aliased(LineReopened)
    wrong = (
        select(LineEnd.id)
        .outerjoin(other_end, other_end.id == LineEnd.cause_id)
        .outerjoin(line, line.id == LineEnd.line_id)
        .outerjoin(other, other.id == LineEnd.against_id)
        .outerjoin(gone, gone.end_id == LineEnd.id)
        .outerjoin(other_gone, other_gone.end_id == other_end.id)
        .where(LineEnd.against_id.is_not(None))
        .where(
            or_(
                LineEnd.kind.not_in(sorted(AGAINST_EACH_OTHER)),
                other_end.id.is_(None),
                other_end.line_id != LineEnd.against_id,
                other_end.against_id != LineEnd.line_id,
                other_end.cause_id != LineEnd.id,
                other_end.amount_minor != LineEnd.amount_minor,
                other_end.kind != LineEnd.kind,
                line.bank_id != other.bank_id,
                line.direction == other.direction,
                gone.end_id.is_(None) != other_gone.end_id.is_(None),
            )
        )
    )
    yield Fault(wrong, "line_end", "it was not set against a line that goes the other way")


def _counters() -> Iterator[Fault]:
    """What an end booked itself is undone in the books with it."""
    counter = aliased(Entry)
    wrong = (
        select(LineEnd.id)
        .join(LineReopened, LineReopened.end_id == LineEnd.id)
        .outerjoin(counter, counter.id == LineReopened.counter_id)
        .where(
            or_(
                and_(LineEnd.made_here, counter.id.is_(None)),
                and_(
                    LineReopened.counter_id.is_not(None),
                    or_(
                        counter.id.is_(None),
                        counter.kind != EntryKind.CORRECTION,
                        counter.corrects_id.is_(None),
                        counter.corrects_id != LineEnd.entry_id,
                    ),
                ),
            )
        )
    )
    yield Fault(wrong, "line_end", "it was undone, but what it had booked was not")


def _moves() -> ColumnElement[bool]:
    return or_(
        and_(BankLine.direction == Direction.CREDIT, Transfer.debit_id == BankLine.bank_id),
        and_(BankLine.direction == Direction.DEBIT, Transfer.credit_id == BankLine.bank_id),
    )
