"""A payment as a bank tells of it: who paid whom, on whose behalf, with which words, and what was taken on the way.

Texts are empty where the bank says nothing. Amounts are whole minor units. Nothing changes a payment once it is read;
that is not enforced, since a file holds very many, and enforcing it makes each of them seven times as slow.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum

from aid.domain.money import Money

_is_iban = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}").fullmatch


def is_iban(account: str) -> bool:
    """Whether an account's number is written as an IBAN; its check digits are not looked at."""
    return _is_iban(account) is not None


class Direction(StrEnum):
    """Which way the money went, seen from the account: in or out. A reversed credit is a debit."""

    CREDIT = "credit"
    DEBIT = "debit"


@dataclass(slots=True)
class Party:
    """Somebody at the other end of a payment, as far as the bank names them."""

    name: str = field(default="", repr=False)
    account: str = field(default="", repr=False)
    country: str = ""  # of the address, by ISO 3166
    address: tuple[str, ...] = field(default=(), repr=False)
    bank: str = ""  # its BIC, or the number that a country gives it


@dataclass(frozen=True, slots=True)
class Codes:
    """What kind of booking it is, in the banks' codes."""

    domain: str = ""  # PMNT
    family: str = ""  # RCDT
    subfamily: str = ""  # ESCT
    proprietary: str = ""  # 544, NTRF+166: the bank's own
    gvc: str = ""  # the German three digits
    swift: str = ""  # the four signs of :61:


@dataclass(frozen=True, slots=True)
class Charge:
    """What a bank took for a payment."""

    money: Money
    direction: Direction = Direction.DEBIT
    bearer: str = ""  # DEBT, CRED, SHAR, SLEV
    is_included: bool | None = None  # in the line's amount; none where the bank does not say
    what: str = ""


@dataclass(frozen=True, slots=True)
class Foreign:
    """The same payment in other currencies. The rate stays as it was printed: it is read by people."""

    instructed: Money | None = None
    transaction: Money | None = None
    counter_value: Money | None = None
    rate: str = ""
    source: str = ""
    target: str = ""


@dataclass(frozen=True, slots=True)
class Returned:
    """Why a payment came back."""

    code: str
    why: str = field(default="", repr=False)


@dataclass(slots=True)
class Payment:
    """What stands behind a line, or behind one of the payments it holds. `minor` is none where no amount is given."""

    minor: int | None = None
    currency: str = ""
    direction: Direction | None = None
    other: Party | None = None
    ultimate: Party | None = None  # on whose behalf the other paid, or was paid
    text: str = field(default="", repr=False)
    references: tuple[str, ...] = field(default=(), repr=False)  # structured: RF18…, a Swiss QR reference
    end_to_end: str = field(default="", repr=False)
    mandate: str = field(default="", repr=False)
    bank_reference: str = ""
    payment_id: str = field(default="", repr=False)  # what the one who ordered it calls the order
    uetr: str = ""
    purpose: str = ""
    additional: str = field(default="", repr=False)
    codes: Codes | None = None
    foreign: Foreign | None = None
    charges: tuple[Charge, ...] = ()
    returned: Returned | None = None

    @property
    def identity(self) -> str:
        """What is the same wherever one source prints it: part of its line's identity."""
        other, references = self.other, "".join([f"{each}\x1f" for each in self.references]) if self.references else ""
        said = f"{self.end_to_end}\x1f{references}{self.text}\x1f{self.additional}\x1f{self.minor}"
        return f"{said}\x1f\x1f" if other is None else f"{said}\x1f{other.name}\x1f{other.account}"

    @property
    def marks(self) -> tuple[str, str]:
        """By which it is likely known again in another format: its end-to-end id, and the other's account."""
        other = self.other
        return self.end_to_end, other.account if other is not None and is_iban(other.account) else ""


NOTHING_KNOWN = Payment()
