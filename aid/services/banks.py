"""The fund's bank accounts, and the books of the currencies they are in."""

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from stdnum import iban as iban_rules
from stdnum.exceptions import ValidationError

from aid.domain.clock import Instant
from aid.domain.entries import OF_A_PURPOSE, AccountKind, AccountRef, BankHolder
from aid.domain.exchanges import ExchangeState
from aid.domain.fund import LONGEST_NAME, Names
from aid.domain.ids import new_id
from aid.domain.money import Money, digits_of
from aid.domain.permissions import Permission
from aid.domain.points import PointKind
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models.base import Permanent
from aid.models.exchanges import Exchange
from aid.models.fund import Fund, Point, Purpose
from aid.models.ledger import Account, Available, BankAccount, Currency
from aid.models.people import Person, PersonState
from aid.models.remittances import Remittance
from aid.services import audit
from aid.services.ledger import balance_of, open_account
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class FirstAccount:
    """What the account is called that a fund is founded with."""

    code: str
    names: Names


PLACE_OF = {PointKind.TABLE: AccountKind.CASH, PointKind.SHOP: AccountKind.OWED}
"""Which account a point has in each currency: a table has cash, a shop is owed for goods."""

FIRST = FirstAccount("main", Names(kk="Негізгі шот", ru="Основной счёт", en="Main account"))


@dataclass(frozen=True, slots=True, kw_only=True)
class BankOrder:
    """A bank account as a treasurer describes it."""

    name: str
    currency: str
    holder: BankHolder
    trustee: str | None  # handle of the person in whose name it is
    iban: str | None


@dataclass(frozen=True, slots=True)
class BankOpened:
    """A bank account is in the books."""

    bank_id: UUID


@dataclass(frozen=True, slots=True)
class BankClosed:
    """A bank account is no longer used."""


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


def bank_in_use(session: Session, bank_id: UUID, *, currency: str | None = None, field: str = "bank") -> BankAccount:
    """A bank account that is in use, and in this currency where one is asked for. Raises RuleBroken."""
    account = session.get(BankAccount, bank_id, with_for_update={"read": True}, populate_existing=True)
    if account is None or account.closed_at is not None:
        raise RuleBroken(_("There is no such account; choose one of the list."), field=field)
    if currency is not None and account.currency != currency:
        raise RuleBroken(_("This account is in %(currency)s.", currency=account.currency), field="amount")
    return account


def must_hold(session: Session, bank_id: UUID, amount: Money, *, field: str = "amount") -> None:
    """Raise RuleBroken unless the books have so much on an account.

    Nobody guards this under a race, but the bank: what it did is written down here. It finds slips of the pen.
    """
    held = Money(balance_of(session, bank_id), amount.currency)
    if amount.minor > held.minor:
        raise RuleBroken(
            _(
                "In the books there is only %(held)s on this account. "
                "Book what came to it first, or correct the amount.",
                held=held,
            ),
            field=field,
        )


def add_bank_account(session: Session, account: NewBankAccount, *, now: Instant) -> list[Permanent]:
    """Write a bank account and its account in the ledger, whose books are open; return the rows made."""
    made: list[Permanent] = []
    if session.get(Account, account.id) is None:
        made.append(open_account(AccountRef(AccountKind.BANK, None, None, account.currency, account.id)))
        session.add_all(made)
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
    return [*made, row]


def open_books(session: Session, *, currency: str) -> list[Permanent]:
    """Open every account in a currency that purposes, points and money in transit need and that is not there yet."""
    purposes, points = session.scalars(select(Purpose.id)).all(), session.execute(select(Point.id, Point.kind)).all()
    there = set(session.scalars(select(Account.key).where(Account.currency == currency)))
    refs = [
        *(AccountRef(kind, purpose, None, currency) for purpose in purposes for kind in OF_A_PURPOSE),
        *(AccountRef(PLACE_OF[kind], None, point, currency) for point, kind in points),
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


def open_bank(session: Session, *, actor: Actor, now: Instant, order: BankOrder) -> BankOpened:
    """Open a bank account, and the books of its currency where it is the first of it. Raises RuleBroken."""
    actor.must(Permission.KEEP_ACCOUNTS)
    name = " ".join(order.name.split())
    if not name or len(name) > LONGEST_NAME:
        raise RuleBroken(_("Give the account a name of up to %(longest)s letters.", longest=LONGEST_NAME), "name")
    languages = session.execute(select(Fund.languages).with_for_update()).scalar_one()
    in_use = session.scalars(select(BankAccount.names).where(BankAccount.closed_at.is_(None)))
    if name.casefold() in {known.casefold() for names in in_use for known in names.values()}:
        raise RuleBroken(_("Another account is called that. Choose a name that nobody takes for the other."), "name")
    made: list[Permanent] = []
    if session.get(Currency, order.currency) is None:
        currency = Currency(code=order.currency, digits=digits_of(order.currency))
        session.add(currency)
        session.flush()
        made.append(currency)
    made += open_books(session, currency=order.currency)
    account = NewBankAccount(
        id=_nameless(session, order.currency) or new_id(),
        code=_code(session, order.currency),
        names={languages[0]: name},
        currency=order.currency,
        holder=order.holder,
        trustee_id=_trustee(session, order),
        iban=_iban(order.iban),
    )
    made += add_bank_account(session, account, now=now)
    audit.say(session, "bank.opened", subject=account.id, made=made)
    return BankOpened(account.id)


def close_bank(session: Session, *, actor: Actor, now: Instant, bank_id: UUID) -> BankClosed:
    """Take a bank account out of use, once it is empty and nothing is on its way to it. Raises RuleBroken."""
    actor.must(Permission.KEEP_ACCOUNTS)
    account = session.get(BankAccount, bank_id, with_for_update=True)
    if account is None or account.closed_at is not None:
        raise RuleBroken(_("There is no such account; choose one of the list."))
    if balance := balance_of(session, bank_id):
        held = Money(balance, account.currency)
        raise RuleBroken(_("There is %(held)s on this account; it has to be empty first.", held=held))
    on_its_way = (
        select(func.count()).select_from(Remittance).where(Remittance.to_bank_id == bank_id, Remittance.left_minor > 0)
    )
    waiting = (
        select(func.count())
        .select_from(Exchange)
        .where(
            (Exchange.from_bank_id == bank_id) | (Exchange.to_bank_id == bank_id),
            Exchange.state == ExchangeState.WAITING,
        )
    )
    if session.scalar(on_its_way) or session.scalar(waiting):
        raise RuleBroken(_("Money is on its way to this account, or an exchange waits for it."))
    account.closed_at = now.instant
    audit.say(session, "bank.closed", subject=bank_id)
    return BankClosed()


def _nameless(session: Session, currency: str) -> UUID | None:
    """The one bank account a fund had before they had names: who opens the first now describes that one."""
    named = select(BankAccount.id).where(BankAccount.id == Account.id)
    old = select(Account.id).where(Account.key == f"bank:fund:{currency}", ~named.exists())
    return session.scalar(old)


def _code(session: Session, currency: str) -> str:
    """eur-2: the second account in euros."""
    of_currency = select(func.count()).select_from(BankAccount).where(BankAccount.currency == currency)
    return f"{currency.lower()}-{(session.scalar(of_currency) or 0) + 1}"


def _trustee(session: Session, order: BankOrder) -> UUID | None:
    if order.holder is BankHolder.FUND:
        return None
    person = select(Person.id).where(Person.handle == order.trustee, Person.state == PersonState.ACTIVE)
    found = session.scalar(person)
    if found is None:
        raise RuleBroken(_("Choose the person in whose name the account is."), field="trustee")
    return found


def _iban(written: str | None) -> str | None:
    if not written or not written.strip():
        return None
    try:
        return str(iban_rules.validate(written))
    except ValidationError:
        raise RuleBroken(_("This is no IBAN: its check digits do not fit. Copy it again."), field="iban") from None
