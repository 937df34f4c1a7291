"""Released figures: out of the books, late, of ten people at least, kept for good, and proved."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.figures import Measure, Stream, StreamKind
from aid.domain.figures.charts import drawn
from aid.domain.months import Month
from aid.domain.refusals import NotAllowed, RuleBroken
from aid.domain.vouchers import VoucherState
from aid.extensions import db, now
from aid.models.donations import Donation
from aid.models.figures import FiguresChoice, FiguresPaper, FiguresRelease
from aid.perform import look, perform
from aid.queries.figures.preview import months_to_tell
from aid.queries.figures.published import latest, numbered
from aid.services import guesses
from aid.services.corrections import Asked
from aid.services.figures import ReleaseOrder, choose, release, withdraw
from aid.services.verification import figures, replay
from aid.vault.actor import Actor
from tests.make import do, rows, see
from tests.make.donations import a_donor, make_donation
from tests.make.figures import PAPERS, long_ago, make_old_gifts, make_public, make_release, what_may_be_told
from tests.make.fund import FoundedFund
from tests.make.money import an_exchange, euros, make_agreed, make_asked, make_bank, make_exchange, tenge
from tests.make.vouchers import later, make_vouchers

ONE = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
SCHOOL = Stream(StreamKind.MONEY, "school", "KZT")


def two_months_on() -> Instant:
    return later(now(), days=70)


def amounts(fund: FoundedFund, stream: Stream, *, on: Instant | None = None) -> list[tuple[str, int]]:
    """What may be told of a stream: the last month of each block, and all its figures in one sum."""
    [*found] = [line for line in what_may_be_told(fund, now=on).release.lines if line.stream == stream]
    return [(str(block.last), sum(block.amounts.values())) for line in found for block in line.blocks]


def held(fund: FoundedFund, *, on: Instant | None = None) -> dict[Stream, dict[Measure, int]]:
    return {each.stream: dict(each.held.people) for each in what_may_be_told(fund, now=on).held}


@ONE
def test_what_ten_donors_gave_is_told_and_what_nine_gave_is_not(fund: FoundedFund) -> None:
    make_old_gifts(fund, 9)
    assert amounts(fund, SCHOOL) == []
    assert held(fund) == {SCHOOL: {Measure.RAISED: 9}}

    make_old_gifts(fund, 1, first=9)

    assert amounts(fund, SCHOOL) == [("2026-04", 10 * 1_000_00)]
    assert held(fund) == {}


@ONE
def test_what_families_collected_is_told_with_how_many_they_are(fund: FoundedFund) -> None:
    make_old_gifts(fund, 10)
    make_vouchers(fund, 10, state=VoucherState.COLLECTED)
    make_old_gifts(fund, 1, month=5, first=50)
    on = two_months_on()
    found = what_may_be_told(fund, now=on)

    told = {line.stream.kind: line for line in found.release.lines}
    money = told[StreamKind.MONEY]
    [families] = told[StreamKind.FAMILIES].blocks
    [children] = told[StreamKind.CHILDREN].blocks
    assert families.amounts == {Measure.FAMILIES: 10}
    assert children.amounts[Measure.CHILDREN] >= 10
    assert [str(block.last) for block in money.blocks] == ["2026-04"]  # May has one giver, and this month few more
    assert held(fund, on=on)[SCHOOL][Measure.SPENT] == 10


@ONE
def test_months_that_are_too_young_are_neither_told_nor_shown_as_hidden(fund: FoundedFund) -> None:
    make_old_gifts(fund, 10, month=4)
    make_old_gifts(fund, 10, month=5)
    early = long_ago(6, 29)

    assert amounts(fund, SCHOOL, on=early) == [("2026-04", 10 * 1_000_00)]
    assert amounts(fund, SCHOOL, on=long_ago(6, 30)) == [("2026-04", 10 * 1_000_00), ("2026-05", 10 * 1_000_00)]


@ONE
def test_what_few_gave_abroad_is_not_told_by_what_it_was_exchanged_for(fund: FoundedFund) -> None:
    bank = make_bank(fund)
    for name in ("One", "Two", "Three"):
        make_donation(fund, donor=a_donor(name=name), bank_id=bank, currency="EUR", minor=500_00)
    for n in range(10):
        make_donation(fund, donor=a_donor(name=f"Here {n}"))
    make_exchange(fund, an_exchange(fund, bank, school=euros(1_500)))
    on = two_months_on()

    assert held(fund, on=on)[SCHOOL] == {Measure.RAISED: 10, Measure.EXCHANGED: 3}
    assert held(fund, on=on)[Stream(StreamKind.MONEY, "school", "EUR")] == {Measure.RAISED: 3, Measure.EXCHANGED: 3}
    assert what_may_be_told(fund, now=on).release.lines == ()


@ONE
def test_a_correction_made_later_is_named_by_the_next_release(fund: FoundedFund) -> None:
    [first, *_others] = make_old_gifts(fund, 10)
    before = make_release(fund)
    asked = make_asked(fund, first, tenge(900))
    assert isinstance(asked, Asked)
    make_agreed(fund, asked.asked_id)
    for n in range(10):
        make_donation(fund, donor=a_donor(name=f"Later {n}"), minor=1_00)
    after = make_release(fund, now=two_months_on())

    old, new = see(numbered, number=before), see(numbered, number=after)
    assert old is not None
    assert new is not None
    [line] = new.release.lines
    assert line.blocks[0] == old.release.lines[0].blocks[0]
    assert line.blocks[1].corrects == (Month(2026, 4),)
    assert line.blocks[1].amounts[Measure.RAISED] == 10 * 1_00 - 100_00
    [told] = drawn(new.release).put_right
    assert told.earlier == (Month(2026, 4),)
    with Session(db.engine) as session:
        assert list(replay(session, "figures")) == []


@ONE
def test_a_release_stays_as_it_was_told_whatever_is_booked_later(fund: FoundedFund) -> None:
    make_old_gifts(fund)
    number = make_release(fund)
    before = see(numbered, number=number)

    make_old_gifts(fund, 10, month=6, first=100)

    assert see(numbered, number=number) == before
    assert len(rows(select(FiguresPaper))) == 3


@ONE
def test_what_was_not_looked_at_is_not_released(fund: FoundedFund) -> None:
    make_old_gifts(fund)
    seen = what_may_be_told(fund)
    make_old_gifts(fund, 10, month=6, first=100)

    with pytest.raises(RuleBroken, match="not any more what you looked at"):
        do(release, actor=fund.coordinator, order=ReleaseOrder(sha256=seen.sha256, papers=PAPERS))
    assert rows(select(FiguresRelease)) == []


@ONE
def test_the_same_months_are_not_released_twice_unless_the_first_was_withdrawn(fund: FoundedFund) -> None:
    make_old_gifts(fund)
    make_release(fund)
    with pytest.raises(RuleBroken, match="nothing new"):
        make_release(fund)

    do(withdraw, actor=fund.coordinator, number=1, reason="A month was missing")

    assert see(latest) is None
    assert make_release(fund) == 2
    stands = see(latest)
    assert stands is not None
    assert stands.release.number == 2


@ONE
def test_a_release_that_is_told_later_after_a_withdrawal_holds_too(fund: FoundedFund) -> None:
    """A longer delay tells fewer months than the release that was withdrawn."""
    make_old_gifts(fund, 10, month=4)
    make_old_gifts(fund, 10, month=5)
    make_release(fund, now=long_ago(7, 1))
    do(withdraw, actor=fund.coordinator, number=1, reason="It came too early")
    make_public(fund, delay_days=60)

    make_release(fund, now=long_ago(7, 1))

    stands = see(latest)
    assert stands is not None
    assert str(stands.release.until) == "2026-04"
    with Session(db.engine) as session:
        assert list(replay(session, "figures")) == []


@ONE
def test_a_withdrawal_needs_a_reason_and_comes_once(fund: FoundedFund) -> None:
    make_old_gifts(fund)
    make_release(fund)
    with pytest.raises(RuleBroken, match="in a few words"):
        do(withdraw, actor=fund.coordinator, number=1, reason=" ")
    do(withdraw, actor=fund.coordinator, number=1, reason="A month was missing")
    for number in (1, 7):
        with pytest.raises(RuleBroken, match="withdrawn already"):
            do(withdraw, actor=fund.coordinator, number=number, reason="Again")


@ONE
@pytest.mark.parametrize("handle", ["timur", "olga", "erlan"])
def test_only_a_coordinator_releases_withdraws_and_chooses(fund: FoundedFund, handle: str) -> None:
    who = fund.actor(handle)
    order = ReleaseOrder(sha256=bytes(32), papers=PAPERS)
    with pytest.raises(NotAllowed):
        do(release, actor=who, order=order)
    with pytest.raises(NotAllowed):
        do(withdraw, actor=who, number=1, reason="No")
    with pytest.raises(NotAllowed):
        do(choose, actor=who, is_public=True, delay_days=30, seen=0)


@ONE
def test_of_two_who_choose_the_second_is_told(fund: FoundedFund) -> None:
    make_public(fund)
    with pytest.raises(RuleBroken, match="Somebody else"):
        do(choose, actor=fund.coordinator, is_public=False, delay_days=30, seen=0)
    with pytest.raises(RuleBroken, match="from 14 to 365"):
        do(choose, actor=fund.coordinator, is_public=True, delay_days=13, seen=1)
    assert [row.is_public for row in rows(select(FiguresChoice))] == [True]


@ONE
def test_months_wait_to_be_released_only_where_the_fund_publishes(fund: FoundedFund) -> None:
    make_old_gifts(fund)
    assert see(months_to_tell, today=long_ago(8, 1).today) == (0, None)
    make_public(fund)

    assert see(months_to_tell, today=long_ago(7, 1).today) == (2, Month(2026, 4))
    make_release(fund, now=long_ago(7, 1))
    assert see(months_to_tell, today=long_ago(7, 1).today) == (0, None)
    assert see(months_to_tell, today=long_ago(8, 1).today) == (1, Month(2026, 6))


def test_of_two_who_release_at_once_one_finds_it_done(app: Flask, fund: FoundedFund) -> None:
    make_old_gifts(fund)
    seen, start = what_may_be_told(fund), Barrier(2)

    def press(_n: int) -> str:
        with app.app_context():
            start.wait()
            order = ReleaseOrder(sha256=seen.sha256, papers=PAPERS)
            try:
                perform(secrets.token_hex(16), release, actor=fund.coordinator, order=order)
            except RuleBroken as refusal:
                return str(refusal)
            return "released"

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(press, range(2)))

    assert said == ["There is nothing new to tell.", "released"]
    assert len(rows(select(FiguresRelease))) == 1


def test_of_many_who_guess_at_once_no_more_are_heard_than_one_after_another(app: Flask, fund: FoundedFund) -> None:
    start = Barrier(8)

    def guess(_n: int) -> bool:
        with app.app_context():
            start.wait()
            return look(guesses.take_turn, actor=Actor.system(), guess_id=b"gifts that begin alike").seconds == 0

    with ThreadPoolExecutor(8) as pool:
        heard = sum(pool.map(guess, range(8)))

    assert heard == 5


@ONE
def test_what_was_forged_is_named(fund: FoundedFund) -> None:
    make_old_gifts(fund)
    make_release(fund)
    with Session(db.engine) as session:
        assert list(replay(session, "figures")) == []
        row = session.scalars(select(FiguresRelease)).one()
        text = row.content
        for changed, fault in (
            (text.replace("10000.00", "10000.01"), "is not what the books say"),
            (text.replace('"last":"2026-04"', '"last":"2026-05"'), "does not tell what may be told"),
            (text.replace('"at_least":10', '"at_least":9'), "not the one that was kept"),
            (text.replace("komek/figures/1", "komek/figures/9"), "can't be read"),
            (text.replace('"first":"2026-04"', '"first":"2026-05"'), "do not follow one another"),
        ):
            assert changed != text
            row.content = changed
            with session.no_autoflush:
                found = "\n".join(str(each) for each in _proof(session, row))
            assert fault in found
            assert "another hash" in found
            row.content = text


def _proof(session: Session, row: FiguresRelease) -> list[object]:
    """What the proof says of a release as it is in memory: the database refuses to change it."""
    return list(figures.faults(session, row, figures.books_of(session, until=row.until)))


@ONE
def test_a_release_that_came_too_early_is_named(fund: FoundedFund) -> None:
    make_old_gifts(fund)
    make_release(fund)
    with Session(db.engine) as session:
        row = session.scalars(select(FiguresRelease)).one()
        session.expunge(row)
        row.released_at = long_ago(5, 1).instant + timedelta(days=3)

        assert any("too young" in str(fault) for fault in _proof(session, row))


@ONE
def test_a_union_that_gives_each_week_is_one_giver(fund: FoundedFund) -> None:
    make_old_gifts(fund, 1)
    [donor] = rows(select(Donation.donor_id))
    for _each in range(12):
        make_donation(fund, now=long_ago(), received_on=long_ago().today, donor=donor)

    assert amounts(fund, SCHOOL) == []
