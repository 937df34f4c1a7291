"""The ledger's entries: what each event moves from which account to which.

Bank, cash and transit are what the fund has, given and charges what it handed out or banks took (debits); available,
reserved and spent say whose it is or was, and owed what shops gave and are not paid for yet (credits). In every
currency, bank + cash + transit + given + charges = available + reserved + spent + owed, and given + charges = spent.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from aid.domain.money import Money
from aid.domain.points import PointKind


class AccountKind(StrEnum):
    """A kind of account: bank, one each of the fund's bank accounts; cash, one a table and currency; transit, one a
    currency; owed, one a shop and currency; the others, one a purpose and currency.
    """

    BANK = "bank"
    CASH = "cash"
    TRANSIT = "transit"
    AVAILABLE = "available"
    RESERVED = "reserved"
    SPENT = "spent"
    GIVEN = "given"
    CHARGES = "charges"
    OWED = "owed"


OF_A_PURPOSE = (
    AccountKind.AVAILABLE,
    AccountKind.RESERVED,
    AccountKind.SPENT,
    AccountKind.GIVEN,
    AccountKind.CHARGES,
)
OF_A_POINT = (AccountKind.CASH, AccountKind.OWED)
HAD = frozenset({AccountKind.BANK, AccountKind.CASH, AccountKind.TRANSIT, AccountKind.GIVEN, AccountKind.CHARGES})
"""Accounts that grow on the debit side: what the fund has or handed out. The others grow on the credit side."""


class BankHolder(StrEnum):
    """In whose name a bank account is."""

    FUND = "fund"
    TRUSTEE = "trustee"


class EntryKind(StrEnum):
    """Why money moved."""

    DONATION = "donation"
    RESERVATION = "reservation"
    RELEASE = "release"
    COLLECTION = "collection"
    CORRECTION = "correction"
    SENDING = "sending"
    RECEIPT = "receipt"
    CHARGES = "charges"
    EXCHANGE = "exchange"
    PAYMENT = "payment"
    CASH_SENDING = "cash_sending"
    CASH_ARRIVAL = "cash_arrival"
    INTEREST = "interest"
    LOSS = "loss"
    FOUND = "found"


@dataclass(frozen=True, slots=True)
class AccountRef:
    """Which account: its kind, and the purpose, the point or the bank account it belongs to."""

    kind: AccountKind
    purpose: UUID | None
    point: UUID | None
    currency: str
    bank: UUID | None = None

    def __post_init__(self) -> None:
        assert (self.purpose is not None) == (self.kind in OF_A_PURPOSE), "money is for a purpose, places are not"
        assert (self.point is not None) == (self.kind in OF_A_POINT), "cash is at a point, and a shop is owed"
        assert (self.bank is not None) == (self.kind is AccountKind.BANK), "each bank account is its own"


@dataclass(frozen=True, slots=True)
class Posting:
    """One transfer: an amount from the credit to the debit account, both in its currency."""

    debit: AccountRef
    credit: AccountRef
    amount: Money

    def __post_init__(self) -> None:
        assert self.amount.minor > 0, "a transfer moves something"
        assert self.debit != self.credit, "a transfer has two accounts"
        assert self.debit.currency == self.credit.currency == self.amount.currency, "a transfer has one currency"


def donated(purpose: UUID, bank: UUID, amount: Money) -> tuple[Posting, ...]:
    """A donation came to a bank account for a purpose."""
    return (Posting(_bank(bank, amount), _of(AccountKind.AVAILABLE, purpose, amount), amount),)


def earned(purpose: UUID, bank: UUID, amount: Money) -> tuple[Posting, ...]:
    """A bank gave interest for what lay on an account: a purpose has that much more."""
    return donated(purpose, bank, amount)


def reserved(purpose: UUID, amount: Money) -> tuple[Posting, ...]:
    """The committee decided: the money is set aside."""
    available, kept = _of(AccountKind.AVAILABLE, purpose, amount), _of(AccountKind.RESERVED, purpose, amount)
    return (Posting(available, kept, amount),)


def released(purpose: UUID, amount: Money) -> tuple[Posting, ...]:
    """What was set aside is free again: a voucher expired or was cancelled."""
    return reversal(reserved(purpose, amount))


def collected(purpose: UUID, point: UUID, amount: Money, *, kind: PointKind = PointKind.TABLE) -> tuple[Posting, ...]:
    """A family collected: cash left the table, or a shop is owed for goods; and what was reserved is spent."""
    kept, spent = _of(AccountKind.RESERVED, purpose, amount), _of(AccountKind.SPENT, purpose, amount)
    return (_handed_out(purpose, point, amount, kind), Posting(kept, spent, amount))


def lost(purpose: UUID, point: UUID, amount: Money, *, kind: PointKind = PointKind.TABLE) -> tuple[Posting, ...]:
    """A point gave something on a voucher that was not good any more: its purpose bears it, from what is available."""
    free, spent = _of(AccountKind.AVAILABLE, purpose, amount), _of(AccountKind.SPENT, purpose, amount)
    return (_handed_out(purpose, point, amount, kind), Posting(free, spent, amount))


def found_again(purpose: UUID, point: UUID, amount: Money) -> tuple[Posting, ...]:
    """More cash was counted at a point than the books say: the same as a loss, the other way round."""
    return reversal(lost(purpose, point, amount))


def settled(point: UUID, bank: UUID, amount: Money) -> tuple[Posting, ...]:
    """A shop was paid from a bank account for goods that it gave: so much less is owed."""
    return (Posting(AccountRef(AccountKind.OWED, None, point, amount.currency), _bank(bank, amount), amount),)


def paid(purpose: UUID, bank: UUID, amount: Money) -> tuple[Posting, ...]:
    """What was set aside was paid from a bank account: to a supplier, or to a family by transfer."""
    kept, spent = _of(AccountKind.RESERVED, purpose, amount), _of(AccountKind.SPENT, purpose, amount)
    return (Posting(_of(AccountKind.GIVEN, purpose, amount), _bank(bank, amount), amount), Posting(kept, spent, amount))


def moved_to_cash(bank: UUID, point: UUID, amount: Money) -> tuple[Posting, ...]:
    """Money left a bank account for a point's cash. Whose it is stays as it was."""
    return (Posting(AccountRef(AccountKind.CASH, None, point, amount.currency), _bank(bank, amount), amount),)


def sent(bank: UUID, amount: Money) -> tuple[Posting, ...]:
    """Money left a bank account and is in transit."""
    return (Posting(_transit(amount), _bank(bank, amount), amount),)


def received(bank: UUID, amount: Money) -> tuple[Posting, ...]:
    """Money in transit came to a bank account."""
    return (Posting(_bank(bank, amount), _transit(amount), amount),)


def counted_in(point: UUID, amount: Money) -> tuple[Posting, ...]:
    """Money in transit was counted at a point: its cash rises by that."""
    return (Posting(AccountRef(AccountKind.CASH, None, point, amount.currency), _transit(amount), amount),)


def lost_to_charges(purpose: UUID, amount: Money) -> tuple[Posting, ...]:
    """Banks on the way kept some of what was in transit: the purpose bears it."""
    return _charged(purpose, _transit(amount), amount)


def charged(purpose: UUID, bank: UUID, amount: Money) -> tuple[Posting, ...]:
    """A bank took a fee from an account: the purpose bears it."""
    return _charged(purpose, _bank(bank, amount), amount)


def exchanged(purpose: UUID, *, from_bank: UUID, sold: Money, to_bank: UUID, bought: Money) -> tuple[Posting, ...]:
    """Money of a purpose became money of another currency: it falls in the old one, and rises in the new."""
    old, new = _of(AccountKind.AVAILABLE, purpose, sold), _of(AccountKind.AVAILABLE, purpose, bought)
    return (Posting(old, _bank(from_bank, sold), sold), Posting(_bank(to_bank, bought), new, bought))


def reversal(postings: Iterable[Posting]) -> tuple[Posting, ...]:
    """The same transfers the other way round, for a correction."""
    return tuple(Posting(posting.credit, posting.debit, posting.amount) for posting in postings)


def change_of_available(postings: Iterable[Posting]) -> dict[tuple[UUID, str], int]:
    """By how much these transfers change the available money of each purpose and currency, in minor units."""
    changes: dict[tuple[UUID, str], int] = defaultdict(int)
    for posting in postings:
        for account, minor in ((posting.credit, posting.amount.minor), (posting.debit, -posting.amount.minor)):
            if account.kind is AccountKind.AVAILABLE and account.purpose is not None:
                changes[account.purpose, account.currency] += minor
    return dict(changes)


def _handed_out(purpose: UUID, point: UUID, amount: Money, kind: PointKind) -> Posting:
    """What a family was given: out of a table's cash, or of a shop's goods, which the fund then owes it for."""
    source = AccountKind.OWED if kind is PointKind.SHOP else AccountKind.CASH
    return Posting(_of(AccountKind.GIVEN, purpose, amount), AccountRef(source, None, point, amount.currency), amount)


def _charged(purpose: UUID, place: AccountRef, amount: Money) -> tuple[Posting, ...]:
    taken, spent = _of(AccountKind.CHARGES, purpose, amount), _of(AccountKind.SPENT, purpose, amount)
    return (Posting(taken, place, amount), Posting(_of(AccountKind.AVAILABLE, purpose, amount), spent, amount))


def _bank(bank: UUID, amount: Money) -> AccountRef:
    return AccountRef(AccountKind.BANK, None, None, amount.currency, bank)


def _transit(amount: Money) -> AccountRef:
    return AccountRef(AccountKind.TRANSIT, None, None, amount.currency)


def _of(kind: AccountKind, purpose: UUID, amount: Money) -> AccountRef:
    return AccountRef(kind, purpose, None, amount.currency)
