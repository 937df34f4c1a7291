"""Money that is short, earlier aid, and rounds computed once more from what was sealed with them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.entitlement import Gift, Per, Scope, Shortage, Span, Terms, Variant
from aid.domain.entitlement.reasons import ReasonCode
from aid.domain.families import Circumstance
from aid.domain.refusals import NotAllowed, RuleBroken
from aid.extensions import db
from aid.models.allocations import AllocationLine
from aid.models.families import Sighting
from aid.models.programmes import Programme, ShortLine
from aid.models.records import RecordKind
from aid.perform import look
from aid.services import records
from aid.services.allocations import Proposed, preview, propose, repropose
from aid.services.goods import GoodOrder, write_good
from aid.services.snapshots import recompute
from aid.services.verification import verify
from aid.services.what_if import try_out
from tests.make import do, rows, see
from tests.make.allocations import make_money, newest_version, vote
from tests.make.families import make_family
from tests.make.fund import FoundedFund
from tests.make.goods import make_good
from tests.make.programmes import RULE, make_programme

SQLITE = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
ILL = frozenset({Circumstance.ON_STRIKE, Circumstance.ILL})
HARD_HIT = Terms(40_000_00, Shortage.TIERS, (Circumstance.ILL,))


def lines() -> dict[str, int]:
    """What each family gets, by its code."""
    return {str(line.family_code): line.amount_minor for line in rows(select(AllocationLine))}


def proposed_under(fund: FoundedFund, terms: Terms, **of_rule: Any) -> Proposed:
    return do(propose, actor=fund.coordinator, programme_id=make_programme(fund, **of_rule), terms=terms)


def test_an_equal_cut_is_signed_with_the_lines_and_is_a_reason_of_its_own(fund: FoundedFund) -> None:
    small, large = make_family(fund, members=3), make_family(fund, members=5)

    proposed = proposed_under(fund, Terms(50_000_00), unit=500_00)

    version = newest_version(proposed.allocation_id)
    assert version.basis is not None
    assert lines() == {small.code: 15_000_00, large.code: 35_000_00}
    assert (version.basis["budget"], version.basis["shortage"], version.basis["short"]) == (
        50_000_00,
        "equal_cut",
        None,
    )
    line = rows(select(AllocationLine).where(AllocationLine.family_code == small.code))[0]
    sealed = see(records.take_out, kind=RecordKind.LINE, row_id=line.id, keyring=fund.coordinator.keyring)
    assert sealed is not None
    assert [reason["minor"] for reason in sealed["reasons"] if reason["code"] == "short"] == [-15_000_00]
    assert sum(reason["minor"] for reason in sealed["reasons"]) == line.amount_minor
    assert list(see(verify)) == []


@SQLITE
def test_who_falls_out_for_want_of_money_is_kept_under_seal(app: Flask, fund: FoundedFund) -> None:
    first = make_family(fund, members=4, circumstances=ILL)
    make_family(fund, members=3)

    proposed = proposed_under(fund, Terms(50_000_00, Shortage.TIERS, (Circumstance.ILL,)))

    assert lines() == {first.code: 50_000_00}
    [short] = rows(select(ShortLine))
    version = newest_version(proposed.allocation_id)
    assert version.basis is not None
    assert version.not_eligible == 1
    assert version.basis["short"] is not None
    assert see(records.take_out, kind=RecordKind.LINE, row_id=short.id, keyring=fund.coordinator.keyring)
    seen = look(preview, actor=fund.coordinator, programme_id=make_programme(fund), terms=HARD_HIT)
    assert [str(left_out.why) for left_out in seen.not_eligible] == ["The money ended before their turn."]
    assert list(see(verify)) == []


@SQLITE
def test_terms_that_say_nothing_are_refused(app: Flask, fund: FoundedFund) -> None:
    make_family(fund)

    with pytest.raises(RuleBroken, match="Choose who comes first"):
        proposed_under(fund, Terms(1_00, Shortage.TIERS))


@SQLITE
def test_what_is_computed_anew_keeps_its_terms_and_shares_anew_without_who_is_held_out(
    app: Flask, fund: FoundedFund
) -> None:
    kept, held = make_family(fund, members=3), make_family(fund, members=3)
    proposed = proposed_under(fund, Terms(40_000_00))
    assert lines() == {kept.code: 20_000_00, held.code: 20_000_00}
    [line] = rows(select(AllocationLine.id).where(AllocationLine.family_code == held.code))

    do(repropose, actor=fund.coordinator, allocation_id=proposed.allocation_id, without=frozenset({line}))

    version = newest_version(proposed.allocation_id)
    anew = rows(select(AllocationLine).where(AllocationLine.version == 2))
    assert [(line.family_code, line.amount_minor) for line in anew] == [(kept.code, 30_000_00)]
    assert version.basis is not None
    assert version.basis["budget"] == 40_000_00
    again = look(recompute, actor=fund.coordinator, allocation_id=proposed.allocation_id)
    assert again.is_same


@pytest.mark.parametrize("how", list(Shortage))
@SQLITE
def test_a_round_computed_once_more_from_its_snapshot_is_the_same_byte_for_byte(
    app: Flask, fund: FoundedFund, how: Shortage
) -> None:
    for members, happened in ((3, ILL), (4, ILL), (5, RULE.eligible), (2, RULE.eligible)):
        make_family(fund, members=members, circumstances=happened)
    terms = Terms(70_000_00, how, (Circumstance.ILL,))
    proposed = proposed_under(fund, terms, unit=500_00, months_unpaid=1, pause_days=30, pause_from=Scope.ANY)

    again = look(recompute, actor=fund.members[0], allocation_id=proposed.allocation_id)

    assert again.is_same
    assert again.root == again.signed_root == newest_version(proposed.allocation_id).content_root
    assert (again.otherwise, again.erased) == ((), 0)
    assert any(sighting.why == "recompute" for sighting in rows(select(Sighting)))


@SQLITE
def test_a_rule_that_was_changed_behind_the_books_is_noticed(app: Flask, fund: FoundedFund) -> None:
    make_family(fund, members=3)
    proposed = proposed_under(fund, Terms())
    with Session(db.engine.execution_options(writes=True)) as session:
        session.connection().exec_driver_sql("DROP TRIGGER programme_no_update")
        session.execute(update(Programme).values(rule={**rows(select(Programme.rule))[0], "per_family": 11_000_00}))
        session.commit()

    again = look(recompute, actor=fund.coordinator, allocation_id=proposed.allocation_id)

    assert not again.is_same
    assert again.otherwise == tuple(lines())


@SQLITE
def test_who_may_not_open_the_facts_cannot_compute_it_once_more(app: Flask, fund: FoundedFund) -> None:
    make_family(fund, members=3)
    proposed = proposed_under(fund, Terms())

    with pytest.raises(RuleBroken, match="Only who may open the facts"):
        look(recompute, actor=fund.auditor, allocation_id=proposed.allocation_id)


# ---------------------------------------------------------------- earlier aid


def later(days: int) -> Instant:
    return Instant(datetime.now(UTC) + timedelta(days=days), (datetime.now(UTC) + timedelta(days=days)).date())


@SQLITE
def test_nobody_benefits_twice_unless_the_programme_allows_it(app: Flask, fund: FoundedFund) -> None:
    make_family(fund, members=3)
    make_money(fund)
    once, again = make_programme(fund), make_programme(fund, repeats=True, cap=40_000_00, cap_days=60)
    for programme in (once, again):
        proposed = do(propose, actor=fund.coordinator, programme_id=programme)
        assert look(preview, actor=fund.coordinator, programme_id=programme).already == 1
        for member in fund.members[: fund.quorum]:
            vote(fund, member, proposed.allocation_id)

    assert look(preview, actor=fund.coordinator, programme_id=once).already == 1
    seen = look(preview, actor=fund.coordinator, programme_id=again)
    assert (seen.already, seen.families, seen.total.minor) == (0, 1, 10_000_00)
    assert look(preview, actor=fund.coordinator, programme_id=again, now=later(61)).total.minor == 30_000_00


@SQLITE
def test_who_received_any_aid_lately_waits(app: Flask, fund: FoundedFund) -> None:
    make_family(fund, members=3)
    make_money(fund)
    proposed = do(propose, actor=fund.coordinator, programme_id=make_programme(fund))
    for member in fund.members[: fund.quorum]:
        vote(fund, member, proposed.allocation_id)
    patient = make_programme(fund, pause_days=30, pause_from=Scope.ANY)

    seen = look(preview, actor=fund.coordinator, programme_id=patient)

    assert [str(left_out.why) for left_out in seen.not_eligible] == ["Received aid not long ago."]
    assert look(preview, actor=fund.coordinator, programme_id=patient, now=later(31)).families == 1


# ---------------------------------------------------------------- what-if


@SQLITE
def test_what_if_changes_nothing_and_shows_who_falls_out(app: Flask, fund: FoundedFund) -> None:
    poor, other = make_family(fund, members=3, circumstances=ILL), make_family(fund, members=3)
    programme = make_programme(fund)

    tried = look(try_out, actor=fund.coordinator, programme_id=programme, rule=RULE, terms=HARD_HIT)

    assert [(each.code, each.given) for each in tried.figures.reached] == sorted(
        [(poor.code, 30_000_00), (other.code, 10_000_00)]
    )
    assert {option.shortage for option in tried.figures.options} == set(Shortage)
    assert (tried.figures.against.less, tried.figures.against.no_longer) == (1, 0)
    nobody = look(
        try_out, actor=fund.coordinator, programme_id=programme, rule=RULE, terms=Terms(0, Shortage.EQUAL_CUT)
    )
    assert nobody.figures.why_out == {ReasonCode.NO_MONEY: 2}
    assert rows(select(AllocationLine)) == []


@SQLITE
def test_who_was_helped_lately_waits_longest_from_then_on_in_every_comparison(app: Flask, fund: FoundedFund) -> None:
    helped, _never = make_family(fund, members=3, circumstances=ILL), make_family(fund, members=3)
    make_money(fund)
    proposed = do(propose, actor=fund.coordinator, programme_id=make_programme(fund, eligible=ILL - RULE.eligible))
    for member in fund.members[: fund.quorum]:
        vote(fund, member, proposed.allocation_id, now=later(1))
    budget = Terms(30_000_00, Shortage.EQUAL_CUT)

    tried = look(
        try_out, actor=fund.coordinator, programme_id=make_programme(fund), rule=RULE, terms=budget, now=later(3)
    )

    [by_wait] = [option for option in tried.figures.options if option.shortage is Shortage.LONGEST_WAIT]
    assert [line.family_code for line in rows(select(AllocationLine))] == [helped.code]
    assert (by_wait.families, by_wait.out, by_wait.total) == (1, 1, 30_000_00)


@SQLITE
def test_only_who_proposes_tries_out(app: Flask, fund: FoundedFund) -> None:
    programme = make_programme(fund)

    with pytest.raises(NotAllowed):
        look(try_out, actor=fund.members[0], programme_id=programme, rule=RULE, terms=Terms())


# ---------------------------------------------------------------- goods


@SQLITE
def test_goods_by_size_reach_the_lines_and_the_snapshot(app: Flask, fund: FoundedFund) -> None:
    make_good(fund, "boots", variants=("33", "34"))
    make_good(fund, "school-bag")
    family = make_family(fund, members=4)
    goods = (Gift("boots", 1, Per.CHILD, None, Variant.SHOES), Gift("school-bag", 1, Per.CHILD, Span(0, 12)))
    proposed = proposed_under(fund, Terms(10_000_00), goods=goods)
    later = GoodOrder(code="boots", names=dict.fromkeys(("kk", "ru", "en"), "Boots"), variants=("40",))
    do(write_good, actor=fund.coordinator, order=later, changes=1)

    [line] = rows(select(AllocationLine))
    assert (line.family_code, line.items, line.amount_minor) == (family.code, ["2 boots:33", "2 school-bag"], 10_000_00)
    assert look(recompute, actor=fund.coordinator, allocation_id=proposed.allocation_id).is_same


@SQLITE
def test_a_size_that_the_catalogue_does_not_have_is_a_reason_and_stops_nobody(app: Flask, fund: FoundedFund) -> None:
    make_good(fund, "boots", variants=("40",))
    make_family(fund, members=3)

    proposed_under(fund, Terms(), goods=(Gift("boots", 1, Per.CHILD, None, Variant.SHOES),))

    [line] = rows(select(AllocationLine))
    sealed = see(records.take_out, kind=RecordKind.LINE, row_id=line.id, keyring=fund.coordinator.keyring)
    assert sealed is not None
    assert line.items == []
    assert [(reason["code"], reason["of"]) for reason in sealed["reasons"]][-1] == ("no_size", "boots")


@SQLITE
@pytest.mark.parametrize(
    ("gift", "said"),
    [
        (Gift("sledge", 1, Per.CHILD), "no good sledge"),
        (Gift("boots", 1, Per.CHILD), "comes in variants"),
        (Gift("school-bag", 1, Per.CHILD, None, Variant.SHOES), "has no variants"),
    ],
)
def test_a_programme_gives_what_the_catalogue_has(app: Flask, fund: FoundedFund, gift: Gift, said: str) -> None:
    make_good(fund, "boots", variants=("33", "34"))
    make_good(fund, "school-bag")

    with pytest.raises(RuleBroken, match=said) as refused:
        make_programme(fund, goods=(gift,))

    assert refused.value.field == "goods"
