"""Every figure of the reconciliation leads to just as many vouchers, and every kind of exception has its stories."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from aid.domain.exceptions import ExceptionKind
from aid.domain.late import Verdict
from aid.domain.paper_trail import EndReason, MoveReason
from aid.domain.refusals import NotAllowed
from aid.extensions import db
from aid.extensions import now as this_moment
from aid.models.vouchers import Voucher
from aid.queries.exceptions import Filter, Story, exceptions, unexplained
from aid.queries.exceptions.listed import WAITING
from aid.queries.reconciliation import overview
from aid.queries.reconciliation.behind import Asked, What, behind, every_voucher
from aid.queries.reconciliation.overview import Sum
from aid.services.collections.handing_out import collect
from aid.services.vouchers.ends import GoneOrder, void_batch
from aid.services.vouchers.expiry import return_expired
from aid.services.vouchers.moving import MoveOrder, move_voucher
from tests.make import do
from tests.make.fund import FoundedFund
from tests.make.late import conflicts, decide, enter, make_list
from tests.make.lived import whole
from tests.make.papers import batch_of
from tests.make.vouchers import later, make_vouchers

__all__ = ["whole"]

SQLITE = pytest.mark.parametrize("whole", ["sqlite"], indirect=True)


@pytest.fixture
def treasurer(whole: Flask) -> Any:
    return FoundedFund(whole).treasurer


def test_each_figure_leads_to_just_as_many_vouchers_of_the_same_worth(whole: Flask, treasurer: Any) -> None:
    with Session(db.engine) as session:
        for asked, count, minor in figures(session, treasurer):
            found = behind(session, actor=treasurer, asked=asked)
            assert (found.count, sum(worth.minor for worth in found.worth)) == (count, minor), asked
            assert len(list(every_voucher(session, actor=treasurer, asked=asked))) == count


def figures(session: Session, actor: Any) -> Iterator[tuple[Asked, int, int]]:
    """Every figure of the sums, with its worth."""
    whole_fund = overview.overview(session, actor=actor)
    assert whole_fund.adds_up, whole_fund.differences
    yield from of_sum(whole_fund, Asked())
    for row in whole_fund.rows:
        one = overview.decision(session, actor=actor, allocation_id=row.id)
        assert one is not None
        yield from of_sum(one, Asked(allocation_id=row.id))
        for part in one.rows:
            [tally] = part.tallies
            yield Asked(What.THERE, row.id, part.id), tally.there, tally.worth_there.minor
    for row in whole_fund.points:
        one = overview.point(session, actor=actor, point_id=row.id)
        assert one is not None
        yield from of_sum(one, Asked(point_id=row.id))
        for what, of in ((What.CAME, "came"), (What.WENT, "went")):
            minor = sum(getattr(tally, f"{of}_minor") for tally in one.totals)
            yield Asked(what, point_id=row.id), sum(getattr(tally, of) for tally in one.totals), minor


def of_sum(found: Sum, asked: Asked) -> Iterator[tuple[Asked, int, int]]:
    yield replace(asked, what=What.CARRIED), *summed((each.carried, each.carried_minor) for each in found.totals)
    for part in (part for tally in found.totals for part in tally.parts):
        yield replace(asked, what=What(part.state)), part.count, part.worth.minor


def summed(pairs: Any) -> tuple[int, int]:
    counts = list(pairs)
    return sum(count for count, _minor in counts), sum(minor for _count, minor in counts)


def test_each_day_begins_with_what_the_day_before_ended_with_and_leads_to_its_vouchers(
    whole: Flask, treasurer: Any
) -> None:
    with Session(db.engine) as session:
        listed = overview.day_list(session, actor=treasurer)
        [*_between, (first, [oldest])] = listed.rows
        assert oldest.open_before == 0
        for (_later, [after]), (_day, [before]) in zip(listed.rows, listed.rows[1:], strict=False):
            assert (after.open_before, after.before) == (before.open_after, before.after)
        [now] = overview.overview(session, actor=treasurer).totals
        assert (listed.rows[0][1][0].open_after, listed.rows[0][1][0].after) == (now.open_count, now.open)
        for day, _flows in listed.rows:
            page = overview.day_page(session, actor=treasurer, day=day)
            for point, flow in page.rows:
                for what, count in (
                    (What.BEFORE, flow.open_before),
                    (What.CARRIED, flow.of("issued")),
                    (What.CAME, flow.of("came")),
                    (What.WENT, flow.of("went")),
                    (What.COLLECTED, flow.of("collected")),
                    (What.VOID, flow.of("void")),
                    (What.AFTER, flow.open_after),
                ):
                    asked = Asked(what, point_id=point.id, day=day)
                    assert behind(session, actor=treasurer, asked=asked).count == count, asked
        assert overview.day_list(session, actor=treasurer, before=first).rows == ()


def test_every_kind_of_exception_is_told_by_point_day_and_decision(whole: Flask, treasurer: Any) -> None:
    with Session(db.engine) as session:
        every = exceptions(session, actor=treasurer, of=Filter(size=1_000)).rows
        kinds = Counter(story.kind for story in every)
        assert len(kinds) >= 10, kinds  # the others: tests/whole_day, and below
        assert all(str(story.what) and story.at for story in every)
        assert {story.endpoint for story in every if story.kind is ExceptionKind.COUNT} == {"day_counts.show"}
        for kind, count in kinds.items():
            assert len(exceptions(session, actor=treasurer, of=Filter(kind, size=1_000)).rows) == count
        for day in {story.at.date() for story in every}:
            of_day = Filter(day=day, size=1_000)
            assert len(exceptions(session, actor=treasurer, of=of_day).rows) <= len(every)
        points = overview.overview(session, actor=treasurer).points
        of_points = [
            exceptions(session, actor=treasurer, of=Filter(point_id=row.id, size=1_000)).rows for row in points
        ]
        moves = kinds[ExceptionKind.MOVE]  # told at both points
        assert sum(map(len, of_points)) == len(every) + moves
        for row in overview.overview(session, actor=treasurer).rows:
            of_one = exceptions(session, actor=treasurer, of=Filter(allocation_id=row.id, size=1_000)).rows
            assert len(of_one) < len(every)
        is_open = [story for story in every if story.is_open]
        assert unexplained(session, actor=treasurer) == len(is_open)
        assert {story.kind for story in is_open} <= set(WAITING)


@pytest.mark.parametrize("size", [1, 5])
def test_stories_are_told_page_by_page_none_twice_and_none_is_lost(whole: Flask, treasurer: Any, size: int) -> None:
    with Session(db.engine) as session:
        every = exceptions(session, actor=treasurer, of=Filter(size=1_000)).rows
        told: list[Story] = []
        before = None
        while True:
            page = exceptions(session, actor=treasurer, of=Filter(size=size, before=before))
            told += page.rows
            before = page.next_before
            if before is None:
                break

    moments = Counter((story.kind, story.at) for story in every)
    assert max(moments.values()) > 2, "an invoice differs in several things at once"
    assert Counter(str(story.what) for story in told) == Counter(str(story.what) for story in every)


@SQLITE
def test_a_voucher_that_paper_says_was_collected_before_it_moved_counts_where_it_was(whole: Flask) -> None:
    """What a paper list tells only after a voucher went elsewhere belongs to the point that handed it out."""
    fund = FoundedFund(whole)
    with Session(db.engine) as session:
        before = {row.id: row.tallies for row in overview.overview(session, actor=fund.treasurer).points}
    [moved] = _printed(fund)
    do(
        move_voucher,
        actor=fund.coordinator,
        now=later(this_moment(), minutes=1),
        order=MoveOrder(moved, fund.points["school-5"], MoveReason.POINT_CLOSED, ""),
    )
    with Session(db.engine) as session:
        after = {row.id: row.tallies for row in overview.overview(session, actor=fund.treasurer).points}
        found = overview.overview(session, actor=fund.treasurer)

    club, school = fund.points["club"], fund.points["school-5"]
    assert (after[club][0].went, after[school][0].came) == (before[club][0].went + 1, before[school][0].came + 1)
    assert found.adds_up


def _printed(fund: FoundedFund) -> list[int]:
    of = (Voucher.state == "printed") & (Voucher.point_id == fund.points["club"])
    with Session(db.engine) as session:
        return list(session.scalars(select(Voucher.serial).where(of).order_by(Voucher.serial).limit(1)))


@SQLITE
def test_lost_batches_days_of_grace_expiry_and_lines_to_decide_have_their_stories(whole: Flask) -> None:
    fund = FoundedFund(whole)
    gone, graced, expired, *_more = make_vouchers(fund, 3, decided=later(this_moment(), days=-35))
    do(collect, actor=fund.distributor, order=graced.order())
    listed = make_list(fund)
    do(void_batch, actor=fund.coordinator, order=GoneOrder(batch_of(gone), EndReason.STOLEN))
    enter(fund, listed, f"{graced.serial} {listed.hour}")
    with Session(db.engine) as session:
        waiting = unexplained(session, actor=fund.treasurer)
        told = {kind: _told(session, fund, kind) for kind in ExceptionKind}
        [line] = [story for story in told[ExceptionKind.CONFLICT] if story.is_open]
        assert "was handed out at" in str(line.what)
        assert str(line.fate) == "Nobody has decided it yet."
        assert str(told[ExceptionKind.GONE][0].what).endswith(": Stolen, or taken away by force")
        assert str(told[ExceptionKind.GONE][0].fate).startswith("Printed anew since: 0 of ")
        assert f"Voucher {graced.serial:06} was collected in the days of grace" in str(
            told[ExceptionKind.GRACE][0].what
        )
        assert told[ExceptionKind.EXPIRED] == ()
    decide(fund, conflicts()[-1], Verdict.PAPER_WRONG)
    do(return_expired, actor=fund.coordinator, now=later(this_moment(), days=60), allocation_id=expired.allocation_id)
    with Session(db.engine) as session:
        assert unexplained(session, actor=fund.treasurer) == waiting - 1
        stories = _told(session, fund, ExceptionKind.EXPIRED)
        assert stories
        for story in stories:  # one a point
            assert "expired: nobody came within the days of grace" in str(story.what)
            assert "went back to its purpose" in str(story.fate)
        assert overview.overview(session, actor=fund.treasurer).adds_up


def _told(session: Session, fund: FoundedFund, kind: ExceptionKind) -> tuple[Story, ...]:
    return exceptions(session, actor=fund.treasurer, of=Filter(kind)).rows


@SQLITE
def test_who_sees_no_money_sees_no_sums_and_who_sees_no_vouchers_no_families(whole: Flask) -> None:
    fund = FoundedFund(whole)
    with Session(db.engine) as session:
        for nobody in (fund.distributor, fund.registrar, fund.administrator):
            for asked in (overview.overview, overview.day_list):
                with pytest.raises(NotAllowed):
                    asked(session, actor=nobody)
            with pytest.raises(NotAllowed):
                exceptions(session, actor=nobody, of=Filter())
        seen = behind(session, actor=fund.auditor, asked=Asked())
        hidden = behind(session, actor=fund.treasurer, asked=Asked())

    assert all(row.family_code for row in seen.rows)
    assert not any(row.family_code for row in hidden.rows)
    assert len(seen.rows) == len(hidden.rows)


@SQLITE
def test_however_many_vouchers_there_are_the_sums_take_a_handful_of_questions(whole: Flask) -> None:
    fund = FoundedFund(whole)
    actor, asked = fund.treasurer, list[str]()

    def note(*args: Any) -> None:
        asked.append(args[2])

    with Session(db.engine) as session:
        event.listen(db.engine, "before_cursor_execute", note)
        overview.overview(session, actor=actor)
        event.remove(db.engine, "before_cursor_execute", note)

    assert 5 <= len(asked) <= 12, asked
