"""What does not add up: which part of the equation, what it should be, and what is there."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from aid.domain.money import Money
from aid.domain.words import Message, Value, _


class Gap(StrEnum):
    """Which part of the equation does not hold."""

    VOUCHERS = "vouchers"
    WORTH = "worth"
    BEGUN = "begun"
    COLLECTED = "collected"
    CLOSED = "closed"
    RETURNED = "returned"
    KEPT = "kept"
    LEDGER = "ledger"
    GOODS = "goods"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that does not add up: what it should be, and what is there."""

    gap: Gap
    due: int
    found: int
    of: str  # the currency, or the good; nothing for vouchers

    @property
    def words(self) -> Message:
        """The same in words."""
        sums: dict[str, Value] = {"due": self.due, "found": self.found, "good": self.of}
        if self.gap in OF_MONEY:
            sums |= {"due": Money(self.due, self.of), "found": Money(self.found, self.of)}
        return Message(SAID[self.gap].id, tuple(sums.items()))


SAID: Mapping[Gap, Message] = MappingProxyType(
    {
        Gap.VOUCHERS: _("Vouchers that the committee carried: %(due)s. Vouchers that are there: %(found)s."),
        Gap.WORTH: _("The committee carried %(due)s, but the vouchers are worth %(found)s."),
        Gap.BEGUN: _("Vouchers that say a part was collected: %(due)s. Of how many it was: %(found)s."),
        Gap.COLLECTED: _("Collected vouchers are worth %(due)s, but %(found)s was handed out."),
        Gap.CLOSED: _("Vouchers that are cancelled or expired: %(due)s. Of how many the rest went back: %(found)s."),
        Gap.RETURNED: _("%(due)s should have gone back to the fund, but %(found)s did."),
        Gap.KEPT: _("%(found)s went back to the fund though its vouchers are still good."),
        Gap.LEDGER: _("Open vouchers are worth %(due)s, but the ledger keeps %(found)s for them."),
        Gap.GOODS: _("Of %(good)s, collected vouchers hold %(due)s, but %(found)s were handed out."),
    }
)
OF_MONEY = frozenset({Gap.WORTH, Gap.COLLECTED, Gap.RETURNED, Gap.KEPT, Gap.LEDGER})
