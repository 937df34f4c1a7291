import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from hashlib import blake2b
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aid.domain.payments import Codes, Direction, Party, Payment
from aid.domain.repeats import KnownLine, SeenLine, Sighting, are_apart, repeated
from aid.domain.statements import BankLine, LineStatus, Part, Place

DAY_STARTS = 100_000


@dataclass(frozen=True)
class Gift:
    """What truly happened: who gave, how much."""

    amount: int
    who: str


class Book:
    """Lines of one account and day, kept as a fund would keep them."""

    def __init__(self) -> None:
        self.lines: list[KnownLine] = []

    def bring(self, shown: list[SeenLine]) -> int:
        """How many were new."""
        found = repeated(shown, self.lines)
        for line, place in zip(shown, found, strict=True):
            if place is None:
                self.lines.append(KnownLine(line.signed, line.currency, (line.sighting,)))
            else:
                old = self.lines[place]
                self.lines[place] = replace(old, sightings=(*old.sightings, line.sighting))
        return found.count(None)

    @property
    def amounts(self) -> Counter[int]:
        return Counter(line.signed for line in self.lines)


def shown(gifts: list[Gift], source: str, part: Part | None = None, ibans: bool = False) -> list[SeenLine]:
    """The gifts as a statement shows them; no bank gives a reference here."""
    return [
        SeenLine(
            gift.amount,
            "EUR",
            Sighting(source, f"{source} {gift}", ("", "", gift.who if ibans else ""), part),
        )
        for gift in gifts
    ]


gifts = st.builds(Gift, st.sampled_from([2000, 5000, -700]), st.sampled_from(["Anna", "Boris"]))
days = st.lists(gifts, min_size=1, max_size=8)


def pages(day: list[Gift], cuts: list[int], source: str, first: int = 1) -> Iterator[tuple[list[Gift], Part]]:
    """The day in pages with their balances, in order."""
    edges = sorted({0, *(cut % (len(day) + 1) for cut in cuts), len(day)})
    balance = DAY_STARTS
    for number, (begin, end) in enumerate(itertools.pairwise(edges), first):
        piece = day[begin:end]
        closing = balance + sum(gift.amount for gift in piece)
        yield piece, Part(source, "4", number, balance, closing)
        balance = closing


@given(days, st.data())
def test_whole_days_and_days_so_far_add_up_to_the_truth_however_often_and_in_whatever_order(
    day: list[Gift], data: Any
) -> None:
    """What the day showed so far comes with any of its lines, in any order; then there are one or more whole days."""
    statements = [shown(data.draw(st.permutations(day)), source) for source in data.draw(SOURCES)]
    for _time in range(data.draw(st.integers(0, 4))):
        some = [gift for gift in day if data.draw(st.booleans())]
        statements.append(shown(data.draw(st.permutations(some)), data.draw(st.sampled_from(["camt.052", "mt942"]))))
    book = Book()

    for statement in data.draw(st.permutations(statements * 2)):
        book.bring(statement)

    assert book.amounts == Counter(gift.amount for gift in day)


SOURCES = st.lists(st.sampled_from(["camt.053", "mt940", "csv"]), min_size=1, max_size=3, unique=True)


@given(days, st.lists(st.integers(0, 8), max_size=3), st.data())
def test_a_day_in_pages_is_added_up_whatever_page_comes_first_and_however_often(
    day: list[Gift], cuts: list[int], data: Any
) -> None:
    day = [gift for gift in day if gift.amount > 0]  # balances rise: no page ends where another began
    parts = [shown(piece, "mt940", part) for piece, part in pages(day, cuts, "mt940")]
    whole = data.draw(st.lists(st.sampled_from([shown(day, "camt.053"), shown(day, "csv")]), max_size=2))
    book = Book()

    for statement in data.draw(st.permutations([*parts * 2, *whole])):
        book.bring(statement)

    assert book.amounts == Counter(gift.amount for gift in day)


@given(days, st.lists(st.integers(0, 8), max_size=3))
@settings(max_examples=50)
def test_nothing_is_added_twice_even_where_balances_come_back_to_where_they_were(
    day: list[Gift], cuts: list[int]
) -> None:
    book = Book()
    parts = [shown(piece, "mt940", part) for piece, part in pages(day, cuts, "mt940")]
    for statement in [*parts, *parts]:
        book.bring(statement)
    again = [statement for statement in parts for _time in range(2)]

    assert not any(book.bring(statement) for statement in again)


def test_two_equal_gifts_on_one_day_stay_two_and_a_second_look_adds_none() -> None:
    book = Book()
    twice = [Gift(5000, "Anna"), Gift(5000, "Anna")]

    assert book.bring(shown(twice, "camt.053")) == 2
    assert book.bring(shown(twice, "camt.053")) == 0
    assert book.bring(shown([Gift(5000, "Anna")] * 3, "camt.053")) == 1


def test_reports_of_hours_with_gifts_of_one_amount_keep_both_givers() -> None:
    book = Book()

    assert book.bring(shown([Gift(5000, "Anna")], "camt.052")) == 1
    assert book.bring(shown([Gift(5000, "Boris")], "camt.052")) == 1
    assert book.bring(shown([Gift(5000, "Boris"), Gift(5000, "Anna"), Gift(5000, "Cora")], "camt.053")) == 1
    assert book.bring(shown([Gift(5000, "Boris"), Gift(5000, "Anna"), Gift(5000, "Cora")], "mt940")) == 0


def test_a_bank_that_prints_a_line_otherwise_adds_nothing_between_the_same_balances() -> None:
    book = Book()
    part = Part("camt.053", "7", 1, DAY_STARTS, DAY_STARTS + 5000)

    assert book.bring(shown([Gift(5000, "Anna")], "camt.053", part)) == 1
    assert book.bring(shown([Gift(5000, "Anna B.")], "camt.053", replace(part, statement="again"))) == 0
    assert book.bring(shown([Gift(5000, "Cora")], "camt.053", replace(part, opening=7, closing=5007))) == 1


def test_in_another_format_the_giver_who_is_known_is_not_taken_for_another_one() -> None:
    book = Book()
    book.bring(shown([Gift(5000, "Anna")], "mt942", ibans=True))

    new = repeated(shown([Gift(5000, "Boris"), Gift(5000, "Anna")], "camt.053", ibans=True), book.lines)

    assert new == [None, 0]


def test_a_shared_reference_decides_in_another_format_before_the_order_does() -> None:
    known = [KnownLine(5000, "EUR", (Sighting("mt942", "a", ("REF7",)),))]
    seen = [SeenLine(5000, "EUR", Sighting("camt.053", f"{n}", (mark,))) for n, mark in enumerate(["REF8", "REF7"])]

    assert repeated(seen, known) == [None, 0]


def test_what_differs_in_amount_or_currency_is_never_the_same() -> None:
    known = [KnownLine(5000, "EUR", (Sighting("csv", "a"),))]
    seen = [SeenLine(5000, "USD", Sighting("csv", "a")), SeenLine(-5000, "EUR", Sighting("csv", "a"))]

    assert repeated(seen, known) == [None, None]


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        (Part("mt940", "4", 1, 0, 50), Part("mt940", "4", 2, 50, 90), True),
        (Part("mt940", "4", 3, 70, 90), Part("mt940", "4", 1, 0, 50), True),
        (Part("mt940", "5", 1, 50, 90), Part("mt940", "4", 1, 0, 50), True),
        (Part("mt940", "4", 1, 0, 50), Part("mt940", "4", 1, 50, 90), False),  # one page twice
        (Part("mt940", "4", 1, 0, 50), Part("camt.053", "5", 1, 50, 90), False),
        (Part("mt940", "4", 1, 0, 50), Part("mt940", "5", 1, 0, 50), False),
        (Part("mt940", "4", 1, 50, 50), Part("mt940", "5", 1, 50, 90), False),
        (Part("mt940", "4", 1, 10, 50), Part("mt940", "5", 1, 50, 50), False),  # it moved nothing: it proves nothing
        (Part("mt940", "4", 1, 0, 50), None, False),
    ],
)
def test_parts_of_a_day_are_apart_where_one_begins_at_the_others_end(
    one: Part, other: Part | None, apart: bool
) -> None:
    assert are_apart(one, other) is apart


def test_thousands_of_equal_gifts_are_compared_in_a_moment() -> None:
    book = Book()
    many = [Gift(5000, str(number)) for number in range(5000)]

    assert book.bring(shown(many, "camt.053")) == 5000
    assert book.bring(shown(many[::-1], "camt.053")) == 0
    assert book.bring(shown(many, "csv", ibans=True)) == 0


def test_a_lines_identity_never_changes() -> None:
    """Else every line that is known would come again as a new one."""
    gift = Payment(50_00, "EUR", None, Party("Anna", "DE1"), None, "For Ermek", ("RF1", "RF2"), "E2E", additional="x")
    line = BankLine(
        Place(1, 1),
        date(2026, 8, 1),
        date(2026, 8, 2),
        100_00,
        "EUR",
        Direction.DEBIT,
        is_reversal=False,
        status=LineStatus.BOOKED,
        bank_reference="B1",
        entry_reference="",
        codes=Codes(),
        payment=Payment(),
        details=(gift, replace(gift, other=None)),
    )

    said = ["-10000", "EUR", "2026-08-02", "B1", "", "", "", "None", "", ""]
    said += ["E2E", "RF1", "RF2", "For Ermek", "x", "5000", "Anna", "DE1"]
    said += ["E2E", "RF1", "RF2", "For Ermek", "x", "5000", "", ""]
    assert line.identity == blake2b("\x1f".join(said).encode(), digest_size=16).digest()
