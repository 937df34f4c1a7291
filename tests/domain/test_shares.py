"""Money that is short: whatever the rule, nobody is wronged by a unit."""

from collections import defaultdict
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aid.domain.entitlement import Claim, Shortage, Terms, check_terms, shares
from aid.domain.entitlement.due import NO_HISTORY
from aid.domain.entitlement.figures import Case, bars, what_if
from aid.domain.entitlement.reasons import ReasonCode
from aid.domain.entitlement.shares import cut
from aid.domain.families import Circumstance, Facts
from aid.domain.refusals import RuleBroken
from tests.domain.test_entitlement import BABY, PUPIL, RULE, TODAY, WORKER, facts

UNITS = st.sampled_from((1, 3, 100))
BUDGETS = st.integers(0, 20_000)
WAYS = st.sampled_from(Shortage)


@st.composite
def _claims(draw: st.DrawFn) -> Claim:
    kits = tuple(sorted(draw(st.lists(st.sampled_from((100, 300, 301)), max_size=3)), reverse=True))
    minor = sum(kits) + draw(st.sampled_from((0, 1, 100, 250, 999)))
    since = date(2026, 1, draw(st.integers(1, 3)))
    return Claim(minor, kits, draw(st.integers(0, 2)), since, (draw(st.integers(0, 2)), -len(kits)))


CLAIMS = st.lists(_claims(), max_size=25)


@given(CLAIMS, BUDGETS, WAYS, UNITS)
def test_the_sum_never_exceeds_the_budget_and_nobody_gets_more_than_is_due(
    claims: list[Claim], budget: int, how: Shortage, unit: int
) -> None:
    given_ = shares(claims, Terms(budget, how), unit)

    assert sum(given_) <= budget
    assert all(0 <= share <= claim.minor for share, claim in zip(given_, claims, strict=True))
    assert all(share == claim.minor or share % unit == 0 for share, claim in zip(given_, claims, strict=True))


@given(CLAIMS, BUDGETS, WAYS, UNITS)
def test_equal_claims_get_equal_shares(claims: list[Claim], budget: int, how: Shortage, unit: int) -> None:
    by_claim: defaultdict[Claim, set[int]] = defaultdict(set)
    for claim, share in zip(claims, shares(claims, Terms(budget, how), unit), strict=True):
        by_claim[claim].add(share)

    assert all(len(same) == 1 for same in by_claim.values())


@given(CLAIMS, BUDGETS, st.integers(0, 500), WAYS, UNITS)
def test_more_money_never_means_less_for_anybody(
    claims: list[Claim], budget: int, more: int, how: Shortage, unit: int
) -> None:
    before = shares(claims, Terms(budget, how), unit)
    after = shares(claims, Terms(budget + more, how), unit)

    assert all(was <= is_ for was, is_ in zip(before, after, strict=True))


@given(CLAIMS, BUDGETS, WAYS, UNITS, st.randoms(use_true_random=False))
def test_the_order_of_families_changes_nothing(
    claims: list[Claim], budget: int, how: Shortage, unit: int, chance: object
) -> None:
    order = list(range(len(claims)))
    chance.shuffle(order)  # type: ignore[attr-defined]
    straight = shares(claims, Terms(budget, how), unit)
    shuffled = shares([claims[place] for place in order], Terms(budget, how), unit)

    assert shuffled == [straight[place] for place in order]


@given(st.lists(st.integers(0, 400), max_size=25), BUDGETS)
def test_who_is_due_more_gets_no_less(dues: list[int], budget: int) -> None:
    given_ = cut(dues, budget)

    assert all(
        mine >= theirs
        for due, mine in zip(dues, given_, strict=True)
        for other, theirs in zip(dues, given_, strict=True)
        if due >= other
    )


@given(st.lists(st.integers(1, 400), min_size=1, max_size=25), BUDGETS)
def test_what_an_equal_cut_leaves_over_is_too_little_for_one_more_step(dues: list[int], budget: int) -> None:
    left = budget - sum(cut(dues, budget))

    assert left < max(dues.count(due) for due in dues) or sum(dues) <= budget


def test_where_there_is_enough_nothing_is_cut() -> None:
    claims = [_claim(500), _claim(700)]

    assert all(shares(claims, Terms(1_200, how)) == [500, 700] for how in Shortage)
    assert all(shares(claims, Terms(None, how)) == [500, 700] for how in Shortage)


def test_an_equal_cut_gives_everybody_the_same_share() -> None:
    assert shares([_claim(1_000), _claim(2_000), _claim(3_000)], Terms(3_000), 100) == [500, 1_000, 1_500]


def test_the_hardest_hit_are_served_whole_before_the_others_are_cut() -> None:
    claims = [_claim(1_000, tier=1), _claim(1_000, tier=0), _claim(1_000, tier=1), _claim(1_000, tier=2)]

    assert shares(claims, Terms(2_000, Shortage.TIERS, (Circumstance.ILL,)), 100) == [500, 1_000, 500, 0]


def test_who_waits_longest_is_served_first() -> None:
    claims = [_claim(1_000, since=date(2026, 5, 2)), _claim(1_000, since=date(2026, 5, 1))]

    assert shares(claims, Terms(1_200, Shortage.LONGEST_WAIT)) == [200, 1_000]


def test_whole_kits_are_given_one_each_before_a_second() -> None:
    large, small = _claim(1_500, kits=(400, 400, 400)), _claim(700, kits=(400,))

    assert shares([large, small], Terms(900, Shortage.WHOLE_KITS)) == [400, 400]
    assert shares([large, small], Terms(1_200, Shortage.WHOLE_KITS)) == [800, 400]
    assert shares([large, small], Terms(1_600, Shortage.WHOLE_KITS)) == [1_200, 400]
    assert shares([large, small], Terms(1_900, Shortage.WHOLE_KITS)) == [1_350, 550]


def _claim(minor: int, *, kits: tuple[int, ...] = (), tier: int = 0, since: date = date(2026, 1, 1)) -> Claim:
    return Claim(minor, kits, tier, since, (0, -len(kits)))


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        (Terms(-1), "budget"),
        (Terms(1, Shortage.TIERS), "tier_1"),
        (Terms(1, Shortage.TIERS, (Circumstance.ILL, Circumstance.ILL)), "tier_1"),
    ],
)
def test_terms_that_cannot_be_meant_are_refused(terms: Terms, field: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        check_terms(terms)

    assert refused.value.field == field


def test_terms_are_the_same_after_they_were_written_and_read() -> None:
    terms = Terms(5, Shortage.TIERS, (Circumstance.ILL, Circumstance.DETAINED))

    check_terms(terms)
    assert Terms.from_plain(terms.plain()) == terms


# ---------------------------------------------------------------- what-if


@given(st.lists(facts, max_size=12), st.integers(0, 10**9), WAYS)
def test_everybody_is_reached_or_told_why_not(families: list[Facts], budget: int, how: Shortage) -> None:
    cases = [Case(f"{place:09}", each, TODAY, NO_HISTORY) for place, each in enumerate(families)]
    figures = what_if(cases, written=RULE, rule=RULE, terms=Terms(budget, how, (Circumstance.ILL,)), today=TODAY)

    told = [each.code for each in figures.reached] + [each.code for each in figures.out]
    assert sorted(told) == [case.code for case in cases]
    assert sum(figures.why_out.values()) == len(figures.out)
    assert sum(bar.families for bar in figures.bars) == len(figures.reached) == figures.chosen.families
    assert figures.chosen.total == sum(each.given for each in figures.reached) <= budget
    assert all(option.left is not None and option.left >= 0 for option in figures.options)
    assert {option.shortage for option in figures.options} == set(Shortage)


def test_a_smaller_amount_is_shown_beside_the_rule_as_it_is_written() -> None:
    cases = [Case("1", Facts((WORKER,)), TODAY, NO_HISTORY), Case("2", Facts((WORKER, PUPIL, BABY)), TODAY, NO_HISTORY)]
    only_pupils = replace(RULE, per_family=0, per_member=0, per_child=0)
    figures = what_if(cases, written=RULE, rule=only_pupils, terms=Terms(), today=TODAY)

    assert (figures.against.no_longer, figures.against.less, figures.against.more) == (1, 1, 0)
    assert [(each.code, each.why) for each in figures.out] == [("1", ReasonCode.NOTHING_DUE)]
    assert figures.chosen.left is None


def test_bars_are_of_one_round_width() -> None:
    assert [(bar.first, bar.last, bar.families) for bar in bars([1_000, 1_001, 4_900])] == [
        (501, 1_000, 1),
        (1_001, 1_500, 1),
        (1_501, 2_000, 0),
        (2_001, 2_500, 0),
        (2_501, 3_000, 0),
        (3_001, 3_500, 0),
        (3_501, 4_000, 0),
        (4_001, 4_500, 0),
        (4_501, 5_000, 1),
    ]
    assert bars([]) == ()
