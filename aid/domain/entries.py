"""The ledger's entries: what each event moves from which account to which.

Bank, cash and given are what the fund has or handed out (debits); available, reserved and spent say whose it is or
was (credits). In every currency, bank + cash + given = available + reserved + spent.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from aid.domain.money import Money


class AccountKind(StrEnum):
    """A kind of account; in each currency one a purpose (given too), one a point for cash, one bank."""

    BANK = "bank"
    CASH = "cash"
    AVAILABLE = "available"
    RESERVED = "reserved"
    SPENT = "spent"
    GIVEN = "given"


class EntryKind(StrEnum):
    """Why money moved."""

    DONATION = "donation"
    RESERVATION = "reservation"
    RELEASE = "release"
    COLLECTION = "collection"
    CORRECTION = "correction"


@dataclass(frozen=True, slots=True)
class AccountRef:
    """Which account: its kind, and the purpose or the point it belongs to."""

    kind: AccountKind
    purpose: UUID | None
    point: UUID | None
    currency: str


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


def donated(purpose: UUID, amount: Money) -> tuple[Posting, ...]:
    """A donation came to the bank for a purpose."""
    return (Posting(_bank(amount), _of(AccountKind.AVAILABLE, purpose, amount), amount),)


def reserved(purpose: UUID, amount: Money) -> tuple[Posting, ...]:
    """The committee decided: the money is set aside."""
    available, kept = _of(AccountKind.AVAILABLE, purpose, amount), _of(AccountKind.RESERVED, purpose, amount)
    return (Posting(available, kept, amount),)


def released(purpose: UUID, amount: Money) -> tuple[Posting, ...]:
    """What was set aside is free again: a voucher expired or was cancelled."""
    return reversal(reserved(purpose, amount))


def collected(purpose: UUID, point: UUID, amount: Money) -> tuple[Posting, ...]:
    """A family collected: cash left the point, and what was reserved is spent."""
    cash = AccountRef(AccountKind.CASH, None, point, amount.currency)
    kept, spent = _of(AccountKind.RESERVED, purpose, amount), _of(AccountKind.SPENT, purpose, amount)
    return (Posting(_of(AccountKind.GIVEN, purpose, amount), cash, amount), Posting(kept, spent, amount))


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


def _bank(amount: Money) -> AccountRef:
    return AccountRef(AccountKind.BANK, None, None, amount.currency)


def _of(kind: AccountKind, purpose: UUID, amount: Money) -> AccountRef:
    return AccountRef(kind, purpose, None, amount.currency)
