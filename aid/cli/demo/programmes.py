"""The sample fund writes a programme that fits life, changes it, and proposes it with less money than is due."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import select

from aid.cli.demo.people import key
from aid.domain.entitlement import CircumstanceAmount, ProgrammeRule, Shortage, Terms
from aid.domain.families import Circumstance
from aid.domain.permissions import Role
from aid.extensions import reading
from aid.models.fund import Purpose
from aid.perform import look, perform
from aid.services.allocations import propose
from aid.services.programmes import ProgrammeOrder, write_programme
from aid.services.snapshots import recompute

if TYPE_CHECKING:
    from aid.cli.demo.story import Story

TENGE = 100
RULE = ProgrammeRule(
    currency="KZT",
    eligible=frozenset({Circumstance.DISMISSED, Circumstance.ON_STRIKE}),
    per_family=20_000 * TENGE,
    per_member=0,
    per_child=5_000 * TENGE,
    per_grade=(),
    cap=120_000 * TENGE,
    months_unpaid=1,
    per_circumstance=(
        CircumstanceAmount(Circumstance.HOME_BURNT, 60_000 * TENGE),
        CircumstanceAmount(Circumstance.BEREAVED, 30_000 * TENGE),
    ),
    cap_days=90,
    repeats=True,
    unit=500 * TENGE,
)
BUDGET = 700_000 * TENGE


def write_and_share(story: Story) -> None:
    """Two versions of a programme, and a round by priority; computed once more from its snapshot, it is the same."""
    story.say("Sharing money that is short by a rule, and computing the round once more from what was sealed")
    actor = story.the(Role.COORDINATOR).actor()
    purpose = reading().scalars(select(Purpose.id).where(Purpose.code == "daily")).one()
    order = ProgrammeOrder(
        titles={"kk": "Жылы үй", "ru": "Тёплый дом", "en": "A warm home"},
        purpose_id=purpose,
        rule=RULE,
        valid_days=30,
        grace_days=7,
    )
    first = perform(key(), write_programme, actor=actor, now=story.now, order=order)
    story.wait(hours=1)
    changed = replace(order, rule=replace(RULE, per_family=25_000 * TENGE))
    second = perform(key(), write_programme, actor=actor, now=story.now, order=changed, changes=first.programme_id)
    story.wait(hours=1)
    terms = Terms(BUDGET, Shortage.TIERS, (Circumstance.BEREAVED, Circumstance.HOME_BURNT, Circumstance.ILL))
    proposed = perform(key(), propose, actor=actor, now=story.now, programme_id=second.programme_id, terms=terms)
    again = look(recompute, actor=actor, now=story.now, allocation_id=proposed.allocation_id)
    assert again.is_same, "it was sealed a moment ago"
