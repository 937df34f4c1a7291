"""What bank lines ended as: all of one line, and of an account what stands, the latest first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from aid.domain.donations import DonorDetails
from aid.domain.entries import EntryKind
from aid.domain.line_ends import EndKind
from aid.domain.money import Money
from aid.domain.payments import Direction
from aid.domain.permissions import Permission
from aid.models.donations import CorrectionAnswer, CorrectionAsked, Donation
from aid.models.ledger import Entry
from aid.models.people import Person
from aid.models.statements import BankLine, LineEnd, LineReopened
from aid.queries.donors import details_of
from aid.queries.ledger.causes import Cause, causes_of
from aid.services.lines.promised import thanked
from aid.vault.actor import Actor

PAGE = 50


@dataclass(frozen=True, slots=True)
class EndRow:
    """What a part of a line ended as. `waits`: a correction of its donation is asked for."""

    id: UUID
    n: int
    kind: EndKind
    amount: Money
    cause: Cause | None
    entry_number: int | None
    entry_kind: EntryKind | None
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
    thanked: bool  # for the donation that it is
    payment: int | None = None  # which one of a batch


@dataclass(frozen=True, slots=True)
class ExplainedRow:
    """A line, or a part of it, and what it is."""

    line_id: UUID
    number: int
    booked_on: date
    direction: Direction
    end: EndRow


@dataclass(frozen=True, slots=True)
class ExplainedPage:
    """A page of them; `after`: the last end's id, where there are more."""

    rows: tuple[ExplainedRow, ...]
    after: UUID | None


class _Found(NamedTuple):
    """An end with what stands around it."""

    end: LineEnd
    undone: LineReopened | None
    by: str
    undone_by: str | None
    entry: Entry | None
    against: int | None
    donor_id: UUID | None
    waits: bool
    thanked: bool


def ends_of(session: Session, *, actor: Actor, line: BankLine) -> tuple[EndRow, ...]:
    """What a line ended as, the first first, with what was undone."""
    found = [_Found(*row) for row in session.execute(_FOUND.where(LineEnd.line_id == line.id).order_by(LineEnd.n))]
    return tuple(_rows(session, actor, found, line.currency))


def explained_page(
    session: Session, *, actor: Actor, bank_id: UUID, after: UUID | None = None, mine_since: UUID | None = None
) -> ExplainedPage:
    """What lines of an account ended as and still are, the latest first, from the one before this end on.

    `mine_since`: only what the actor ended, from this end on.
    """
    actor.must(Permission.SEE_MONEY)
    wanted = _FOUND.add_columns(BankLine).join(BankLine, BankLine.id == LineEnd.line_id)
    wanted = wanted.where(BankLine.bank_id == bank_id, LineReopened.end_id.is_(None))
    if after is not None:
        wanted = wanted.where(LineEnd.id < after)
    if mine_since is not None:
        wanted = wanted.where(LineEnd.id >= mine_since, LineEnd.ended_by_id == actor.person_id)
    found = session.execute(wanted.order_by(LineEnd.id.desc()).limit(PAGE + 1)).all()
    shown = found[:PAGE]
    ends = _rows(session, actor, [_Found(*row[:-1]) for row in shown], shown[0][-1].currency if shown else "")
    rows = tuple(
        ExplainedRow(line.id, line.number, line.booked_on, line.direction, end)
        for (*_end, line), end in zip(shown, ends, strict=True)
    )
    return ExplainedPage(rows, rows[-1].end.id if len(found) > PAGE else None)


def _rows(session: Session, actor: Actor, found: Sequence[_Found], currency: str) -> list[EndRow]:
    causes = causes_of(session, [each.end.cause_id for each in found if each.end.cause_id])
    donors = details_of(session, actor=actor, donor_ids=[each.donor_id for each in found if each.donor_id])
    return [_row(each, currency, causes, donors) for each in found]


_UNDOER, _OTHER = aliased(Person), aliased(BankLine)
_FOUND = (
    select(
        LineEnd,
        LineReopened,
        Person.handle,
        _UNDOER.handle,
        Entry,
        _OTHER.number,
        Donation.donor_id,
        exists().where(
            CorrectionAsked.donation_id == LineEnd.cause_id,
            ~exists().where(CorrectionAnswer.asked_id == CorrectionAsked.id),
        ),
        thanked(donation_id=Donation.id),
    )
    .outerjoin(LineReopened, LineReopened.end_id == LineEnd.id)
    .join(Person, Person.id == LineEnd.ended_by_id)
    .outerjoin(_UNDOER, _UNDOER.id == LineReopened.reopened_by_id)
    .outerjoin(Entry, Entry.id == LineEnd.entry_id)
    .outerjoin(_OTHER, _OTHER.id == LineEnd.against_id)
    .outerjoin(Donation, Donation.id == LineEnd.cause_id)
)


def _row(found: _Found, currency: str, causes: Mapping[UUID, Cause], donors: Mapping[UUID, DonorDetails]) -> EndRow:
    end, undone = found.end, found.undone
    return EndRow(
        id=end.id,
        n=end.n,
        kind=end.kind,
        amount=Money(end.amount_minor, currency),
        cause=causes.get(end.cause_id) if end.cause_id else None,
        entry_number=found.entry.number if found.entry else None,
        entry_kind=found.entry.kind if found.entry else None,
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
        thanked=found.thanked,
        payment=end.payment,
    )


def first_of(session: Session, *, actor: Actor, line_ids: Sequence[UUID]) -> UUID | None:
    """The first end of these lines that the actor made and that stands."""
    undone = exists().where(LineReopened.end_id == LineEnd.id)
    mine = select(LineEnd.id).where(LineEnd.line_id.in_(line_ids), LineEnd.ended_by_id == actor.person_id, ~undone)
    return session.scalar(mine.order_by(LineEnd.id).limit(1))


def numbers_of(session: Session, *, actor: Actor, end_ids: Sequence[UUID]) -> dict[UUID, int]:
    """The numbers of the lines of these ends."""
    actor.must(Permission.SEE_MONEY)
    wanted = select(LineEnd.id, BankLine.number).join(BankLine, BankLine.id == LineEnd.line_id)
    return {end_id: number for end_id, number in session.execute(wanted.where(LineEnd.id.in_(end_ids)))}  # noqa: C416
