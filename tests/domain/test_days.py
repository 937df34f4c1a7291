"""A distribution day: nobody waits in a crowd, all is packed or brought, and each voucher is paid to the last coin."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aid.domain.days.notes import DENOMINATIONS, cash_for, is_known, paid_with
from aid.domain.days.packing import pick_list
from aid.domain.days.planning import Hours, check_hours, fit_of, in_turn, shown_ranges, spread
from aid.domain.goods import Item
from aid.domain.money import Money
from aid.domain.refusals import RuleBroken

HOURS = st.builds(
    Hours,
    opens=st.integers(6 * 60, 12 * 60),
    closes=st.integers(13 * 60, 20 * 60),
    slot=st.sampled_from((15, 20, 30, 60)),
    tables=st.integers(1, 6),
    a_family=st.integers(1, 15),
)
VOUCHERS = st.lists(
    st.tuples(st.integers(1, 400), st.integers(0, 60).map(lambda n: UUID(int=n))), unique_by=lambda pair: pair[0]
)


@given(vouchers=VOUCHERS, hours=HOURS)
def test_each_voucher_has_one_slot_its_family_comes_once_and_slots_are_even(
    vouchers: list[tuple[int, UUID]], hours: Hours
) -> None:
    families = in_turn(vouchers)
    slots = spread(families, hours)

    planned = [serial for slot in slots for serial in slot.serials]
    of = {serial: n for n, slot in enumerate(slots) for serial in slot.serials}
    left = families[hours.room :]
    assert sorted(planned + [serial for serials in left for serial in serials]) == sorted(dict(vouchers))
    assert all(len({of[serial] for serial in serials}) == 1 for serials in families[: hours.room])
    counts = [slot.families for slot in slots]
    assert len(counts) == hours.slots
    assert max(counts, default=0) <= hours.a_slot
    assert max(counts, default=0) - min(counts, default=0) <= 1
    assert [of[serials[0]] for serials in families[: hours.room]] == sorted(
        of[serials[0]] for serials in families[: hours.room]
    )


@given(families=st.integers(0, 3_000), hours=HOURS)
def test_what_would_make_all_fit_does_and_one_less_does_not(families: int, hours: Hours) -> None:
    fit = fit_of(families, hours)

    assert fit.is_whole == (families <= hours.room) == (fit.left_out == 0)
    if fit.tables:
        assert Hours(hours.opens, hours.closes, hours.slot, fit.tables, hours.a_family).room >= families
        assert Hours(hours.opens, hours.closes, hours.slot, fit.tables - 1, hours.a_family).room < families
    if fit.closes:
        longer = Hours(hours.opens, fit.closes, hours.slot, hours.tables, hours.a_family)
        shorter = Hours(hours.opens, fit.closes - hours.slot, hours.slot, hours.tables, hours.a_family)
        assert longer.room >= families > shorter.room
    assert families - fit.left_out <= max(hours.room, families if fit.is_whole else 0)


def test_a_slot_is_shown_as_a_range_though_numbers_in_it_belong_to_other_points() -> None:
    assert shown_ranges([(1, 4, 9), (12, 20), (13,)]) == [[(1, 9)], [(12, 12), (20, 20)], [(13, 13)]]


def test_no_range_tells_a_family_to_come_that_is_left_for_another_day() -> None:
    assert shown_ranges([(1, 2, 9), (5, 12)], waiting=[1, 2, 7, 9, 14]) == [[(1, 2), (9, 9)], [(5, 5), (12, 12)]]
    assert shown_ranges([(1, 9)], waiting=[1, 4, 9]) == [[(1, 1), (9, 9)]]


@pytest.mark.parametrize(
    ("hours", "field"),
    [
        (Hours(600, 600, 30, 2, 5), "closes"),
        (Hours(600, 23 * 60, 30, 2, 5), "closes"),
        (Hours(600, 620, 30, 2, 5), "closes"),
        (Hours(600, 780, 25, 2, 5), "slot"),
        (Hours(600, 780, 30, 0, 5), "tables"),
        (Hours(600, 780, 30, 2, 0), "a_family"),
        (Hours(600, 780, 15, 1, 20), "a_family"),
    ],
)
def test_hours_in_which_nobody_could_be_served_are_refused(hours: Hours, field: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        check_hours(hours)

    assert refused.value.field == field
    check_hours(Hours(600, 780, 30, 2, 5))


@given(currency=st.sampled_from(sorted(DENOMINATIONS)), minors=st.lists(st.integers(0, 50_000_000), max_size=30))
def test_notes_and_coins_pay_each_amount_to_the_last_coin_there_is(currency: str, minors: list[int]) -> None:
    amounts = [Money(minor, currency) for minor in minors]
    smallest = DENOMINATIONS[currency][-1].value.minor

    cash = cash_for(amounts, currency=currency)

    assert cash.total.minor + cash.unpayable.minor == sum(minors)
    assert cash.total.minor == sum(each.value.minor * count for each, count in cash.counts)
    assert cash.times == sum(minor % smallest > 0 for minor in minors)
    assert cash.is_exact == all(minor % smallest == 0 for minor in minors)
    for amount in amounts:
        paid = sum(each.value.minor * count for each, count in paid_with(amount))
        assert 0 <= amount.minor - paid < smallest


@pytest.mark.parametrize("currency", sorted(DENOMINATIONS))
def test_the_notes_and_coins_of_an_amount_are_as_few_as_can_be(currency: str) -> None:
    values = [each.value.minor for each in DENOMINATIONS[currency] if each.value.minor <= 20_000]
    step = values[-1]
    fewest = [0]
    for amount in range(step, 4_000 * step, step):
        fewest.append(1 + min(fewest[(amount - value) // step] for value in values if value <= amount))
        if amount < 2 * values[0]:
            assert sum(count for _each, count in paid_with(Money(amount, currency))) == fewest[-1]


def test_of_other_currencies_no_notes_are_known() -> None:
    assert is_known("KZT")
    assert not is_known("XOF")


NEED = st.dictionaries(st.sampled_from(("kit", "bag", "pen", "boots:36")), st.integers(1, 50))
THERE = st.dictionaries(st.sampled_from(("kit", "bag", "pen", "boots:36")), st.integers(-5, 80))
KITS = {"kit": (Item("pen", 4), Item("bag", 1))}


@given(need=NEED, there=THERE)
def test_what_is_there_packed_and_brought_is_what_is_needed_and_nothing_is_taken_twice(
    need: dict[str, int], there: dict[str, int]
) -> None:
    found = pick_list(need, there, KITS)

    into = {item.good: item.quantity for item in found.into_kits}
    for pick in found.picks:
        has = max(there.get(pick.good, 0), 0)
        assert min(has, pick.need) + pick.pack + pick.bring == pick.need
        assert into.get(pick.good, 0) + min(has, pick.need) <= has or not into.get(pick.good)
    kits = [pick for pick in found.picks if pick.good == "kit"]
    packed, brought = sum(pick.pack for pick in kits), sum(pick.bring for pick in kits)
    assert into == ({"pen": 4 * packed, "bag": packed} if packed else {})
    parts = {item.good: item.quantity for item in found.parts_to_bring}
    assert parts == ({"pen": 4 * brought, "bag": brought} if brought else {})
