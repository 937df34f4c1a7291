"""Entries of the books that moved a bank account and that no line explains yet, or not wholly."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, Select, Subquery, case, cast, func, literal, select, tuple_, union_all
from sqlalchemy.orm import Session

from aid.domain.entries import EntryKind
from aid.domain.line_ends import OF_ENTRY, EndKind
from aid.domain.money import Money
from aid.domain.payments import Direction
from aid.domain.permissions import Permission
from aid.models.donations import Donation
from aid.models.ledger import BankAccount, Entry, Transfer
from aid.models.statements import BankLine, LineEnd
from aid.services.lines.writing import NOT_REOPENED
from aid.vault.actor import Actor

PAGE = 50
MOST_FITTING = 20


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


@dataclass(frozen=True, slots=True)
class UntiedPage:
    """A page of them, the oldest first; `after`: the number of the last entry, where there are more."""

    rows: tuple[UntiedEntry, ...]
    after: int | None


def untied_page(session: Session, *, actor: Actor, bank_id: UUID, after: int | None = None) -> UntiedPage:
    """Entries of an account that no line explains, from the one after this number on."""
    actor.must(Permission.SEE_MONEY)
    wanted = _ordered(_untied(bank_id))
    last = session.execute(select(Entry.value_on, Entry.number).where(Entry.number == after)).one_or_none()
    if last is not None:
        wanted = wanted.where(tuple_(Entry.value_on, Entry.number) > tuple(last))
    rows = _rows(session, bank_id, wanted.limit(PAGE + 1))
    if len(rows) <= PAGE:
        return UntiedPage(rows, None)
    whole = [row for row in rows[:PAGE] if row.id != rows[PAGE].id]  # both ways of one entry stand on one page
    return UntiedPage(tuple(whole), whole[-1].number)


def untied_sum(session: Session, *, actor: Actor, bank_id: UUID) -> tuple[int, int]:
    """How many there are, and what they add to the account, in minor units."""
    actor.must(Permission.SEE_MONEY)
    untied = _untied(bank_id)
    added = select(func.count(), cast(func.coalesce(func.sum(untied.c.signed), 0), BigInteger))
    count, signed = session.execute(added.where(untied.c.net != 0)).one()
    return count, int(signed)


def untied_entries(
    session: Session, *, actor: Actor, bank_id: UUID, since: date, until: date, amounts: Collection[int]
) -> tuple[UntiedEntry, ...]:
    """Those of these amounts, with value between two days."""
    actor.must(Permission.SEE_MONEY)
    untied = _untied(bank_id, since=since, until=until)
    return _rows(session, bank_id, _ordered(untied).where(untied.c.minor.in_(sorted(amounts))))


def fitting_entries(
    session: Session, *, actor: Actor, bank_id: UUID, direction: Direction, still: Money, on: date
) -> tuple[UntiedEntry, ...]:
    """Those that a line may be: of its amount first, then the nearest in time."""
    actor.must(Permission.SEE_MONEY)
    untied = _untied(bank_id)
    same_way = _selected(untied).where(untied.c.direction == direction.value)
    before = same_way.where(Entry.value_on <= on).order_by(Entry.value_on.desc(), Entry.number.desc())
    later = same_way.where(Entry.value_on > on).order_by(Entry.value_on, Entry.number)
    found: dict[UUID, UntiedEntry] = {}
    for wanted in (before.where(untied.c.minor == still.minor), later.where(untied.c.minor == still.minor)):
        found |= {row.id: row for row in _rows(session, bank_id, wanted.limit(MOST_FITTING))}
    for wanted in (before, later):
        found |= {row.id: row for row in _rows(session, bank_id, wanted.limit(MOST_FITTING)) if row.id not in found}
    return tuple(sorted(found.values(), key=lambda row: (row.left != still, abs((row.on - on).days))))


def _untied(bank_id: UUID, *, since: date | None = None, until: date | None = None) -> Subquery:
    """Each way that an entry moved the account by more than its lines say: by how much more.

    `net`: what is left of it together with what corrected it. Where that is nothing, they came to nothing by
    themselves, and no line is to be expected; an entry and its counter-entry have their value on one day.
    """
    moved, tied = _moved(bank_id).subquery(), _tied(bank_id).subquery()
    left = cast(moved.c.minor - func.coalesce(tied.c.minor, 0), BigInteger)
    signed = case((moved.c.direction == Direction.CREDIT.value, left), else_=-left)
    root = case((Entry.kind == EntryKind.CORRECTION, func.coalesce(Entry.corrects_id, Entry.id)), else_=Entry.id)
    every = (
        select(
            Entry.id,
            moved.c.direction,
            left.label("minor"),
            signed.label("signed"),
            cast(func.sum(signed).over(partition_by=root), BigInteger).label("net"),
        )
        .join(moved, moved.c.entry_id == Entry.id)
        .outerjoin(tied, (tied.c.entry_id == Entry.id) & (tied.c.direction == moved.c.direction))
        .where(left > 0)
    )
    if since is not None:
        every = every.where(Entry.value_on >= since)
    if until is not None:
        every = every.where(Entry.value_on <= until)
    return every.subquery()


def _selected(untied: Subquery) -> Select[Entry, str, int, UUID | None]:
    donor = select(Donation.donor_id).where(Donation.id == Entry.cause_id).scalar_subquery()
    return (
        select(Entry, untied.c.direction, untied.c.minor, donor)
        .join(untied, untied.c.id == Entry.id)
        .where(untied.c.net != 0)
    )


def _ordered(untied: Subquery) -> Select[Entry, str, int, UUID | None]:
    return _selected(untied).order_by(Entry.value_on, Entry.number, untied.c.direction)


def _rows(session: Session, bank_id: UUID, wanted: Select[Entry, str, int, UUID | None]) -> tuple[UntiedEntry, ...]:
    currency = session.execute(select(BankAccount.currency).where(BankAccount.id == bank_id)).scalar_one()
    return tuple(
        _row(entry, direction, Money(int(minor), currency), donor_id)
        for entry, direction, minor, donor_id in session.execute(wanted)
    )


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
