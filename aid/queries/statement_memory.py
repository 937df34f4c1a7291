"""What is remembered of a bank's files, account by account: for who may have it forgotten."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.bank_tables import BankColumn
from aid.domain.permissions import Permission
from aid.models.ledger import BankAccount
from aid.models.people import Person
from aid.services.statements.layouts import layouts
from aid.services.statements.signs import TABLE, signs
from aid.vault.actor import Actor

SHOWN = 4  # signs of a number


@dataclass(frozen=True, slots=True)
class TableKnown:
    """A table whose columns were said."""

    id: UUID
    columns: tuple[BankColumn, ...]
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class SignKnown:
    """What means the account: the end of a number that files give it, or nothing but a table's headings."""

    id: UUID
    end: str = field(repr=False)
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class AccountKnown:
    """One of the fund's accounts, with what is remembered of its files."""

    id: UUID
    names: Mapping[str, str]
    currency: str
    tables: tuple[TableKnown, ...]
    signs: tuple[SignKnown, ...]


def remembered(session: Session, *, actor: Actor) -> tuple[AccountKnown, ...]:
    """The accounts of which anything is remembered."""
    actor.must(Permission.IMPORT_STATEMENTS)
    known, means = layouts(session), signs(session, actor.keyring)
    told = {each.by_id for each in known} | {each.by_id for each in means}
    handles = {id_: name for id_, name in session.execute(select(Person.id, Person.handle).where(Person.id.in_(told)))}  # noqa: C416
    found = []
    for bank in session.scalars(select(BankAccount).order_by(BankAccount.opened_at, BankAccount.id)):
        tables = tuple(
            TableKnown(each.id, _told(each.mapping.columns), each.at, handles[each.by_id])
            for each in known
            if each.bank_id == bank.id
        )
        own = tuple(
            SignKnown(each.id, _end(each.said), each.at, handles[each.by_id])
            for each in means
            if each.bank_id == bank.id
        )
        if tables or own:
            found.append(AccountKnown(bank.id, bank.names, bank.currency, tables, own))
    return tuple(found)


def _told(columns: tuple[BankColumn, ...]) -> tuple[BankColumn, ...]:
    return tuple(dict.fromkeys(column for column in columns if column is not BankColumn.NOTHING))


def _end(said: str) -> str:
    """The end of the number: enough to tell it from others."""
    return "" if said.startswith(TABLE) else f"…{said.split(' ')[0][-SHOWN:]}"
