"""Sums that a bank books as one and lists singly elsewhere: joined where it is sure, asked where nobody can tell."""

from hypothesis import given
from hypothesis import strategies as st

from aid.domain.sums import Joined, Side, joined


def sides(*amounts: int, **more: object) -> list[Side]:
    return [Side(place, amount, **more) for place, amount in enumerate(amounts)]  # type: ignore[arg-type]


def named(*names: str) -> dict[str, object]:
    return {"references": frozenset(names)}


def test_a_sum_and_gifts_under_one_reference_are_one_money() -> None:
    assert joined(sides(100, **named("B1")), sides(60, 40, **named("B1"))) == [Joined(0, (0, 1), True)]


def test_gifts_of_a_sum_that_come_in_pieces_are_in_it_by_its_reference() -> None:
    assert joined(sides(100, **named("B1")), sides(60, **named("B1"))) == [Joined(0, (0,), True)]


def test_more_than_a_sum_under_its_reference_is_asked() -> None:
    assert joined(sides(100, **named("B1")), sides(60, 50, **named("B1"))) == [Joined(0, (0, 1), False)]


def test_a_reference_that_two_sums_have_tells_nothing() -> None:
    assert joined(sides(100, 90, **named("B1")), sides(60, 20, **named("B1"))) == []


def test_an_entrys_own_reference_counts_only_where_the_amounts_agree() -> None:
    assert joined(sides(100, mark="7"), sides(60, 40, mark="7")) == [Joined(0, (0, 1), True)]
    assert joined(sides(100, mark="7"), sides(60, 30, mark="7")) == []


def test_as_many_gifts_as_the_sum_counts_are_in_it_if_they_make_it() -> None:
    assert joined(sides(100, batch=2), sides(60, 40)) == [Joined(0, (0, 1), True)]
    assert joined(sides(100, batch=3), sides(60, 40)) == [Joined(0, (0, 1), False)]


def test_a_sum_that_tells_its_payments_is_made_of_these() -> None:
    assert joined(sides(100, parts=(40, 60)), sides(60, 40)) == [Joined(0, (0, 1), True)]
    assert joined(sides(100, parts=(30, 70)), sides(60, 40)) == [Joined(0, (0, 1), False)]


def test_amounts_that_agree_and_nothing_else_are_asked() -> None:
    assert joined(sides(100), sides(60, 40)) == [Joined(0, (0, 1), False)]
    assert joined(sides(100), sides(60, 30)) == []


def test_what_is_left_beside_a_sum_of_several_payments_is_asked() -> None:
    assert joined(sides(100, batch=5), sides(60, 10)) == [Joined(0, (0, 1), False)]


def test_money_that_went_is_in_no_sum_that_came() -> None:
    assert joined(sides(100, **named("B1")), sides(-60, -40, **named("B1"))) == []


AMOUNTS = st.lists(st.integers(1, 50), min_size=2, max_size=6)


@given(st.lists(AMOUNTS, min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_batches_with_references_are_all_found_in_any_order(batches: list[list[int]], shuffled: object) -> None:
    sums = [Side(place, sum(batch), references=frozenset({f"B{place}"})) for place, batch in enumerate(batches)]
    singles = [(batch, amount) for batch, amounts in enumerate(batches) for amount in amounts]
    shuffled.shuffle(singles)  # type: ignore[attr-defined]
    found = joined(
        sums,
        [Side(n, amount, references=frozenset({f"B{batch}"})) for n, (batch, amount) in enumerate(singles)],
    )

    assert {join.sum: {singles[place][0] for place in join.singles} for join in found} == {
        n: {n} for n in range(len(batches))
    }
    assert all(join.is_sure for join in found)


SIDES = st.lists(
    st.builds(
        lambda signed, ref, mark, batch, parts: (signed, frozenset(ref), mark, batch, tuple(sorted(parts))),
        st.integers(-30, 30).filter(bool),
        st.sets(st.sampled_from("AB"), max_size=1),
        st.sampled_from((None, "1", "2")),
        st.integers(0, 3),
        st.lists(st.integers(1, 9), max_size=2),
    ),
    max_size=6,
)


@given(SIDES, SIDES)
def test_whatever_is_joined_each_line_is_in_one_sum_and_smaller_than_it(
    sums: list[tuple[object, ...]], singles: list[tuple[object, ...]]
) -> None:
    def made(rows: list[tuple[object, ...]]) -> list[Side]:
        return [Side(n, row[0], n, row[1], row[2], row[3], row[4]) for n, row in enumerate(rows)]  # type: ignore[arg-type]

    left, right = made(sums), made(singles)
    found = joined(left, right)

    used = [place for join in found for place in join.singles]
    assert len(used) == len(set(used))
    assert len({join.sum for join in found}) == len(found)
    for join in found:
        parts = [right[place].signed for place in join.singles]
        assert parts
        assert all(abs(part) < abs(left[join.sum].signed) and part * left[join.sum].signed > 0 for part in parts)
        if join.is_sure:
            assert abs(sum(parts)) <= abs(left[join.sum].signed)
