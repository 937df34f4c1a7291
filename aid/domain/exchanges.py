"""Exchanges of currency: what was given and got for each purpose, and whether the rate is one to be trusted."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from fractions import Fraction

from aid.domain.money import Money
from aid.domain.refusals import RuleBroken
from aid.domain.words import _

TURNED = 10
"""A source's rate that fits so many times better the other way round was written the wrong way round."""
FARTHEST = Fraction(3, 100)
"""A rate farther than this from the named source's waits for a second person."""
LONGEST_SOURCE = 80
MOST_DIGITS = 12


class ExchangeState(StrEnum):
    """Where an exchange stands."""

    WAITING = "waiting"  # for a second person
    BOOKED = "booked"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Rate:
    """How much of one currency another costs: `amount` of `quoted` for 1 of `base`."""

    amount: str  # digits and at most one point, as the source says it
    base: str
    quoted: str

    def exact(self, *, base: str) -> Fraction:
        """How much of the other currency is 1 of this one."""
        rate = Fraction(self.amount)
        return rate if base == self.base else 1 / rate


def parse_rate(text: str) -> str:
    """A rate as people write it, in digits and a point. Raises RuleBroken."""
    plain = text.strip().replace("\u00a0", "").replace(" ", "").replace(",", ".")
    try:
        rate = Decimal(plain)
    except InvalidOperation:
        rate = Decimal(0)
    if not plain.replace(".", "", 1).isascii() or not plain.replace(".", "", 1).isdigit() or rate <= 0:
        raise RuleBroken(_("Write the rate in digits, such as %(example)s.", example="612.35"), field="rate")
    if len(plain.replace(".", "").strip("0")) > MOST_DIGITS or len(plain) > 2 * MOST_DIGITS:
        raise RuleBroken(_("The rate has too many digits; round it."), field="rate")
    return format(rate.normalize(), "f")


def rate_of_deal(sold: Money, bought: Money) -> Fraction:
    """What 1 of the old currency brought in the new one."""
    return Fraction(bought.decimal()) / Fraction(sold.decimal())


def deviation(sold: Money, bought: Money, source: Rate) -> Fraction:
    """By which part of the source's rate the deal's is higher, or lower where it is negative."""
    return rate_of_deal(sold, bought) / source.exact(base=sold.currency) - 1


def is_off(sold: Money, bought: Money, source: Rate) -> bool:
    """Whether a second person has to look at this rate."""
    return abs(deviation(sold, bought, source)) > FARTHEST


def is_turned(sold: Money, bought: Money, source: Rate) -> bool:
    """Whether the source's rate was said of the wrong one of the two currencies: the other way round it fits."""
    deal, told = rate_of_deal(sold, bought), source.exact(base=sold.currency)
    as_told, turned = _apart(deal, told), _apart(deal, 1 / told)
    fits = turned <= 1 + FARTHEST < as_told
    return fits or as_told >= TURNED * turned


def _apart(one: Fraction, other: Fraction) -> Fraction:
    """How many times the larger is the smaller."""
    return max(one / other, other / one)


def tenths_of_percent(part: Fraction) -> int:
    """A part as people read it: 27 is 2.7 %. Rounded away from nothing, so that what is off never looks even."""
    tenths = abs(part) * 1000
    whole = -(-tenths.numerator // tenths.denominator)
    return whole if part >= 0 else -whole


@dataclass(frozen=True, slots=True)
class Deal:
    """What one exchange is: per purpose what was given of the old currency, and what came in the new one for all."""

    sold: tuple[Money, ...]  # one a purpose
    bought: Money
    charges: Money | None
    source: Rate

    @property
    def sold_together(self) -> Money:
        return sum(self.sold[1:], self.sold[0])

    def bought_of_each(self) -> tuple[Money, ...]:
        """The new money by purpose: exact to the last unit."""
        weights = [money.minor for money in self.sold]
        return tuple(Money(minor, self.bought.currency) for minor in shares(self.bought.minor, weights))

    def charges_of_each(self) -> tuple[int, ...]:
        """What each purpose bears of the charges, in minor units."""
        return shares(self.charges.minor if self.charges else 0, [money.minor for money in self.sold])


def check_deal(deal: Deal) -> None:
    """Raise RuleBroken, beside its field, unless money can have been exchanged so."""
    if not deal.sold or any(money.minor <= 0 for money in deal.sold):
        raise RuleBroken(_("Write how much of which purpose’s money was exchanged."), field="sold")
    old, new = deal.sold[0].currency, deal.bought.currency
    if old == new:
        raise RuleBroken(_("An exchange is between two currencies; choose another account."), field="to_bank")
    if deal.bought.minor <= 0:
        raise RuleBroken(_("Write how much the bank gave for it."), field="bought")
    if {deal.source.base, deal.source.quoted} != {old, new}:
        raise RuleBroken(_("The source’s rate is of these two currencies."), field="rate")
    if deal.charges is not None and (deal.charges.currency not in {old, new} or deal.charges.minor <= 0):
        raise RuleBroken(_("Charges are taken in one of the two currencies."), field="charges")
    if any(money.minor == 0 for money in deal.bought_of_each()):
        raise RuleBroken(_("So little of one purpose’s money brings nothing of the new currency."), field="sold")
    if is_turned(deal.sold_together, deal.bought, deal.source):
        raise RuleBroken(
            _("The rate fits the other way round, as the price of one %(base)s.", base=deal.source.quoted), field="base"
        )


def check_source(source: str) -> None:
    """Raise RuleBroken unless somebody could look the rate up there."""
    if not source.strip():
        raise RuleBroken(_("Name the source of the rate, such as the National Bank of Kazakhstan."), field="source")
    if len(source) > LONGEST_SOURCE:
        raise RuleBroken(_("Say it in %(longest)s letters or fewer.", longest=LONGEST_SOURCE), field="source")


def shares(total: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Divide whole units by weights: nobody gets a whole unit more or less than their part, and nothing is lost.

    By largest remainder; among equal remainders the first get what is left.
    """
    together = sum(weights)
    exact = [divmod(total * weight, together) for weight in weights]
    left = total - sum(whole for whole, _rest in exact)
    first = sorted(range(len(weights)), key=lambda at: (-exact[at][1], at))[:left]
    return tuple(whole + (at in first) for at, (whole, _rest) in enumerate(exact))
