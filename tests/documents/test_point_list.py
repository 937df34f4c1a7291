"""A point's list on paper: each page adds up its own lines, and nothing on it says who a family is."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest

from aid.documents.point_list import point_list_pdf
from aid.documents.press.layouts import Kept
from aid.domain.goods import Item
from aid.domain.languages import Language
from aid.domain.late import ListLine
from aid.domain.money import Money
from aid.domain.parts import Worth
from aid.services.collections.point_lists import PaperLine, PaperList
from tests.documents.reading import Printed

LONG = "Мектеп керек-жарағының толық жиынтығы, үлкен × 2"


def a_line(serial: int) -> PaperLine:
    goods = (Item("kit", 2), Item("pen", 1)) if serial % 3 == 0 else ()
    words = (LONG, "Қалам × 1") if goods else ()
    return PaperLine(ListLine(serial, 1, Worth(Money(10_000_00, "KZT"), goods)), words, "қарлығаш")


def printed_in(language: Language, lines: Sequence[PaperLine], kept: Kept, **fund: Any) -> Printed:
    told = {"kk": "Қор", "ru": "Фонд", "en": "Fund"}
    paper = PaperList(
        7, told, "Клуб", DAY, MADE, "nurlan", fund.get("demo", False), tuple(lines), fund.get("shop", False)
    )
    return Printed(b"".join(point_list_pdf(paper, language=language, kept=kept)))


def letters_of(text: str) -> str:
    """What a text says, wherever its lines are broken."""
    return "".join(filter(str.isalnum, text))


def test_each_page_of_a_list_adds_up_its_own_lines(kept: Kept) -> None:
    printed = printed_in(Language.EN, [a_line(serial) for serial in range(1, 91)], kept)

    told = [printed.text(number) for number in range(printed.pages)]
    assert len(told) > 2
    assert sum(page.count("қарлығаш") for page in told) == 90
    for page in told:
        count = page.count("қарлығаш")
        assert "This page" in page
        assert f"{count} vouchers, ₸{count * 10_000:,}" in page
    assert "90 vouchers: ₸900,000" in told[0]
    assert "destroy it" in told[0]


@pytest.mark.parametrize("language", Language)
def test_whatever_a_line_says_it_is_said_whole(kept: Kept, language: Language) -> None:
    long, longer, foreign = LONG * 2, f"{LONG} " * 9, "Bag 🎒 × 1"
    items = [("Қалам × 1",), (LONG, long), (longer.strip(),), (foreign, LONG, "Дәптер × 12")]
    lines = [
        PaperLine(ListLine(n, 1, Worth(Money(n * 500_00, "KZT"), ())), said, "бозторғай")
        for n, said in enumerate(items)
    ]

    printed = printed_in(language, lines, kept, demo=True)

    told = letters_of(printed.text())
    for line, said in zip(lines, items, strict=True):
        assert f"{line.line.serial:06}" in told
        for item in said:
            assert letters_of(item) in told
    assert told.count("бозторғай") == len(items)


def test_a_shops_list_has_a_box_for_how_much_and_only_what_goes_in_parts_has_numbers(kept: Kept) -> None:
    things = Worth(Money(10_000_00, "KZT"), (Item("kit", 2),))
    whole, parted = (PaperLine(ListLine(n, 1, things), (LONG,), "қарлығаш", in_parts=n == 2) for n in (1, 2))

    table, shop = printed_in(Language.EN, [parted], kept).text(), printed_in(Language.EN, [parted], kept, shop=True)

    assert "How much, if not all" not in table
    assert "How much, if not all" in shop.text()
    plain = printed_in(Language.EN, [whole], kept).text()
    assert [table.split().count(number) - plain.split().count(number) for number in "12"] == [1, 1]


def test_a_list_of_many_pages_numbers_them_and_says_on_each_whose_it_is(kept: Kept) -> None:
    printed = printed_in(Language.RU, [a_line(serial) for serial in range(1, 200)], kept)

    for number in range(printed.pages):
        page = printed.text(number)
        assert f"{number + 1} / {printed.pages}" in page
        assert "Клуб" in page
        assert "нет имён" in page


DAY, MADE = date(2026, 11, 23), datetime(2026, 11, 22, 15, 30, tzinfo=UTC)
