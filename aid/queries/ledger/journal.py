"""The books as a journal of plain text that hledger reads and checks: codes and numbers, no names of people.

Accounts are called by codes: `assets:bank:eur-1`, `assets:cash:club`, `equity:available:school`. At the end stands what
we say that every account holds, so that hledger refuses the journal where it adds up to anything else.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.entries import HAD, AccountKind
from aid.domain.money import Money, digits_of
from aid.domain.permissions import Permission
from aid.models.ledger import Currency, Entry, Transfer
from aid.queries.ledger.accounts import AccountRow, account_rows
from aid.queries.ledger.causes import causes_of
from aid.queries.ledger.picture import picture
from aid.vault.actor import Actor

CHUNK = 500
ROOTS = {
    AccountKind.BANK: "assets:bank",
    AccountKind.CASH: "assets:cash",
    AccountKind.TRANSIT: "assets",
    AccountKind.GIVEN: "expenses:given",
    AccountKind.CHARGES: "expenses:charges",
    AccountKind.AVAILABLE: "equity:available",
    AccountKind.RESERVED: "equity:reserved",
    AccountKind.SPENT: "equity:spent",
    AccountKind.OWED: "liabilities:owed",
}


def journal(session: Session, *, actor: Actor) -> Iterator[str]:
    """The whole journal, in pieces."""
    actor.must(Permission.EXPORT_LEDGER)
    accounts = account_rows(session)
    yield from _head(session, accounts.values())
    last: Entry | None = None
    while some := _some(session, last):
        yield from _entries(session, some, accounts)
        last = some[-1]
    if last is not None:
        yield from _balances(session, last, accounts)


def name_of(account: AccountRow) -> str:
    """What an account is called in the journal."""
    root = ROOTS[account.kind]
    return f"{root}:{account.code}" if account.code else root


def _head(session: Session, accounts: Iterable[AccountRow]) -> Iterator[str]:
    for code in session.scalars(select(Currency.code).order_by(Currency.code)):
        yield f"commodity {_amount(0, code)}\n"
    yield "\n"
    for name in sorted({name_of(account) for account in accounts}):
        yield f"account {name}\n"


def _some(session: Session, last: Entry | None) -> Sequence[Entry]:
    wanted = select(Entry).order_by(Entry.number).limit(CHUNK)
    return session.scalars(wanted.where(Entry.number > last.number) if last else wanted).all()


def _entries(session: Session, some: Sequence[Entry], accounts: dict[UUID, AccountRow]) -> Iterator[str]:
    moved: defaultdict[UUID, list[Transfer]] = defaultdict(list)
    ids = [entry.id for entry in some]
    for transfer in session.scalars(select(Transfer).where(Transfer.entry_id.in_(ids)).order_by(Transfer.n)):
        moved[transfer.entry_id].append(transfer)
    causes = causes_of(session, [entry.cause_id for entry in some])
    corrected = _numbers(session, [entry.corrects_id for entry in some if entry.corrects_id])
    for entry in some:
        cause = causes.get(entry.cause_id)
        said = f"{entry.kind.value} | {cause.kind.value} {cause.number}" if cause else entry.kind.value
        corrects = f"  ; corrects:{corrected[entry.corrects_id]}" if entry.corrects_id else ""
        yield f"\n{entry.posted_on}={entry.value_on} * ({entry.number}) {said}{corrects}\n"
        for transfer in moved[entry.id]:
            yield _posting(accounts[transfer.debit_id], transfer.amount_minor)
            yield _posting(accounts[transfer.credit_id], -transfer.amount_minor)


def _numbers(session: Session, ids: Sequence[UUID]) -> dict[UUID, int]:
    found = session.execute(select(Entry.id, Entry.number).where(Entry.id.in_(ids)))
    return {id_: number for id_, number in found}  # noqa: C416


def _posting(account: AccountRow, minor: int, asserted: str = "") -> str:
    return f"    {name_of(account)}  {_amount(minor, account.currency)}{asserted}\n"


def _balances(session: Session, last: Entry, accounts: Mapping[UUID, AccountRow]) -> Iterator[str]:
    """Nothing is moved; what hledger has added up is compared with what we say."""
    now = picture(session, accounts)
    latest = session.scalars(select(Entry.posted_on).order_by(Entry.posted_on.desc()).limit(1)).one()
    yield f"\n{latest} * balances after entry {last.number}\n"
    for account in sorted(accounts.values(), key=lambda row: (name_of(row), row.currency)):
        held = now.figure(account).amount.minor
        signed = held if account.kind in HAD else -held
        yield _posting(account, 0, f" = {_amount(signed, account.currency)}")


def _amount(minor: int, currency: str) -> str:
    """1000.00 KZT, with the currency's own digits; a currency without any still shows the point that hledger needs."""
    said = f"{Money(minor, currency).decimal():f}"
    return f"{said} {currency}" if digits_of(currency) else f"{said}. {currency}"
