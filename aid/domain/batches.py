"""Payments that a bank books together as one line: what was booked of each, apart from what was sent and charged."""

from aid.domain.money import Money
from aid.domain.payments import Charge, Direction, Payment


def amount_in(payment: Payment, currency: str) -> Money | None:
    """What was booked of a payment on an account of this currency; None where the bank says it in another only."""
    if payment.minor is None or payment.minor <= 0 or (payment.currency or currency) != currency:
        return None
    return Money(payment.minor, currency)


def is_gift(payment: Payment) -> bool:
    """Whether it can be one: money that came, and is not one that came back."""
    return payment.direction in (None, Direction.CREDIT) and payment.returned is None


def sent_as(payment: Payment, booked: Money | None) -> Money | None:
    """What its giver sent, where that is not what was booked: in another currency, or before charges."""
    foreign = payment.foreign
    sent = (foreign.instructed or foreign.transaction) if foreign else None
    return sent if sent is not None and sent != booked else None


def charges_of(payment: Payment) -> tuple[Charge, ...]:
    """What banks took of it on the way."""
    return tuple(charge for charge in payment.charges if charge.money.minor)
