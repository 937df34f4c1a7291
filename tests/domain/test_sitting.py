"""A plan that is typed page by page: each page is checked when it is there, and nothing is asked before its time."""

from dataclasses import replace
from typing import Any

import pytest

from aid.domain.founding import check_plan
from aid.domain.fund import HolderPlan
from aid.domain.languages import Language
from aid.domain.permissions import Role
from aid.domain.refusals import RuleBroken
from aid.domain.sitting import Step, check_until, code_of, first_trouble, must_sit, plan_of, typed_of
from tests.make.fund import MEMBERS, PLAN

HOLDERS = tuple(
    HolderPlan(handle, country)
    for handle, country in zip(("dina", *MEMBERS[:4]), ("KZ", "KZ", "DE", "DE", "GE"), strict=True)
)
WHOLE = replace(PLAN, share_holders=HOLDERS)


def typed(**changed: Any) -> dict[str, Any]:
    pages, _others = typed_of(WHOLE)
    return {**pages, **changed}


def test_a_plan_that_is_typed_and_read_again_is_the_same() -> None:
    pages, others = typed_of(WHOLE)

    plan = plan_of(pages, others)

    assert {person.handle for person in plan.people} == {person.handle for person in WHOLE.people}
    assert replace(plan, people=()) == replace(WHOLE, people=())


def test_pages_nobody_came_to_yet_stand_in_nobodys_way() -> None:
    for step in Step:
        check_until(step, {})
    assert first_trouble({}) is None
    check_plan(plan_of({}))


def test_the_funds_own_language_comes_first() -> None:
    pages = typed()
    pages["fund"] = {**pages["fund"], "own": "ru"}

    assert plan_of(pages).languages == (Language.RU, Language.KK, Language.EN)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"en": "Old town", "kk": "Ескі қала"}, "old-town"),
        ({"kk": "Ескі қала"}, "eski-qala"),
        ({"en": "Old town", "code": "centre"}, "centre"),
        ({"en": "!"}, ""),
    ],
)
def test_a_place_without_a_code_gets_one_from_its_name(row: dict[str, str], code: str) -> None:
    assert code_of(row) == code


@pytest.mark.parametrize(
    ("step", "page", "why"),
    [
        ("fund", {"time_zone": "Moon/Crater"}, "time zone"),
        ("money", {"purposes": []}, "no purpose"),
        ("points", {"points": [{"kk": "a", "ru": "a", "en": "a", "locality": "elsewhere"}]}, "elsewhere"),
        ("people", {"members": []}, "members"),
        ("rules", {"quorum": 2}, "quorum"),
        ("recovery", {"holders": []}, "Nobody holds"),
        ("recovery", {"threshold": 2}, "one country"),
    ],
)
def test_the_first_page_that_does_not_hold_is_named(step: str, page: dict[str, Any], why: str) -> None:
    pages = typed()
    pages[step] = {**pages[step], **page}

    trouble = first_trouble(pages)

    assert trouble is not None
    assert trouble.step == step
    assert why in str(trouble.refusal.message)


def test_every_member_names_an_alternate() -> None:
    pages = typed()
    pages["people"]["members"][1]["alternate"] = ""

    with pytest.raises(RuleBroken, match="saule names no alternate"):
        check_until(Step.PEOPLE, pages)


def test_enough_shares_in_one_country_hold_once_somebody_said_so() -> None:
    pages = typed()
    pages["recovery"] = {**pages["recovery"], "threshold": 2, "despite_country": True}

    assert first_trouble(pages) is None


def test_who_votes_administers_coordinates_or_holds_a_share_takes_a_seat() -> None:
    plan = replace(WHOLE, share_holders=(*HOLDERS[:4], HolderPlan("timur", "GE")))

    sitting = {person.handle for person in must_sit(plan)}

    assert sitting == {*MEMBERS, "dina", "erlan", "timur"}
    assert not any(Role.REGISTRAR in person.roles for person in must_sit(plan))
