"""Programmes for tests: sensible by default, one line to vary."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from aid.domain.entitlement import GradeAmount, ProgrammeRule, Shortage, Terms
from aid.domain.families import Circumstance
from aid.services.allocations import propose, withdraw
from aid.services.programmes import ProgrammeOrder, write_programme
from tests.make import do
from tests.make.families import make_family
from tests.make.fund import FoundedFund

TITLES = {"kk": "Мектеп жиынтығы", "ru": "Школьный набор", "en": "School kits"}
RULE = ProgrammeRule(
    currency="KZT",
    eligible=frozenset({Circumstance.ON_STRIKE, Circumstance.DISMISSED}),
    per_family=10_000_00,
    per_member=0,
    per_child=5_000_00,
    per_grade=(GradeAmount(1, 4, 20_000_00), GradeAmount(5, 11, 25_000_00)),
    cap=None,
)


def a_programme(
    fund: FoundedFund, *, purpose: str = "school", rule: ProgrammeRule = RULE, in_parts: bool = False, **of_rule: Any
) -> ProgrammeOrder:
    """School kits: ten thousand tenge a family, twenty thousand a child in the first grades."""
    return ProgrammeOrder(
        titles=TITLES,
        purpose_id=fund.purposes[purpose],
        rule=replace(RULE, **of_rule),
        valid_days=30,
        grace_days=14,
        in_parts=in_parts,
    )


def make_programme(fund: FoundedFund, *, purpose: str = "school", **of_rule: Any) -> UUID:
    """A programme that the coordinator wrote."""
    order = a_programme(fund, purpose=purpose, **of_rule)
    return do(write_programme, actor=fund.coordinator, order=order).programme_id


def make_short_round(fund: FoundedFund) -> UUID:
    """A round whose money ends after the first family; it is taken back."""
    make_family(fund, circumstances=frozenset({Circumstance.ON_STRIKE, Circumstance.ILL}))
    make_family(fund)
    terms = Terms(30_000_00, Shortage.TIERS, (Circumstance.ILL,))
    programme = make_programme(fund, purpose="general")
    allocation_id = do(propose, actor=fund.coordinator, programme_id=programme, terms=terms).allocation_id
    do(withdraw, actor=fund.coordinator, allocation_id=allocation_id)
    return allocation_id
