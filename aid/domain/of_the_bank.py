"""What a bank line is where the bank speaks of its own money: a fee that it took, or interest."""

from collections.abc import Iterator

from aid.domain.payments import Direction
from aid.domain.suggestions import Candidates, Fee, Ground, Interest, LineFacts, Suggestion
from aid.domain.words import _


def by_the_bank(line: LineFacts, among: Candidates) -> Iterator[Suggestion]:
    """A fee, or interest: what the bank takes for a debt is a fee, and what it gives is nobody's gift."""
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
