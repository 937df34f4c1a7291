from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aid.domain.entitlement import (
    CircumstanceAmount,
    Earlier,
    Entitlement,
    Gift,
    GradeAmount,
    History,
    Join,
    NotEligible,
    Per,
    ProgrammeRule,
    Reason,
    ReasonCode,
    Rounding,
    Scope,
    Span,
    Variant,
    check_rule,
    describe,
    describe_rule,
    entitlement,
)
from aid.domain.entitlement.changes import changes
from aid.domain.families import Circumstance, Facts, Kinship, MemberFacts
from aid.domain.refusals import RuleBroken
from aid.domain.words import InLanguages

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
    join=st.sampled_from(Join),
    born=st.one_of(st.none(), st.just(Span(2010, 2019))),
    months_unpaid=st.integers(0, 4),
    per_circumstance=st.one_of(
        st.just(()), st.tuples(st.builds(CircumstanceAmount, st.sampled_from(Circumstance), amounts))
    ),
    goods=st.one_of(st.just(()), st.just((Gift("school-bag", 1, Per.CHILD, Span(0, 4)), Gift("rice", 5, Per.MEMBER)))),
    unit=st.sampled_from((1, 100, 500_00)),
    rounding=st.sampled_from(Rounding),
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
        assert due.minor == sum(reason.minor for reason in due.reasons) >= 0
        assert due.minor or due.items
        assert rule.cap is None or due.minor <= rule.cap
        assert due.minor % rule.unit == 0


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


def test_grade_nought_is_called_the_preparatory_class_wherever_a_rule_is_said() -> None:
    rule = replace(RULE, per_grade=(GradeAmount(0, 0, 1_00),), grades=Span(0, 4))

    assert "with a child from the preparatory class to grade 4" in str(describe_rule(rule))
    assert "1.00 KZT a child in the preparatory class" in str(describe_rule(rule))
    assert "with a child in the preparatory class" in str(describe_rule(replace(rule, grades=Span(0, 0))))
    assert str(describe(Reason(ReasonCode.GRADE, 1, 1, 0, 0))) == "1 child in the preparatory class"
    assert str(describe(Reason(ReasonCode.GRADE, 2, 1, 0, 4))) == "2 children from the preparatory class to grade 4"
    with pytest.raises(RuleBroken, match="The preparatory class stands in two lines"):
        check_rule(replace(RULE, per_grade=(GradeAmount(0, 2, 1_00), GradeAmount(0, 0, 1_00))))


def test_a_good_rule_is_taken_and_told_in_sentences() -> None:
    check_rule(RULE)

    assert str(describe_rule(replace(RULE, cap=50_000_00))) == (
        "Every confirmed family gets 10000.00 KZT a family, 2000.00 KZT a member, "
        "15000.00 KZT a child from the preparatory class to grade 4, 20000.00 KZT a child in grades 5 to 11 "
        "and 5000.00 KZT each other child up to 18 years; "
        "at most 50000.00 KZT for a family at a time, each family only once."
    )
    assert str(describe(Reason(ReasonCode.CHILDREN, 3, 1))) == "3 children"
    assert str(describe(Reason(ReasonCode.GRADE, 2, 1, 1, 4))) == "2 children in grades 1 to 4"
    assert all(str(describe(Reason(code, 1, 1, 1, 4, of="ill"))) for code in ReasonCode)


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
        ({"unit": 0}, "unit"),
        ({"cap_days": 30}, "cap"),
        ({"born": Span(2019, 2010)}, "born_first"),
        ({"grades": Span(3, 13)}, "grades_first"),
        ({"months_unpaid": 61}, "months_unpaid"),
        ({"pause_days": -1}, "pause_days"),
        ({"per_circumstance": (CircumstanceAmount(Circumstance.ILL, 1),) * 2}, "per_circumstance"),
        ({"goods": (Gift("Boots!", 1, Per.CHILD),)}, "goods"),
        ({"goods": (Gift("boots", 0, Per.CHILD),)}, "goods"),
        ({"goods": (Gift("boots", 1, Per.FAMILY, None, Variant.SHOES),)}, "goods"),
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused(wrong: dict[str, object], field: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        check_rule(replace(RULE, **wrong))  # type: ignore[arg-type]

    assert refused.value.field == field


def why(facts: Facts, history: History | None = None, **of_rule: object) -> ReasonCode | None:
    """Why the family gets nothing, where it does."""
    due = entitlement(facts, replace(RULE, **of_rule), TODAY, history or History())  # type: ignore[arg-type]
    return due.reason.code if isinstance(due, NotEligible) else None


def test_all_circumstances_may_be_asked_for() -> None:
    both = frozenset({Circumstance.ILL, Circumstance.DETAINED})

    assert why(Facts((WORKER,), frozenset({Circumstance.ILL})), eligible=both, join=Join.ALL) is ReasonCode.NOT_ALL
    assert why(Facts((WORKER,), both), eligible=both, join=Join.ALL) is None


def test_a_programme_for_one_place_reaches_no_other() -> None:
    here = frozenset({"old-town"})

    assert why(Facts((WORKER,)), History("new-town"), localities=here) is ReasonCode.ELSEWHERE
    assert why(Facts((WORKER,)), History("old-town"), localities=here) is None


def test_only_children_of_the_named_years_and_grades_count() -> None:
    family = Facts((WORKER, PUPIL, BABY))
    born = entitlement(family, replace(RULE, per_family=0, per_member=0, born=Span(2010, 2019)), TODAY)

    assert minor(born) == 15_000_00
    assert why(Facts((WORKER, BABY)), born=Span(2010, 2019)) is ReasonCode.NO_SUCH_CHILD
    assert why(Facts((WORKER, BABY)), grades=Span(1, 11)) is ReasonCode.NO_SUCH_CHILD
    assert why(family, grades=Span(1, 11)) is None


def test_months_without_wage_are_whole_months() -> None:
    since = Facts((WORKER,), wages_stopped_on=date(2026, 6, 2))

    assert why(since, months_unpaid=1) is None
    assert why(since, months_unpaid=2) is ReasonCode.PAID_LATELY
    assert why(Facts((WORKER,)), months_unpaid=1) is ReasonCode.PAID_LATELY


def test_aid_received_lately_waits_for_a_later_round() -> None:
    elsewhere = History(earlier=(Earlier(date(2026, 7, 3), 5_000_00, of_this=False),))

    assert why(Facts((WORKER,)), elsewhere, pause_days=30, pause_from=Scope.ANY) is ReasonCode.AIDED_LATELY
    assert why(Facts((WORKER,)), elsewhere, pause_days=30, pause_from=Scope.THIS) is None
    assert why(Facts((WORKER,)), elsewhere, pause_days=29, pause_from=Scope.ANY) is None


def test_a_cap_over_days_counts_what_came_before() -> None:
    before = History(earlier=(Earlier(date(2026, 7, 3), 7_000_00, of_this=True),))
    rule = replace(RULE, cap=15_000_00, cap_days=60)

    assert minor(entitlement(Facts((WORKER,)), rule, TODAY, before)) == 8_000_00
    assert why(Facts((WORKER,)), before, cap=7_000_00, cap_days=60) is ReasonCode.CAP_REACHED
    assert minor(entitlement(Facts((WORKER,)), replace(rule, cap_days=20), TODAY, before)) == 12_000_00


def test_each_circumstance_may_bring_something_more() -> None:
    more = (CircumstanceAmount(Circumstance.ILL, 30_000_00), CircumstanceAmount(Circumstance.DETAINED, 9_00))
    due = entitlement(Facts((WORKER,), frozenset({Circumstance.ILL})), replace(RULE, per_circumstance=more), TODAY)

    assert minor(due) == 42_000_00
    assert isinstance(due, Entitlement)
    assert str(describe(due.reasons[-1])) == "Someone is seriously ill"


@pytest.mark.parametrize(
    ("rounding", "cap", "rounded"),
    [
        (Rounding.DOWN, None, 10_000_00),
        (Rounding.UP, None, 15_000_00),
        (Rounding.NEAREST, None, 10_000_00),
        (Rounding.UP, 14_000_00, 10_000_00),
    ],
)
def test_amounts_are_rounded_to_what_people_can_be_paid_in(rounding: Rounding, cap: int | None, rounded: int) -> None:
    due = entitlement(Facts((WORKER,)), replace(RULE, unit=5_000_00, rounding=rounding, cap=cap), TODAY)

    assert minor(due) == rounded


def test_goods_come_by_child_grade_and_size() -> None:
    sized = replace(PUPIL, shoe_size="33,5", clothes_size="128/134")
    goods = (
        Gift("school-bag", 1, Per.CHILD, Span(0, 4)),
        Gift("notebooks", 10, Per.CHILD, None, Variant.GRADE),
        Gift("boots", 1, Per.CHILD, None, Variant.SHOES),
        Gift("coat", 1, Per.CHILD, None, Variant.CLOTHES),
        Gift("rice", 5, Per.FAMILY),
        Gift("soap", 1, Per.MEMBER),
    )
    nothing = {"per_family": 0, "per_member": 0, "per_child": 0, "per_grade": ()}
    due = entitlement(Facts((WORKER, sized, BABY)), replace(RULE, **nothing, goods=goods), TODAY)  # type: ignore[arg-type]

    assert isinstance(due, Entitlement)
    assert [item.plain() for item in due.items] == [
        "1 boots:33.5",
        "1 coat:128-134",
        "10 notebooks:4",
        "5 rice",
        "1 school-bag",
        "3 soap",
    ]
    assert due.minor == 0
    missing = [reason for reason in due.reasons if reason.code is ReasonCode.NO_SIZE]
    assert [(reason.of, reason.count) for reason in missing] == [("boots", 1), ("coat", 1), ("notebooks", 1)]


def test_a_new_version_names_what_it_changes() -> None:
    later = replace(RULE, per_family=12_000_00, months_unpaid=2)
    [who, what] = changes(RULE, later)

    assert [str(part) for part in who.now] == ["that has had no wages for at least 2 months"]
    assert who.before == ()
    assert [str(part) for part in (*what.before, *what.now)] == ["10000.00 KZT a family", "12000.00 KZT a family"]
    assert changes(RULE, RULE) == ()


def test_the_sentence_names_every_condition_and_limit() -> None:
    said = str(
        describe_rule(
            replace(
                RULE,
                localities=frozenset({"old-town"}),
                eligible=frozenset({Circumstance.ILL, Circumstance.DETAINED}),
                born=Span(2010, 2019),
                months_unpaid=2,
                pause_days=90,
                per_circumstance=(CircumstanceAmount(Circumstance.ILL, 1_00),),
                goods=(Gift("boots", 1, Per.CHILD, None, Variant.SHOES),),
                cap=60_000_00,
                cap_days=90,
                unit=500_00,
                repeats=True,
            ),
            {"good/boots": InLanguages.of({"kk": "Етік", "en": "Winter boots"})},
        )
    )

    assert said.startswith(
        "Every confirmed family that lives in “old-town”, where someone is detained or someone is seriously ill, "
        "with a child born from 2010 to 2019, that has had no wages for at least 2 months, "
        "that received nothing from this programme in the last 90 days gets "
    )
    assert "1.00 KZT more where someone is seriously ill and 1 × Winter boots in the child’s shoe size a child;" in said
    assert said.endswith(
        "at most 60000.00 KZT for a family within 90 days, the sum rounded down to a multiple of 500.00 KZT, "
        "each family as often as the committee decides."
    )
