"""What every end of a line rests on: what is open of a line, what an entry moved, and the rows that say so.

Entries are held before lines, and lines in the order of their ids.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.ids import new_id
from aid.domain.line_ends import EndKind
from aid.domain.money import Money
from aid.domain.payments import Direction
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models.base import Permanent
from aid.models.donations import Donation, DonationCorrection, Donor, stands_for
from aid.models.ledger import Entry, Transfer
from aid.models.statements import BankLine, LineEnd, LineReopened

NOT_REOPENED = ~exists().where(LineReopened.end_id == LineEnd.id)
"""An end that stands."""


def locked_line(session: Session, line_id: UUID) -> BankLine:
    """A line that nobody else ends meanwhile. Raises RuleBroken."""
    line = session.get(BankLine, line_id, with_for_update=True, populate_existing=True)
    if line is None:
        raise RuleBroken(_("There is no such line."))
    return line


def hold_entries(session: Session, entry_ids: Sequence[UUID]) -> None:
    """Let nobody else tie a line to these entries before the commit. Entries are held before lines."""
    wanted = select(Entry.id).where(Entry.id.in_(entry_ids)).order_by(Entry.id)
    session.execute(wanted.with_for_update())


def still_of(line: BankLine) -> Money:
    """What is open of a line."""
    return Money(line.open_minor, line.currency)


def moved_by(session: Session, entry_id: UUID, *, bank_id: UUID, direction: Direction) -> int:
    """What an entry moved on an account, one way."""
    side = Transfer.debit_id if direction is Direction.CREDIT else Transfer.credit_id
    moved = select(func.coalesce(func.sum(Transfer.amount_minor), 0))
    return int(session.execute(moved.where(Transfer.entry_id == entry_id, side == bank_id)).scalar_one())


def tied_to(session: Session, entry_id: UUID, *, bank_id: UUID, direction: Direction) -> int:
    """What lines of an account explain of an entry already."""
    tied = (
        select(func.coalesce(func.sum(LineEnd.amount_minor), 0))
        .join(BankLine, BankLine.id == LineEnd.line_id)
        .where(LineEnd.entry_id == entry_id, NOT_REOPENED)
        .where(BankLine.bank_id == bank_id, BankLine.direction == direction)
    )
    return int(session.execute(tied).scalar_one())


def write_end(
    session: Session,
    line: BankLine,
    *,
    kind: EndKind,
    amount: int,
    by: UUID,
    now: Instant,
    id_: UUID | None = None,
    cause_id: UUID | None = None,
    entry_id: UUID | None = None,
    against_id: UUID | None = None,
    made_here: bool = False,
    purpose_id: UUID | None = None,
    payment: int | None = None,
) -> LineEnd:
    """Write an end, and lower what is open of its line; the constraint has the last word."""
    session.flush()
    _lower(session, line, amount)
    before = select(func.coalesce(func.max(LineEnd.n), 0)).where(LineEnd.line_id == line.id)
    end = LineEnd(
        id=id_ or new_id(),
        line_id=line.id,
        n=session.execute(before).scalar_one() + 1,
        kind=kind,
        amount_minor=amount,
        cause_id=cause_id,
        entry_id=entry_id,
        against_id=against_id,
        made_here=made_here,
        purpose_id=purpose_id,
        payment=payment,
        ended_at=now.instant,
        ended_by_id=by,
    )
    session.add(end)
    session.flush()
    return end


def _lower(session: Session, line: BankLine, amount: int) -> None:
    """Lower what is open of a line, where so much is."""
    lowered = update(BankLine).where(BankLine.id == line.id, BankLine.open_minor >= amount)
    changed = lowered.values(open_minor=BankLine.open_minor - amount).execution_options(synchronize_session=False)
    if session.execute(changed).rowcount != 1:  # type: ignore[attr-defined]
        raise RuleBroken(_("Only %(left)s of this line is still open.", left=still_of(line)), field="amount")
    session.refresh(line, ["open_minor"])


def write_against(
    session: Session, line: BankLine, other: BankLine, *, kind: EndKind, amount: int, by: UUID, now: Instant
) -> tuple[LineEnd, LineEnd]:
    """Write that two lines come to nothing by so much: an end of each, naming the other."""
    one, two = new_id(), new_id()

    def end(each: BankLine, against: BankLine, own: UUID, its_other: UUID) -> LineEnd:
        return write_end(
            session,
            each,
            kind=kind,
            amount=amount,
            by=by,
            now=now,
            id_=own,
            cause_id=its_other,
            against_id=against.id,
        )

    return end(line, other, one, two), end(other, line, two, one)


def write_reopened(
    session: Session, end: LineEnd, *, by: UUID, now: Instant, reason: str, counter_id: UUID | None = None
) -> LineReopened:
    """Write that an end is undone, and raise what is open of its line."""
    session.flush()
    raised = update(BankLine).where(BankLine.id == end.line_id)
    session.execute(
        raised.values(open_minor=BankLine.open_minor + end.amount_minor).execution_options(synchronize_session=False)
    )
    undone = LineReopened(
        end_id=end.id, counter_id=counter_id, reason=reason, reopened_at=now.instant, reopened_by_id=by
    )
    session.add(undone)
    session.flush()
    return undone


def follow(session: Session, correction: DonationCorrection, *, by: UUID, now: Instant) -> list[Permanent]:
    """Lines tied to an entry that is undone: tied to the one that is right, as far as it goes; else open again.

    Called where a donation is corrected, which says what this made.
    """
    hold_entries(session, [correction.corrects_id])
    tied = select(LineEnd).where(LineEnd.entry_id == correction.corrects_id, NOT_REOPENED).order_by(LineEnd.id)
    made: list[Permanent] = []
    left = correction.amount_minor
    for end in session.scalars(tied).all():
        line = locked_line(session, end.line_id)
        counter_id = correction.counter_id
        made.append(write_reopened(session, end, by=by, now=now, reason=correction.reason, counter_id=counter_id))
        amount = min(left, end.amount_minor) if line.bank_id == correction.bank_id else 0
        if amount:
            made.append(
                write_end(
                    session,
                    line,
                    kind=end.kind,
                    amount=amount,
                    by=by,
                    now=now,
                    cause_id=correction.donation_id,
                    entry_id=correction.entry_id,
                    made_here=end.made_here,
                    purpose_id=correction.purpose_id,
                    payment=end.payment,
                )
            )
            left -= amount
    return made


def donors_of(session: Session, end_ids: Sequence[UUID]) -> set[UUID]:
    """Whose gifts these ends are by now."""
    gifts = select(stands_for()).join(Donation, Donation.donor_id == Donor.id)
    gifts = gifts.join(LineEnd, LineEnd.cause_id == Donation.id)
    return set(session.scalars(gifts.where(LineEnd.id.in_(end_ids))))
