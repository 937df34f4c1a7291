"""Asking a sample: a lot that anybody can draw again and nobody can choose, ranges that hold the truth."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from hashlib import sha256
from math import comb
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aid.domain.money import Money
from aid.domain.refusals import RuleBroken
from aid.domain.surveys.calls import (
    Answer,
    CallFacts,
    CallState,
    Reach,
    Received,
    Said,
    Waited,
    check_answer,
    state_of,
    why_not_call,
)
from aid.domain.surveys.drawing import drawn, seed_of
from aid.domain.surveys.intervals import exact_interval, half_width
from aid.domain.surveys.results import Answered, Result, result_of
from aid.domain.surveys.selection import Selection, check_selection, check_size

SEEDS = st.binary(min_size=32, max_size=32)
TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
CLUB, SCHOOL, MARKET = (UUID(int=n) for n in (1, 2, 3))


# ---------------------------------------------------------------- the lot


@given(SEEDS, st.integers(0, 300), st.data())
def test_so_many_families_are_drawn_each_once(seed: bytes, families: int, data: st.DataObject) -> None:
    size = data.draw(st.integers(0, families))
    places = drawn(seed, families=families, size=size)

    assert len(places) == size
    assert set(places) <= set(range(families))
    assert len(set(places)) == size


@given(SEEDS, st.integers(1, 200), st.data())
def test_who_draws_more_families_draws_the_same_ones_first(seed: bytes, families: int, data: st.DataObject) -> None:
    size = data.draw(st.integers(1, families))

    assert drawn(seed, families=families, size=families)[:size] == drawn(seed, families=families, size=size)


def test_each_family_is_drawn_as_often_as_any_other_and_at_each_place() -> None:
    rounds, families = 6_000, 6
    first = [0] * families
    among = [0] * families
    for n in range(rounds):
        places = drawn(sha256(n.to_bytes(4, "big")).digest(), families=families, size=2)
        first[places[0]] += 1
        for place in places:
            among[place] += 1

    def chi_square(seen: list[int], wanted: Fraction) -> Fraction:
        return sum(((Fraction(each) - wanted) ** 2 / wanted for each in seen), Fraction())

    assert chi_square(first, Fraction(rounds, families)) < 16  # 5 degrees of freedom: less than 1 in 100
    assert chi_square(among, Fraction(2 * rounds, families)) < 16


def test_the_lot_is_written_down_for_good() -> None:
    """Another way to draw would let no old survey be drawn again."""
    seed = seed_of(b"\x11" * 32, UUID(int=7))

    assert seed.hex()[:16] == sha256(b"komek/survey/1" + b"\x11" * 32 + UUID(int=7).bytes).hexdigest()[:16]
    assert drawn(seed, families=480, size=6) == FOR_GOOD
    assert drawn(seed_of(b"\x11" * 32, UUID(int=8)), families=480, size=6) != FOR_GOOD
    assert drawn(seed_of(b"\x12" * 32, UUID(int=7)), families=480, size=6) != FOR_GOOD


FOR_GOOD = [183, 298, 78, 46, 409, 141]


# ---------------------------------------------------------------- the range


def likelihood(said: int, *, asked: int, among: int, families: int) -> Fraction:
    return Fraction(comb(among, said) * comb(families - among, asked - said), comb(families, asked))


@pytest.mark.parametrize("families", [1, 7, 24])
def test_the_range_holds_the_truth_in_at_least_95_of_100_surveys(families: int) -> None:
    """Not by trying: the likelihoods of all samples whose range holds the truth are added up, for each truth."""
    for asked in range(1, families + 1):
        ranges = [exact_interval(count, asked=asked, families=families) for count in range(asked + 1)]
        for truth in range(families + 1):
            holding = sum(
                (
                    likelihood(count, asked=asked, among=truth, families=families)
                    for count, (least, most) in enumerate(ranges)
                    if least <= truth <= most
                ),
                Fraction(),
            )
            assert holding >= Fraction(95, 100), (asked, truth)


@given(st.integers(1, 400), st.data())
def test_a_range_holds_what_was_seen_and_mirrors_its_opposite(families: int, data: st.DataObject) -> None:
    asked = data.draw(st.integers(1, families))
    count = data.draw(st.integers(0, asked))
    least, most = exact_interval(count, asked=asked, families=families)

    assert count <= least <= most <= families - (asked - count)
    assert least * asked <= count * families <= most * asked
    mirrored = exact_interval(asked - count, asked=asked, families=families)
    assert (families - most, families - least) == mirrored
    if count < asked:
        more = exact_interval(count + 1, asked=asked, families=families)
        assert least <= more[0]
        assert most <= more[1]


def test_who_asks_everybody_knows() -> None:
    assert exact_interval(13, asked=20, families=20) == (13, 13)


def test_a_range_is_that_of_the_tables() -> None:
    """Clopper and Pearson's for 1 of 10 is 0.25 % to 44.5 %; of very many families ours is that."""
    least, most = exact_interval(1, asked=10, families=100_000)
    assert (least / 1_000, most / 1_000) == pytest.approx((0.2529, 44.5016), abs=0.02)


@given(st.integers(40, 2_000))
def test_who_asks_more_families_knows_more(families: int) -> None:
    widths = [half_width(asked=size, families=families) for size in (10, 20, 40)]
    assert widths == sorted(widths, reverse=True)


def test_sixty_of_480_tell_a_share_to_about_twelve_points() -> None:
    assert round(half_width(asked=60, families=480)) == 12


# ---------------------------------------------------------------- what it tells


def answered(
    received: Received = Received.ALL, *, point: UUID = CLUB, times: int = 1, **said: object
) -> list[Answered]:
    return [Answered(point, Answer(received, **said), Money(45_000_00, "KZT"))] * times  # type: ignore[arg-type]


def told(answers: list[Answered], *, missing: int = 0, at_points: dict[UUID, int] | None = None) -> Result:
    states = {CallState.ANSWERED: len(answers), CallState.UNREACHED: missing}
    return result_of(answers, states, at_points=at_points or {CLUB: 480})


def test_a_share_is_told_with_its_range() -> None:
    result = told([*answered(times=54), *answered(Received.PART, times=4), *answered(Received.NOTHING, times=2)])
    share = result.received[Received.ALL]

    assert (share.count, share.of, share.percent) == (54, 60, 90)
    assert share.low <= 80 < 90 < 96 <= share.high
    assert result.response == 100


def test_at_worst_whoever_did_not_answer_received_nothing() -> None:
    result = told(answered(times=50), missing=10)
    assert result.bounds is not None

    assert result.received[Received.ALL].percent == 100
    assert (result.bounds.worst.percent, result.bounds.best.percent) == (83, 100)
    assert result.bounds.worst.low < 83
    assert result.response == 83


def test_of_fewer_than_ten_answers_nothing_is_told() -> None:
    result = told(answered(times=9, paid=Said.NO, waited=Waited.LONG), missing=51)

    assert (result.received, result.bounds, result.paid, result.waited, result.money) == ({}, None, None, {}, ())
    assert told(answered(times=10)).received


def test_a_question_that_fewer_than_ten_answered_is_not_told() -> None:
    result = told([*answered(times=20), *answered(times=9, respected=Said.NO)])
    assert result.respected is None
    assert result.received


def test_points_with_few_answers_are_told_together_and_never_by_what_is_left_out() -> None:
    at_points = {CLUB: 200, SCHOOL: 100, MARKET: 50}
    many = [*answered(times=30), *answered(point=SCHOOL, times=12), *answered(point=MARKET, times=3)]
    result = told(many, at_points=at_points)

    assert [(set(at.points), at.received_all.of) for at in result.points] == [({CLUB}, 30), ({MARKET, SCHOOL}, 15)]
    assert result.points[1].received_all.families == 150
    assert told([*answered(times=30), *answered(point=SCHOOL, times=3)], at_points={CLUB: 90, SCHOOL: 9}).points == ()


@given(st.lists(st.integers(0, 25), min_size=1, max_size=6))
def test_every_group_of_points_and_what_is_left_of_all_has_ten_answers(counts: list[int]) -> None:
    points = {UUID(int=n): count + 1 for n, count in enumerate(counts)}
    answers = [each for n, count in enumerate(counts) for each in answered(point=UUID(int=n), times=count)]
    groups = told(answers, at_points=points).points

    assert all(at.received_all.of >= 10 for at in groups)
    if groups:
        assert sum(at.received_all.of for at in groups) == len(answers)
        assert sorted(point for at in groups for point in at.points) == sorted(points)


def test_money_that_arrived_lies_between_what_families_say_and_what_they_leave_open() -> None:
    part = [*answered(Received.PART, amount_minor=20_000_00), *answered(Received.PART)]
    [money] = told([*answered(times=9), *part, *answered(Received.NOTHING)]).money

    assert money.booked == Money(12 * 45_000_00, "KZT")
    assert money.least == Money((9 * 45_000 + 20_000) * 100, "KZT")
    assert money.most == Money((10 * 45_000 + 20_000) * 100, "KZT")
    assert (money.low, money.high) == (78, 88)


# ---------------------------------------------------------------- calls


def test_after_three_tries_a_family_could_not_be_reached() -> None:
    missed = Reach.NO_ANSWER
    assert state_of([], is_erased=False) is CallState.WAITING
    assert state_of([missed, Reach.STRANGER], is_erased=False) is CallState.AGAIN
    assert state_of([missed] * 3, is_erased=False) is CallState.UNREACHED
    assert state_of([Reach.NO_NUMBER], is_erased=False) is CallState.UNREACHED
    assert state_of([missed, Reach.DECLINED], is_erased=False) is CallState.DECLINED
    assert state_of([missed, missed, Reach.ANSWERED], is_erased=False) is CallState.ANSWERED


def test_an_erased_family_drops_out_of_calls_but_its_answer_stays() -> None:
    assert state_of([Reach.NO_ANSWER], is_erased=True) is CallState.ERASED
    assert state_of([Reach.ANSWERED], is_erased=True) is CallState.ANSWERED


def call(**but: object) -> CallFacts:
    usual = {"state": CallState.WAITING, "is_involved": False, "is_closed": False, "in_hand": False, "tried_at": None}
    return CallFacts(**{**usual, **but})  # type: ignore[arg-type]


def test_a_family_that_was_drawn_is_called() -> None:
    assert why_not_call(call(), now=NOW) is None
    assert why_not_call(call(state=CallState.AGAIN, tried_at=NOW - timedelta(hours=2)), now=NOW) is None


@pytest.mark.parametrize(
    ("but", "why"),
    [
        ({"is_involved": True}, "Another coordinator calls it"),
        ({"is_closed": True}, "closed"),
        ({"in_hand": True}, "just now"),
        ({"state": CallState.DECLINED}, "not called any more"),
        ({"state": CallState.AGAIN, "tried_at": NOW - timedelta(minutes=119)}, "two hours"),
    ],
)
def test_who_may_not_call_a_family_now_is_told_why(but: dict[str, object], why: str) -> None:
    assert why in str(why_not_call(call(**but), now=NOW))


@pytest.mark.parametrize(
    ("answer", "handed", "field"),
    [
        (Answer(Received.NOTHING, amount_minor=1), 100, "amount"),
        (Answer(Received.NOTHING, received_on=TODAY), 100, "received_on"),
        (Answer(Received.ALL, received_on=TODAY + timedelta(days=1)), 100, "received_on"),
        (Answer(Received.ALL, amount_minor=99), 100, "received"),
        (Answer(Received.PART, amount_minor=99), 0, "amount"),
        (Answer(Received.PART, amount_minor=10**16), 100, "amount"),
    ],
)
def test_an_answer_that_says_two_things_at_once_is_refused(answer: Answer, handed: int, field: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        check_answer(answer, today=TODAY, handed_minor=handed)
    assert refused.value.field == field


@pytest.mark.parametrize(
    "answer",
    [
        Answer(Received.ALL, amount_minor=100, received_on=TODAY),
        Answer(Received.PART, amount_minor=99),
        Answer(Received.NOTHING),
    ],
)
def test_an_answer_that_can_be_is_taken(answer: Answer) -> None:
    check_answer(answer, today=TODAY, handed_minor=100)


def test_who_has_not_all_of_it_or_gave_something_for_it_needs_a_story() -> None:
    assert not Answer(Received.ALL, paid=Said.NO, respected=Said.NO, waited=Waited.LONG).is_exception
    assert Answer(Received.PART).is_exception
    assert Answer(Received.NOTHING).is_exception
    assert Answer(Received.ALL, paid=Said.YES).is_exception


# ---------------------------------------------------------------- of whom


@pytest.mark.parametrize(
    ("selection", "field"),
    [
        (Selection(points=(CLUB,)), "allocation"),
        (Selection(first_day=TODAY), "last_day"),
        (Selection(first_day=TODAY, last_day=TODAY - timedelta(days=1)), "last_day"),
        (Selection(first_day=TODAY + timedelta(days=1), last_day=TODAY + timedelta(days=1)), "first_day"),
    ],
)
def test_a_survey_of_nothing_in_particular_is_refused(selection: Selection, field: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        check_selection(selection, today=TODAY)
    assert refused.value.field == field


def test_a_list_or_days_are_enough() -> None:
    check_selection(Selection(allocation_id=CLUB), today=TODAY)
    check_selection(Selection(first_day=TODAY, last_day=TODAY), today=TODAY)


@pytest.mark.parametrize(
    ("size", "families", "field"), [(0, 9, "size"), (10, 9, "size"), (501, 900, "size"), (1, 0, "allocation")]
)
def test_no_more_families_are_asked_than_there_are(size: int, families: int, field: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        check_size(size, families=families)
    assert refused.value.field == field
    check_size(9, families=9)
