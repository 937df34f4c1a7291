"""A statement of the books for any period: what each account held, what moved it, and what it held after."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, case, cast, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from aid.domain.entries import HAD, AccountKind, EntryKind
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models.fund import Fund
from aid.models.ledger import Entry, Transfer
from aid.queries.ledger.accounts import CORRECTED, PLACES, AccountRow, account_rows, counted_as
from aid.vault.actor import Actor

FOR = (AccountKind.AVAILABLE, AccountKind.RESERVED, AccountKind.SPENT, AccountKind.CHARGES)
"""What money is for; money handed out is what is spent, told from the other side."""


@dataclass(frozen=True, slots=True)
class Period:
    """From one day to another, both included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Movement:
    """What entries of one kind did to an account."""

    kind: EntryKind
    amount: Money


@dataclass(frozen=True, slots=True)
class AccountStatement:
    """One account over a period."""

    account: AccountRow
    opening: Money
    movements: tuple[Movement, ...]

    @property
    def closing(self) -> Money:
        return sum((movement.amount for movement in self.movements), self.opening)


@dataclass(frozen=True, slots=True)
class CurrencyStatement:
    """All accounts of one currency: where its money was, what it was for, and what of it shops were owed."""

    currency: str
    places: tuple[AccountStatement, ...]
    purposes: tuple[AccountStatement, ...]
    shops: tuple[AccountStatement, ...] = ()  # what each is owed

    @property
    def together(self) -> AccountStatement:
        """All places taken together, as if they were one."""
        moved: defaultdict[EntryKind, int] = defaultdict(int)
        for place in self.places:
            for movement in place.movements:
                moved[movement.kind] += movement.amount.minor
        opening = sum((place.opening for place in self.places), Money.zero(self.currency))
        movements = tuple(Movement(kind, Money(minor, self.currency)) for kind, minor in moved.items() if minor)
        return AccountStatement(self.places[0].account, opening, movements)


@dataclass(frozen=True, slots=True)
class Statement:
    """The books of a period."""

    fund: Mapping[str, str]
    period: Period
    currencies: tuple[CurrencyStatement, ...]
    entries: int  # booked in it
    demo: bool


def statement(session: Session, *, actor: Actor, period: Period) -> Statement:
    """What every account held before the period, what moved it, and what it held after. Raises RuleBroken."""
    actor.must(Permission.SEE_MONEY)
    if period.last < period.first:
        raise RuleBroken(_("The last day comes before the first."), field="last")
    names, home, demo = session.execute(select(Fund.names, Fund.currency, Fund.demo)).one()
    count = select(func.count()).select_from(Entry).where(Entry.posted_on.between(period.first, period.last))
    accounts = sorted(_accounts(session, period), key=lambda row: row.account.place)
    currencies = sorted({row.account.currency for row in accounts}, key=lambda code: (code != home, code))
    return Statement(
        fund=names,
        period=period,
        currencies=tuple(_currency(code, accounts) for code in currencies),
        entries=session.execute(count).scalar_one(),
        demo=demo,
    )


def _currency(currency: str, accounts: list[AccountStatement]) -> CurrencyStatement:
    own = [row for row in accounts if row.account.currency == currency]
    by_purpose = sorted(own, key=lambda row: (row.account.code, row.account.place))
    return CurrencyStatement(
        currency=currency,
        places=tuple(row for row in own if row.account.kind in PLACES),
        purposes=tuple(row for row in by_purpose if row.account.kind in FOR),
        shops=tuple(row for row in own if row.account.kind is AccountKind.OWED),
    )


def _accounts(session: Session, period: Period) -> Iterator[AccountStatement]:
    """Every account that held or moved anything."""
    rows = account_rows(session)
    opening: defaultdict[UUID, int] = defaultdict(int)
    moved: defaultdict[UUID, defaultdict[EntryKind, int]] = defaultdict(lambda: defaultdict(int))
    for sign, side in ((1, Transfer.debit_id), (-1, Transfer.credit_id)):
        for account, kind, before, minor in _sums(session, side, period):
            grows = sign if rows[account].kind in HAD else -sign
            if before:
                opening[account] += grows * minor
            else:
                moved[account][kind] += grows * minor
    for id_ in opening.keys() | moved.keys():
        currency = rows[id_].currency
        movements = ((kind, moved[id_][kind]) for kind in EntryKind)
        yield AccountStatement(
            rows[id_],
            Money(opening[id_], currency),
            tuple(Movement(kind, Money(minor, currency)) for kind, minor in movements if minor),
        )


def _sums(
    session: Session, side: InstrumentedAttribute[UUID], period: Period
) -> Iterator[tuple[UUID, EntryKind, int, int]]:
    """What each kind of entry moved on one side of each account: before the period (1), or in it (0)."""
    before = case((Entry.posted_on < period.first, 1), else_=0)
    summed = (
        select(side, counted_as, before, cast(func.sum(Transfer.amount_minor), BigInteger))
        .join(Entry, Entry.id == Transfer.entry_id)
        .outerjoin(CORRECTED, CORRECTED.id == Entry.corrects_id)
        .where(Entry.posted_on <= period.last)
        .group_by(side, counted_as, before)
    )
    for account, kind, earlier, minor in session.execute(summed):
        yield account, kind, earlier, int(minor)
