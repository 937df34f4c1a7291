"""The fund's bank accounts, and the books of the currencies they are in."""

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.entries import OF_A_PURPOSE, AccountKind, AccountRef, BankHolder
from aid.domain.fund import Names
from aid.domain.ids import new_id
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models.base import Permanent
from aid.models.fund import Point, Purpose
from aid.models.ledger import Account, Available, BankAccount
from aid.services.ledger import open_account


@dataclass(frozen=True, slots=True)
class FirstAccount:
    """What the account is called that a fund is founded with."""

    code: str
    names: Names


FIRST = FirstAccount("main", Names(kk="Негізгі шот", ru="Основной счёт", en="Main account"))


@dataclass(frozen=True, slots=True)
class NewBankAccount:
    """A bank account to be opened in the books."""

    code: str
    names: dict[str, str]
    currency: str
    holder: BankHolder = BankHolder.FUND
    trustee_id: UUID | None = None
    iban: str | None = None
    id: UUID = field(default_factory=new_id)


def open_bank_account(session: Session, bank_id: UUID, *, currency: str) -> BankAccount:
    """A bank account that is in use and in this currency. Raises RuleBroken."""
    account = session.get(BankAccount, bank_id)
    if account is None or account.closed_at is not None:
        raise RuleBroken(_("There is no such account; choose one of the list."), field="bank")
    if account.currency != currency:
        raise RuleBroken(_("This account is in %(currency)s.", currency=account.currency), field="amount")
    return account


def add_bank_account(session: Session, account: NewBankAccount, *, now: Instant) -> list[Permanent]:
    """Write a bank account and its account in the ledger, whose books are open; return the rows made."""
    of_ledger = open_account(AccountRef(AccountKind.BANK, None, None, account.currency, account.id))
    session.add(of_ledger)
    session.flush()
    row = BankAccount(
        id=account.id,
        code=account.code,
        names=account.names,
        currency=account.currency,
        holder=account.holder,
        trustee_id=account.trustee_id,
        iban=account.iban,
        opened_at=now.instant,
    )
    session.add(row)
    session.flush()
    return [of_ledger, row]


def open_books(session: Session, *, currency: str) -> list[Permanent]:
    """Open every account in a currency that purposes, points and money in transit need and that is not there yet."""
    purposes, points = session.scalars(select(Purpose.id)).all(), session.scalars(select(Point.id)).all()
    there = set(session.scalars(select(Account.key).where(Account.currency == currency)))
    refs = [
        *(AccountRef(kind, purpose, None, currency) for purpose in purposes for kind in OF_A_PURPOSE),
        *(AccountRef(AccountKind.CASH, None, point, currency) for point in points),
        AccountRef(AccountKind.TRANSIT, None, None, currency),
    ]
    made: list[Permanent] = [account for account in map(open_account, refs) if account.key not in there]
    guarded = set(session.scalars(select(Available.purpose_id).where(Available.currency == currency)))
    session.add_all(made)
    session.add_all(
        Available(purpose_id=purpose, currency=currency, amount_minor=0)
        for purpose in purposes
        if purpose not in guarded
    )
    session.flush()
    return made
