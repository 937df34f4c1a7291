"""References for the text of a payment: how they are found there, and how long they are good.

Banks and people put spaces, dots and line ends into a number, and other numbers beside it. So every run of digits is
looked through for ten in a row whose check digits fit; the fund then knows its own.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Self

from aid.domain.codes import REFERENCE_DIGITS, is_reference

GOOD_FOR: Final = timedelta(days=90)
"""A payment is to be made within these days. One that comes later is told to be late, and taken all the same."""
KEPT_FOR: Final = timedelta(days=150)
"""What the donor wrote is erased after these days, if no gift came. Statements come in weeks after a payment."""
MOST_AN_HOUR: Final = 120
MOST_WAITING: Final = 200_000
"""So many are given out in an hour, and so many wait for a gift at once: whoever asks for more fills no disk.

The second is what the first comes to in ten weeks, so that nobody uses all of them up in a night.
"""

LONGEST_TEXT: Final = 20_000
_RUN = re.compile(r"\d(?:[\W_]{0,3}\d)*")
_NO_DIGIT = re.compile(r"\D")


@dataclass(frozen=True, slots=True)
class Days:
    """Until when a reference is to be used, and when what its donor wrote is erased if no gift came."""

    last: date
    erased_on: date

    @classmethod
    def from_day(cls, today: date) -> Self:
        """Of a reference that is given out on this day."""
        return cls(today + GOOD_FOR, today + KEPT_FOR)


def references_in(text: str) -> tuple[str, ...]:
    """Whatever in a payment's text may be a reference, each once, in the order in which they stand there."""
    return tuple(dict.fromkeys(_found(text[:LONGEST_TEXT])))


def _found(text: str) -> Iterator[str]:
    for run in _RUN.findall(text):
        digits = "".join(str(int(digit)) for digit in _NO_DIGIT.sub("", run))
        for start in range(len(digits) - REFERENCE_DIGITS + 1):
            code = digits[start : start + REFERENCE_DIGITS]
            if is_reference(code):
                yield code
