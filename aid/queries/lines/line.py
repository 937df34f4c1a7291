"""One bank line: what the bank says, what it ended as, what was undone, and what waits for somebody's word."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from aid.domain.clock import Instant
from aid.domain.donations import DonorDetails
from aid.domain.line_ends import EndKind, opposite
from aid.domain.money import Money
from aid.domain.payments import Payment
from aid.domain.permissions import Permission
from aid.models.donations import CorrectionAnswer, CorrectionAsked, Donation
from aid.models.ledger import BankAccount, Entry
from aid.models.people import Person
from aid.models.statements import BankLine, LineEnd, LineReopened
from aid.queries.donors import details_of
from aid.queries.ledger.causes import Cause, causes_of
from aid.queries.lines.opened import OpenLine, shown
from aid.queries.second_words import AskedRow, of_line
from aid.vault.actor import Actor

MOST_OTHERS = 40


class LineOf(NamedTuple):
    """A line by its number."""

    id: UUID
    number: int


@dataclass(frozen=True, slots=True)
class EndRow:
    """What a part of a line ended as. `waits`: a correction of its donation is asked for."""

    id: UUID
    n: int
    kind: EndKind
    amount: Money
    cause: Cause | None
    entry_number: int | None
    against: int | None  # the number of the other line
    against_id: UUID | None
    donor: DonorDetails | None = field(repr=False)
    made_here: bool
    by: str
    at: datetime
    undone_by: str | None
    undone_at: datetime | None
    reason: str
    waits: bool
    payment: int | None = None  # which one of a batch


@dataclass(frozen=True, slots=True)
class LinePage:
    """One line and its ends, the first first."""

    line: OpenLine
    bank_id: UUID
    bank: dict[str, str]
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
        select(BankLine, BankAccount.names)
        .join(BankAccount, BankAccount.id == BankLine.bank_id)
        .where(BankLine.id == line_id)
    ).one_or_none()
    if found is None:
        return None
    line, names = found
    [row] = shown(session, actor=actor, now=now, lines=[line])
    return LinePage(
        row, line.bank_id, names, _ends(session, actor, line), of_line(session, actor=actor, line_id=line_id)
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


def opposite_lines(session: Session, *, actor: Actor, now: Instant, page: LinePage) -> tuple[OpenLine, ...]:
    """Open lines of the account that go the other way: those of the same amount first, then the nearest."""
    actor.must(Permission.SEE_MONEY)
    line = page.line
    wanted = select(BankLine).where(BankLine.bank_id == page.bank_id, BankLine.open_minor > 0)
    other_way = wanted.where(BankLine.direction == opposite(line.direction))
    same = BankLine.open_minor == line.still.minor
    found = session.scalars(other_way.order_by(same.desc(), BankLine.booked_on.desc()).limit(MOST_OTHERS)).all()
    return shown(session, actor=actor, now=now, lines=found)


def _ends(session: Session, actor: Actor, line: BankLine) -> tuple[EndRow, ...]:
    found = [_Found(*row) for row in session.execute(_FOUND.where(LineEnd.line_id == line.id))]
    causes = causes_of(session, [each.end.cause_id for each in found if each.end.cause_id])
    donors = details_of(session, actor=actor, donor_ids=[each.donor_id for each in found if each.donor_id])
    return tuple(_row(each, line.currency, causes, donors) for each in found)


class _Found(NamedTuple):
    """An end with what stands around it."""

    end: LineEnd
    undone: LineReopened | None
    by: str
    undone_by: str | None
    entry_number: int | None
    against: int | None
    donor_id: UUID | None
    waits: bool


_UNDOER, _OTHER = aliased(Person), aliased(BankLine)
_FOUND = (
    select(
        LineEnd,
        LineReopened,
        Person.handle,
        _UNDOER.handle,
        Entry.number,
        _OTHER.number,
        Donation.donor_id,
        exists().where(
            CorrectionAsked.donation_id == LineEnd.cause_id,
            ~exists().where(CorrectionAnswer.asked_id == CorrectionAsked.id),
        ),
    )
    .outerjoin(LineReopened, LineReopened.end_id == LineEnd.id)
    .join(Person, Person.id == LineEnd.ended_by_id)
    .outerjoin(_UNDOER, _UNDOER.id == LineReopened.reopened_by_id)
    .outerjoin(Entry, Entry.id == LineEnd.entry_id)
    .outerjoin(_OTHER, _OTHER.id == LineEnd.against_id)
    .outerjoin(Donation, Donation.id == LineEnd.cause_id)
    .order_by(LineEnd.n)
)


def _row(found: _Found, currency: str, causes: Mapping[UUID, Cause], donors: Mapping[UUID, DonorDetails]) -> EndRow:
    end, undone = found.end, found.undone
    return EndRow(
        id=end.id,
        n=end.n,
        kind=end.kind,
        amount=Money(end.amount_minor, currency),
        cause=causes.get(end.cause_id) if end.cause_id else None,
        entry_number=found.entry_number,
        against=found.against,
        against_id=end.against_id,
        donor=donors.get(found.donor_id) if found.donor_id else None,
        made_here=end.made_here,
        by=found.by,
        at=end.ended_at,
        undone_by=found.undone_by,
        undone_at=undone.reopened_at if undone else None,
        reason=undone.reason if undone else "",
        waits=found.waits and undone is None,
        payment=end.payment,
    )
