"""Entries of the books that moved a bank account and that no line explains yet, or not wholly."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, Select, cast, func, literal, select, union_all
from sqlalchemy.orm import Session, aliased

from aid.domain.entries import EntryKind
from aid.domain.line_ends import OF_ENTRY, EndKind
from aid.domain.money import Money
from aid.domain.payments import Direction
from aid.domain.permissions import Permission
from aid.models.donations import Donation
from aid.models.ledger import BankAccount, Entry, Transfer
from aid.models.statements import BankLine, LineEnd
from aid.services.line_writing import NOT_REOPENED
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class UntiedEntry:
    """So much that an entry moved on an account, one way, has no line."""

    id: UUID
    number: int
    kind: EntryKind
    cause_id: UUID
    direction: Direction
    left: Money
    on: date
    posted_on: date
    donor_id: UUID | None

    @property
    def is_like(self) -> EndKind:
        """What a line is that it explains."""
        return OF_ENTRY[self.kind]

    def days_until(self, today: date) -> int:
        """How long it has stood so."""
        return max((today - self.on).days, 0)

    @property
    def signed(self) -> int:
        """What it adds to the account, in minor units."""
        return self.left.minor if self.direction is Direction.CREDIT else -self.left.minor


def untied_entries(
    session: Session,
    *,
    actor: Actor,
    bank_id: UUID,
    since: date | None = None,
    until: date | None = None,
    amounts: Collection[int] = (),
) -> tuple[UntiedEntry, ...]:
    """Those of an account, the oldest first; with value between two days, or of some amounts, where these are given."""
    actor.must(Permission.SEE_MONEY)
    currency = session.execute(select(BankAccount.currency).where(BankAccount.id == bank_id)).scalar_one()
    statement = _statement(bank_id, since=since, until=until, amounts=amounts)
    found = [
        (entry.corrects_id, _row(entry, direction, Money(int(minor), currency), donor_id))
        for entry, direction, minor, donor_id in session.execute(statement)
    ]
    return tuple(_without_settled(session, found))


def _statement(
    bank_id: UUID, *, since: date | None, until: date | None, amounts: Collection[int]
) -> Select[Entry, str, int, UUID | None]:
    """Each entry that moved the account by more than its lines say, the way, by how much more, and its donor."""
    donor = select(Donation.donor_id).where(Donation.id == Entry.cause_id).scalar_subquery()
    moved, tied = _moved(bank_id).subquery(), _tied(bank_id).subquery()
    left = moved.c.minor - func.coalesce(tied.c.minor, 0)
    rows = (
        select(Entry, moved.c.direction, cast(left, BigInteger), donor)
        .join(moved, moved.c.entry_id == Entry.id)
        .outerjoin(tied, (tied.c.entry_id == Entry.id) & (tied.c.direction == moved.c.direction))
        .where(left > 0)
        .order_by(Entry.value_on, Entry.number)
    )
    if since is not None:
        rows = rows.where(Entry.value_on >= since)
    if until is not None:
        rows = rows.where(Entry.value_on <= until)
    if amounts:
        rows = rows.where(left.in_(sorted(amounts)))
    return rows


def _row(entry: Entry, direction: str, left: Money, donor_id: UUID | None) -> UntiedEntry:
    return UntiedEntry(
        entry.id,
        entry.number,
        entry.kind,
        entry.cause_id,
        Direction(direction),
        left,
        entry.value_on,
        entry.posted_on,
        donor_id,
    )


def _without_settled(session: Session, found: Iterable[tuple[UUID | None, UntiedEntry]]) -> list[UntiedEntry]:
    """Leave out what came to nothing by itself: an entry and its counter-entry, or both sides of one entry."""
    every = list(found)
    counters = aliased(Entry)
    undone = (
        select(counters.corrects_id, counters.id)
        .where(counters.kind == EntryKind.CORRECTION)
        .where(counters.corrects_id.in_([entry.id for _corrects, entry in every]))
    )
    has_counter = {entry_id for entry_id, _counter in session.execute(undone)}
    net: defaultdict[UUID, int] = defaultdict(int)
    root: dict[UUID, UUID] = {}
    for corrects_id, entry in every:
        is_counter = entry.kind is EntryKind.CORRECTION and corrects_id is not None
        root[entry.id] = corrects_id if is_counter and corrects_id else entry.id
        net[root[entry.id]] += entry.signed
    alone = {entry.id for _corrects, entry in every if entry.kind is EntryKind.CORRECTION} | has_counter
    return [
        entry
        for _corrects, entry in every
        if net[root[entry.id]] != 0 or not (entry.id in alone or _both_ways(every, entry.id))
    ]


def _both_ways(every: Collection[tuple[UUID | None, UntiedEntry]], entry_id: UUID) -> bool:
    return sum(entry.id == entry_id for _corrects, entry in every) > 1


def _moved(bank_id: UUID) -> Select[UUID, str, int]:
    sides = (
        select(
            Transfer.entry_id.label("entry_id"),
            literal(direction.value).label("direction"),
            cast(func.sum(Transfer.amount_minor), BigInteger).label("minor"),
        )
        .where(side == bank_id)
        .group_by(Transfer.entry_id)
        for side, direction in ((Transfer.debit_id, Direction.CREDIT), (Transfer.credit_id, Direction.DEBIT))
    )
    both = union_all(*sides).subquery()
    return select(both.c.entry_id, both.c.direction, both.c.minor)


def _tied(bank_id: UUID) -> Select[UUID | None, Direction, int]:
    return (
        select(
            LineEnd.entry_id.label("entry_id"),
            BankLine.direction.label("direction"),
            cast(func.sum(LineEnd.amount_minor), BigInteger).label("minor"),
        )
        .join(BankLine, BankLine.id == LineEnd.line_id)
        .where(BankLine.bank_id == bank_id, LineEnd.entry_id.is_not(None), NOT_REOPENED)
        .group_by(LineEnd.entry_id, BankLine.direction)
    )
