"""What a family holds in its hands: every field readable, a code that any camera reads, and no more than that."""

from dataclasses import replace
from datetime import date

import pytest
from flask_babel import gettext

from aid.documents.amounts import in_words
from aid.documents.vouchers import VoucherPaper, voucher_sheets
from aid.domain.codes import grouped, voucher_code
from aid.domain.languages import Language
from aid.domain.money import Money
from aid.formats import day, money
from tests.documents.reading import Printed, said

WORDS = {
    Language.KK: ("«Қайнар» өзара көмек қоры", "Мектеп керек-жарағы", "Орталық тарату орны, Сәтбаев көшесі, 12"),
    Language.RU: ("Фонд взаимопомощи «Кайнар»", "Школьные принадлежности", "Центральный пункт, улица Сатпаева, 12"),
    Language.EN: ("Kaynar Mutual Aid Fund", "School supplies", "Central point, 12 Satpaev Street"),
}


GOOD_ONCE = "Good for one collection. After that, this paper and every copy of it are worth nothing."


def make_paper(serial: int = 1, language: Language = Language.KK, **what: object) -> VoucherPaper:
    title, purpose, point = WORDS[language]
    paper = VoucherPaper(
        serial=serial,
        paper=1,
        title=title,
        family_code="597164108",
        purpose=purpose,
        amount=Money(12_550_000, "KZT"),
        point=point,
        last_day=date(2026, 9, 15),
        digits=voucher_code(),
        items=(),
        language=language,
        demo=False,
    )
    return replace(paper, **what)  # type: ignore[arg-type]


def make_batch(count: int) -> list[VoucherPaper]:
    languages = list(Language)
    return [make_paper(serial=100 + n, language=languages[n % 3]) for n in range(count)]


def test_every_code_in_a_batch_of_nine_in_three_languages_is_read_from_a_poor_scan() -> None:
    batch = make_batch(9)

    printed = Printed(voucher_sheets(batch))

    assert printed.pages == 3
    read = [code for page in range(3) for code in printed.codes(page)]
    assert read == [paper.digits for paper in batch]


def test_a_code_is_large_enough_for_a_cheap_camera() -> None:
    printed = Printed(voucher_sheets(make_batch(4)))

    widths = printed.width_of_pictures(0)

    assert len(widths) == 4
    assert all(width * 21 / 29 >= 17 for width in widths)  # 21 modules of the picture's 29; the rest is its quiet zone


@pytest.mark.parametrize("language", Language)
def test_every_field_stands_on_the_voucher_in_the_familys_language(language: Language) -> None:
    paper = make_paper(serial=4711, language=language, items=("A5 20", "B2 1"))

    text = Printed(voucher_sheets([paper])).text()

    assert text.count("004711") == 2  # voucher and stub
    assert text.count("597 164 108") == 2
    assert text.count(" ".join(said(language, lambda: money(paper.amount)).split())) == 2
    for words in (*WORDS[language], in_words(paper.amount, language), grouped(paper.digits), "A5 20, B2 1"):
        assert words in text
    assert " ".join(said(language, lambda: day(paper.last_day)).split()) in text
    for label in ("Collect at", "Last day", "Received: signature", GOOD_ONCE):
        assert said(language, lambda label=label: gettext(label)).split(".")[0] in text  # type: ignore[misc]


def test_the_stub_does_not_hold_the_digits_that_are_worth_money() -> None:
    paper = make_paper()

    text = Printed(voucher_sheets([paper])).text()

    assert text.count(grouped(paper.digits)) == 1


def test_a_reprint_says_that_it_replaces_the_earlier_paper() -> None:
    text = Printed(voucher_sheets([make_paper(serial=7, paper=2)])).text()

    assert text.count("000007 / 2") == 2
    assert said(Language.KK, lambda: gettext("It replaces every earlier paper with this number.")) in text


def test_each_voucher_of_a_demonstration_is_marked_and_no_real_one_is() -> None:
    marked = Printed(voucher_sheets([make_paper(n, language=Language.EN, demo=True) for n in range(4)])).text()
    real = Printed(voucher_sheets([make_paper(language=Language.EN)])).text()

    assert marked.count("SAMPLE") == 8
    assert "SAMPLE" not in real


def test_goods_that_do_not_fit_are_counted_and_nothing_else_is_pushed_off() -> None:
    items = tuple(f"Мектеп заты {n}" for n in range(40))
    paper = make_paper(
        purpose="Мектеп керек-жарағы және қысқы киім " * 2, items=items, amount=Money(99_999_999_999, "KZT")
    )

    named, more = paper.goods()
    printed = Printed(voucher_sheets([paper]))

    assert 0 < len(named) < 40
    assert len(named) + more == 40
    assert named[-1] in printed.text()
    assert f"{named[-1]}, " not in printed.text()
    assert WORDS[Language.KK][2] in printed.text()
    assert printed.codes(0) == [paper.digits]


def test_an_empty_batch_is_refused() -> None:
    with pytest.raises(ValueError, match="no voucher"):
        voucher_sheets([])


def test_words_of_the_fund_are_never_taken_for_markup() -> None:
    text = Printed(voucher_sheets([make_paper(title="A <b>& B", point='<img src="file:///etc/passwd">')])).text()

    assert "A <b>& B" in text
    assert '<img src="file:///etc/passwd">' in text


@pytest.mark.parametrize("language", Language)
def test_the_stub_of_goods_names_them_and_how_many(language: Language) -> None:
    items = ("Мектеп сөмкесі × 2", "Дәптер, 12 парақ × 10")
    kit = ("Мектеп жинағы × 1 (Дәптер × 5)", "Қант × 1")
    papers = [make_paper(n, language, items=items, amount=Money(0, "KZT")) for n in range(2)]
    papers.append(make_paper(2, language, items=kit, brief=("Мектеп жинағы × 1", "Қант × 1"), amount=Money(0, "KZT")))

    text = Printed(voucher_sheets(papers)).text()

    assert text.count("Мектеп жинағы × 1, Қант × 1") == 1, "the stub tells what was taken, not what was in it"
    assert text.count("Мектеп сөмкесі × 2") == text.count("Дәптер, 12 парақ × 10") == 4  # two vouchers, two stubs


def test_goods_that_a_stub_has_no_room_for_are_counted_on_it() -> None:
    items = tuple(f"Мектеп заты {n} × 1" for n in range(12))

    named, more = make_paper(items=items, amount=Money(0, "KZT")).goods_on_stub()
    kit = "Мектеп жинағы × 2 (" + ", ".join(f"Дәптер {n} × 1" for n in range(9)) + ")"
    (said_,), others = make_paper(items=(kit, "Қант × 1"), amount=Money(0, "KZT")).goods_on_stub()

    assert 0 < len(named) < 12
    assert len(named) + more == 12
    assert said_.startswith("Мектеп жинағы × 2 (")
    assert said_.endswith(" …")
    assert others == 1
