"""What a bank says of an account: statements, their lines, and what of a statement could not be read.

Whatever file it stood in, a statement comes as one flat sequence: it begins, then its lines, then it ends; problems
stand where they were met. Amounts are whole minor units, never negative; which way the money went is told beside them.
As with payments, nothing changes a line once it is read, though only what a file has few of is made to refuse it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from hashlib import blake2b
from typing import TypeAlias

from aid.domain.money import Money
from aid.domain.payments import Codes, Direction, Payment
from aid.domain.words import Message, _


class StatementFormat(StrEnum):
    """What kind of file a statement stood in."""

    CAMT_052 = "camt.052"
    CAMT_053 = "camt.053"
    CAMT_054 = "camt.054"
    MT940 = "mt940"
    MT942 = "mt942"
    CSV = "csv"

    @property
    def is_whole(self) -> bool:
        """Whether it holds all that was booked between its balances; reports of the day and notices need not."""
        return self in {StatementFormat.CAMT_053, StatementFormat.MT940}


def is_whole_source(source: str) -> bool:
    """The same of what a statement's source is called: its format, with more behind it."""
    return source.startswith(_WHOLE)


_WHOLE = tuple(each.value for each in StatementFormat if each.is_whole)


class LineStatus(StrEnum):
    """Whether a line's money has moved. Only a booked line counts."""

    BOOKED = "booked"
    PENDING = "pending"
    INFORMATION = "information"  # no money moves; lines of nothing too


class BalanceKind(StrEnum):
    """What a balance is of."""

    OPENING = "opening"
    CLOSING = "closing"
    INTERIM = "interim"
    OPENING_AVAILABLE = "opening_available"
    CLOSING_AVAILABLE = "closing_available"
    INTERIM_AVAILABLE = "interim_available"
    FORWARD_AVAILABLE = "forward_available"
    PREVIOUS_CLOSING = "previous_closing"
    EXPECTED = "expected"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Balance:
    """What the account held. Negative: it was overdrawn."""

    kind: BalanceKind
    money: Money
    on: date | None
    code: str  # the bank's own: OPBD, 62F
    is_interim: bool = False  # of one page of a statement that goes on


@dataclass(frozen=True, slots=True)
class Part:
    """What one statement shows of one day: from which balance to which, in minor units. See aid.domain.repeats."""

    source: str
    statement: str  # its number, or what else the bank calls it
    page: int
    opening: int
    closing: int


@dataclass(frozen=True, slots=True)
class StatementBegun:
    """A statement begins. Texts are empty and days none where the bank says nothing."""

    number: int  # in its file, from 1
    format: StatementFormat
    source: str  # the format with its version, or with its columns: two of one source print a line the same way
    account: str = ""  # an IBAN without spaces, or as the bank writes it
    owner: str = field(default="", repr=False)
    currency: str = ""
    bank: str = ""
    id: str = ""
    sequence: str = ""
    legal_sequence: str = ""
    page: int | None = None
    is_last_page: bool | None = None
    since: date | None = None
    until: date | None = None
    made_on: date | None = None
    is_copy: bool = False
    table: str = ""  # by which the headings of a table are known again


@dataclass(frozen=True, slots=True)
class StatementEnded:
    """A statement ended: its balances, and the sums of its booked lines, one for each currency."""

    number: int
    balances: tuple[Balance, ...]
    lines: int  # of any status
    credits: tuple[Money, ...]
    debits: tuple[Money, ...]
    parts: tuple[tuple[date, Part], ...] = ()  # by day, where balances are there and hold
    told: str = field(default="", repr=False)  # what the bank says of the statement as a whole

    def balance(self, kind: BalanceKind) -> Balance | None:
        """Its balance of this kind, the last one where there are several."""
        return next((balance for balance in reversed(self.balances) if balance.kind is kind), None)


@dataclass(slots=True)
class Place:
    """Where in a file something stands: numbers from 1, or 0 where there is none."""

    statement: int = 0
    entry: int = 0
    line: int = 0  # of the file's text

    @property
    def words(self) -> Message:
        """The place as people find it."""
        if self.entry and self.line:
            return _("line %(line)s, entry %(entry)s", line=self.line, entry=self.entry)
        if self.entry:
            return _("entry %(entry)s of statement %(statement)s", entry=self.entry, statement=self.statement)
        if self.line:
            return _("line %(line)s", line=self.line)
        return _("statement %(statement)s", statement=self.statement) if self.statement else _("the whole file")


@dataclass(slots=True)
class BankLine:
    """One line of a statement. A batch has its payments in `details`, and in `payment` what they have in common."""

    place: Place
    booked_on: date
    value_on: date | None
    minor: int
    currency: str
    direction: Direction
    is_reversal: bool
    status: LineStatus
    bank_reference: str
    entry_reference: str
    codes: Codes
    payment: Payment
    details: tuple[Payment, ...] = ()
    batch: int = 0  # how many payments the bank says it holds; 0: it does not say
    batches: tuple[str, ...] = ()  # what the batches are called that it is made of, or of which it is a part

    @property
    def money(self) -> Money:
        """Its amount, never negative."""
        return Money(self.minor, self.currency)

    @property
    def signed(self) -> int:
        """What it adds to the account, in minor units."""
        return self.minor if self.direction is Direction.CREDIT else -self.minor

    @property
    def payments(self) -> tuple[Payment, ...]:
        """The payments it holds: those of a batch, or the one."""
        return self.details or (self.payment,)

    @property
    def marks(self) -> tuple[str, str, str]:
        """By which it is likely known again in another format, strongest first; empty where there is none."""
        return (self.bank_reference, *self.payment.marks)

    @property
    def identity(self) -> bytes:
        """The same for all lines that one source would print alike, in whatever statement. See aid.domain.repeats.

        It is made of names and texts: a hash of it is guessed by who knows them. Key it before it is kept.
        """
        own = f"{self.signed}\x1f{self.currency}\x1f{self.value_on}\x1f{self.bank_reference}"
        said = "\x1f".join([own, self.payment.identity, *[payment.identity for payment in self.details]])
        return blake2b(said.encode("utf-8", "surrogatepass"), digest_size=16).digest()


class Lost(StrEnum):
    """What a problem cost."""

    NOTHING = "nothing"
    FIELD = "field"  # something said of a line; its amount and day stand
    LINE = "line"
    REST = "rest"  # of the file


class ProblemKind(StrEnum):
    """What is wrong in a statement."""

    UNREADABLE = "unreadable"
    TOO_FINE = "too_fine"  # more digits than the currency has
    NO_ACCOUNT = "no_account"
    NO_CURRENCY = "no_currency"
    NO_DAY = "no_day"
    ODD = "odd"  # read, though it breaks the format's rules
    BALANCE = "balance"  # balances and lines differ
    TOTAL = "total"  # a total differs from its lines, or a batch from its payments
    BROKEN_OFF = "broken_off"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a statement that is wrong, or could not be read. It names place and figure, and no person."""

    kind: ProblemKind
    place: Place
    what: Message
    lost: Lost = Lost.NOTHING
    difference: Money | None = None


StatementItem: TypeAlias = StatementBegun | BankLine | StatementEnded | Problem
