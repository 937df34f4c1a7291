"""Who may vote on an allocation, and what may be put to the committee."""

from dataclasses import replace

import pytest

from aid.domain.allocations import (
    ALLOCATION_STATE_TITLES,
    AllocationState,
    Line,
    VotingFacts,
    check_lines,
    why_not_vote,
    why_not_withdraw,
)
from aid.domain.money import Money
from aid.domain.refusals import RuleBroken

MEMBER = VotingFacts(state=AllocationState.PROPOSED, is_member=True, is_proposer=False, has_recused=False)
LINE = Line("123456789", 1000, "KZT", "club")
OTHER = Line("223456789", 500, "KZT", "club")


def test_a_member_votes_on_what_waits() -> None:
    assert why_not_vote(MEMBER) is None


@pytest.mark.parametrize(
    ("voting", "why"),
    [
        (replace(MEMBER, is_member=False), "no certified seat"),
        (replace(MEMBER, is_proposer=True), "You proposed"),
        (replace(MEMBER, has_recused=True), "stepped out"),
        (replace(MEMBER, state=AllocationState.CARRIED), "already decided"),
        (replace(MEMBER, state=AllocationState.REJECTED), "already decided"),
        (replace(MEMBER, state=AllocationState.WITHDRAWN), "withdrawn"),
    ],
)
def test_others_do_not_vote(voting: VotingFacts, why: str) -> None:
    assert why in str(why_not_vote(voting))


def test_only_the_proposer_withdraws_and_only_what_waits() -> None:
    assert why_not_withdraw(AllocationState.PROPOSED, is_proposer=True) is None
    assert why_not_withdraw(AllocationState.PROPOSED, is_proposer=False) is not None
    assert why_not_withdraw(AllocationState.CARRIED, is_proposer=True) is not None


def test_lines_are_summed() -> None:
    assert check_lines([LINE, OTHER]) == Money(1500, "KZT")


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ([], "No family"),
        ([LINE, LINE], "123 456 789 stands twice"),
        ([LINE, replace(OTHER, currency="EUR")], "one currency"),
        ([LINE, replace(OTHER, minor=0)], "223 456 789 is not possible"),
        ([LINE, replace(OTHER, minor=-1)], "not possible"),
        ([LINE, replace(OTHER, minor=10**15 + 1)], "not possible"),
    ],
)
def test_lines_that_can_not_be_paid_are_refused_by_name(lines: list[Line], why: str) -> None:
    with pytest.raises(RuleBroken, match=why):
        check_lines(lines)


def test_every_state_has_a_title() -> None:
    assert set(ALLOCATION_STATE_TITLES) == set(AllocationState)
