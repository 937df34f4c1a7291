"""A pile of papers is given with its list, counted by who receives it, and what is missing has a reason."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from aid.domain.paper_trail import CountReason, EndReason
from aid.domain.refusals import NotAllowed, RuleBroken
from aid.models.handovers import Handover, HandoverBatch, HandoverCount, HandoverReceipt
from aid.models.vouchers import PrintBatch
from aid.services.collections.handing_out import collect
from aid.services.verification import verify
from aid.services.vouchers.ends import GoneOrder, void_batch
from aid.services.vouchers.handovers import Count, CountOrder, Given, GiveOrder, Received, give, receive, take_back
from tests.conftest import both_databases
from tests.make import do, rows, see
from tests.make.forging import forge, forging, found
from tests.make.fund import FoundedFund
from tests.make.one_database import app as app
from tests.make.vouchers import make_vouchers


def batch() -> UUID:
    [first, *_rest] = rows(select(PrintBatch.id).order_by(PrintBatch.number))
    return first


def order(fund: FoundedFund, *batches: UUID, to: str = "nurlan", point: str = "club") -> GiveOrder:
    return GiveOrder(fund.points[point], fund.actor(to).person_id or UUID(int=0), batches or (batch(),))


def given(fund: FoundedFund, **how: Any) -> Given:
    return do(give, actor=fund.coordinator, order=order(fund, **how))


def counted(fund: FoundedFund, pile: Given, papers: int, reason: CountReason | None = None) -> Received:
    counts = (Count(batch(), papers, reason),)
    return do(receive, actor=fund.distributor, order=CountOrder(pile.handover_id, counts))


@both_databases
def test_a_pile_holds_the_papers_that_are_good_and_its_receiver_counts_them(fund: FoundedFund) -> None:
    first, *_others = make_vouchers(fund, 3)
    do(collect, actor=fund.distributor, order=first.order())

    pile = given(fund)

    assert rows(select(HandoverBatch.papers)) == [2]
    assert counted(fund, pile, 2) == Received(pile.handover_id, 1, 0, 0)
    with pytest.raises(RuleBroken, match="counted already"):
        counted(fund, pile, 2)
    assert list(see(verify)) == []


def test_another_number_needs_a_reason_and_is_kept(fund: FoundedFund) -> None:
    make_vouchers(fund, 2)
    pile = given(fund)

    with pytest.raises(RuleBroken, match="Choose why"):
        counted(fund, pile, 1)

    assert counted(fund, pile, 1, CountReason.TAKEN).missing == 1
    assert rows(select(HandoverCount.reason)) == [CountReason.TAKEN]
    assert list(see(verify)) == []


def test_a_reason_without_a_difference_is_not_kept(fund: FoundedFund) -> None:
    make_vouchers(fund, 1)

    counted(fund, given(fund), 1, CountReason.OTHER)

    assert rows(select(HandoverCount.reason)) == [None]


def test_each_batch_of_a_pile_is_counted(fund: FoundedFund) -> None:
    make_vouchers(fund, 1)
    pile = given(fund)

    with pytest.raises(RuleBroken, match="of each batch"):
        do(receive, actor=fund.distributor, order=CountOrder(pile.handover_id, ()))


def test_only_who_was_to_receive_a_pile_counts_it(fund: FoundedFund) -> None:
    make_vouchers(fund, 1)
    pile = given(fund)
    counts = CountOrder(pile.handover_id, (Count(batch(), 1),))

    with pytest.raises(RuleBroken, match="Only who was to receive"):
        do(receive, actor=fund.coordinator, order=counts)
    for who in (fund.distributor_elsewhere, fund.treasurer):
        with pytest.raises(NotAllowed):
            do(receive, actor=who, order=counts)


def test_papers_go_to_somebody_else_who_works_at_their_point(fund: FoundedFund) -> None:
    make_vouchers(fund, 1)

    for nobody in ("dina", "sanzhar", "saule", "olga"):
        with pytest.raises(RuleBroken, match="Choose who receives") as refusal:
            given(fund, to=nobody)
        assert refusal.value.field == "to_id"
    for who in (fund.distributor, fund.registrar, fund.auditor):
        with pytest.raises(NotAllowed):
            do(give, actor=who, order=order(fund))


def test_a_batch_of_another_point_or_without_good_papers_is_not_given(fund: FoundedFund) -> None:
    make_vouchers(fund, 1)
    with pytest.raises(RuleBroken, match="Choose which batches"):
        given(fund, point="school-5", to="sanzhar")
    do(void_batch, actor=fund.coordinator, order=GoneOrder(batch(), EndReason.LOST))

    with pytest.raises(RuleBroken, match="worth anything"):
        given(fund)


def test_a_batch_on_its_way_is_given_to_nobody_else_before_it_is_taken_back(fund: FoundedFund) -> None:
    make_vouchers(fund, 1)
    pile = given(fund)
    with pytest.raises(RuleBroken, match="has not counted it yet"):
        given(fund)

    do(take_back, actor=fund.coordinator, handover_id=pile.handover_id)

    with pytest.raises(RuleBroken, match="were taken back"):
        counted(fund, pile, 1)
    assert given(fund).number == 2
    assert list(see(verify)) == []


def test_who_received_a_pile_is_followed_by_the_next(fund: FoundedFund) -> None:
    make_vouchers(fund, 1)
    counted(fund, given(fund), 1)

    assert given(fund).number == 2
    assert list(see(verify)) == []


@both_databases
def test_two_who_give_the_same_batch_give_one_pile(fund: FoundedFund, app: Flask) -> None:
    make_vouchers(fund, 1)
    pile = order(fund)

    def run(_each: int) -> Given | RuleBroken:
        with app.app_context():
            try:
                return do(give, actor=fund.coordinator, order=pile)
            except RuleBroken as refusal:
                return refusal

    with ThreadPoolExecutor(3) as pool:
        outcomes = list(pool.map(run, range(3)))

    assert sum(isinstance(outcome, Given) for outcome in outcomes) == 1
    assert len(rows(select(Handover))) == 1


def test_piles_that_do_not_add_up_are_found(fund: FoundedFund) -> None:
    make_vouchers(fund, 2)
    counted(fund, given(fund), 1, CountReason.MISSING)
    given(fund)

    for statement, says in (
        ("DELETE FROM handover_count", "not each of its batches was counted once"),
        ("UPDATE handover_count SET reason = NULL", "its difference has no reason"),
        ("UPDATE handover_count SET papers = 2", "its reason no difference"),
        ("DELETE FROM handover_receipt", "was on its way already"),
        ("UPDATE handover_receipt SET by_id = (SELECT from_id FROM handover LIMIT 1)", "somebody else counted it"),
        ("UPDATE handover_batch SET papers = 3", "more than were printed"),
        ("UPDATE handover_batch SET papers = 1", "its numbers are not its papers"),
        ('UPDATE handover_batch SET serials = \'["1", "9"]\'', "its numbers are not its papers"),
        ("DELETE FROM handover_batch", "it holds nothing"),
    ):
        with forging() as session:
            assert forge(session, statement)
            assert any(says in str(finding) for finding in found(session, "papers")), statement
    assert len(rows(select(HandoverReceipt))) == 1
