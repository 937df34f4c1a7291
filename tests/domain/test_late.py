"""What is typed from a paper list is read line by line, and held against the books by one rule."""

from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest

from aid.domain.goods import Item
from aid.domain.late import Conflict, LateFacts, ListLine, common, conflict_of, handed_by, why_not_day, why_not_hour
from aid.domain.late.typed import Chosen, TypedLine, lines_of
from aid.domain.money import Money
from aid.domain.parts import Worth
from aid.domain.refusals import RuleBroken
from aid.domain.vouchers import VoucherState

DAY = date(2026, 11, 20)
FINE = LateFacts(
    state=VoucherState.PRINTED,
    is_on_list=True,
    is_here=True,
    was_here=True,
    is_repeated=False,
    is_same_paper=True,
    handed_since=False,
    undone_since=False,
    vouched=False,
    is_cut_short=False,
    grace_until=DAY,
    day=DAY,
)
PARCEL = ListLine(12, 1, Worth(Money(10_000_00, "KZT"), (Item("notebook", 5), Item("pen:blue", 2))))


def test_lines_are_read_as_people_write_them() -> None:
    typed = lines_of("12 10:30\n000014-16 1045\n\n20\n21 9.05 1 2x3 3х1\n22 9.10 1=4500")

    assert [(line.serial, line.hour) for line in typed[:5]] == [
        (12, time(10, 30)),
        *[(serial, time(10, 45)) for serial in (14, 15, 16)],
        (20, time(10, 45)),
    ]
    assert typed[5] == TypedLine(21, time(9, 5), (Chosen(1), Chosen(2, 3), Chosen(3, 1)))
    assert typed[6] == TypedLine(22, time(9, 10), (Chosen(1, sum="4500"),))


@pytest.mark.parametrize(
    "text",
    ["", "12", "twelve 10:30", "12 25:00", "12 10:61", "18-12 10:30", "1-99999 10:30", "12 10:30 x", "12a 10:30"],
)
def test_what_can_not_be_read_is_refused_beside_the_text(text: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        lines_of(text)
    assert refused.value.field == "text"


def test_a_line_of_a_list_is_kept_and_read_again() -> None:
    assert PARCEL.plain() == "12 1 1000000 KZT; 5 notebook; 2 pen:blue"
    assert ListLine.from_plain(PARCEL.plain()) == PARCEL


def test_what_was_ticked_is_its_money_first_and_then_its_goods() -> None:
    assert handed_by(PARCEL, ()) == PARCEL.worth
    assert handed_by(PARCEL, (Chosen(1),)) == Worth(Money(10_000_00, "KZT"))
    assert handed_by(PARCEL, (Chosen(2, 3), Chosen(3))).plain() == ["3 notebook", "2 pen:blue"]
    assert handed_by(PARCEL, (Chosen(1, sum="4500,50"),)) == Worth(Money(4_500_50, "KZT"))
    wrongs = (
        Chosen(0),
        Chosen(4),
        Chosen(2, 6),
        Chosen(2, 0),
        Chosen(1, 2),
        Chosen(1, sum="10001"),
        Chosen(2, sum="5"),
    )
    for wrong in wrongs:
        with pytest.raises(RuleBroken, match="no such thing"):
            handed_by(PARCEL, (wrong,))


def test_a_thing_is_given_once_in_a_line() -> None:
    with pytest.raises(RuleBroken, match="stands twice"):
        handed_by(PARCEL, (Chosen(2, 3), Chosen(2, 4)))


def test_what_is_covered_is_what_both_have() -> None:
    left = Worth(Money(0, "KZT"), (Item("notebook", 2),))
    assert common(PARCEL.worth, left) == left


@pytest.mark.parametrize(
    ("change", "conflict"),
    [
        ({}, None),
        ({"state": VoucherState.BEGUN}, None),
        ({"state": VoucherState.COLLECTED}, Conflict.COLLECTED),
        ({"state": VoucherState.VOID}, Conflict.VOIDED),
        ({"state": VoucherState.EXPIRED}, Conflict.EXPIRED),
        ({"state": VoucherState.ISSUED}, Conflict.PAPER_ENDED),
        ({"grace_until": date(2026, 11, 19)}, Conflict.EXPIRED),
        ({"is_on_list": False}, Conflict.NOT_ON_LIST),
        ({"is_here": False}, Conflict.MOVED),
        ({"is_here": False, "is_on_list": False}, Conflict.MOVED),
        ({"is_here": False, "is_on_list": False, "was_here": False}, Conflict.ELSEWHERE),
        ({"is_same_paper": False}, Conflict.REPLACED),
        ({"handed_since": True}, Conflict.PART_COLLECTED),
        ({"undone_since": True}, Conflict.UNDONE),
        ({"vouched": True}, Conflict.OWN_FAMILY),
        ({"is_cut_short": True}, Conflict.CUT_SHORT),
        ({"is_repeated": True, "state": VoucherState.COLLECTED}, Conflict.TWICE),
    ],
)
def test_a_line_goes_together_with_the_books_or_has_its_reason(
    change: dict[str, object], conflict: Conflict | None
) -> None:
    assert conflict_of(replace(FINE, **change)) is conflict  # type: ignore[arg-type]


def test_an_hour_lies_between_the_printing_of_the_list_and_now() -> None:
    printed, now = datetime(2026, 11, 20, 7, 30, 40, tzinfo=UTC), datetime(2026, 11, 20, 18, tzinfo=UTC)
    for at, fits in ((printed.replace(second=0), True), (now, True), (printed.replace(minute=29), False)):
        assert (why_not_hour(at, printed_at=printed, now=now, serial=12) is None) is fits
    assert why_not_hour(now.replace(hour=19), printed_at=printed, now=now, serial=12)


def test_a_list_is_for_today_or_a_week_ahead() -> None:
    for day, fits in ((20, True), (27, True), (19, False), (28, False)):
        assert (why_not_day(date(2026, 11, day), today=DAY) is None) is fits
