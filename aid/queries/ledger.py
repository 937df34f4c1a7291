"""The ledger as people read it: what each purpose received and has left, where the money is, and every entry behind it.

All sums are of transfers. Available money is the guarded number, and the page says so when the two disagree.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, and_, cast, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from aid.domain.entries import HAD, AccountKind, EntryKind
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.models.allocations import Allocation, Decision
from aid.models.collections import Collection
from aid.models.donations import Donation
from aid.models.fund import Point, Purpose
from aid.models.ledger import Account, Available, Entry, Transfer
from aid.models.vouchers import Voucher
from aid.vault.actor import Actor

PAGE = 50


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account by its kind, and the name of the purpose or the point it belongs to."""

    id: UUID
    kind: AccountKind
    names: Mapping[str, str] | None


@dataclass(frozen=True, slots=True)
class Figure:
    """A sum of transfers: of one account, or between two."""

    account: AccountRow
    amount: Money
    against: UUID | None = None

    @property
    def short(self) -> bool:
        """Whether more went out than was booked in."""
        return self.amount.minor < 0


@dataclass(frozen=True, slots=True)
class PurposeRow:
    """One purpose's money."""

    names: Mapping[str, str]
    received: Figure
    available: Figure
    reserved: Figure
    spent: Figure
    guarded: Money  # the number that stops overspending; what decisions are taken by

    @property
    def agrees(self) -> bool:
        """Whether the guarded number equals its transfers, and nothing received is lost."""
        held = self.available.amount + self.reserved.amount + self.spent.amount
        return self.guarded == self.available.amount and held == self.received.amount


@dataclass(frozen=True, slots=True)
class Books:
    """The fund's money: what it is for, and where it is."""

    purposes: tuple[PurposeRow, ...]
    places: tuple[Figure, ...]
    entries: int

    @property
    def agree(self) -> bool:
        """Whether every guarded number equals its transfers."""
        return all(row.agrees for row in self.purposes)


class CauseKind(StrEnum):
    """What an entry was made for."""

    DONATION = "donation"
    ALLOCATION = "allocation"
    VOUCHER = "voucher"


@dataclass(frozen=True, slots=True)
class Cause:
    """What an entry was made for, by the number people know it by."""

    kind: CauseKind
    id: UUID  # of the donation, allocation or voucher
    number: int


@dataclass(frozen=True, slots=True)
class TransferRow:
    """One transfer of an entry. `change` is what it did to the account that is looked at."""

    n: int
    debit: AccountRow
    credit: AccountRow
    amount: Money
    change: Money


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One entry, with those of its transfers that are looked at."""

    id: UUID
    number: int
    kind: EntryKind
    posted_on: date
    value_on: date
    cause: Cause | None
    transfers: tuple[TransferRow, ...]


@dataclass(frozen=True, slots=True)
class EntryList:
    """A page of entries, the latest first: all, or those of one figure."""

    rows: tuple[EntryRow, ...]
    before: int | None  # where the next page begins
    figure: Figure | None


@dataclass(frozen=True, slots=True)
class _Picture:
    """All transfers summed by pair of accounts, and the guarded numbers, of one moment."""

    flows: Mapping[tuple[UUID, UUID], int]  # debit, credit
    guarded: Mapping[tuple[UUID, str], int]  # purpose, currency

    def balance(self, account: Account, *, against: UUID | None = None) -> int:
        """What an account holds, on the side it grows on; or what it holds from one other."""
        net = 0
        for (debit, credit), minor in self.flows.items():
            if against is None or against in (debit, credit):
                net += minor * ((debit == account.id) - (credit == account.id))
        return net if account.kind in HAD else -net


def books(session: Session, *, actor: Actor) -> Books:
    """The fund's money, purpose by purpose and place by place."""
    actor.must(Permission.SEE_MONEY)
    picture, accounts = _picture(session), session.scalars(select(Account).order_by(Account.id)).all()
    names = _names(session)
    places = [account for account in accounts if account.kind in (AccountKind.BANK, AccountKind.CASH)]
    return Books(
        purposes=tuple(
            _purpose(picture, accounts, names, account) for account in accounts if account.kind is AccountKind.AVAILABLE
        ),
        places=tuple(_figure(picture, account, names) for account in places),
        entries=session.execute(select(func.count()).select_from(Entry)).scalar_one(),
    )


def entries(
    session: Session,
    *,
    actor: Actor,
    account_id: UUID | None = None,
    against: UUID | None = None,
    before: int | None = None,
    size: int = PAGE,
) -> EntryList | None:
    """A page of entries with a number under `before`: all, those of an account, or those between two accounts.

    None where there is no such account.
    """
    actor.must(Permission.SEE_MONEY)
    names = _names(session)
    accounts = {account.id: account for account in session.scalars(select(Account))}
    if {account_id, against} - accounts.keys() - {None}:
        return None
    statement = select(Entry).order_by(Entry.number.desc()).limit(size + 1)
    touches = _touches(account_id, against)
    if account_id:
        statement = statement.where(Entry.id.in_(select(Transfer.entry_id).where(touches)))
    found = session.scalars(statement.where(Entry.number < before) if before else statement).all()
    shown = found[:size]
    looked_at = accounts.get(account_id) if account_id else None
    transfers = _transfers(session, shown, touches, looked_at, {id_: _row(a, names) for id_, a in accounts.items()})
    causes = _causes(session, [entry.cause_id for entry in shown])
    return EntryList(
        rows=tuple(
            EntryRow(
                id=entry.id,
                number=entry.number,
                kind=entry.kind,
                posted_on=entry.posted_on,
                value_on=entry.value_on,
                cause=causes.get(entry.cause_id),
                transfers=transfers[entry.id],
            )
            for entry in shown
        ),
        before=shown[-1].number if len(found) > size else None,
        figure=_figure(_picture(session), looked_at, names, against=against) if looked_at else None,
    )


def _picture(session: Session) -> _Picture:
    """One statement, so that both halves are of the same moment."""
    flow, guard = literal("flow"), literal("guard")
    minor = cast(func.sum(Transfer.amount_minor), BigInteger)
    flows = select(flow.label("what"), Transfer.debit_id, Transfer.credit_id, Transfer.currency, minor.label("minor"))
    guarded = select(
        guard.label("what"), Available.purpose_id, Available.purpose_id, Available.currency, Available.amount_minor
    )
    both = union_all(flows.group_by(Transfer.debit_id, Transfer.credit_id, Transfer.currency), guarded)
    summed: dict[tuple[UUID, UUID], int] = {}
    available: dict[tuple[UUID, str], int] = {}
    for what, first, second, currency, amount in session.execute(both):
        if what == "flow":
            summed[first, second] = int(amount)
        else:
            available[first, currency] = int(amount)
    return _Picture(summed, available)


def _purpose(
    picture: _Picture, accounts: Sequence[Account], names: Mapping[UUID, Mapping[str, str]], available: Account
) -> PurposeRow:
    assert available.purpose_id is not None, "available money has a purpose"
    currency = available.currency
    own = {
        account.kind: account
        for account in accounts
        if account.currency == currency and account.purpose_id in (available.purpose_id, None)
    }
    return PurposeRow(
        names=names[available.purpose_id],
        received=_figure(picture, available, names, against=None),
        available=_figure(picture, available, names),
        reserved=_figure(picture, own[AccountKind.RESERVED], names),
        spent=_figure(picture, own[AccountKind.SPENT], names),
        guarded=Money(picture.guarded.get((available.purpose_id, currency), 0), currency),
    )


def _figure(
    picture: _Picture, account: Account, names: Mapping[UUID, Mapping[str, str]], *, against: UUID | None = None
) -> Figure:
    amount = Money(picture.balance(account, against=against), account.currency)
    return Figure(_row(account, names), amount, against)


def _row(account: Account, names: Mapping[UUID, Mapping[str, str]]) -> AccountRow:
    owner = account.purpose_id or account.point_id
    return AccountRow(account.id, account.kind, names[owner] if owner else None)


def _names(session: Session) -> dict[UUID, Mapping[str, str]]:
    """Purposes and points by id."""
    both = union_all(select(Purpose.id, Purpose.names), select(Point.id, Point.names))
    return {id_: given for id_, given in session.execute(both)}  # noqa: C416


def _touches(account_id: UUID | None, against: UUID | None) -> ColumnElement[bool]:
    """Transfers of an account, or between two; without an account, all."""
    if account_id is None:
        return literal(True)
    if against is None:
        return or_(Transfer.debit_id == account_id, Transfer.credit_id == account_id)
    return or_(
        and_(Transfer.debit_id == account_id, Transfer.credit_id == against),
        and_(Transfer.debit_id == against, Transfer.credit_id == account_id),
    )


def _transfers(
    session: Session,
    shown: Iterable[Entry],
    touches: ColumnElement[bool],
    looked_at: Account | None,
    accounts: Mapping[UUID, AccountRow],
) -> dict[UUID, tuple[TransferRow, ...]]:
    of_entry: dict[UUID, tuple[TransferRow, ...]] = {entry.id: () for entry in shown}
    wanted = select(Transfer).where(Transfer.entry_id.in_(of_entry), touches).order_by(Transfer.entry_id, Transfer.n)
    for row in session.scalars(wanted):
        amount = Money(row.amount_minor, row.currency)
        grows = looked_at is None or (looked_at.id == row.debit_id) == (looked_at.kind in HAD)
        change = amount if grows else -amount
        transfer = TransferRow(row.n, accounts[row.debit_id], accounts[row.credit_id], amount, change)
        of_entry[row.entry_id] += (transfer,)
    return of_entry


def _causes(session: Session, ids: Sequence[UUID]) -> dict[UUID, Cause]:
    """What each entry was made for: a donation, a decision or the withdrawal of an allocation, a voucher."""
    donations = select(Donation.id, Donation.id, Donation.number).where(Donation.id.in_(ids))
    decisions = select(Decision.id, Allocation.id, Allocation.number).join(
        Allocation, Allocation.id == Decision.allocation_id
    )
    collections = select(Collection.id, Voucher.id, Voucher.serial).join(Voucher, Voucher.id == Collection.voucher_id)
    vouchers = select(Voucher.id, Voucher.id, Voucher.serial).where(Voucher.id.in_(ids))
    found: dict[UUID, Cause] = {}
    for kind, statement in (
        (CauseKind.DONATION, donations),
        (CauseKind.ALLOCATION, decisions.where(Decision.id.in_(ids))),
        (CauseKind.VOUCHER, collections.where(Collection.id.in_(ids))),
        (CauseKind.VOUCHER, vouchers),
    ):
        found |= {cause: Cause(kind, subject, number) for cause, subject, number in session.execute(statement)}
    return found
