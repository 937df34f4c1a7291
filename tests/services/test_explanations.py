"""Why a family was given what it was, or nothing: told from what was recorded when the list was made."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, func, select

from aid.domain.entitlement import Shortage, Terms
from aid.domain.explanations import Explanation, Verdict
from aid.domain.families import Circumstance
from aid.domain.meetings import HoldReason
from aid.domain.money import Money
from aid.domain.quorum import Choice
from aid.domain.refusals import NotAllowed
from aid.domain.vouchers import VoucherState
from aid.extensions import db
from aid.models.families import Sighting
from aid.models.programmes import Programme
from aid.models.records import RecordKind
from aid.perform import look
from aid.services.allocations import propose, withdraw
from aid.services.confirmations import confirm
from aid.services.discussion import HoldOrder, hold_out
from aid.services.explanations import Explained, explain
from aid.services.families import Correction, correct, open_file
from tests.make import do, rows
from tests.make.allocations import make_allocation, make_carried, make_money, vote
from tests.make.families import a_family, make_family
from tests.make.fund import FoundedFund
from tests.make.households import make_parted
from tests.make.meetings import lines_of
from tests.make.programmes import make_programme
from tests.make.vouchers import make_vouchers

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)  # rules, and what is opened


def explained(fund: FoundedFund, family_id: UUID, **more: Any) -> Explained:
    return look(explain, actor=fund.registrar, family_id=family_id, **more)


def told(fund: FoundedFund, family_id: UUID) -> Explanation:
    """What the newest list came to."""
    return explained(fund, family_id).lists[0]


def said(explanation: Explanation) -> str:
    return " ".join(str(sentence) for sentence in explanation.said)


# ---------------------------------------------------------------- on the list


def test_what_was_given_is_told_with_its_parts(fund: FoundedFund) -> None:
    family = make_family(fund, 4).family_id
    make_carried(fund, families=0)

    found = told(fund, family)

    assert found.verdict is Verdict.GIVEN
    assert "The committee gave your family" in said(found)
    assert "not printed yet" in said(found)
    assert [(str(part.what), part.amount.minor) for part in found.parts] == [
        ("The family", 10_000_00),
        ("2 children in grades 1 to 4", 40_000_00),
    ]
    assert found.total == Money(50_000_00, "KZT") == sum((part.amount for part in found.parts), Money(0, "KZT"))
    assert found.rule is not None


def test_what_is_not_decided_is_no_promise(fund: FoundedFund) -> None:
    family = make_family(fund).family_id
    make_allocation(fund, families=0)

    found = told(fund, family)

    assert found.verdict is Verdict.PROPOSED
    assert (found.parts, found.total) == ((), None)


def test_what_the_committee_rejected_is_told(fund: FoundedFund) -> None:
    family = make_family(fund).family_id
    allocation = make_allocation(fund, families=0).allocation_id
    for member in fund.members[:3]:
        vote(fund, member, allocation, Choice.NO)

    assert told(fund, family).verdict is Verdict.REJECTED


def test_where_the_aid_went_is_told(fund: FoundedFund) -> None:
    [voucher] = make_vouchers(fund, 1, state=VoucherState.COLLECTED)

    assert "It was collected at Club" in said(told(fund, voucher.family_id))


def test_nothing_is_told_of_what_was_withdrawn(fund: FoundedFund) -> None:
    family = make_family(fund).family_id
    allocation = make_allocation(fund, families=0).allocation_id
    do(withdraw, actor=fund.coordinator, allocation_id=allocation)

    assert explained(fund, family).lists == ()


# ---------------------------------------------------------------- not on the list


def left_out_late(fund: FoundedFund) -> UUID:
    make_allocation(fund, families=1)
    return make_family(fund).family_id


def left_out_unconfirmed(fund: FoundedFund) -> UUID:
    family = make_family(fund, confirmed=False).family_id
    make_allocation(fund, families=1)
    return family


def left_out_by_rule(fund: FoundedFund) -> UUID:
    family = make_family(fund, circumstances=frozenset({Circumstance.ILL})).family_id
    make_allocation(fund, families=1)
    return family


def left_out_given_before(fund: FoundedFund) -> UUID:
    family = make_family(fund).family_id
    make_money(fund)
    programme = make_programme(fund)
    first = do(propose, actor=fund.coordinator, programme_id=programme).allocation_id
    for member in fund.members[:3]:
        vote(fund, member, first)
    make_family(fund)
    do(propose, actor=fund.coordinator, programme_id=programme)
    return family


def parted_from_one_that_was_given(fund: FoundedFund) -> tuple[UUID, UUID]:
    """Who is given the round that all go by, and who came of it afterwards; both are confirmed."""
    family = make_family(fund, 4).family_id
    make_carried(fund, families=0)
    parted = make_parted(fund, family)
    do(confirm, actor=fund.confirmer, family_id=parted.new_id, version=1)
    return family, parted.new_id


def test_who_came_of_a_family_is_told_that_its_aid_counts_for_both(fund: FoundedFund) -> None:
    first, second = parted_from_one_that_was_given(fund)

    found = told(fund, second)

    assert found.verdict is Verdict.LEFT_OUT
    assert "what that one is given counts for yours too" in said(found)
    assert (found.parts, found.total) == ((), None)
    assert told(fund, first).verdict is Verdict.GIVEN


def test_who_came_of_a_family_is_told_that_the_programme_gave_it_once(fund: FoundedFund) -> None:
    _first, second = parted_from_one_that_was_given(fund)
    make_family(fund)
    programme = rows(select(Programme.id))[0]
    do(propose, actor=fund.coordinator, programme_id=programme)

    assert "One that some of your people were part of was on a list of it before: no. 1." in said(told(fund, second))


def test_a_list_after_the_parting_that_only_the_other_is_on_says_nothing_of_it(fund: FoundedFund) -> None:
    family = make_family(fund, 4).family_id
    second = make_parted(fund, family).new_id
    do(confirm, actor=fund.confirmer, family_id=family, version=2)
    make_carried(fund, families=0)

    assert told(fund, family).verdict is Verdict.GIVEN
    assert "had not yet confirmed" in said(told(fund, second))


def left_out_corrected_since(fund: FoundedFund) -> UUID:
    made = make_family(fund, circumstances=frozenset({Circumstance.ILL}))
    make_allocation(fund, families=1)
    look(open_file, actor=fund.registrar, family_id=made.family_id, why="correct")
    do(correct, actor=fund.registrar, order=Correction(made.family_id, 1, fund.points["club"], a_family(2)))
    return made.family_id


@pytest.mark.parametrize(
    ("lived", "why"),
    [
        (left_out_late, "after this list was made"),
        (left_out_unconfirmed, "had not yet confirmed"),
        (left_out_by_rule, "None of the circumstances this programme is for."),
        (left_out_given_before, "was on a list of it before: no. 1"),
        (left_out_corrected_since, "has been corrected since"),
    ],
)
def test_a_family_left_out_is_told_why(fund: FoundedFund, lived: Callable[[FoundedFund], UUID], why: str) -> None:
    found = told(fund, lived(fund))

    assert found.verdict is Verdict.LEFT_OUT
    assert why in said(found)
    assert found.parts == ()


def test_a_family_held_out_is_told_why(fund: FoundedFund) -> None:
    family = make_family(fund).family_id
    allocation = make_allocation(fund, families=2).allocation_id
    [line] = [line.id for line in lines_of(allocation) if line.family_id == family]
    do(hold_out, actor=fund.coordinator, order=HoldOrder(allocation, 1, frozenset({line}), HoldReason.PAPERS))

    found = told(fund, family)

    assert found.verdict is Verdict.HELD_OUT
    assert "a paper is missing" in said(found)


def test_a_family_whose_turn_the_money_did_not_reach_is_told_so(fund: FoundedFund) -> None:
    first = make_family(fund, circumstances=frozenset({Circumstance.ILL, Circumstance.ON_STRIKE})).family_id
    last = make_family(fund).family_id
    make_money(fund)
    terms = Terms(budget=30_000_00, shortage=Shortage.TIERS, tiers=(Circumstance.ILL,))
    do(propose, actor=fund.coordinator, programme_id=make_programme(fund), terms=terms)

    found = told(fund, last)

    assert (told(fund, first).verdict, found.verdict) == (Verdict.PROPOSED, Verdict.SHORT)
    assert "it ended before your turn" in said(found)


# ---------------------------------------------------------------- who may, and what it costs


def test_only_who_knows_the_locality_opens_why(fund: FoundedFund) -> None:
    family = make_family(fund).family_id
    make_carried(fund, families=0)

    for stranger in (fund.registrar_elsewhere, fund.confirmer, fund.members[0]):
        with pytest.raises(NotAllowed):
            look(explain, actor=stranger, family_id=family)


def test_that_it_was_opened_is_written_down(fund: FoundedFund) -> None:
    family = make_family(fund).family_id
    make_carried(fund, families=0)

    explained(fund, family)

    seen = select(func.count()).select_from(Sighting).where(Sighting.family_id == family, Sighting.why == "explain")
    assert rows(seen.where(Sighting.what == RecordKind.LINE)) == [1]


def test_lists_go_on_after_the_last_number(fund: FoundedFund) -> None:
    family = make_family(fund).family_id
    for _each in range(3):
        make_carried(fund, families=0)

    first = explained(fund, family, size=2)
    rest = explained(fund, family, size=2, before=first.next_before)

    assert [one.number for one in (*first.lists, *rest.lists)] == [3, 2, 1]
    assert rest.next_before is None


def test_ten_lists_ask_no_more_than_one(fund: FoundedFund) -> None:
    def questions() -> int:
        asked: list[str] = []
        listen = lambda *given: asked.append(given[2])  # noqa: E731
        event.listen(db.engine, "before_cursor_execute", listen)
        try:
            explained(fund, family)
        finally:
            event.remove(db.engine, "before_cursor_execute", listen)
        return sum(statement.lstrip().upper().startswith("SELECT") for statement in asked)

    family = make_family(fund).family_id
    make_carried(fund, families=0)
    explained(fund, family)
    alone = questions()
    for _each in range(4):
        make_carried(fund, families=0)

    assert questions() <= alone
