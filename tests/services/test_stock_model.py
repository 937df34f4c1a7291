"""Stock against a reference model that fits on a page, and the votes on every kind of allocation against another."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from aid.domain.goods import Item
from aid.domain.quorum import Choice, Outcome, RecusalReason
from aid.domain.refusals import RuleBroken
from aid.domain.stock import Difference
from aid.models.allocations import Allocation
from aid.models.goods import Stock, StockMove
from aid.models.vouchers import Voucher
from aid.services.allocations import repropose
from aid.services.collections.handing_out import Collected, collect
from aid.services.putting import Proposed
from aid.services.stock.counting import Counted, CountOrder, count
from aid.services.stock.keeping import (
    CarryOrder,
    LossOrder,
    answer_write_off,
    ask_to_write_off,
    carry,
    pack,
)
from aid.services.verification import replay
from aid.vault.actor import Actor
from tests.make import do, rows, see
from tests.make.allocations import make_money, vote
from tests.make.families import make_family
from tests.make.fund import FoundedFund
from tests.make.goods import (
    carried,
    make_good,
    make_goods_round,
    make_grant,
    make_purchase,
    make_rules,
    make_transfer,
)
from tests.make.vouchers import MadeVoucher, digits_of, print_at

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
SMALL = settings(
    max_examples=6,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
KIT, PEN = "kit", "pen"  # a kit holds three pens
POINTS = ("club", "school-5")


@dataclass
class Model:
    """What should be where. Nobody at a desk takes what is not there; at the table nobody is refused."""

    there: Counter[tuple[str, str]] = field(default_factory=Counter)

    def take(self, point: str, good: str, quantity: int) -> bool:
        """Whether somebody at a desk may; and then it is gone."""
        if quantity > self.there[point, good]:
            return False
        self.there[point, good] -= quantity
        return True


def counts(fund: FoundedFund, model: Model, point: str, good: str, quantity: int) -> None:
    differs = quantity != model.there[point, good]
    line = Counted(good, quantity, Difference.MISCOUNTED if differs else None)
    done = do(count, actor=fund.coordinator, order=CountOrder(point_id=fund.points[point], lines=(line,)))
    assert (done.loss_id is not None) is (quantity < model.there[point, good])
    if done.loss_id:  # what is fewer waits for a second person
        do(answer_write_off, actor=keeper(fund, point), act_id=done.loss_id, agreed=True)
    model.there[point, good] = quantity


def keeper(fund: FoundedFund, point: str) -> Actor:
    return fund.distributor if point == "club" else fund.distributor_elsewhere


def carries(fund: FoundedFund, model: Model, point: str, good: str, quantity: int) -> None:
    other = next(each for each in POINTS if each != point)
    order = CarryOrder(from_id=fund.points[point], to_id=fund.points[other], items=(Item(good, max(quantity, 1)),))
    if model.take(point, good, max(quantity, 1)):
        do(carry, actor=fund.coordinator, order=order)
        model.there[other, good] += max(quantity, 1)
    else:
        refused(lambda: do(carry, actor=fund.coordinator, order=order))


def packs(fund: FoundedFund, model: Model, point: str, _good: str, quantity: int) -> None:
    kits = Item(KIT, max(quantity, 1))

    def packed() -> object:
        return do(pack, actor=fund.coordinator, point_id=fund.points[point], kits=kits)

    if model.take(point, PEN, 3 * kits.quantity):
        packed()
        model.there[point, KIT] += kits.quantity
    else:
        refused(packed)


def loses(fund: FoundedFund, model: Model, point: str, good: str, quantity: int) -> None:
    lost = Item(good, max(quantity, 1))
    order = LossOrder(point_id=fund.points[point], item=lost, why=Difference.DAMAGED)
    if lost.quantity > model.there[point, good]:
        refused(lambda: do(ask_to_write_off, actor=fund.coordinator, order=order))
        return
    asked = do(ask_to_write_off, actor=fund.coordinator, order=order)
    refused(lambda: do(answer_write_off, actor=fund.coordinator, act_id=asked.act_id, agreed=True))
    agreed = quantity % 2 == 0
    do(answer_write_off, actor=keeper(fund, point), act_id=asked.act_id, agreed=agreed)
    if agreed:
        model.take(point, good, lost.quantity)


def refused(action: Callable[[], object]) -> None:
    with pytest.raises(RuleBroken):
        action()


ACTS = (counts, carries, packs, loses)
acts = st.lists(
    st.tuples(
        st.sampled_from(ACTS),
        st.sampled_from(POINTS),
        st.sampled_from((PEN, KIT)),
        st.integers(min_value=0, max_value=9),
    ),
    min_size=4,
    max_size=9,
)


def test_stock_is_what_a_small_model_says_whatever_is_done_and_even_below_zero(fund: FoundedFund) -> None:
    make_good(fund, PEN)
    make_good(fund, KIT, contents=(Item(PEN, 3),))
    vouchers, model = pens_on_vouchers(fund, 6), Model()

    @SMALL
    @given(acts)
    def play(todo: list[tuple[Callable[..., None], str, str, int]]) -> None:
        for act, point, good, quantity in todo:
            act(fund, model, point, good, quantity)
        if vouchers:  # a mother stands there: she gets five pens, whatever the books say
            assert isinstance(do(collect, actor=fund.distributor, order=vouchers.pop().order()), Collected)
            model.there["club", PEN] -= 5
        names = {id_: name for name, id_ in fund.points.items()}
        booked = {(names[row.point_id], row.good): row.quantity for row in rows(select(Stock))}
        assert booked == {place: quantity for place, quantity in model.there.items() if place in booked}
        assert not any(quantity for place, quantity in model.there.items() if place not in booked)

    play()
    assert see(lambda session: list(replay(session, "stock"))) == []
    assert len(vouchers) < 6
    [moves] = rows(select(func.count()).select_from(StockMove))
    assert moves > 10


def pens_on_vouchers(fund: FoundedFund, families: int) -> list[MadeVoucher]:
    """Printed vouchers for five pens each."""
    for _each in range(families):
        make_family(fund)
    proposed = carried(fund, make_goods_round(fund, good=PEN))
    made = [
        MadeVoucher(row.id, row.serial, "", row.family_id, row.allocation_id, row.point_id)
        for row in rows(select(Voucher).where(Voucher.allocation_id == proposed.allocation_id))
    ]
    digits = digits_of(print_at(fund, made[0]))
    return [
        MadeVoucher(each.id, each.serial, digits[each.serial], each.family_id, each.allocation_id, each.point_id)
        for each in made
    ]


# ---------------------------------------------------------------- votes

WORDS = (Choice.YES, Choice.NO, Choice.RECUSAL, "anew")
words = st.lists(st.tuples(st.integers(0, 4), st.sampled_from(WORDS)), min_size=1, max_size=9)


@dataclass
class Ballots:
    """Five members, of whom three must agree: a reference that knows no signatures, rows or kinds."""

    said: dict[int, object] = field(default_factory=dict)
    version: int = 1

    def may(self, member: int) -> bool:
        return self.outcome is Outcome.OPEN and self.said.get(member) is not Choice.RECUSAL

    @property
    def outcome(self) -> Outcome:
        given = list(self.said.values())
        yes, no, out = given.count(Choice.YES), given.count(Choice.NO), 5 - len(given)
        if yes >= 3 and yes > no:
            return Outcome.CARRIED
        return Outcome.OPEN if yes + out >= 3 and yes + out > no else Outcome.REJECTED


def proposals(fund: FoundedFund) -> tuple[Callable[[], Proposed], ...]:
    """One of each kind that is no round."""
    return (
        lambda: make_grant(fund, minor=1_000_00),
        lambda: make_purchase(fund, (PEN, 3, 100_00, "club"), (PEN, 2, 100_00, "school-5")),
        lambda: make_transfer(fund, ("club", 10_000_00)),
    )


@pytest.mark.parametrize("kind", range(3))
def test_every_kind_is_decided_as_a_small_model_counts_it(fund: FoundedFund, kind: int) -> None:
    make_money(fund)
    make_money(fund, purpose="general")
    make_rules(fund)
    make_good(fund, PEN)

    @SMALL
    @given(words)
    def play(todo: list[tuple[int, Choice | str]]) -> None:
        proposed, ballots = proposals(fund)[kind](), Ballots()
        for member, word in todo:
            spoken(fund, proposed, ballots, member, word)
        [state] = rows(select(Allocation.state).where(Allocation.id == proposed.allocation_id))
        assert state.value == {"open": "proposed"}.get(ballots.outcome.value, ballots.outcome.value)

    play()
    for proof in ("votes", "lines", "money"):
        assert see(lambda session, proof=proof: list(replay(session, proof))) == []


def spoken(fund: FoundedFund, proposed: Proposed, ballots: Ballots, member: int, word: Choice | str) -> None:
    """One word, by the fund and by the model; what the model does not allow is refused."""
    if word == "anew":
        anew = lambda: do(repropose, actor=fund.coordinator, allocation_id=proposed.allocation_id)  # noqa: E731
        if ballots.outcome is not Outcome.OPEN:
            refused(anew)
            return
        anew()
        ballots.said, ballots.version = {}, ballots.version + 1
        return
    choice = Choice(word)
    reason = RecusalReason.RELATIVE if choice is Choice.RECUSAL else None
    if not ballots.may(member):
        refused(lambda: vote(fund, fund.members[member], proposed.allocation_id, choice, reason=reason))
        return
    voted = vote(fund, fund.members[member], proposed.allocation_id, choice, reason=reason)
    ballots.said[member] = choice
    assert voted.decided is ballots.outcome
