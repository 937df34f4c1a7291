"""Whatever is done with money, in whatever order, the books are those of a model that anybody can add up by hand."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.entries import AccountKind
from aid.domain.money import Money
from aid.domain.refusals import RuleBroken
from aid.domain.remittances import DifferenceKind
from aid.extensions import db
from aid.models.ledger import Account, Available
from aid.services.ledger import balance_of
from aid.services.verification import replay
from tests.make.donations import make_donation
from tests.make.fund import FoundedFund
from tests.make.money import (
    an_exchange,
    make_answer,
    make_bank,
    make_correction,
    make_decided,
    make_exchange,
    make_fee,
    make_received,
    make_sent,
)

PURPOSES = ("general", "school")
CURRENCY = {"home": "KZT", "abroad": "EUR", "near": "EUR"}

purposes, places = st.sampled_from(PURPOSES), st.sampled_from(sorted(CURRENCY))
amounts, which = st.integers(1, 5000), st.integers(0, 3)
steps = st.one_of(
    st.tuples(st.just("gift"), purposes, places, amounts),
    st.tuples(st.just("gift"), purposes, places, amounts),
    st.tuples(st.just("fee"), purposes, places, amounts),
    st.tuples(st.just("correct"), which, purposes, st.integers(0, 5000)),
    st.tuples(st.just("send"), amounts),
    st.tuples(st.just("arrive"), which, amounts),
    st.tuples(st.just("decide"), which, purposes, st.sampled_from(DifferenceKind)),
    st.tuples(st.just("exchange"), purposes, amounts, st.sampled_from((590, 600, 700))),
    st.tuples(st.just("agree"), which),
)


class Refused(Exception):
    """The model would not do this."""


@dataclass
class Gift:
    """A gift to the account at home; `n` is how often it was corrected."""

    id: UUID
    purpose: str
    minor: int
    n: int = 0


@dataclass
class Sending:
    """What is in transit of one remittance, and whether any of it arrived."""

    id: UUID
    left: int
    came: bool = False


@dataclass
class Model:
    """Where the fund's money is, and whose it is: a few numbers."""

    fund: FoundedFund
    banks: dict[str, UUID]
    at: Counter[str] = field(default_factory=Counter)
    free: Counter[tuple[str, str]] = field(default_factory=Counter)
    gifts: list[Gift] = field(default_factory=list)
    sendings: list[Sending] = field(default_factory=list)
    waiting: list[tuple[UUID, str, int, int]] = field(default_factory=list)

    def do(self, name: str, *what: Any) -> None:
        """Do it in the model and in the fund: both do it, or both refuse."""
        act: Callable[..., Callable[[], Any]] = getattr(self, name)
        before = self.at.copy(), self.free.copy()
        try:
            really = act(*what)
        except Refused as refusal:
            self.at, self.free = before
            if refusal.args:
                with pytest.raises(RuleBroken):
                    refusal.args[0]()
            return
        really()

    def take(self, purpose: str, currency: str, minor: int) -> None:
        self.free[purpose, currency] -= minor

    def gift(self, purpose: str, place: str, minor: int) -> Callable[[], Any]:
        currency = CURRENCY[place]
        self.at[place] += minor
        self.free[purpose, currency] += minor

        def really() -> None:
            bank = self.banks[place]
            id_ = make_donation(self.fund, minor=minor, purpose=purpose, currency=currency, bank_id=bank)
            if place == "home":
                self.gifts.append(Gift(id_, purpose, minor))

        return really

    def fee(self, purpose: str, place: str, minor: int) -> Callable[[], Any]:
        self.at[place] -= minor
        self.take(purpose, CURRENCY[place], minor)
        amount = Money(minor, CURRENCY[place])
        return self._unless_short(lambda: make_fee(self.fund, amount, purpose=purpose, bank_id=self.banks[place]))

    def correct(self, k: int, purpose: str, minor: int) -> Callable[[], Any]:
        gift = self._of(self.gifts, k)

        def really() -> None:
            make_correction(self.fund, gift.id, Money(minor, "KZT"), purpose=purpose, seen=gift.n)
            gift.purpose, gift.minor, gift.n = purpose, minor, gift.n + 1

        if gift.minor == 0 or (gift.purpose, gift.minor) == (purpose, minor):
            raise Refused(really)
        self.at["home"] += minor - gift.minor
        self.take(gift.purpose, "KZT", gift.minor)
        self.free[purpose, "KZT"] += minor
        return self._unless_short(really)

    def send(self, minor: int) -> Callable[[], Any]:
        def really() -> None:
            sent = make_sent(self.fund, self.banks["abroad"], self.banks["near"], Money(minor, "EUR"))
            self.sendings.append(Sending(sent.remittance_id, minor))

        if minor > self.at["abroad"]:
            raise Refused(really)
        self.at["abroad"] -= minor
        self.at["transit"] += minor
        return really

    def arrive(self, k: int, minor: int) -> Callable[[], Any]:
        sending = self._of(self.sendings, k)

        def really() -> None:
            make_received(self.fund, sending.id, Money(minor, "EUR"))
            sending.left, sending.came = sending.left - minor, True

        if minor > sending.left:
            raise Refused(really)
        self.at["transit"] -= minor
        self.at["near"] += minor
        return really

    def decide(self, k: int, purpose: str, kind: DifferenceKind) -> Callable[[], Any]:
        sending = self._of(self.sendings, k)

        def really() -> None:
            make_decided(self.fund, sending.id, kind, purpose=purpose)
            sending.left = 0 if kind is DifferenceKind.CHARGES else sending.left

        charges = kind is DifferenceKind.CHARGES
        if sending.left == 0 or (charges and not sending.came):
            raise Refused(really)
        if not charges:
            return really
        self.at["transit"] -= sending.left
        self.take(purpose, "EUR", sending.left)
        return self._unless_short(really)

    def exchange(self, purpose: str, minor: int, rate: int) -> Callable[[], Any]:
        sold, bought = Money(minor, "EUR"), Money(minor * rate, "KZT")
        of_purpose: dict[str, Any] = {purpose: sold}
        order = an_exchange(self.fund, self.banks["abroad"], bought=bought, **of_purpose)
        if minor > min(self.at["abroad"], self.free[purpose, "EUR"]):
            raise Refused(lambda: make_exchange(self.fund, order))
        if rate == 700:
            return lambda: self._waits(make_exchange(self.fund, order).exchange_id, purpose, minor, rate)
        return self._exchanged(purpose, minor, rate, lambda: make_exchange(self.fund, order))

    def agree(self, k: int) -> Callable[[], Any]:
        waiting = self._of(self.waiting, k)
        exchange_id, purpose, minor, rate = waiting

        def really() -> None:
            make_answer(self.fund, exchange_id)
            self.waiting.remove(waiting)

        return self._exchanged(purpose, minor, rate, really)

    def _waits(self, exchange_id: UUID, purpose: str, minor: int, rate: int) -> None:
        self.waiting.append((exchange_id, purpose, minor, rate))

    def _exchanged(self, purpose: str, minor: int, rate: int, really: Callable[[], Any]) -> Callable[[], Any]:
        self.at["abroad"] -= minor
        self.at["home"] += minor * rate
        self.take(purpose, "EUR", minor)
        self.free[purpose, "KZT"] += minor * rate
        return self._unless_short(really)

    def _unless_short(self, really: Callable[[], Any]) -> Callable[[], Any]:
        if min(self.free.values(), default=0) < 0:
            raise Refused(really)
        return really

    @staticmethod
    def _of(things: list[Any], k: int) -> Any:
        if not things:
            raise Refused
        return things[k % len(things)]


def agree(model: Model) -> None:
    """The books hold what the model holds, everywhere and for everybody."""
    with Session(db.engine) as session:
        transit = select(Account.id).where(Account.kind == AccountKind.TRANSIT, Account.currency == "EUR")
        accounts = {**model.banks, "transit": session.scalars(transit).one()}
        assert {name: balance_of(session, id_) for name, id_ in accounts.items()} == {
            name: model.at[name] for name in accounts
        }
        rows = session.execute(select(Available.purpose_id, Available.currency, Available.amount_minor))
        guarded = {(purpose, currency): minor for purpose, currency, minor in rows}
        for purpose in PURPOSES:
            for currency in ("KZT", "EUR"):
                assert guarded[model.fund.purposes[purpose], currency] == model.free[purpose, currency]
        assert [str(finding) for finding in replay(session, "money")] == []


@pytest.mark.slow
@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_the_books_are_those_of_the_model_whatever_is_done(fund: FoundedFund) -> None:
    banks = {"home": fund.bank, "abroad": make_bank(fund, "EUR"), "near": make_bank(fund, "EUR", name="Near")}
    model = Model(fund, banks)

    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(st.lists(steps, min_size=4, max_size=12))
    def run(some: list[tuple[Any, ...]]) -> None:
        for name, *what in some:
            model.do(name, *what)
        agree(model)

    run()
    assert model.gifts
    assert model.sendings
