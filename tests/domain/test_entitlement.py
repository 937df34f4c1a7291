from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aid.domain.entitlement import (
    Entitlement,
    GradeAmount,
    NotEligible,
    ProgrammeRule,
    Reason,
    ReasonCode,
    check_rule,
    describe,
    describe_rule,
    entitlement,
)
from aid.domain.families import Circumstance, Facts, Kinship, MemberFacts
from aid.domain.refusals import RuleBroken

TODAY = date(2026, 8, 1)
RULE = ProgrammeRule(
    currency="KZT",
    eligible=frozenset(),
    per_family=10_000_00,
    per_member=2_000_00,
    per_child=5_000_00,
    per_grade=(GradeAmount(0, 4, 15_000_00), GradeAmount(5, 11, 20_000_00)),
    cap=None,
)
WORKER = MemberFacts(Kinship.WORKER, 1984)
PUPIL = MemberFacts(Kinship.CHILD, 2016, grade=4)
BABY = MemberFacts(Kinship.CHILD, 2025)

members = st.builds(
    MemberFacts,
    kinship=st.sampled_from(Kinship),
    birth_year=st.one_of(st.none(), st.integers(1930, 2026)),
    grade=st.one_of(st.none(), st.integers(0, 12)),
)
facts = st.builds(
    Facts,
    members=st.lists(members, min_size=1, max_size=8).map(tuple),
    circumstances=st.frozensets(st.sampled_from(Circumstance)),
)
amounts = st.integers(0, 10**9)
rules = st.builds(
    ProgrammeRule,
    currency=st.just("KZT"),
    eligible=st.frozensets(st.sampled_from(Circumstance), max_size=3),
    per_family=amounts,
    per_member=amounts,
    per_child=amounts,
    per_grade=st.one_of(st.just(()), st.tuples(st.builds(GradeAmount, st.just(1), st.just(4), amounts))),
    cap=st.one_of(st.none(), st.integers(1, 10**10)),
)


def minor(due: Entitlement | NotEligible) -> int:
    return due.minor if isinstance(due, Entitlement) else 0


def test_each_part_of_an_entitlement_is_explained() -> None:
    due = entitlement(Facts((WORKER, PUPIL, BABY)), RULE, TODAY)

    assert due == Entitlement(
        36_000_00,
        (
            Reason(ReasonCode.FAMILY, 1, 10_000_00),
            Reason(ReasonCode.MEMBERS, 3, 6_000_00),
            Reason(ReasonCode.GRADE, 1, 15_000_00, 0, 4),
            Reason(ReasonCode.CHILDREN, 1, 5_000_00),
        ),
    )


def test_the_cap_is_a_reason_of_its_own() -> None:
    due = entitlement(Facts((WORKER, PUPIL)), replace(RULE, cap=20_000_00), TODAY)

    assert isinstance(due, Entitlement)
    assert due.minor == 20_000_00
    assert due.reasons[-1] == Reason(ReasonCode.CAP, 1, -9_000_00)


def test_a_family_without_the_circumstance_is_not_eligible() -> None:
    for_detained = replace(RULE, eligible=frozenset({Circumstance.DETAINED, Circumstance.BEREAVED}))

    assert entitlement(Facts((WORKER,)), for_detained, TODAY) == NotEligible(Reason(ReasonCode.NO_CIRCUMSTANCE, 0, 0))
    assert minor(entitlement(Facts((WORKER,), frozenset({Circumstance.BEREAVED})), for_detained, TODAY)) > 0


def test_a_family_nobody_of_which_is_given_for_is_not_eligible() -> None:
    only_pupils = replace(RULE, per_family=0, per_member=0, per_child=0)

    assert entitlement(Facts((WORKER,)), only_pupils, TODAY) == NotEligible(Reason(ReasonCode.NOTHING_DUE, 0, 0))


@given(facts, rules)
def test_the_reasons_add_up_to_the_amount_and_the_cap_holds(facts: Facts, rule: ProgrammeRule) -> None:
    due = entitlement(facts, rule, TODAY)

    if isinstance(due, Entitlement):
        assert due.minor == sum(reason.minor for reason in due.reasons) > 0
        assert rule.cap is None or due.minor <= rule.cap


@given(facts, rules, members)
def test_one_more_member_never_makes_it_less(facts: Facts, rule: ProgrammeRule, newcomer: MemberFacts) -> None:
    larger = replace(facts, members=(*facts.members, newcomer))

    assert minor(entitlement(larger, rule, TODAY)) >= minor(entitlement(facts, rule, TODAY))


@given(facts, rules)
def test_the_order_of_members_changes_nothing(facts: Facts, rule: ProgrammeRule) -> None:
    turned = replace(facts, members=facts.members[::-1])

    assert entitlement(turned, rule, TODAY) == entitlement(facts, rule, TODAY)


@given(rules)
def test_a_rule_is_the_same_after_it_was_written_and_read(rule: ProgrammeRule) -> None:
    assert ProgrammeRule.from_plain(rule.plain()) == rule
    assert all(Reason.from_plain(reason.plain()) == reason for reason in [Reason(ReasonCode.GRADE, 2, 5, 1, 4)])


def test_a_good_rule_is_taken_and_told_in_sentences() -> None:
    check_rule(RULE)
    told = [str(line) for line in describe_rule(replace(RULE, cap=50_000_00))]

    assert told[0] == "For every confirmed family."
    assert len(told) == 7
    assert str(describe(Reason(ReasonCode.CHILDREN, 3, 1))) == "3 children"
    assert all(str(describe(Reason(code, 1, 1, 1, 4))) for code in ReasonCode)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"per_family": -1}, "per_family"),
        ({"per_member": 10**13}, "per_member"),
        ({"per_family": 0, "per_member": 0, "per_child": 0, "per_grade": ()}, "per_family"),
        ({"cap": 0}, "cap"),
        ({"cap": 9_999_99}, "cap"),
        ({"child_until": 0}, "child_until"),
        ({"per_grade": (GradeAmount(5, 4, 1),)}, "per_grade"),
        ({"per_grade": (GradeAmount(0, 13, 1),)}, "per_grade"),
        ({"per_grade": (GradeAmount(1, 4, 1), GradeAmount(4, 9, 1))}, "per_grade"),
        ({"per_grade": (GradeAmount(1, 4, -1),)}, "per_grade"),
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused(wrong: dict[str, object], field: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        check_rule(replace(RULE, **wrong))  # type: ignore[arg-type]

    assert refused.value.field == field
