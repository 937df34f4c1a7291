"""Closed months: nothing enters them any more, on either database, and nothing opens them again."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.entries import EntryKind
from aid.domain.ids import new_id
from aid.domain.months import Month
from aid.domain.refusals import NotAllowed, RuleBroken
from aid.extensions import db
from aid.models.ledger import Entry
from aid.models.months import MonthClosing
from aid.services.months import close_month
from aid.services.verification import verify
from tests.make import do, rows
from tests.make.donations import make_donation
from tests.make.forging import forging, found
from tests.make.fund import FoundedFund
from tests.make.money import make_closed, make_old_month

SQLITE = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
ROUNDS = 4


def in_month(month: Month, day: int = 9) -> Instant:
    return Instant.at(datetime(month.year, month.month, day, 9, tzinfo=UTC), ZoneInfo("Asia/Aqtau"))


def book(fund: FoundedFund, month: Month) -> None:
    make_donation(fund, now=in_month(month), minor=100, received_on=date(2026, 1, 3))


def holds() -> None:
    with Session(db.engine) as session:
        assert [str(finding) for finding in verify(session)] == []


@SQLITE
def test_nothing_is_booked_in_a_closed_month_and_all_goes_on_in_the_next(fund: FoundedFund) -> None:
    month = make_old_month(fund)

    with pytest.raises(RuleBroken, match="What comes late"):
        book(fund, month)
    book(fund, month.next())

    assert [str(Month.of(day)) for day in rows(select(Entry.posted_on).order_by(Entry.number))] == [
        "2026-03",
        "2026-04",
    ]
    holds()


def test_the_database_itself_refuses_an_entry_in_a_closed_month(fund: FoundedFund) -> None:
    month = make_old_month(fund)
    entry = {
        "id": new_id(),
        "number": 99,
        "kind": EntryKind.DONATION,
        "cause_id": new_id(),
        "posted_on": month.first,
        "value_on": month.first,
        "posted_at": datetime.now(UTC),
        "transfers": 1,
    }

    with (
        pytest.raises(DBAPIError, match="the month is closed"),
        Session(db.engine.execution_options(writes=True)) as session,
    ):
        session.execute(insert(Entry).values(**entry))


def test_the_database_itself_keeps_a_month_closed(fund: FoundedFund) -> None:
    make_old_month(fund)

    for change in (update(MonthClosing).values(entries=0), delete(MonthClosing)):
        with pytest.raises(DBAPIError, match="permanent"), Session(db.engine.execution_options(writes=True)) as session:
            session.execute(change)


@SQLITE
def test_months_close_one_after_another_once_and_only_when_they_are_over(fund: FoundedFund) -> None:
    first = Month(2026, 3)
    for month in (first, first.next().next()):
        book(fund, month)

    with pytest.raises(RuleBroken, match="Close the months before it first"):
        make_closed(fund, Month(2026, 5))
    make_closed(fund, first)
    with pytest.raises(RuleBroken, match="closed already"):
        make_closed(fund, first)
    make_closed(fund, Month(2026, 4))
    make_closed(fund, Month(2026, 5), now=in_month(Month(2026, 6), 1))
    with pytest.raises(RuleBroken, match="not over yet"):
        make_closed(fund, Month(2026, 6), now=in_month(Month(2026, 6), 30))
    holds()


@SQLITE
def test_a_month_before_there_were_any_books_is_not_closed(fund: FoundedFund) -> None:
    month = make_old_month(fund)

    with pytest.raises(RuleBroken, match="Nothing was ever booked in"):
        do(close_month, actor=fund.treasurer, month=Month(month.year - 1, month.month))

    assert rows(select(MonthClosing.month)) == [str(month)]


@SQLITE
def test_only_a_treasurer_closes_months(fund: FoundedFund) -> None:
    for somebody in (fund.coordinator, fund.auditor, fund.members[0]):
        with pytest.raises(NotAllowed):
            do(close_month, actor=somebody, month=Month(2026, 3))


@SQLITE
def test_what_was_slipped_into_a_closed_month_is_named(fund: FoundedFund) -> None:
    make_old_month(fund)
    book(fund, Month(2026, 4))

    with forging() as session:
        session.execute(update(Entry).where(Entry.number == 2).values(posted_on=date(2026, 3, 31)))

        assert ("month_closing", "2026-03") in {(finding.what, finding.item) for finding in found(session, "money")}


@pytest.mark.slow
def test_a_donation_and_the_closing_of_its_month_never_both_think_they_were_first(
    fund: FoundedFund, app: Flask
) -> None:
    month = Month(2026, 3)
    book(fund, month)
    make_closed(fund, month)
    for _round in range(ROUNDS):
        month = month.next()
        together = Barrier(2)

        def race(act: str, month: Month = month, together: Barrier = together) -> str:
            with app.app_context():
                together.wait()
                try:
                    book(fund, month) if act == "book" else make_closed(fund, month)
                except RuleBroken as refusal:
                    return str(refusal)
                return act

        with ThreadPoolExecutor(2) as pool:
            said = list(pool.map(race, ("book", "close")))

        assert said[1] == "close"
        booked = [day for day in rows(select(Entry.posted_on)) if Month.of(day) == month]
        closing = rows(select(MonthClosing).where(MonthClosing.month == str(month)))[0]
        assert len(booked) == closing.entries == (said[0] == "book")
    holds()
