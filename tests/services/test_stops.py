"""The emergency stop: what it freezes, for how long, and what it never touches."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.membership import StopAnswerKind
from aid.domain.quorum import Choice, Outcome
from aid.domain.refusals import NotAllowed, RuleBroken
from aid.domain.vouchers import ReprintReason
from aid.extensions import db
from aid.models.allocations import Vote
from aid.models.committee import EmergencyStop
from aid.services.collections.handing_out import Collected, collect
from aid.services.stops import press_stop, why_stopped
from aid.services.verification import verify
from aid.services.vouchers.printing import ReprintOrder, print_vouchers, reprint_vouchers
from tests.make import do, rows, see
from tests.make.allocations import make_allocation, make_carried, vote
from tests.make.fund import MEMBERS, FoundedFund
from tests.make.membership import later, make_newcomer, say_of_stop, stop
from tests.make.vouchers import make_vouchers

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
CONFIRM, LIFT = StopAnswerKind.CONFIRM, StopAnswerKind.LIFT


def holds() -> None:
    with Session(db.engine) as session:
        assert [str(finding) for finding in verify(session)] == []


def stopped(hours: float = 0) -> bool:
    return see(why_stopped, now=later(hours)) is not None


def test_no_vote_decides_while_the_fund_is_stopped(fund: FoundedFund) -> None:
    proposed = make_allocation(fund, families=1).allocation_id
    stop(fund)

    for member in fund.members[:2]:
        assert vote(fund, member, proposed).decided is Outcome.OPEN
    with pytest.raises(RuleBroken, match=r"The fund is stopped until .*Nothing was done"):
        vote(fund, fund.members[2], proposed)
    for member in fund.members[3:]:
        vote(fund, member, proposed, Choice.NO)
    with pytest.raises(RuleBroken, match="The fund is stopped"):
        vote(fund, fund.members[2], proposed, Choice.NO)
    assert len(rows(select(Vote))) == 4
    assert vote(fund, fund.members[2], proposed, now=later(72.1)).decided is Outcome.CARRIED
    holds()


def test_nothing_is_printed_while_the_fund_is_stopped_and_what_is_in_hands_is_collected(fund: FoundedFund) -> None:
    [voucher] = make_vouchers(fund, 1)
    carried = make_carried(fund, families=1)
    stop(fund)

    again = ReprintOrder(reason=ReprintReason.LOST, serial=voucher.serial)
    first = {"allocation_id": carried.allocation_id, "point_id": fund.points["club"]}
    with pytest.raises(RuleBroken, match="The fund is stopped"):
        do(reprint_vouchers, actor=fund.coordinator, order=again)
    with pytest.raises(RuleBroken, match="The fund is stopped"):
        do(print_vouchers, actor=fund.coordinator, now=later(25), **first)
    assert isinstance(do(collect, actor=fund.distributor, order=voucher.order()), Collected)
    do(print_vouchers, actor=fund.coordinator, now=later(73), **first)
    holds()


def test_it_lapses_after_three_days_unless_the_quorum_confirms_it(fund: FoundedFund) -> None:
    pressed = stop(fund)
    assert (stopped(71.9), stopped(72.1)) == (True, False)

    for handle in MEMBERS[:2]:
        assert say_of_stop(fund, pressed, handle, CONFIRM).agreed is None
    assert say_of_stop(fund, pressed, MEMBERS[2], CONFIRM).agreed is CONFIRM

    assert stopped(10_000)
    with pytest.raises(RuleBroken, match="confirmed this stop already"):
        say_of_stop(fund, pressed, MEMBERS[3], CONFIRM)
    holds()


def test_the_quorum_lifts_it_confirmed_or_not(fund: FoundedFund) -> None:
    pressed = stop(fund)
    for handle in MEMBERS[:2]:
        say_of_stop(fund, pressed, handle, LIFT)
    assert stopped()

    assert say_of_stop(fund, pressed, MEMBERS[2], LIFT).agreed is LIFT

    assert not stopped()
    with pytest.raises(RuleBroken, match="This stop is over"):
        say_of_stop(fund, pressed, MEMBERS[3], LIFT)
    holds()


def test_a_members_latest_word_counts_and_each_is_given_once(fund: FoundedFund) -> None:
    pressed = stop(fund)
    for handle in MEMBERS[:2]:
        say_of_stop(fund, pressed, handle, CONFIRM)
    say_of_stop(fund, pressed, MEMBERS[0], LIFT)
    with pytest.raises(RuleBroken, match="signed this already"):
        say_of_stop(fund, pressed, MEMBERS[0], CONFIRM)

    assert say_of_stop(fund, pressed, MEMBERS[2], CONFIRM).agreed is None
    assert say_of_stop(fund, pressed, MEMBERS[3], CONFIRM).agreed is CONFIRM
    holds()


def test_nobody_presses_it_twice_in_thirty_days_and_another_member_may(fund: FoundedFund) -> None:
    stop(fund, "marat")
    with pytest.raises(RuleBroken, match="The fund is stopped"):
        stop(fund, "saule")

    with pytest.raises(RuleBroken, match="after thirty days"):
        stop(fund, "marat", now=later(24 * 30 - 1))
    stop(fund, "saule", now=later(73))
    stop(fund, "marat", now=later(24 * 30 + 1))

    assert len(rows(select(EmergencyStop))) == 3
    holds()


def test_only_who_has_a_certified_seat_stops_the_fund(fund: FoundedFund) -> None:
    friend = make_newcomer(fund)

    with pytest.raises(RuleBroken, match="no certified seat"):
        do(press_stop, actor=friend.actor)
    for stranger in (fund.administrator, fund.coordinator, fund.registrar):
        with pytest.raises(NotAllowed):
            do(press_stop, actor=stranger)
    assert not stopped()
