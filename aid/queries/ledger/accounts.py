"""Accounts by what people call them, and figures that open to their entries."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, union_all
from sqlalchemy.orm import Session, aliased

from aid.domain.entries import AccountKind, EntryKind
from aid.domain.money import Money
from aid.models.fund import Point, Purpose
from aid.models.ledger import Account, BankAccount, Entry

ORDER = tuple(AccountKind)
PLACES = (AccountKind.BANK, AccountKind.TRANSIT, AccountKind.CASH)
"""Where money is. What shops are owed is no place: it lies among them until it is paid."""
CORRECTED = aliased(Entry)
"""The entry that an entry corrects, outer-joined: a correction counts as the kind of what it corrects."""
counted_as: ColumnElement[EntryKind] = func.coalesce(CORRECTED.kind, Entry.kind, type_=Entry.kind.type)


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account by its kind, and the name of the purpose, point or bank account it belongs to."""

    id: UUID
    kind: AccountKind
    names: Mapping[str, str] | None
    currency: str
    code: str  # of what it belongs to

    @property
    def place(self) -> tuple[int, str, str]:
        """Where it stands in a list of accounts of one currency."""
        return ORDER.index(self.kind), self.code, self.currency


@dataclass(frozen=True, slots=True)
class Figure:
    """A sum of transfers: of one account, or of its entries of one kind, from one kind of other account."""

    account: AccountRow
    amount: Money
    kind: EntryKind | None = None
    against: AccountKind | None = None

    @property
    def short(self) -> bool:
        """Whether more went out than was booked in."""
        return self.kind is None and self.amount.minor < 0


def account_rows(session: Session) -> dict[UUID, AccountRow]:
    """Every account by id, the purposes' first, in the order people look for them."""
    whose = _owners(session)
    rows = [
        AccountRow(account.id, account.kind, *_owner(account, whose))
        for account in session.scalars(select(Account).order_by(Account.id))
    ]
    return {row.id: row for row in rows}


def _owner(
    account: Account, whose: Mapping[UUID, tuple[Mapping[str, str], str]]
) -> tuple[Mapping[str, str] | None, str, str]:
    names, code = whose.get(account.purpose_id or account.point_id or account.id, (None, account.kind.value))
    return names, account.currency, code


def _owners(session: Session) -> dict[UUID, tuple[Mapping[str, str], str]]:
    """Purposes, points and bank accounts by id: their names and codes."""
    every = union_all(
        select(Purpose.id, Purpose.names, Purpose.code),
        select(Point.id, Point.names, Point.code),
        select(BankAccount.id, BankAccount.names, BankAccount.code),
    )
    return {id_: (names, code) for id_, names, code in session.execute(every)}
