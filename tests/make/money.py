"""Accounts, remittances and exchanges for tests."""

from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from aid.domain.clock import Instant
from aid.domain.entries import BankHolder
from aid.domain.exchanges import Rate
from aid.domain.money import Money
from aid.domain.months import Month
from aid.domain.own_bookings import OwnBooking, OwnKind
from aid.domain.refusals import RuleBroken
from aid.domain.remittances import DifferenceKind
from aid.models.ledger import BankAccount
from aid.services.banks import BankOrder, open_bank
from aid.services.corrections import (
    Asked,
    Corrected,
    CorrectionAnswerOrder,
    DonationCorrectionOrder,
    answer_correction,
    correct_donation,
)
from aid.services.exchanges import AnswerOrder, Exchanged, ExchangeOrder, answer_exchange, exchange
from aid.services.months import close_month
from aid.services.own_bookings import OwnBooked, record_own
from aid.services.remittances import (
    DifferenceOrder,
    ReceiptOrder,
    SendingOrder,
    Sent,
    decide_difference,
    receive,
    send,
)
from aid.services.second_words.answering import MoneyAnswerOrder, answer_money
from aid.vault.actor import Actor
from tests.make import do, rows
from tests.make.donations import make_donation
from tests.make.fund import FoundedFund

DAY = date(2026, 8, 10)


def euros(major: int) -> Money:
    return Money(major * 100, "EUR")


def tenge(major: int) -> Money:
    return Money(major * 100, "KZT")


def make_bank(fund: FoundedFund, currency: str = "EUR", *, name: str = "", trustee: str | None = None) -> UUID:
    """A bank account that the treasurer opened; abroad it is in a trustee's name."""
    order = BankOrder(
        name=name or f"{currency} account {len(rows(select(BankAccount.id)))}",
        currency=currency,
        holder=BankHolder.TRUSTEE if trustee else BankHolder.FUND,
        trustee=trustee,
        iban=None,
    )
    return do(open_bank, actor=fund.treasurer, order=order).bank_id


def make_sent(
    fund: FoundedFund, from_bank: UUID, to_bank: UUID, amount: Money, *, now: Instant | None = None, on: date = DAY
) -> Sent:
    """Money that the treasurer sent."""
    order = SendingOrder(from_bank_id=from_bank, to_bank_id=to_bank, amount=amount, sent_on=on)
    return do(send, actor=fund.treasurer, now=now, order=order)


def make_received(
    fund: FoundedFund, remittance_id: UUID, amount: Money, *, by: Actor | None = None, on: date = DAY
) -> Money:
    """What the coordinator saw arrive; what is left in transit."""
    order = ReceiptOrder(remittance_id=remittance_id, amount=amount, received_on=on)
    return do(receive, actor=by or fund.coordinator, order=order).left


def make_decided(
    fund: FoundedFund,
    remittance_id: UUID,
    kind: DifferenceKind,
    *,
    by: Actor | None = None,
    purpose: str = "general",
    reason: str = "The bank on the way took a fee",
) -> Money:
    """What a committee member decided about the rest; what is left in transit."""
    bears = fund.purposes[purpose] if kind is DifferenceKind.CHARGES else None
    order = DifferenceOrder(remittance_id=remittance_id, kind=kind, purpose_id=bears, reason=reason)
    return do(decide_difference, actor=by or fund.members[0], order=order).left


def an_exchange(
    fund: FoundedFund,
    from_bank: UUID,
    *,
    to_bank: UUID | None = None,
    rate: str = "600",
    charges: Money | None = None,
    bought: Money | None = None,
    **sold: Money,
) -> ExchangeOrder:
    """Euros of some purposes for tenge, by default at the rate of the source."""
    sold = sold or {"general": euros(100)}
    minor = sum(money.minor for money in sold.values())
    currency = next(iter(sold.values())).currency
    return ExchangeOrder(
        from_bank_id=from_bank,
        to_bank_id=to_bank or fund.bank,
        sold=tuple((fund.purposes[purpose], money) for purpose, money in sold.items()),
        bought=bought or Money(minor * 600, "KZT"),
        charges=charges,
        source="National Bank of Kazakhstan",
        rate=Rate(rate, currency, "KZT"),
        exchanged_on=DAY,
    )


def make_exchange(fund: FoundedFund, order: ExchangeOrder) -> Exchanged:
    """An exchange that the treasurer wrote down."""
    return do(exchange, actor=fund.treasurer, order=order)


def make_answer(fund: FoundedFund, exchange_id: UUID, *, agrees: bool = True, by: Actor | None = None) -> None:
    """The coordinator's word on a rate that is off."""
    order = AnswerOrder(exchange_id=exchange_id, agrees=agrees, reason="Asked two other banks")
    do(answer_exchange, actor=by or fund.coordinator, order=order)


def make_fee(fund: FoundedFund, amount: Money, *, purpose: str = "general", bank_id: UUID | None = None) -> None:
    """A fee of the bank; where it is more than one person books alone, the coordinator agrees."""
    order = OwnBooking(
        kind=OwnKind.FEE,
        bank_id=bank_id or fund.bank,
        purpose_id=fund.purposes[purpose],
        amount=amount,
        booked_on=DAY,
        reason="The bank’s price list says so",
    )
    booked = do(record_own, actor=fund.treasurer, order=order)
    if isinstance(booked, OwnBooked):
        return
    try:
        make_word(fund, booked.asked_id)
    except RuleBroken:
        make_word(fund, booked.asked_id, agrees=False)
        raise


def make_word(fund: FoundedFund, asked_id: UUID, *, agrees: bool = True, by: Actor | None = None) -> None:
    """The coordinator's word on what one person does not book alone."""
    order = MoneyAnswerOrder(asked_id=asked_id, agrees=agrees, reason="Seen on the bank’s statement")
    do(answer_money, actor=by or fund.coordinator, order=order)


def make_correction(
    fund: FoundedFund, donation_id: UUID, amount: Money, *, purpose: str = "school", seen: int = 0
) -> None:
    """What a donation really was; where less is left on the account, the coordinator agrees."""
    outcome = make_asked(fund, donation_id, amount, purpose=purpose, seen=seen)
    if not isinstance(outcome, Asked):
        return
    try:
        make_agreed(fund, outcome.asked_id)
    except RuleBroken:
        make_agreed(fund, outcome.asked_id, agrees=False)
        raise


def make_agreed(fund: FoundedFund, asked_id: UUID, *, agrees: bool = True, by: Actor | None = None) -> None:
    """The coordinator's word on a correction downward."""
    order = CorrectionAnswerOrder(asked_id=asked_id, agrees=agrees, reason="Seen on the statement")
    do(answer_correction, actor=by or fund.coordinator, order=order)


def make_asked(
    fund: FoundedFund, donation_id: UUID, amount: Money, *, purpose: str = "school", seen: int = 0
) -> Asked | Corrected:
    """What the treasurer says a donation really was."""
    order = DonationCorrectionOrder(
        donation_id=donation_id,
        purpose_id=fund.purposes[purpose],
        bank_id=fund.bank,
        amount=amount,
        reason="The bank's line says so",
        seen=seen,
    )
    return do(correct_donation, actor=fund.treasurer, order=order)


def make_euros(fund: FoundedFund, major: int = 1000, *, purpose: str = "general") -> UUID:
    """A donation in euros, on a trustee's account abroad; the account."""
    bank = make_bank(fund, trustee="timur")
    make_donation(fund, minor=major * 100, currency="EUR", bank_id=bank, purpose=purpose)
    return bank


def make_closed(fund: FoundedFund, month: Month, *, now: Instant | None = None) -> None:
    """A month that the treasurer closed."""
    do(close_month, actor=fund.treasurer, now=now, month=month)


def make_money(fund: FoundedFund) -> None:
    """Everything of money once: a closed month, a fee, a correction, remittances and exchanges at every stage."""
    make_old_month(fund)
    home = make_bank(fund, name="Euros at home")
    abroad = make_euros(fund)
    make_fee(fund, euros(1), bank_id=abroad)
    make_correction(fund, make_donation(fund), tenge(7))
    for agrees in (True, False):
        asked = make_asked(fund, make_donation(fund), tenge(1))
        assert isinstance(asked, Asked)
        make_agreed(fund, asked.asked_id, agrees=agrees)
    make_asked(fund, make_donation(fund), tenge(1))
    arrived, missing = (make_sent(fund, abroad, home, euros(each)).remittance_id for each in (200, 50))
    make_received(fund, arrived, euros(190))
    make_decided(fund, arrived, DifferenceKind.CHARGES)
    make_decided(fund, missing, DifferenceKind.MISSING)
    make_exchange(fund, an_exchange(fund, home))
    for agrees in (True, False):
        off = make_exchange(fund, an_exchange(fund, home, rate="640", general=euros(10)))
        make_answer(fund, off.exchange_id, agrees=agrees)
    make_exchange(fund, an_exchange(fund, home, rate="640", general=euros(10)))


def make_old_month(fund: FoundedFund) -> Month:
    """A month long ago in which a donation was booked, and which is closed."""
    long_ago = Instant.at(datetime(2026, 3, 5, 9, tzinfo=UTC), ZoneInfo("Asia/Aqtau"))
    make_donation(fund, now=long_ago, minor=100, received_on=date(2026, 3, 5))
    month = Month(2026, 3)
    make_closed(fund, month)
    return month
