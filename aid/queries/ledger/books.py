"""The fund's money at a glance: what each purpose received and has left, and where the money is.

All sums are of transfers. Available money is the guarded number, and the page says so when the two disagree.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aid.domain.entries import OF_A_PURPOSE, AccountKind, EntryKind
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.models.fund import Fund
from aid.models.ledger import Account, Entry
from aid.queries.ledger.accounts import PLACES, AccountRow, Figure, account_rows
from aid.queries.ledger.picture import Picture, picture
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class PurposeRow:
    """One purpose's money in one currency."""

    names: Mapping[str, str]
    currency: str
    received: Figure
    interest: Figure
    exchanged: Figure
    available: Figure
    reserved: Figure
    spent: Figure
    charges: Figure  # a part of what is spent
    guarded: Money  # the number that stops overspending; what decisions are taken by

    @property
    def agrees(self) -> bool:
        """Whether the guarded number equals its transfers, and nothing received is lost."""
        held = self.available.amount + self.reserved.amount + self.spent.amount
        came = self.received.amount + self.interest.amount + self.exchanged.amount
        return self.guarded == self.available.amount and held == came

    @property
    def is_there(self) -> bool:
        """Whether there was ever any money of this purpose in this currency."""
        figures = (self.received, self.interest, self.exchanged, self.available, self.reserved, self.spent)
        return bool(self.guarded.minor) or any(figure.amount.minor for figure in figures)


@dataclass(frozen=True, slots=True)
class Books:
    """The fund's money: what it is for, and where it is."""

    purposes: tuple[PurposeRow, ...]
    places: tuple[Figure, ...]
    shops: tuple[Figure, ...]  # what each is owed
    entries: int
    currencies: tuple[str, ...]  # the fund's own first

    @property
    def agree(self) -> bool:
        """Whether every guarded number equals its transfers."""
        return all(row.agrees for row in self.purposes)

    def has_interest(self, currency: str) -> bool:
        """Whether a bank ever gave some of this currency."""
        return any(row.interest.amount.minor for row in self.purposes if row.currency == currency)

    def held(self, currency: str) -> Money:
        """All there is in a currency, wherever it lies."""
        amounts = (place.amount for place in self.places if place.account.currency == currency)
        return sum(amounts, Money.zero(currency))

    def owed(self, currency: str) -> Money:
        """What shops gave and are not paid for yet."""
        amounts = (shop.amount for shop in self.shops if shop.account.currency == currency)
        return sum(amounts, Money.zero(currency))

    def free(self, currency: str) -> Money:
        """What of it no decision has promised."""
        amounts = (row.available.amount for row in self.purposes if row.currency == currency)
        return sum(amounts, Money.zero(currency))

    def promised(self, currency: str) -> Money:
        """What of it waits to be collected or paid."""
        amounts = (row.reserved.amount for row in self.purposes if row.currency == currency)
        return sum(amounts, Money.zero(currency))


def books(session: Session, *, actor: Actor) -> Books:
    """The fund's money, purpose by purpose and place by place, in every currency it ever had."""
    actor.must(Permission.SEE_MONEY)
    rows = account_rows(session)
    now = picture(session, rows)
    home = session.execute(select(Fund.currency)).scalar_one()
    purposes = [row for row in _purposes(session, now, rows) if row.currency == home or row.is_there]
    every = list(map(now.figure, rows.values()))
    places = [place for place in every if _is_shown(place, home)]
    shops = [each for each in every if each.account.kind is AccountKind.OWED and each.amount.minor]
    there = {row.currency for row in purposes} | {place.account.currency for place in (*places, *shops)}
    return Books(
        purposes=tuple(purposes),
        places=tuple(sorted(places, key=lambda place: place.account.place)),
        shops=tuple(sorted(shops, key=lambda shop: shop.account.place)),
        entries=session.execute(select(func.count()).select_from(Entry)).scalar_one(),
        currencies=(home, *sorted(there - {home})),
    )


def _is_shown(place: Figure, home: str) -> bool:
    """Bank accounts always, points' cash in the fund's own currency, and wherever there is something."""
    account = place.account
    return account.kind in PLACES and (
        place.amount.minor != 0
        or account.kind is AccountKind.BANK
        or (account.kind is AccountKind.CASH and account.currency == home)
    )


def _purposes(session: Session, now: Picture, rows: Mapping[UUID, AccountRow]) -> Sequence[PurposeRow]:
    """Every purpose in every currency."""
    own: dict[tuple[UUID, str], dict[AccountKind, AccountRow]] = {}
    of_purposes = select(Account.id, Account.purpose_id).where(Account.purpose_id.is_not(None)).order_by(Account.id)
    for id_, purpose in session.execute(of_purposes):
        assert purpose is not None, "asked for"
        own.setdefault((purpose, rows[id_].currency), {})[rows[id_].kind] = rows[id_]
    return [_purpose(now, purpose, currency, accounts) for (purpose, currency), accounts in own.items()]


def _purpose(now: Picture, purpose: UUID, currency: str, own: Mapping[AccountKind, AccountRow]) -> PurposeRow:
    available = own[AccountKind.AVAILABLE]
    nothing = Figure(available, Money.zero(currency))  # a fund of before there were charges has no account for them
    figures = {kind: now.figure(own[kind]) if kind in own else nothing for kind in OF_A_PURPOSE}
    return PurposeRow(
        names=available.names or {},
        currency=currency,
        received=now.figure(available, EntryKind.DONATION),
        interest=now.figure(available, EntryKind.INTEREST),
        exchanged=now.figure(available, EntryKind.EXCHANGE, AccountKind.BANK),
        available=figures[AccountKind.AVAILABLE],
        reserved=figures[AccountKind.RESERVED],
        spent=figures[AccountKind.SPENT],
        charges=figures[AccountKind.CHARGES],
        guarded=Money(now.guarded.get((purpose, currency), 0), currency),
    )
