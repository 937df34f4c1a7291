"""A statement of MT940 or MT942 as far as it was read, and the figures it is made of."""

import re
from dataclasses import dataclass, field
from datetime import date

from stdnum import iban

from aid.domain.currencies import EVER
from aid.domain.money import Money
from aid.domain.payments import is_iban
from aid.domain.statements import (
    Balance,
    BalanceKind,
    Place,
    Problem,
    ProblemKind,
    StatementBegun,
    StatementFormat,
)
from aid.domain.words import _
from aid.readers.statements.bookings import day_of
from aid.readers.statements.checks import Tally, Total
from aid.readers.statements.figures import NotRead, minor_of
from aid.readers.statements.messages import Told

BALANCES = {
    "60F": BalanceKind.OPENING,
    "60M": BalanceKind.OPENING,
    "60": BalanceKind.OPENING,
    "62F": BalanceKind.CLOSING,
    "62M": BalanceKind.CLOSING,
    "62": BalanceKind.CLOSING,
    "64": BalanceKind.CLOSING_AVAILABLE,
    "65": BalanceKind.FORWARD_AVAILABLE,
}

_BALANCE = re.compile(r"R?([CD])\s*(?:([0-9]{6})\s*([A-Z]{3})?|([A-Z]{3}))\s*([0-9][0-9.,]*)")
_CURRENCY = re.compile(r"[\s/]?([A-Z]{3})")


@dataclass(slots=True)
class Draft:
    """A statement as far as it was read."""

    number: int
    line: int  # of the file, where it began
    type: str
    id: str = ""
    account: str = ""
    currency: str = ""
    sequence: str = ""
    page: int | None = None
    made_on: date | None = None
    day: date | None = None  # near which its days without a year are
    balances: list[Balance] = field(default_factory=list)
    totals: list[Total] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    waiting: list[Told] = field(default_factory=list)
    lines: int = 0
    owner: str = ""
    problems: list[Problem] = field(default_factory=list)  # that wait until it has begun
    begun: StatementBegun | None = None
    tally: Tally | None = None

    @property
    def has_lines(self) -> bool:
        """Whether any line was met."""
        return bool(self.lines or self.waiting)

    @property
    def is_closed(self) -> bool:
        """Whether its closing balance was read."""
        return any(balance.kind is BalanceKind.CLOSING for balance in self.balances)

    @property
    def has_edge(self) -> bool:
        """Whether an opening balance that comes now is another statement's."""
        return self.is_closed or any(balance.kind is BalanceKind.OPENING for balance in self.balances)

    def begin(self) -> StatementBegun:
        """What was said before its first line; it begins once."""
        is_report = self.type == "942" or (not self.type and bool(self.totals))
        format_ = StatementFormat.MT942 if is_report else StatementFormat.MT940
        self.begun = StatementBegun(
            number=self.number,
            format=format_,
            source=str(format_),
            account=self.account,
            owner=self.owner,
            currency=self.currency,
            id=self.id,
            sequence=self.sequence,
            page=self.page,
            made_on=self.made_on,
        )
        self.tally = Tally(self.begun)
        if not self.account:
            what = _("it does not say of which account it is")
            self.problems.insert(0, Problem(ProblemKind.NO_ACCOUNT, Place(self.number, line=self.line), what))
        return self.begun


def balance_of(tag: str, text: str, currency: str) -> tuple[Balance, str]:
    """A balance of fields :60: to :65:, and its day's digits if they are no day. Raises NotRead.

    Some banks leave out a currency that was told before.
    """
    found = _BALANCE.fullmatch(text)
    if not found:
        raise NotRead(ProblemKind.UNREADABLE, _("a balance is not written as it should be"))
    currency = found[3] or found[4] or currency
    minor = swift_minor(found[5], currency)
    day = swift_day(found[2] or "")
    money = Money(-minor if found[1] == "D" else minor, currency)
    odd = found[2] if found[2] and day is None and found[2].strip("0") else ""
    return Balance(BALANCES[tag], money, day, tag, tag.endswith("M")), odd


def swift_minor(text: str, currency: str) -> int:
    """An amount with its decimal comma; some banks write a point."""
    return minor_of(text, currency, "." if "," not in text and text.count(".") == 1 else ",")


def swift_day(digits: str) -> date | None:
    try:
        return day_of(digits)
    except ValueError:
        return None


def account_and_currency(text: str) -> tuple[str, str]:
    """An account's number, and its currency where that stands behind it."""
    currency = ""
    found = _CURRENCY.fullmatch(text[-4:]) or _CURRENCY.fullmatch(text[-3:])
    if found and found[1] in EVER and (not is_iban(text) or iban.is_valid(text[: -len(found[0])])):
        currency, text = found[1], text[: -len(found[0])].strip(" /")
    number = next((part for part in text.replace(" ", "").split("/") if is_iban(part)), "")
    return number or text, currency
