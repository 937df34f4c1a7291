"""One-time codes on paper: they replace a phone that is lost, once each.

Made from the seed of the person's phone, and kept nowhere: code i of sheet s is HKDF-Expand (see derive) of the seed
for "komek/1/one-time-codes/s/i", 16 bytes, as a number modulo 10¹⁰, written with ten digits. Who prints a new sheet
makes the old one worthless, and so does a new phone.
"""

import hmac
from typing import Final

from aid.vault.derive import subkey

CODES: Final = 8  # on a sheet
DIGITS: Final = 10  # the phone's codes have six: one is never taken for the other
_PURPOSE: Final = "komek/1/one-time-codes"


def codes_of(seed: bytes, sheet: int) -> tuple[str, ...]:
    """The codes of a sheet, in order."""
    return tuple(_code(seed, sheet, index) for index in range(CODES))


def place_of(seed: bytes, sheet: int, typed: str) -> int | None:
    """Which of the sheet's codes this is, or none; whether it was used already is not asked."""
    wanted = typed.encode()
    places = [place for place, code in enumerate(codes_of(seed, sheet)) if hmac.compare_digest(code.encode(), wanted)]
    return places[0] if sheet and places else None


def _code(seed: bytes, sheet: int, index: int) -> str:
    number = int.from_bytes(subkey(seed, f"{_PURPOSE}/{sheet}/{index}", length=16)) % 10**DIGITS
    return f"{number:0{DIGITS}}"
