"""Every entry behind a figure, and every figure's cause."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, literal, or_, select
from sqlalchemy.orm import Session

from aid.domain.entries import HAD, AccountKind, EntryKind
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.models.ledger import Account, Entry, Transfer
from aid.queries.ledger.accounts import CORRECTED, AccountRow, Figure, account_rows, counted_as
from aid.queries.ledger.causes import Cause, causes_of
from aid.queries.ledger.picture import picture
from aid.vault.actor import Actor

PAGE = 50


@dataclass(frozen=True, slots=True)
class TransferRow:
    """One transfer of an entry. `change` is what it did to the account that is looked at."""

    n: int
    debit: AccountRow
    credit: AccountRow
    amount: Money
    change: Money


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One entry, with those of its transfers that are looked at."""

    id: UUID
    number: int
    kind: EntryKind
    posted_on: date
    value_on: date
    cause: Cause | None
    corrects: int | None  # the number of the entry it corrects
    transfers: tuple[TransferRow, ...]


@dataclass(frozen=True, slots=True)
class EntryList:
    """A page of entries, the latest first: all, or those of one figure."""

    rows: tuple[EntryRow, ...]
    before: int | None  # where the next page begins
    figure: Figure | None


def entries(
    session: Session,
    *,
    actor: Actor,
    account_id: UUID | None = None,
    kind: EntryKind | None = None,
    against: AccountKind | None = None,
    before: int | None = None,
    size: int = PAGE,
) -> EntryList | None:
    """A page of entries with a number under `before`: all, or those of an account; of every kind, or of one.

    None where there is no such account.
    """
    actor.must(Permission.SEE_MONEY)
    accounts = account_rows(session)
    if account_id is not None and account_id not in accounts:
        return None
    touches = _touches(account_id, against)
    found = session.execute(_wanted(account_id, touches, kind=kind, before=before).limit(size + 1)).all()
    shown = [entry for entry, _corrected in found[:size]]
    looked_at = accounts[account_id] if account_id else None
    transfers = _transfers(session, shown, touches, looked_at, accounts)
    causes = causes_of(session, [entry.cause_id for entry in shown])
    return EntryList(
        rows=tuple(
            _row(entry, corrected, causes.get(entry.cause_id), transfers[entry.id]) for entry, corrected in found[:size]
        ),
        before=shown[-1].number if len(found) > size else None,
        figure=picture(session, accounts).figure(looked_at, kind, against) if looked_at else None,
    )


def _row(entry: Entry, corrected: int | None, cause: Cause | None, transfers: tuple[TransferRow, ...]) -> EntryRow:
    return EntryRow(
        id=entry.id,
        number=entry.number,
        kind=entry.kind,
        posted_on=entry.posted_on,
        value_on=entry.value_on,
        cause=cause,
        corrects=corrected,
        transfers=transfers,
    )


def _wanted(
    account_id: UUID | None, touches: ColumnElement[bool], *, kind: EntryKind | None, before: int | None
) -> Select[Entry, int]:
    statement = (
        select(Entry, CORRECTED.number)
        .outerjoin(CORRECTED, CORRECTED.id == Entry.corrects_id)
        .order_by(Entry.number.desc())
    )
    if account_id:
        statement = statement.where(Entry.id.in_(select(Transfer.entry_id).where(touches)))
    if kind:
        statement = statement.where(counted_as == kind)
    return statement.where(Entry.number < before) if before else statement


def _touches(account_id: UUID | None, against: AccountKind | None) -> ColumnElement[bool]:
    """Transfers of an account, or between it and others of one kind; without an account, all."""
    if account_id is None:
        return literal(True)
    if against is None:
        return or_(Transfer.debit_id == account_id, Transfer.credit_id == account_id)
    others = select(Account.id).where(Account.kind == against)
    return or_(
        and_(Transfer.debit_id == account_id, Transfer.credit_id.in_(others)),
        and_(Transfer.credit_id == account_id, Transfer.debit_id.in_(others)),
    )


def _transfers(
    session: Session,
    shown: Iterable[Entry],
    touches: ColumnElement[bool],
    looked_at: AccountRow | None,
    accounts: Mapping[UUID, AccountRow],
) -> dict[UUID, tuple[TransferRow, ...]]:
    of_entry: dict[UUID, tuple[TransferRow, ...]] = {entry.id: () for entry in shown}
    wanted = select(Transfer).where(Transfer.entry_id.in_(of_entry), touches).order_by(Transfer.entry_id, Transfer.n)
    for row in session.scalars(wanted):
        amount = Money(row.amount_minor, row.currency)
        grows = looked_at is None or (looked_at.id == row.debit_id) == (looked_at.kind in HAD)
        change = amount if grows else -amount
        transfer = TransferRow(row.n, accounts[row.debit_id], accounts[row.credit_id], amount, change)
        of_entry[row.entry_id] += (transfer,)
    return of_entry
