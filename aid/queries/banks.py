"""The fund's bank accounts as pages show them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.entries import BankHolder
from aid.domain.permissions import Permission
from aid.models.ledger import BankAccount
from aid.models.people import Person
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class BankRow:
    """One bank account; `trustee` is the handle of the person in whose name it is."""

    id: UUID
    code: str
    names: Mapping[str, str]
    currency: str
    holder: BankHolder
    trustee: str | None
    iban: str | None
    opened_at: datetime
    closed_at: datetime | None


def bank_accounts(session: Session, *, actor: Actor, in_use: bool = True) -> tuple[BankRow, ...]:
    """The fund's bank accounts, the oldest first: those in use, or all there ever were."""
    actor.must(Permission.SEE_MONEY)
    statement = (
        select(BankAccount, Person.handle)
        .outerjoin(Person, Person.id == BankAccount.trustee_id)
        .order_by(BankAccount.opened_at, BankAccount.code)
    )
    found = session.execute(statement.where(BankAccount.closed_at.is_(None)) if in_use else statement)
    return tuple(
        BankRow(
            id=row.id,
            code=row.code,
            names=row.names,
            currency=row.currency,
            holder=row.holder,
            trustee=handle,
            iban=row.iban,
            opened_at=row.opened_at,
            closed_at=row.closed_at,
        )
        for row, handle in found
    )
