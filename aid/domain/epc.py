"""The text of a QR code that bank apps in Europe read: a SEPA credit transfer, filled in.

EPC069-12, version 2.1 of the guidelines: version 002 of the code, UTF-8, euros to a SEPA account; the amount and,
within the EEA, the BIC may be left out. No account outside SEPA has such a code, and no other currency.
"""

import unicodedata
from dataclasses import dataclass
from typing import Final

from aid.domain.money import Money
from aid.domain.refusals import RuleBroken
from aid.domain.words import _

SEPA: Final = frozenset(
    (
        "AD AL AT BE BG CH CY CZ DE DK EE ES FI FR GB GI GR HR HU IE IS IT LI LT LU LV MC MD ME MK MT NL NO PL PT RO "
        "RS SE SI SK SM VA"
    ).split()
)
"""Where IBANs of SEPA's scheme come from, by their first two letters."""

LONGEST_HOLDER: Final = 70
LONGEST_TEXT: Final = 140
MOST_BYTES: Final = 331
LARGEST: Final = 999_999_999_99  # cents


@dataclass(frozen=True, slots=True)
class Payee:
    """An account as somebody pays to it: in whose name, its IBAN, its bank's BIC where it is known."""

    holder: str
    iban: str
    bic: str | None
    currency: str


def has_code(payee: Payee) -> bool:
    """Whether bank apps can be given a code for payments to this account."""
    return payee.currency == "EUR" and payee.iban[:2] in SEPA


def epc_text(payee: Payee, *, text: str, amount: Money | None = None) -> str:
    """What the code says. Raises ValueError for an account that has none, RuleBroken for an amount out of bounds."""
    if not has_code(payee) or not 0 < len(payee.holder) <= LONGEST_HOLDER or not 0 < len(text) <= LONGEST_TEXT:
        raise ValueError("no SEPA credit transfer")
    if any(unicodedata.category(sign).startswith("C") for sign in payee.holder + text):
        raise ValueError("a line is one line")
    return "\n".join(
        ("BCD", "002", "1", "SCT", payee.bic or "", payee.holder, payee.iban, _euros(amount), "", "", text)
    )


def check_amount(amount: Money) -> None:
    """Raise RuleBroken, beside its field, unless a transfer in euros can be of this amount."""
    if not 1 <= amount.minor <= LARGEST:
        raise RuleBroken(_("Write an amount between 0.01 and 999999999.99, or leave it empty."), field="amount")


def _euros(amount: Money | None) -> str:
    if amount is None:
        return ""
    if amount.currency != "EUR":
        raise ValueError("the code is for euros")
    check_amount(amount)
    return f"EUR{amount.minor // 100}.{amount.minor % 100:02}"
