"""Rules of opening and closing a day: notes and coins, when it is counted, reasons for differences, whose word it
takes, and who bears what is missing.
"""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aid.domain.days.counting import (
    CashReason,
    Counted,
    CountKind,
    CountState,
    Differs,
    StubReason,
    Stubs,
    Told,
    is_large,
    shares_of_loss,
    state_of,
    why_not_answer,
    why_not_begin,
    why_not_told,
)
from aid.domain.days.pieces import MOST, Pieces, bound, faces
from aid.domain.money import Money
from aid.domain.refusals import RuleBroken

CURRENCIES = ("KZT", "EUR", "USD", "JPY", "KWD")
TODAY = date(2026, 11, 23)
ONE, TWO, THREE = (UUID(int=number) for number in (1, 2, 3))
SHORT = Differs(Counted.CASH, "KZT", -1_000_00)
MISCOUNTED = Told(Counted.CASH, "KZT", CashReason.MISCOUNTED)


# ---------------------------------------------------------------- notes and coins


@given(st.data())
def test_notes_and_coins_are_kept_and_read_again_and_come_to_the_same_sum(data: st.DataObject) -> None:
    currency = data.draw(st.sampled_from(CURRENCIES))
    of = data.draw(st.dictionaries(st.sampled_from(faces(currency)), st.integers(0, MOST)))
    pieces = Pieces(currency, of)

    again = Pieces.from_plain(currency, pieces.plain())

    assert again.plain() == pieces.plain()
    assert again.total == pieces.total == Money(sum(face * number for face, number in of.items()), currency)


@given(st.sampled_from(CURRENCIES), st.integers(0, 10**9))
def test_every_sum_down_to_the_smallest_coin_can_be_typed(currency: str, times: int) -> None:
    left = times * faces(currency)[-1]
    of = {}
    for face in faces(currency):
        number, left = divmod(left, face)
        of[face] = min(number, MOST)

    assert left == 0
    assert Pieces(currency, of).total.minor >= 0


def test_what_is_no_note_or_too_many_is_refused_and_what_was_written_otherwise_is_not_read() -> None:
    with pytest.raises(RuleBroken, match="no such note"):
        Pieces("KZT", {300_00: 1})
    for number in (-1, MOST + 1):
        with pytest.raises(RuleBroken, match="how many pieces"):
            Pieces("KZT", {500_00: number})
    with pytest.raises(ValueError, match="twice"):
        Pieces.from_plain("KZT", ["1 50000", "2 50000"])
    with pytest.raises(ValueError, match="unpack"):
        Pieces.from_plain("KZT", ["50000"])


def test_each_currency_has_a_bound_of_about_one_large_note() -> None:
    assert [bound(code).minor for code in CURRENCIES] == [20_000_00, 50_00, 50_00, 100, 100_000]


# ---------------------------------------------------------------- when


def begin(kind: CountKind = CountKind.CLOSING, days: int = 0, **facts: bool) -> str:
    asked = {"is_signed": False, "moved_since": False, "went_on": False} | facts
    return str(why_not_begin(kind, TODAY + timedelta(days=days), today=TODAY, **asked) or "")


def test_a_day_is_opened_on_its_morning_once() -> None:
    assert begin(CountKind.OPENING) == begin(CountKind.OPENING, went_on=True) == ""
    assert "own morning" in begin(CountKind.OPENING, -1)
    assert "not come" in begin(CountKind.OPENING, 1)
    assert "opened already" in begin(CountKind.OPENING, is_signed=True)


def test_a_day_is_closed_until_the_point_works_again_and_once_more_when_something_was_handed_out_since() -> None:
    assert begin() == begin(days=-1) == begin(is_signed=True, moved_since=True) == ""
    assert "closed already" in begin(is_signed=True)
    assert "worked since" in begin(days=-1, went_on=True)
    assert "not come" in begin(days=1)


# ---------------------------------------------------------------- reasons


def why_not(*told: Told, differs: tuple[Differs, ...] = (SHORT,), stubs: Stubs | None = None) -> str:
    return str(why_not_told(told, differs=differs, stubs=stubs) or "")


def test_each_difference_has_a_reason_of_its_kind_and_nothing_else_has() -> None:
    assert why_not(MISCOUNTED) == ""
    assert "each difference" in why_not()
    assert "explained twice" in why_not(MISCOUNTED, MISCOUNTED)
    assert "does not differ" in why_not(MISCOUNTED, Told(Counted.GOOD, "pen", "stolen"))
    assert "from the list" in why_not(replace(MISCOUNTED, why=StubReason.LOST))
    assert "counted at closing" in why_not(MISCOUNTED, Told(Counted.STUB_MISSING, "12", StubReason.LOST))


@given(st.sets(st.integers(1, 60), max_size=30), st.sets(st.integers(1, 60)), st.sets(st.integers(61, 99), max_size=9))
def test_stubs_that_are_missing_or_without_a_collection_make_just_the_difference(
    booked: set[int], lost: set[int], extra: set[int]
) -> None:
    missing = booked & lost
    told = [Told(Counted.STUB_MISSING, str(serial), StubReason.LOST) for serial in missing]
    told += [Told(Counted.STUB_EXTRA, str(serial), StubReason.NOT_BOOKED) for serial in extra]
    stubs = Stubs(len(booked) - len(missing) + len(extra), frozenset(booked))

    assert why_not(*told, differs=(), stubs=stubs) == ""
    assert "do not make the difference" in why_not(*told, differs=(), stubs=replace(stubs, counted=stubs.counted + 1))


# ---------------------------------------------------------------- the second person


def test_a_count_waits_once_its_differences_are_explained_and_only_the_newest_does() -> None:
    new = {"is_latest": True, "agreed": None, "differs": True, "is_told": False}

    assert state_of(**new) is CountState.TO_EXPLAIN  # type: ignore[arg-type]
    assert state_of(**new | {"is_told": True}) is CountState.WAITS  # type: ignore[arg-type]
    assert state_of(**new | {"differs": False}) is CountState.WAITS  # type: ignore[arg-type]
    assert state_of(**new | {"is_latest": False}) is CountState.COUNTED_ANEW  # type: ignore[arg-type]
    for agreed, state in ((True, CountState.SIGNED), (False, CountState.REFUSED)):
        assert state_of(**new | {"agreed": agreed, "is_latest": False}) is state  # type: ignore[arg-type]


def answer(state: CountState = CountState.WAITS, *, me: UUID = TWO, needs: bool = False, is_one: bool = False) -> str:
    said = why_not_answer(state, counted_by=ONE, me=me, needs_coordinator=needs, is_coordinator=is_one)
    return str(said or "")


def test_somebody_else_signs_and_a_coordinator_what_is_large() -> None:
    assert answer() == answer(needs=True, is_one=True) == ""
    assert "counted it yourself" in answer(me=ONE)
    assert "a coordinator signs" in answer(needs=True)
    assert "first why" in answer(CountState.TO_EXPLAIN)
    assert "newer count" in answer(CountState.COUNTED_ANEW)
    assert "answered this" in answer(CountState.SIGNED)


def test_large_is_more_than_a_note_some_goods_or_stubs_and_whatever_was_taken_away() -> None:
    note, goods = replace(SHORT, by=-20_000_00), Differs(Counted.GOOD, "pen", 5)
    stubs = [Told(Counted.STUB_MISSING, str(serial), StubReason.LOST) for serial in range(4)]

    assert not is_large([note, goods], [MISCOUNTED, *stubs[:3]])
    assert is_large([replace(note, by=20_000_01)], [MISCOUNTED])
    assert is_large([replace(goods, by=-6)], [])
    assert is_large([SHORT], stubs)
    assert is_large([SHORT], [replace(MISCOUNTED, why=CashReason.STOLEN)])


# ---------------------------------------------------------------- who bears it


@given(st.integers(1, 10**6), st.lists(st.integers(0, 10**6), min_size=3, max_size=3))
def test_a_loss_is_borne_by_the_general_purpose_first_and_to_the_last_coin_or_not_at_all(
    minor: int, has: list[int]
) -> None:
    available = list(zip((ONE, TWO, THREE), has, strict=True))

    shares = shares_of_loss(Money(minor, "KZT"), available, general=TWO)

    assert (shares is None) == (sum(has) < minor)
    for share in shares or ():
        assert 0 < share.amount.minor <= dict(available)[share.purpose]
    if shares is not None:
        assert sum(share.amount.minor for share in shares) == minor
        by = {share.purpose: share.amount.minor for share in shares}
        assert by.get(TWO, 0) == min(minor, has[1])
