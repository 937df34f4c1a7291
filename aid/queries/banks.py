"""The fund's bank accounts as pages show them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aid.domain.entries import BankHolder
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.models.fund import Purpose
from aid.models.ledger import BankAccount, BankFee, Transfer
from aid.models.people import Person, PersonState
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
    balance: Money


def bank_accounts(session: Session, *, actor: Actor, in_use: bool = True) -> tuple[BankRow, ...]:
    """The fund's bank accounts, the oldest first: those in use, or all there ever were."""
    actor.must(Permission.SEE_MONEY)
    statement = (
        select(BankAccount, Person.handle)
        .outerjoin(Person, Person.id == BankAccount.trustee_id)
        .order_by(BankAccount.opened_at, BankAccount.code)
    )
    held = _balances(session)
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
            balance=Money(held[row.id], row.currency),
        )
        for row, handle in found
    )


def bank_account(session: Session, *, actor: Actor, bank_id: UUID) -> BankRow | None:
    """One bank account, or None where there is none."""
    every = bank_accounts(session, actor=actor, in_use=False)
    return next((row for row in every if row.id == bank_id), None)


def held_in(session: Session, *, actor: Actor, currency: str) -> Money:
    """What is on all accounts of this currency together."""
    held = [row.balance for row in bank_accounts(session, actor=actor) if row.currency == currency]
    return sum(held, Money(0, currency))


@dataclass(frozen=True, slots=True)
class FeeRow:
    """What a bank took from an account."""

    number: int
    amount: Money
    purpose: Mapping[str, str]
    charged_on: date
    by: str


def fees(session: Session, *, actor: Actor, bank_id: UUID, size: int = 50) -> tuple[FeeRow, ...]:
    """The latest fees of an account."""
    actor.must(Permission.SEE_MONEY)
    taken = (
        select(BankFee, Purpose.names, Person.handle)
        .join(Purpose, Purpose.id == BankFee.purpose_id)
        .join(Person, Person.id == BankFee.recorded_by_id)
        .where(BankFee.bank_id == bank_id)
        .order_by(BankFee.number.desc())
        .limit(size)
    )
    return tuple(
        FeeRow(fee.number, Money(fee.amount_minor, fee.currency), names, fee.charged_on, handle)
        for fee, names, handle in session.execute(taken)
    )


def trustees(session: Session, *, actor: Actor) -> tuple[str, ...]:
    """Handles of those in whose name an account can be: whoever works with the fund now."""
    actor.must(Permission.KEEP_ACCOUNTS)
    active = select(Person.handle).where(Person.state == PersonState.ACTIVE)
    return tuple(session.scalars(active.order_by(Person.handle)))


def _balances(session: Session) -> Counter[UUID]:
    """What came to each bank account less what left it."""
    held: Counter[UUID] = Counter()
    for side, sign in ((Transfer.debit_id, 1), (Transfer.credit_id, -1)):
        moved = select(side, func.sum(Transfer.amount_minor)).where(side.in_(select(BankAccount.id))).group_by(side)
        for account, minor in session.execute(moved):
            held[account] += sign * int(minor)
    return held
