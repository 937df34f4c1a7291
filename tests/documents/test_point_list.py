"""A point's list on paper: each page adds up its own lines, and nothing on it says who a family is."""

from datetime import UTC, date, datetime

from aid.documents.point_list import point_list_pdf
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


def test_each_page_of_a_list_adds_up_its_own_lines() -> None:
    lines = tuple(a_line(serial) for serial in range(1, 91))
    paper = PaperList(7, {"kk": "Қор", "ru": "Фонд", "en": "Fund"}, "Клуб", DAY, MADE, "nurlan", False, lines)

    printed = Printed(point_list_pdf(paper, language=Language.EN))

    told = [printed.text(number) for number in range(printed.pages)]
    assert len(told) > 2
    assert sum(page.count("қарлығаш") for page in told) == 90
    for page in told:
        count = page.count("қарлығаш")
        assert f"This page: {count} vouchers, ₸{count * 10_000:,}" in page
    assert "90 vouchers: ₸900,000" in told[0]
    assert "destroy it" in told[0]


DAY, MADE = date(2026, 11, 23), datetime(2026, 11, 22, 15, 30, tzinfo=UTC)
