"""The payments of a batch: what each came to, what it may be, and what it ended as."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.batches import amount_in, charges_of, is_gift, sent_as
from aid.domain.money import Money
from aid.domain.payments import Charge, Direction, Payment
from aid.domain.permissions import Permission
from aid.domain.suggestions import Gift, Ground, Referred, Tie
from aid.models.statements import BankLine
from aid.queries.lines.candidates import Side, compared
from aid.queries.lines.ends import EndRow
from aid.queries.lines.line import LinePage
from aid.queries.lines.offers import Offer, offers_of
from aid.vault.actor import Actor

PAGE = 40


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """One payment of a batch. `amount`: what was booked of it; none where the bank does not say so."""

    n: int  # from 1
    payment: Payment = field(repr=False)
    amount: Money | None
    end: EndRow | None
    offers: tuple[Offer, ...] = field(default=(), repr=False)
    chosen: str = ""  # the offer that is chosen at first; nothing where somebody has to look

    @property
    def sent(self) -> Money | None:
        """What its giver sent, where that is not what was booked."""
        return sent_as(self.payment, self.amount)

    @property
    def charges(self) -> tuple[Charge, ...]:
        """What banks took of it on the way."""
        return charges_of(self.payment)

    @property
    def is_open(self) -> bool:
        """Whether it can be accepted here."""
        return self.end is None and bool(self.offers)


@dataclass(frozen=True, slots=True)
class PaymentPage:
    """A page of them. `together`: what all of the batch come to, as far as the bank says so."""

    rows: tuple[PaymentRow, ...]
    count: int
    open_count: int
    together: Money
    after: int | None

    @property
    def chosen(self) -> Money:
        """What those that are chosen at first come to."""
        amounts = (row.amount for row in self.rows if row.chosen and row.amount)
        return sum(amounts, Money.zero(self.together.currency))

    @property
    def chosen_count(self) -> int:
        """How many those are."""
        return sum(bool(row.chosen) for row in self.rows)


def payments_of(session: Session, *, actor: Actor, page: LinePage, after: int = 0) -> PaymentPage | None:
    """Payments of a batch after one, or None where the line is none, or is sealed for who reads."""
    actor.must(Permission.SEE_MONEY)
    told = page.line.told
    if told is None or not told.details:
        return None
    currency = page.line.amount.currency
    ended = {end.payment: end for end in page.ends if end.payment and end.undone_at is None}
    some = list(enumerate(told.details, start=1))[after : after + PAGE]
    amounts = {n: amount_in(payment, currency) for n, payment in some}
    offers = _offers(session, actor, page, {n: payment for n, payment in some if n not in ended}, amounts)
    twice = _names_of_two(told.details)
    rows = tuple(
        PaymentRow(n, payment, amounts[n], ended.get(n), offers.get(n, ()), _chosen(offers.get(n, ()), payment, twice))
        for n, payment in some
    )
    every = (amount_in(payment, currency) for payment in told.details)
    return PaymentPage(
        rows=rows,
        count=len(told.details),
        open_count=len(told.details) - len(ended),
        together=sum(filter(None, every), Money.zero(currency)),
        after=after + PAGE if len(told.details) > after + PAGE else None,
    )


def _offers(
    session: Session, actor: Actor, page: LinePage, some: Mapping[int, Payment], amounts: Mapping[int, Money | None]
) -> dict[int, tuple[Offer, ...]]:
    """What each may be: a gift, or an entry. Money that went out, or whose amount nobody tells, is nothing."""
    if page.line.direction is not Direction.CREDIT or not page.line.free.minor:
        return {}
    if not actor.may(Permission.KEEP_ACCOUNTS):
        return {}
    line = session.execute(select(BankLine).where(BankLine.id == page.line.id)).scalar_one()
    wanted = {n: payment for n, payment in some.items() if is_gift(payment)}
    sides = [
        Side(UUID(int=n), line, amount.minor, payment)
        for n, payment in wanted.items()
        if (amount := amounts[n]) is not None
    ]
    found = compared(session, actor=actor, sides=sides)
    offers = offers_of(session, actor=actor, found=found, payments={side.id: side.payment for side in sides})
    return {
        id_.int: tuple(offer for offer in each if isinstance(offer.proposal, Tie | Gift | Referred))
        for id_, each in offers.items()
    }


def _chosen(offers: Sequence[Offer], payment: Payment, twice: frozenset[str]) -> str:
    """The offer that nothing else equals; not somebody new whose name two accounts of the batch have."""
    offer = next((offer for offer in offers if offer.by_key), None)
    if offer is None:
        return ""
    name = payment.other.name if payment.other else ""
    return "" if offer.ground is Ground.STRANGER and name in twice else offer.what


def _names_of_two(details: Sequence[Payment]) -> frozenset[str]:
    """Names that stand with more than one account."""
    pairs = {(payment.other.name, payment.other.account) for payment in details if payment.other}
    return frozenset(name for name, count in Counter(name for name, _account in pairs).items() if count > 1)
