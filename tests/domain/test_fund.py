"""A fund is founded only on a plan that holds together."""

from dataclasses import replace

import pytest

from aid.domain.founding import check_plan
from aid.domain.fund import FundPlan, HolderPlan, LocalityPlan, Names, PersonPlan, PointPlan, PurposePlan
from aid.domain.languages import Language
from aid.domain.permissions import Role
from aid.domain.refusals import RuleBroken


def names(word: str) -> Names:
    return Names(kk=word, ru=word, en=word)


def person(handle: str, *roles: Role, localities: tuple[str, ...] = (), points: tuple[str, ...] = ()) -> PersonPlan:
    return PersonPlan(handle, None, Language.KK, frozenset(roles), frozenset(localities), frozenset(points))


MEMBERS = tuple(person(f"member-{n}", Role.COMMITTEE_MEMBER) for n in "abc")
PLAN = FundPlan(
    name=names("Komek"),
    paper_title=names("List"),
    currency="KZT",
    languages=(Language.KK, Language.RU, Language.EN),
    time_zone="Asia/Aqtau",
    purposes=(PurposePlan("general", names("General")),),
    localities=(LocalityPlan("old-town", names("Old town")),),
    points=(PointPlan("club", names("Club"), "old-town"),),
    people=(
        person("aigul", Role.REGISTRAR, localities=("old-town",)),
        person("bolat", Role.DISTRIBUTOR, points=("club",)),
        person("dina", Role.COORDINATOR),
        person("erlan", Role.ADMINISTRATOR),
        *MEMBERS,
    ),
    quorum=3,
    notice_hours=24,
)


def with_person(someone: PersonPlan) -> FundPlan:
    return replace(PLAN, people=(*PLAN.people, someone))


def without(role: Role) -> FundPlan:
    return replace(PLAN, people=tuple(someone for someone in PLAN.people if role not in someone.roles))


def test_a_plan_that_holds_together_is_accepted() -> None:
    check_plan(PLAN)


def test_names_are_needed_only_in_the_funds_languages() -> None:
    plan = replace(PLAN, languages=(Language.KK,), name=Names(kk="Көмек"))

    check_plan(plan)
    assert plan.name.said(Language.EN) == "Көмек"
    assert PLAN.holders(Role.COMMITTEE_MEMBER) == MEMBERS


@pytest.mark.parametrize(
    ("plan", "why"),
    [
        (replace(PLAN, languages=()), "no language"),
        (replace(PLAN, languages=(Language.KK, Language.KK)), "language kk stands twice"),
        (replace(PLAN, currency="TENGE"), "“TENGE” is not a currency"),
        (replace(PLAN, time_zone="Asia/Nowhere"), "“Asia/Nowhere” is not known"),
        (replace(PLAN, time_zone="../../etc/passwd"), "is not known"),
        (replace(PLAN, time_zone=""), "is not known"),
        (replace(PLAN, name=Names(kk="Көмек", ru="Комек")), "The fund’s name is missing in English"),
        (replace(PLAN, paper_title=names(" ")), "What stands on vouchers is missing in Қазақша"),
        (replace(PLAN, name=names("a" * 121)), "more than 120 letters"),
        (replace(PLAN, purposes=()), "no purpose"),
        (replace(PLAN, localities=()), "no locality"),
        (replace(PLAN, points=()), "no point"),
        (replace(PLAN, purposes=PLAN.purposes * 2), "code “general” stands twice"),
        (replace(PLAN, localities=PLAN.localities * 2), "code “old-town” stands twice"),
        (replace(PLAN, points=PLAN.points * 2), "code “club” stands twice"),
        (replace(PLAN, purposes=(PurposePlan("Жалпы", names("x")),)), "code “Жалпы” is not possible"),
        (replace(PLAN, purposes=(PurposePlan("general", Names()),)), "the name of “general” is missing"),
        (replace(PLAN, points=(PointPlan("club", names("Club"), "moon"),)), "“club” is in the locality “moon”"),
        (
            replace(
                PLAN,
                points=(PointPlan("club", names("Club"), "old-town", Names(kk="Көше")),),
            ),
            "address of “club”",
        ),
        (replace(PLAN, people=PLAN.people + PLAN.people[:1]), "handle “aigul” stands twice"),
        (with_person(person("Айгүл", Role.AUDITOR)), "handle “Айгүл” is not possible"),
        (with_person(person("x" * 33, Role.AUDITOR)), "is not possible"),
        (with_person(person("gani")), "gani: This person has no role"),
        (with_person(person("gani", Role.AUDITOR, Role.TREASURER)), "gani: An auditor holds no other role"),
        (with_person(person("gani", Role.REGISTRAR)), "gani: Registrars and confirmers work in a locality"),
        (with_person(person("gani", Role.CONFIRMER)), "gani: Registrars and confirmers"),
        (with_person(person("gani", Role.REGISTRAR, localities=("moon",))), "gani: The locality “moon” is not"),
        (with_person(person("gani", Role.DISTRIBUTOR)), "gani: A distributor works at a point"),
        (with_person(person("gani", Role.DISTRIBUTOR, points=("moon",))), "gani: The point “moon” is not"),
        (with_person(replace(person("gani", Role.AUDITOR), name=" ")), "gani: The name is empty"),
        (without(Role.COORDINATOR), "Nobody has the role “Coordinator”"),
        (without(Role.ADMINISTRATOR), "Nobody has the role “Administrator”"),
        (without(Role.COMMITTEE_MEMBER), "more than the committee's 0 members"),
        (replace(PLAN, quorum=4), "more than the committee's 3 members"),
        (replace(PLAN, quorum=2), "at least 3"),
        (replace(PLAN, notice_hours=-1), "notice is between 0 and 720 hours"),
        (replace(PLAN, notice_hours=721), "notice is between"),
    ],
)
def test_a_plan_that_does_not_is_refused_by_name(plan: FundPlan, why: str) -> None:
    with pytest.raises(RuleBroken, match=why):
        check_plan(plan)


def test_a_person_speaks_a_language_of_the_fund() -> None:
    plan = replace(PLAN, languages=(Language.RU,))

    with pytest.raises(RuleBroken, match="does not speak “kk”"):
        check_plan(plan)


HOLDERS = tuple(HolderPlan(f"member-{n}", country) for n, country in zip("abc", ("KZ", "DE", "GE"), strict=True))


@pytest.mark.parametrize(
    ("holders", "threshold", "why"),
    [
        (HOLDERS[:2], 2, "There are 3 recovery shares, but 2 people"),
        ((*HOLDERS[:2], HolderPlan("stranger", "GE")), 2, "not in the plan"),
        ((*HOLDERS[:2], HOLDERS[0]), 2, "holds two recovery shares"),
        ((*HOLDERS[:2], replace(HOLDERS[2], country="")), 2, "in which country"),
        ((*HOLDERS[:2], replace(HOLDERS[2], country="KZ")), 2, "one country"),
        (HOLDERS, 4, "not more than there are"),
    ],
)
def test_recovery_shares_are_held_one_each_and_not_enough_of_them_in_one_country(
    holders: tuple[HolderPlan, ...], threshold: int, why: str
) -> None:
    plan = replace(PLAN, share_holders=holders, share_count=3, share_threshold=threshold)

    with pytest.raises(RuleBroken, match=why):
        check_plan(plan)


def test_shares_in_enough_countries_are_fine_and_so_is_one_on_purpose() -> None:
    plan = replace(PLAN, share_holders=HOLDERS, share_count=3, share_threshold=2)
    check_plan(plan)

    together = tuple(replace(holder, country="KZ") for holder in HOLDERS)
    check_plan(replace(plan, share_holders=together, despite_country=True))
