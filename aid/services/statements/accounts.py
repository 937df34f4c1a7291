"""Which of the fund's bank accounts a statement is of: the one whose IBAN it names, else the one that was chosen."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.payments import is_iban
from aid.domain.refusals import RuleBroken
from aid.domain.statement_files import FileSeen, StatementSeen
from aid.domain.statements import Place
from aid.domain.words import Message, _
from aid.models.ledger import BankAccount
from aid.services.statements.signs import sign_of

SURE: Final = 7  # signs of an account's number by which it is told from others
SHOWN: Final = 4


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """One of the fund's accounts, as a statement may name it."""

    id: UUID
    code: str
    currency: str
    iban: str | None
    is_closed: bool


def own_accounts(session: Session) -> tuple[OwnAccount, ...]:
    """The fund's bank accounts, those in use first."""
    rows = session.scalars(select(BankAccount).order_by(BankAccount.opened_at, BankAccount.id)).all()
    own = (OwnAccount(row.id, row.code, row.currency, row.iban, row.closed_at is not None) for row in rows)
    return tuple(sorted(own, key=lambda account: account.is_closed))


def accounts_of(
    seen: FileSeen, own: Sequence[OwnAccount], *, chosen: UUID | None, meant: Mapping[str, UUID] = MappingProxyType({})
) -> dict[int, OwnAccount]:
    """The account of each statement: the one it names, the one that was chosen, or what its sign means since it was
    chosen once. Raises RuleBroken, beside the account, for one that is not the fund's.
    """
    by_id = {account.id: account for account in own}
    if chosen is not None and chosen not in by_id:
        raise RuleBroken(_("There is no such account; choose one of the list."), field="bank")
    found = {}
    for statement in seen.statements:
        told = chosen or meant.get(sign_of(statement.begun))
        found[statement.begun.number] = _account_of(statement, own, by_id.get(told) if told else None)
    return found


def new_signs(seen: FileSeen, own: Sequence[OwnAccount], accounts: Mapping[int, OwnAccount]) -> dict[str, UUID]:
    """What the file says of itself that means these accounts, and no IBAN of theirs."""
    unnamed = (each.begun for each in seen.statements if _named(each, own) is None)
    return {sign: accounts[begun.number].id for begun in unnamed if (sign := sign_of(begun))}


def is_to_choose(seen: FileSeen, own: Sequence[OwnAccount]) -> bool:
    """Whether somebody has to say which account a statement of the file is of."""
    return any(_named(statement, own) is None for statement in seen.statements)


def _account_of(statement: StatementSeen, own: Sequence[OwnAccount], chosen: OwnAccount | None) -> OwnAccount:
    named = _named(statement, own)
    where = Place(statement.begun.number).words
    account = named or chosen
    if account is None:
        raise RuleBroken(_nobodys(statement, where), field="bank")
    if named is None and account.iban and is_iban(statement.begun.account) and account.iban != statement.begun.account:
        raise RuleBroken(
            _(
                "It is of the account %(account)s (%(place)s), and the account that was chosen has another IBAN.",
                place=where,
                account=_masked(statement.begun.account),
            ),
            field="bank",
        )
    if statement.currency and statement.currency != account.currency:
        raise RuleBroken(
            _(
                "It is in %(currency)s (%(place)s), and this account of the fund is in %(own)s.",
                place=where,
                currency=statement.currency,
                own=account.currency,
            ),
            field="bank",
        )
    return account


def _named(statement: StatementSeen, own: Iterable[OwnAccount]) -> OwnAccount | None:
    """The account whose IBAN the statement names, or whose number is the end of one."""
    said = "".join(sign for sign in statement.begun.account.upper() if sign.isalnum())
    fits = [account for account in own if account.iban and _is_of(said, account.iban)]
    in_currency = [account for account in fits if account.currency == statement.currency]
    found = in_currency or fits
    return found[0] if len({account.iban for account in found}) == 1 else None


def _is_of(said: str, iban: str) -> bool:
    """Whether a bank's way to write an account means this IBAN: its end, or Germany's bank code and number."""
    if said == iban:
        return True
    if is_iban(said) or len(said) < SURE:
        return False
    bban = iban[4:]
    german = iban.startswith("DE") and said.isdigit() and said[:8] + said[8:].zfill(10) == bban
    return german or bban.endswith(said) or iban[4:] == said


def _nobodys(statement: StatementSeen, where: Message) -> Message:
    if statement.begun.account:
        return _(
            "The account %(account)s (%(place)s) is not among the fund’s accounts. Choose which one it is.",
            place=where,
            account=_masked(statement.begun.account),
        )
    return _("It does not say of which account it is (%(place)s). Choose one.", place=where)


def _masked(account: str) -> str:
    """The end of an account's number: enough to tell it from others."""
    return "…" + "".join(sign for sign in account if sign.isalnum())[-SHOWN:]
