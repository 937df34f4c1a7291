"""What does not add up: which part of the equation, what it should be, and what is there."""

from dataclasses import dataclass
from enum import StrEnum

from aid.domain.money import Money
from aid.domain.words import Message, _


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
        due: Money | int = Money(self.due, self.of) if self.gap in OF_MONEY else self.due
        found: Money | int = Money(self.found, self.of) if self.gap in OF_MONEY else self.found
        match self.gap:
            case Gap.VOUCHERS:
                return _(
                    "Vouchers that the committee carried: %(due)s. Vouchers that are there: %(found)s.",
                    due=due,
                    found=found,
                )
            case Gap.WORTH:
                return _("The committee carried %(due)s, but the vouchers are worth %(found)s.", due=due, found=found)
            case Gap.BEGUN:
                return _(
                    "Vouchers that say a part was collected: %(due)s. Of how many it was: %(found)s.",
                    due=due,
                    found=found,
                )
            case Gap.COLLECTED:
                return _("Collected vouchers are worth %(due)s, but %(found)s was handed out.", due=due, found=found)
            case Gap.CLOSED:
                return _(
                    "Vouchers that are cancelled or expired: %(due)s. Of how many the rest went back: %(found)s.",
                    due=due,
                    found=found,
                )
            case Gap.RETURNED:
                return _("%(due)s should have gone back to the fund, but %(found)s did.", due=due, found=found)
            case Gap.KEPT:
                return _("%(found)s went back to the fund though its vouchers are still good.", found=found)
            case Gap.LEDGER:
                return _(
                    "Open vouchers are worth %(due)s, but the ledger keeps %(found)s for them.", due=due, found=found
                )
            case Gap.GOODS:
                return _(
                    "Of %(good)s, collected vouchers hold %(due)s, but %(found)s were handed out.",
                    good=self.of,
                    due=due,
                    found=found,
                )


OF_MONEY = frozenset({Gap.WORTH, Gap.COLLECTED, Gap.RETURNED, Gap.KEPT, Gap.LEDGER})
