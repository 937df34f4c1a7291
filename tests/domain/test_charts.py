"""A chart draws what its figures say: lengths and heights stand to each other as the values do."""

from hypothesis import given, settings
from hypothesis import strategies as st

from aid.domain.charts import HIGH, WIDE, Bar, BarChart, LineChart, Series
from aid.domain.money import Money
from aid.domain.months import Month


def tenge(minor: int) -> Money:
    return Money(minor, "KZT")


def test_the_longest_bar_fills_the_drawing_and_half_of_it_is_half_as_long() -> None:
    chart = BarChart(("Spent",), (Bar("School", (tenge(200),)), Bar("Food", (tenge(100),)), Bar("Fuel", (tenge(0),))))

    assert [bars[0].length for _label, bars in chart.rows()] == [WIDE, WIDE // 2, 0]


def test_what_is_there_is_seen_however_little_it_is() -> None:
    chart = BarChart(("Spent",), (Bar("School", (10**9,)), Bar("Food", (1,))))

    assert [bars[0].length for _label, bars in chart.rows()] == [WIDE, 1]


def test_a_shortfall_is_marked_and_as_long_as_it_is_big() -> None:
    [(_label, [bar])] = BarChart(("Left",), (Bar("School", (tenge(-5),)),)).rows()

    assert (bar.below, bar.length, bar.value) == (True, WIDE, tenge(-5))


def test_a_chart_of_nothing_draws_nothing() -> None:
    assert BarChart(("Left",), ()).rows() == ()
    assert BarChart(("Left",), (Bar("School", (0,)),)).rows()[0][1][0].length == 0
    empty = LineChart((), (Series("Received", ()),))
    assert (empty.top, empty.rows(), empty.lines()[0].path) == (None, (), "")


def test_a_line_goes_from_left_to_right_and_from_the_ground_to_the_top() -> None:
    places = tuple(Month(2026, month) for month in (6, 7, 8))
    chart = LineChart(places, (Series("Received", (0, 5, 10)),))

    assert chart.lines()[0].path == f"M0 {HIGH} L{WIDE // 2} {HIGH // 2} L{WIDE} 0"
    assert (chart.top, chart.zero) == (10, HIGH)
    assert chart.rows()[1] == (Month(2026, 7), (5,))


def test_one_month_stands_in_the_middle() -> None:
    assert LineChart((Month(2026, 6),), (Series("Received", (3,)),)).lines()[0].dots == f"M{WIDE // 2} 0h0"


@settings(deadline=None)
@given(st.lists(st.integers(-(10**15), 10**15), min_size=1, max_size=12))
def test_nothing_is_drawn_outside(values: list[int]) -> None:
    chart = LineChart(tuple("x" for _value in values), (Series("Left", tuple(values)),))
    points = [part.split() for part in chart.lines()[0].path.removeprefix("M").split(" L")]

    assert all(0 <= int(x) <= WIDE and 0 <= int(y) <= HIGH for x, y in points)
    assert 0 <= chart.zero <= HIGH
