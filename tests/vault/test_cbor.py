"""One way to write a value."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from enum import Enum, StrEnum
from types import MappingProxyType
from typing import Any
from uuid import UUID

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aid.vault.cbor import NotCanonical, canonical, canonical_list, canonical_map, head_of_bytes, load, load_list

plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(1 << 64), (1 << 64) - 1) | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


class Colour(StrEnum):
    RED = "red"


class Shape(Enum):
    ROUND = (1, 2)


@dataclass(frozen=True)
class Child:
    name: str
    grade: int | None


@given(plain)
def test_it_is_the_deterministic_form_of_the_standard(value: Any) -> None:
    assert canonical(value) == cbor2.dumps(value, canonical=True)


@settings(max_examples=25)  # one draws a dozen values
@given(st.dictionaries(st.text(), plain, max_size=6), st.lists(plain, max_size=6))
def test_what_was_written_in_parts_is_written_alike(mapped: dict[str, Any], listed: list[Any]) -> None:
    assert canonical_map({key: canonical(value) for key, value in mapped.items()}) == canonical(mapped)
    assert canonical_list([canonical(value) for value in listed]) == canonical(listed)


@given(st.binary(max_size=70_000))
def test_a_byte_strings_head_is_as_in_the_standard(content: bytes) -> None:
    assert head_of_bytes(len(content)) + content == canonical(content)


@given(plain)
def test_what_was_written_is_read_back(value: Any) -> None:
    assert load(canonical(value)) == value


@given(st.dictionaries(st.text(), st.integers(0, 9)))
def test_the_order_in_which_a_map_was_filled_leaves_no_trace(value: dict[str, int]) -> None:
    assert canonical(value) == canonical(dict(reversed(value.items())))


@given(st.binary(max_size=40))
def test_whatever_is_read_could_only_have_been_written_so(encoded: bytes) -> None:
    try:
        value = load(encoded)
    except NotCanonical:
        return
    assert canonical(value) == encoded


@pytest.mark.parametrize(
    ("value", "encoded"),
    [
        (None, "f6"),
        (True, "f5"),
        (23, "17"),
        (24, "1818"),
        (-(1 << 64), "3bffffffffffffffff"),
        ("өмір", "68d3a9d0bcd196d180"),
        (b"\x01", "4101"),
        ((1, "a"), "82016161"),
        ({"bb": 1, "a": 2, "c" * 24: 3}, "a361610262626201781863636363636363636363636363636363636363636363636303"),
        (UUID(int=1), "5000000000000000000000000000000001"),
        (date(2026, 8, 1), "6a323032362d30382d3031"),
        (
            datetime(2026, 8, 1, 12, 30, tzinfo=timezone(timedelta(hours=5))),
            b"\x78\x19".hex() + b"2026-08-01T07:30:00+00:00".hex(),
        ),
        (Colour.RED, "63726564"),
        (Shape.ROUND, "820102"),
        (frozenset({"bb", "a", "c"}), "8361616163626262"),
        (Child("Ә", 3), "a2646e616d6562d398656772616465" + "03"),
        (MappingProxyType({Colour.RED: [bytearray(b"x")]}), "a163726564814178"),
    ],
)
def test_the_bytes_never_change(value: object, encoded: str) -> None:
    assert canonical(value).hex() == encoded


@pytest.mark.parametrize("value", [1.0, {1: "a"}, object(), Child, [1j], {None: 1}])
def test_what_has_no_plain_form_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        canonical(value)


@pytest.mark.parametrize("value", [1 << 64, -(1 << 64) - 1, datetime(2026, 8, 1), "\ud800"])  # noqa: DTZ001
def test_what_is_out_of_bounds_is_refused(value: object) -> None:
    with pytest.raises(ValueError):
        canonical(value)


def test_a_list_within_itself_is_refused() -> None:
    endless: list[object] = []
    endless.append(endless)

    with pytest.raises(ValueError):
        canonical(endless)


@pytest.mark.parametrize(
    "encoded",
    [
        pytest.param("", id="nothing"),
        pytest.param("0000", id="more behind it"),
        pytest.param("1801", id="an integer longer than it must be"),
        pytest.param("5801aa", id="a length longer than it must be"),
        pytest.param("bfff", id="a map without a length"),
        pytest.param("a262626201616102", id="keys in another order"),
        pytest.param("a2616101616102", id="a key twice"),
        pytest.param("a10102", id="a key that isn't text"),
        pytest.param("c100", id="a tag: a time"),
        pytest.param("c24101", id="a tag: a big number"),
        pytest.param("c5821a000f424001", id="a tag that would compute for long"),
        pytest.param("d81c81d81d00", id="a list within itself"),
        pytest.param("d9d9f701", id="a tag that says CBOR"),
        pytest.param("f90000", id="a float"),
        pytest.param("f7", id="undefined"),
        pytest.param("e0", id="a simple value"),
        pytest.param("61ff", id="text that isn't UTF-8"),
        pytest.param("9b0000001000000000", id="a list of 64 thousand million"),
        pytest.param("81" * 100 + "00", id="too deep"),
    ],
)
def test_what_we_would_not_have_written_is_not_read(encoded: str) -> None:
    with pytest.raises(NotCanonical):
        load(bytes.fromhex(encoded))


def test_no_more_is_read_than_allowed() -> None:
    assert load(canonical(b"abc"), largest=4) == b"abc"
    with pytest.raises(NotCanonical):
        load(canonical(b"abcd"), largest=4)


CLAIMS = [["donation", [bytes(16)], bytes(32)], ["wrap", [bytes(16), 3], bytes(32)]]


def test_items_of_a_list_are_read_with_the_bytes_that_they_are_written_in() -> None:
    assert load_list(canonical(CLAIMS)) == [(claim, canonical(claim)) for claim in CLAIMS]


@pytest.mark.parametrize(
    "encoded",
    [
        canonical(CLAIMS) + b"\x00",  # followed by more
        b"\x98\x02" + canonical(CLAIMS)[1:],  # a length that would be shorter
        canonical([1]).replace(b"\x01", b"\x18\x01"),  # so an item
        canonical("claims"),
        canonical({"a": 1}),
        canonical(CLAIMS)[:-1],
    ],
)
def test_a_list_written_in_another_way_is_not_read(encoded: bytes) -> None:
    with pytest.raises(NotCanonical):
        load_list(encoded)


def test_no_longer_list_is_read_than_allowed() -> None:
    with pytest.raises(NotCanonical):
        load_list(canonical([b"abcd"]), largest=4)


def test_one_instant_is_written_alike_in_all_zones() -> None:
    moment = datetime(2026, 8, 1, 7, 30, tzinfo=UTC)

    assert canonical(moment) == canonical(moment.astimezone(timezone(timedelta(hours=5))))
