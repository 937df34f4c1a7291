"""Codes of families, vouchers, gifts and payments: only digits, said in three languages and typed on any phone.

The last two digits are the check digits of ISO 7064 MOD 97-10, which catch every single wrong digit and every swap
of two neighbours.
"""

import secrets
import unicodedata

from stdnum.iso7064 import mod_97_10

from aid.domain.refusals import RuleBroken
from aid.domain.words import _

FAMILY_DIGITS = 9
VOUCHER_DIGITS = 16
GIFT_DIGITS = 16
REFERENCE_DIGITS = 10
KAZAKH_ROW = str.maketrans('қ"әіңғ,.үұ', "0123456789")
"""What stands on the keys 0 to 9 of a Kazakh keyboard."""


def family_code() -> str:
    """A fresh family code: 7 random digits and 2 check digits. It never begins with 0, which spreadsheets drop."""
    return _checked(str(1_000_000 + secrets.randbelow(9_000_000)))


def voucher_code() -> str:
    """A fresh voucher code: 14 random digits and 2 check digits."""
    return _checked(f"{secrets.randbelow(10**14):014}")


def gift_code(seed: bytes) -> str:
    """The private code of a gift: 14 digits out of 32 random bytes, and 2 check digits."""
    if len(seed) != 32:
        raise ValueError("a seed has 32 bytes")
    return _checked(f"{int.from_bytes(seed) % 10**14:014}")


def reference_code() -> str:
    """A fresh reference for the text of a payment: 8 random digits and 2 check digits. It never begins with 0."""
    return _checked(str(10_000_000 + secrets.randbelow(90_000_000)))


def is_reference(digits: str) -> bool:
    """Whether these may be a reference: the check digits decide."""
    return len(digits) == REFERENCE_DIGITS and not digits.startswith("0") and bool(mod_97_10.is_valid(digits))


def parse_family_code(text: str) -> str:
    """Read a family code as people type it. Raises RuleBroken when it can't be one."""
    digits = _digits(text)
    if len(digits) != FAMILY_DIGITS:
        raise RuleBroken(_("A family code has 9 digits and nothing else; compare it with the paper."))
    if not mod_97_10.is_valid(digits):
        raise RuleBroken(
            _("The family code %(code)s is mistyped: a digit is wrong or two are swapped.", code=grouped(digits))
        )
    return digits


def is_family_code(text: str) -> bool:
    """Whether this is a family's code, whole and not mistyped."""
    try:
        parse_family_code(text)
    except RuleBroken:
        return False
    return True


def parse_voucher_code(text: str) -> str:
    """Read a voucher code as people type it or a camera reads it. Raises RuleBroken when it can't be one."""
    digits = _digits(_without_kazakh_keys(text))
    if len(digits) != VOUCHER_DIGITS:
        raise RuleBroken(_("A voucher code has 16 digits and nothing else; compare it with the paper."))
    if not mod_97_10.is_valid(digits):
        raise RuleBroken(
            _("The voucher code %(code)s is mistyped: a digit is wrong or two are swapped.", code=grouped(digits))
        )
    return digits


def parse_gift_code(text: str) -> str:
    """Read a gift's code as its donor types it. Raises RuleBroken when it can't be one."""
    digits = _digits(text)
    if len(digits) != GIFT_DIGITS:
        raise RuleBroken(_("The code of a gift has 16 digits and nothing else; compare it with the letter."))
    if not mod_97_10.is_valid(digits):
        raise RuleBroken(_("The code is mistyped: a digit is wrong or two are swapped."))
    return digits


def grouped(code: str) -> str:
    """The code as it is printed and said: a family's by threes, all others by fours."""
    step = 3 if len(code) <= FAMILY_DIGITS else 4
    return " ".join(code[start : start + step] for start in range(0, len(code), step))


def _checked(digits: str) -> str:
    return digits + mod_97_10.calc_check_digits(digits)


def _digits(text: str) -> str:
    """The digits in ASCII, whatever script they came in; nothing when there is more than digits, spaces and dashes."""
    if len(text) > 100:
        return ""
    kept = [sign for sign in text if not _is_forgiven(sign)]
    return "".join(str(unicodedata.decimal(sign)) for sign in kept) if all(map(str.isdecimal, kept)) else ""


def _without_kazakh_keys(text: str) -> str:
    """Digits where a scanner typed them on a keyboard that is set to Kazakh: its upper row has letters."""
    return text if any(map(str.isdecimal, text)) else text.lower().translate(KAZAKH_ROW)


def _is_forgiven(sign: str) -> bool:
    """Whether a sign means nothing in a code: a space, a dash, or one that can't be seen."""
    return sign.isspace() or sign == "\u2212" or unicodedata.category(sign) in {"Pd", "Cf"}
