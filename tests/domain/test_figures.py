"""Figures for donors: ten people stand behind each, and nothing that is hidden can be computed from the rest."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aid.domain.figures import AT_LEAST, Fact, Measure, Stream, StreamKind, check_delay, last_month, told
from aid.domain.figures.charts import money_told, people_over_time, reached
from aid.domain.figures.release import Line, Release, from_json, to_json
from aid.domain.figures.since import since
from aid.domain.months import Month, months
from aid.domain.refusals import RuleBroken
from aid.readers.figures import to_csv

FIRST, LAST = Month(2026, 1), Month(2026, 12)
YEAR = tuple(months(FIRST, LAST))
MONEY = (Measure.RAISED, Measure.SPENT, Measure.EXCHANGED)
KZT = Stream(StreamKind.MONEY, "school", "KZT")


def person(number: int) -> UUID:
    return UUID(int=number)


def gifts(month: int, count: int, *, first: int = 0, amount: int = 100_00) -> list[Fact]:
    """So many gifts in a month, each of another donor."""
    return [Fact(Month(2026, month), Measure.RAISED, amount, frozenset({person(first + n)})) for n in range(count)]


def a_release(*lines: Line, until: Month = LAST, number: int = 1) -> Release:
    return Release(
        number=number,
        until=until,
        released_on=date(2027, 2, 1),
        delay_days=30,
        fund={"en": "Solidarity fund"},
        demo=False,
        purposes={line.stream.purpose: {"en": line.stream.purpose.title()} for line in lines},
        lines=lines,
    )


# ---------------------------------------------------------------- one stream


def test_a_month_with_ten_givers_is_told_by_itself() -> None:
    [block] = told(KZT, gifts(3, 10), until=LAST).blocks

    assert (block.first, block.last) == (Month(2026, 3), Month(2026, 3))
    assert block.amounts[Measure.RAISED] == 1_000_00


def test_a_month_with_nine_givers_waits_for_the_tenth() -> None:
    alone = told(KZT, gifts(3, 9), until=LAST)
    [block] = told(KZT, gifts(3, 9) + gifts(5, 1, first=100), until=LAST).blocks

    assert alone.blocks == ()
    assert alone.held is not None
    assert alone.held.people == {Measure.RAISED: 9}
    assert (block.first, block.last) == (Month(2026, 3), Month(2026, 5))


def test_ten_gifts_of_one_giver_are_one_givers() -> None:
    same = [replace(fact, people=frozenset({person(1)})) for fact in gifts(3, 30)]

    assert told(KZT, same, until=LAST).blocks == ()


def test_what_few_families_collected_keeps_the_gifts_of_that_month_back_too() -> None:
    grant = Fact(Month(2026, 3), Measure.SPENT, 40_000_00, frozenset({person(900)}))

    assert told(KZT, [*gifts(3, 50), grant], until=LAST).blocks == ()


def test_a_fee_is_nobodys_and_hides_nothing() -> None:
    [block] = told(KZT, [*gifts(3, 10), Fact(Month(2026, 3), Measure.SPENT, 450)], until=LAST).blocks

    assert block.amounts[Measure.SPENT] == 450


def test_nine_children_of_many_families_are_not_told() -> None:
    stream = Stream(StreamKind.CHILDREN, "school")
    families = frozenset(person(n) for n in range(30))

    assert told(stream, [Fact(FIRST, Measure.CHILDREN, 9, families)], until=LAST).blocks == ()
    assert told(stream, [Fact(FIRST, Measure.CHILDREN, 10, families)], until=LAST).blocks
    assert told(stream, [Fact(FIRST, Measure.CHILDREN, 30, frozenset({person(1)}))], until=LAST).blocks == ()


def test_nothing_later_than_the_last_month_is_told_or_kept_back() -> None:
    kept = told(KZT, gifts(3, 10) + gifts(4, 3), until=Month(2026, 3))

    assert len(kept.blocks) == 1
    assert kept.held is None


def test_what_corrects_an_earlier_block_names_it() -> None:
    wrong = Fact(Month(2026, 6), Measure.RAISED, -50, frozenset({person(0)}), corrects=Month(2026, 4))
    kept = told(KZT, [*gifts(3, 4), *gifts(4, 6, first=50), *gifts(6, 12, first=200), wrong], until=LAST)

    assert [block.corrects for block in kept.blocks] == [(), (Month(2026, 3),)]
    assert kept.blocks[0].amounts[Measure.RAISED] == 1_000_00
    assert kept.blocks[1].amounts[Measure.RAISED] == 1_200_00 - 50


# ---------------------------------------------------------------- how late


@pytest.mark.parametrize(
    ("today", "days", "month"),
    [
        (date(2026, 11, 23), 30, Month(2026, 9)),
        (date(2026, 11, 30), 30, Month(2026, 10)),
        (date(2026, 11, 29), 30, Month(2026, 9)),
        (date(2026, 3, 14), 14, Month(2026, 2)),
        (date(2026, 1, 10), 30, Month(2025, 11)),
    ],
)
def test_only_months_whose_last_day_lies_far_enough_back_are_told(today: date, days: int, month: Month) -> None:
    found = last_month(today, delay_days=days)

    assert found == month
    assert today - found.last >= timedelta(days=days)
    assert today - found.next().last < timedelta(days=days)


@pytest.mark.parametrize("days", [0, 13, 366])
def test_figures_are_never_told_too_early(days: int) -> None:
    with pytest.raises(RuleBroken):
        check_delay(days)


# ---------------------------------------------------------------- nothing hidden can be computed


@dataclass(frozen=True)
class World:
    """What truly happened, by stream."""

    facts: dict[Stream, list[Fact]]

    def published(self, releases: list[Month]) -> list[str]:
        """Everything that is ever told: the text of each release."""
        return [to_json(self.release(until)) for until in releases]

    def release(self, until: Month) -> Release:
        every = [Line(stream, told(stream, self.facts[stream], until=until).blocks) for stream in sorted(self.facts)]
        return a_release(*(line for line in every if line.blocks), until=until)

    def with_moved(self, stream: Stream, *places: tuple[int, int]) -> "World":
        """The same world, but for the amounts of some facts."""
        some = list(self.facts[stream])
        for place, change in places:
            some[place] = replace(some[place], amount=some[place].amount + change)
        return World({**self.facts, stream: some})


STREAMS = (
    KZT,
    Stream(StreamKind.MONEY, "food", "KZT"),
    Stream(StreamKind.MONEY, "school", "EUR"),
)


@st.composite
def _some_facts(draw: st.DrawFn) -> list[Fact]:
    """Months of few and of many people, some of whom come again."""
    found = []
    for month in draw(st.lists(st.sampled_from(YEAR), max_size=8)):
        measure = draw(st.sampled_from(MONEY))
        start, count = draw(st.integers(0, 20)), draw(st.sampled_from([1, 2, 5, 9, 10, 12]))
        found += [
            Fact(month, measure, draw(st.integers(1, 9_999)), frozenset({person(start + n)})) for n in range(count)
        ]
    return found


worlds = st.fixed_dictionaries({stream: _some_facts() for stream in STREAMS}).map(World)
when = st.lists(st.sampled_from(YEAR), min_size=1, max_size=4).map(sorted)


def hidden_cells(world: World, until: Month) -> list[tuple[Stream, Month, Measure]]:
    """Cells of a stream, a month and a measure with fewer than ten people behind them."""
    people: defaultdict[tuple[Stream, Month, Measure], set[UUID]] = defaultdict(set)
    for stream, some in world.facts.items():
        for fact in some:
            if fact.month <= until:
                people[stream, fact.month, fact.measure] |= fact.people
    return [cell for cell, behind in people.items() if len(behind) < AT_LEAST]


def another_world(world: World, cell: tuple[Stream, Month, Measure], until: Month) -> World:
    """A world in which a hidden cell has another amount, made without looking at what is published.

    Where the cell's months were told as one, what is added here is taken away in another of them.
    """
    stream, month, measure = cell
    facts = world.facts[stream]
    own = next(n for n, fact in enumerate(facts) if (fact.month, fact.measure) == (month, measure))
    block = next((b for b in told(stream, facts, until=until).blocks if b.first <= month <= b.last), None)
    if block is None:
        return world.with_moved(stream, (own, 7))
    [other, *_] = [
        n
        for n, fact in enumerate(facts)
        if block.first <= fact.month <= block.last and fact.month != month and fact.measure is measure
    ]
    return world.with_moved(stream, (own, 7), (other, -7))


@given(worlds, when)
def test_for_every_hidden_cell_there_is_another_world_that_publishes_the_same(
    world: World, releases: list[Month]
) -> None:
    published = world.published(releases)

    for cell in hidden_cells(world, releases[-1]):
        assert another_world(world, cell, releases[-1]).published(releases) == published


@settings(max_examples=40)
@given(worlds, when)
def test_releases_together_tell_no_more_than_the_last(world: World, releases: list[Month]) -> None:
    told_last = {line.stream: line.blocks for line in world.release(releases[-1]).lines}

    for until in releases:
        for line in world.release(until).lines:
            assert told_last[line.stream][: len(line.blocks)] == line.blocks


@settings(max_examples=40)
@given(worlds, st.sampled_from(YEAR))
def test_every_figure_of_a_block_is_of_nobody_or_of_ten(world: World, until: Month) -> None:
    for line in world.release(until).lines:
        for block in line.blocks:
            for measure in MONEY:
                inside = [
                    fact
                    for fact in world.facts[line.stream]
                    if block.first <= fact.month <= block.last and fact.measure is measure
                ]
                people = frozenset[UUID]().union(*(fact.people for fact in inside))
                assert len(people) == 0 or len(people) >= AT_LEAST
                assert block.amounts[measure] == sum(fact.amount for fact in inside)


@settings(max_examples=40)
@given(worlds, st.sampled_from(YEAR))
def test_what_is_told_and_what_is_kept_back_are_all_there_is(world: World, until: Month) -> None:
    for stream, facts in world.facts.items():
        kept = told(stream, facts, until=until)
        since = kept.held.since if kept.held else until.next()
        seen = sum(sum(block.amounts.values()) for block in kept.blocks)
        hidden = sum(fact.amount for fact in facts if since <= fact.month <= until)

        assert seen + hidden == sum(fact.amount for fact in facts if fact.month <= until)


@settings(max_examples=40)
@given(st.lists(st.tuples(st.sampled_from(YEAR), st.integers(0, 40)), max_size=40, unique_by=lambda each: each[1]))
def test_families_are_told_by_tens_or_not_at_all(first_times: list[tuple[Month, int]]) -> None:
    stream = Stream(StreamKind.FAMILIES, "school")
    facts = [Fact(month, Measure.FAMILIES, 1, frozenset({person(n)})) for month, n in first_times]

    for until in YEAR:
        assert all(block.amounts[Measure.FAMILIES] >= AT_LEAST for block in told(stream, facts, until=until).blocks)


# ---------------------------------------------------------------- what is written


def whole_release() -> Release:
    spent = [Fact(Month(2026, 4), Measure.SPENT, 10_00, frozenset({person(300 + n)})) for n in range(20)]
    few = told(KZT, [*gifts(3, 12), *gifts(4, 10, first=40), *spent], until=LAST)
    families = Stream(StreamKind.FAMILIES, "school")
    first_time = [Fact(Month(2026, 4), Measure.FAMILIES, 1, frozenset({person(300 + n)})) for n in range(20)]
    children = Stream(StreamKind.CHILDREN, "school")
    rounds = [
        Fact(Month(2026, month), Measure.CHILDREN, count, frozenset(person(300 + n) for n in range(20)))
        for month, count in ((4, 41), (5, 38))
    ]
    return a_release(
        Line(KZT, few.blocks),
        Line(children, told(children, rounds, until=LAST).blocks),
        Line(families, told(families, first_time, until=LAST).blocks),
    )


def test_a_release_is_read_as_it_was_written() -> None:
    release = whole_release()

    assert from_json(to_json(release)) == release


@pytest.mark.parametrize("changed", ['"format":"komek/figures/2"', '"until":"soon"', '"raised":"0.001"'])
def test_what_is_no_release_is_not_read(changed: str) -> None:
    name = changed.split(":", maxsplit=1)[0]
    text = to_json(whole_release())
    start = text.index(name)
    end = min(text.index(sign, start) for sign in (",", "}") if sign in text[start:])

    with pytest.raises(ValueError):
        from_json(text[:start] + changed + text[end:])


def test_amounts_are_written_whole_and_as_text() -> None:
    assert '"raised":"1200.00","spent":"0.00","waiting":"1200.00"' in to_json(whole_release())


def test_a_spreadsheet_gets_a_row_a_block() -> None:
    head, march, april, *people = to_csv(to_json(whole_release())).splitlines()

    assert head.startswith("kind,purpose,currency,first_month,last_month,raised,spent,exchanged,waiting")
    assert march == "money,school,KZT,2026-03,2026-03,1200.00,0.00,0.00,1200.00,,,"
    assert april == "money,school,KZT,2026-04,2026-04,1000.00,200.00,0.00,2000.00,,,"
    assert people[-1] == "families,school,,2026-04,2026-04,,,,,20,,"


def test_charts_draw_what_is_told() -> None:
    [tenge] = money_told(whole_release())

    assert (str(tenge.raised), str(tenge.spent), str(tenge.waiting)) == ("2200.00 KZT", "200.00 KZT", "2000.00 KZT")
    assert [str(value) for value in tenge.over_time.rows()[-1][1]] == ["1000.00 KZT", "200.00 KZT", "2000.00 KZT"]


def test_whom_a_purpose_reached_is_counted_once() -> None:
    [school] = reached(whole_release())
    chart = people_over_time(whole_release())

    assert (school.families, school.until, school.children) == (20, Month(2026, 4), 41)
    assert chart is not None
    assert chart.rows()[-1][1] == (20,)


def test_a_drawing_over_time_has_no_place_for_months_that_were_put_together_with_later_ones() -> None:
    kept = told(KZT, [*gifts(3, 12), *gifts(4, 3, first=40), *gifts(6, 9, first=60)], until=LAST)

    [tenge] = money_told(a_release(Line(KZT, kept.blocks)))

    assert [str(place) for place in tenge.over_time.places] == ["2026-03", "2026-06"]
    assert [str(row.period) for row in tenge.rows] == ["2026-03", "2026-04 – 2026-06"]


def test_a_gifts_purpose_is_told_from_the_months_on_that_the_gift_was_told_with() -> None:
    euros = Stream(StreamKind.MONEY, "school", "EUR")
    release = a_release(
        Line(euros, told(euros, gifts(9, 10), until=LAST).blocks),
        *whole_release().lines,
        Line(Stream(StreamKind.MONEY, "food", "KZT"), told(KZT, gifts(5, 10), until=LAST).blocks),
    )

    found = since(release, purpose="school", month=Month(2026, 4), currency="KZT")
    later = since(release, purpose="school", month=Month(2026, 10), currency="KZT")

    tenge, other = found.money
    assert (str(tenge.raised), str(tenge.spent), str(tenge.waiting)) == ("1000.00 KZT", "200.00 KZT", "2000.00 KZT")
    assert str(other.raised) == "1000.00 EUR"
    assert (found.families, found.children) == (20, 41)
    assert later.is_empty
