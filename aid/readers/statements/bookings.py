"""Field :61:, a line of an MT940 or MT942 statement, as standard and banks write it."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from aid.domain.payments import Direction, is_iban
from aid.domain.statements import ProblemKind
from aid.domain.words import _
from aid.readers.statements.figures import NotRead

CENTURY = 80  # two digits of a year from here on are of the twentieth century
OWNER_REFERENCE = 16  # signs of the reference; what stands after them is no part of it

_LINE = re.compile(
    r"(?P<value>[0-9]{6})"
    r"(?P<entry>[0-9]{4}|\s{4})?"
    r"(?P<mark>R?[CD]|E[CD])"
    r"(?P<funds>[A-Z])?\s*"
    r"(?P<amount>[0-9][0-9.,]*)"
    r"(?P<type>[A-Z][A-Z0-9 ]{3})?"
    r"(?P<rest>(?(type).*|\s*(?:[A-Z/].*)?))",  # behind anything else the amount may go on
    re.DOTALL,
)
_NEARLY = re.compile(
    r"\W{0,4}[0-9A-Za-z]{0,3}\W{0,4}"
    r"[0-9]{6}(?:[0-9]{4}|\s{4})?(?:R?[CD]|E[CD])[A-Z]?\s*[0-9][0-9.]*,[0-9]*[NSF][A-Z0-9]{3}"
)
_GIRO = re.compile(r"P[0-9]{5,}")
_ACCOUNT = re.compile(r"P?[0-9.]{5,}")
_NOTHING = frozenset("NONREF KREF+ EREF+ MREF+ KREF EREF MREF PREF MARF NOTPROVIDED".split()) | {""}


@dataclass(frozen=True, slots=True)
class Booking:
    """What one :61: says. Its amount is still as it was printed."""

    value: str
    entry: str
    mark: str
    amount: str
    type: str
    reference: str
    bank_reference: str
    account: str  # of the other, where the bank puts it into the reference
    name: str
    more: tuple[str, ...]  # supplementary details

    @property
    def direction(self) -> Direction:
        """Which way the money went: a reversed credit went out."""
        is_credit = self.mark in {"C", "EC", "RD"}
        return Direction.CREDIT if is_credit else Direction.DEBIT

    @property
    def is_reversal(self) -> bool:
        """Whether it takes back an earlier one."""
        return self.mark in {"RC", "RD"}

    @property
    def is_expected(self) -> bool:
        """Whether it is only announced."""
        return self.mark in {"EC", "ED"}


def booking_of(lines: list[str]) -> Booking:
    """Read the field. Raises NotRead."""
    rows = [line for line in lines if line.strip()]
    for whole in _broken_in(rows):
        first = "".join(row.rstrip() if whole > 1 else row for row in rows[:whole])
        if found := _LINE.fullmatch(first):
            reference, _mark, bank_reference = (found["rest"] or "").partition("//")
            name = reference[OWNER_REFERENCE:].strip()
            reference, account = _apart(reference[:OWNER_REFERENCE].strip() if name else reference.strip(), name)
            more = tuple(row.strip() for row in rows[whole:])
            if more and not account and _is_account(more[0]):
                account, more = more[0], more[1:]
            return Booking(
                found["value"],
                (found["entry"] or "").strip(),
                found["mark"],
                found["amount"],
                (found["type"] or "").strip(),
                "" if reference in _NOTHING else reference,
                "" if bank_reference.strip() in _NOTHING else bank_reference.strip(),
                account,
                name,
                more,
            )
    raise NotRead(ProblemKind.UNREADABLE, _("field :61: is not written as it should be"))


def is_nearly_a_booking(row: str) -> bool:
    """Whether a row is written as this field is, though its tag is not there."""
    return _NEARLY.match(row) is not None


def _broken_in(rows: list[str]) -> tuple[int, ...]:
    """In how many rows the line itself may stand: a bank may break it in two, within its amount too."""
    alone = _LINE.fullmatch(rows[0]) if rows else None
    if alone and not alone["type"] and (joined := _LINE.fullmatch("".join(row.rstrip() for row in rows[:2]))):
        goes_on = joined["type"] and joined["amount"] != alone["amount"]
        return (2,) if goes_on else (1,)
    return (1, 2)


def _is_account(text: str) -> bool:
    """Whether the other's account stands in a row of its own: an IBAN, or a Dutch giro number."""
    return is_iban(text) or _GIRO.fullmatch(text) is not None


def _apart(reference: str, name: str) -> tuple[str, str]:
    """A reference, or the other's account in its place: a Dutch bank puts it there, with the name behind it."""
    if is_iban(reference) or (name and _ACCOUNT.fullmatch(reference)):
        return "", reference
    return reference, ""


def day_of(digits: str) -> date:
    """A day written YYMMDD. Raises ValueError."""
    year = int(digits[:2])
    return date(year + (1900 if year >= CENTURY else 2000), int(digits[2:4]), int(digits[4:6]))


def end_of_february(digits: str) -> date | None:
    """The last of February where a bank writes the 30th, as those do that count interest in months of thirty days."""
    if digits[2:4] != "02" or digits[4:6] not in {"29", "30"}:
        return None
    year = day_of(f"{digits[:2]}0201").year
    return date(year, 2, monthrange(year, 2)[1])


def entry_day(digits: str, near: date) -> date:
    """A day written MMDD, in the year that brings it nearest to the other. Raises ValueError."""
    month, day = int(digits[:2]), int(digits[2:4])
    years = []
    for year in (near.year - 1, near.year, near.year + 1):
        try:
            years.append(date(year, month, day))
        except ValueError:
            continue
    if not years:
        raise ValueError(digits)
    return min(years, key=lambda each: abs(each - near))
