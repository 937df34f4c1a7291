"""Own bookings: what a bank books on an account by itself, asked by nobody. A fee that it takes, or interest it gives.

What the bank takes for a debt is a fee, and what it gives is nobody's gift: nobody is thanked for it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from aid.domain.money import Money
from aid.domain.payments import Direction
from aid.domain.suggestions import Candidates, Fee, Ground, Interest, LineFacts, Suggestion
from aid.domain.words import _


class OwnKind(StrEnum):
    """Which way it went. Its word of a second person and a line's end go by the same name."""

    FEE = "fee"
    INTEREST = "interest"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnBooking:
    """What a bank took from an account, or gave, and the purpose that has less for it, or more.

    `line_id`: the line that shows it; a fee may come without one. `reason`: for a second person, of a larger sum.
    """

    kind: OwnKind
    bank_id: UUID
    purpose_id: UUID
    amount: Money
    booked_on: date
    line_id: UUID | None = None
    reason: str = ""


def by_the_bank(line: LineFacts, among: Candidates) -> Iterator[Suggestion]:
    """What a line is where the bank speaks of its own money: a fee that it took, or interest."""
    if line.direction is Direction.DEBIT:
        if line.is_fee:
            why = _("The bank’s code or its words say that this is a fee.")
            yield Suggestion(Ground.FEE, Fee(among.bears_id or among.purpose_id), why)
        elif line.is_interest:
            why = _("The bank’s code or its words say that it took interest: that is a fee.")
            yield Suggestion(Ground.FEE, Fee(among.bears_id or among.purpose_id), why)
    elif line.is_interest:
        why = _("The bank’s code or its words say that it gave interest.")
        yield Suggestion(Ground.FEE, Interest(among.purpose_id), why)
