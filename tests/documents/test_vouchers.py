"""What a family holds in its hands: every field readable, a code that any camera reads, and no more than that."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, time
from pathlib import Path

import pytest
from flask_babel import gettext

from aid.documents.amounts import in_words
from aid.documents.press.layouts import Kept
from aid.documents.vouchers.sheets import voucher_sheets
from aid.domain.codes import grouped, voucher_code
from aid.domain.days.planning import Invited
from aid.domain.languages import Language
from aid.domain.money import Money
from aid.domain.papers import PaperStyle, VoucherFormat
from aid.formats import day, money
from aid.services.vouchers.printed import PrintedGood, PrintedPaper
from tests.documents.reading import Printed, said

WORDS = {
    Language.KK: ("«Қайнар» өзара көмек қоры", "Мектеп керек-жарағы", "Орталық тарату орны, Сәтбаев көшесі, 12"),
    Language.RU: ("Фонд взаимопомощи «Кайнар»", "Школьные принадлежности", "Центральный пункт, улица Сатпаева, 12"),
    Language.EN: ("Kaynar Mutual Aid Fund", "School supplies", "Central office, 12 Satpaev Street"),
}
GOODS = (PrintedGood("Мектеп сөмкесі", 1), PrintedGood("Дәптер, 12 парақ", 10))
A_SHEET = {VoucherFormat.FOUR: 4, VoucherFormat.EIGHT: 8, VoucherFormat.A6: 1, VoucherFormat.RECEIPT: 1}

GOOD_ONCE = "Good for one collection. After that, this paper and every copy of it are worth nothing."


def make_paper(serial: int = 1, language: Language = Language.KK, **what: object) -> PrintedPaper:
    title, purpose, point = WORDS[language]
    paper = PrintedPaper(
        serial=serial,
        paper=1,
        title=title,
        family_code="597164108",
        purpose=purpose,
        amount=Money(12_550_000, "KZT"),
        point=point,
        last_day=date(2026, 9, 15),
        digits=voucher_code(),
        goods=(),
        language=language,
        demo=False,
    )
    return replace(paper, **what)  # type: ignore[arg-type]


def make_batch(count: int) -> list[PrintedPaper]:
    languages = list(Language)
    return [make_paper(serial=100 + n, language=languages[n % 3]) for n in range(count)]


def printed(kept: Kept, papers: Sequence[PrintedPaper], **look: object) -> Printed:
    style = PaperStyle(titles={}, **look)  # type: ignore[arg-type]
    return Printed(b"".join(voucher_sheets(papers, style=style, kept=kept)))


def test_every_code_in_a_batch_of_nine_in_three_languages_is_read_from_a_poor_scan(kept: Kept) -> None:
    batch = make_batch(9)

    sheets = printed(kept, batch)

    assert sheets.pages == 3
    read = [code for page in range(3) for code in sheets.codes(page)]
    assert read == [paper.digits for paper in batch]


@pytest.mark.parametrize("format_", VoucherFormat)
def test_in_every_format_a_code_is_large_enough_for_a_cheap_camera_and_every_field_is_there(
    kept: Kept, format_: VoucherFormat
) -> None:
    papers = [make_paper(n, goods=GOODS) for n in range(A_SHEET[format_])]

    sheets = printed(kept, papers, format=format_, footers={"kk": "Сұрақтар осы орында"})

    assert sheets.pages == 1
    assert all(width >= 17 for width in sheets.width_of_pictures(0))
    assert set(sheets.codes(0)) == {paper.digits for paper in papers}
    text = sheets.text()
    for words in (*WORDS[Language.KK], "Мектеп сөмкесі", "Дәптер, 12 парақ", "Сұрақтар осы орында"):
        assert text.count(words) == len(papers)
    assert in_words(papers[0].amount, Language.KK) in text


@pytest.mark.parametrize("language", Language)
def test_every_field_stands_on_the_voucher_in_the_familys_language(kept: Kept, language: Language) -> None:
    paper = make_paper(serial=4711, language=language, goods=(PrintedGood("Тет", 20), PrintedGood("B2", 1)))

    sheets = printed(kept, [paper])
    text = sheets.text()

    assert sheets.language() == language.value
    assert sheets.is_tagged()
    assert text.count("004711") == 2  # voucher and stub
    assert text.count("597 164 108") == 2
    assert text.count(" ".join(said(language, lambda: money(paper.amount)).split())) == 2
    for words in (*WORDS[language], in_words(paper.amount, language), grouped(paper.digits), "20 Тет", "1 B2"):
        assert words in text
    assert " ".join(said(language, lambda: day(paper.last_day)).split()) in text
    for label in ("Collect at", "Last day", "Received: signature", GOOD_ONCE):
        assert said(language, lambda label=label: gettext(label)).split(".")[0] in text  # type: ignore[misc]


def test_letters_that_flow_together_are_still_found_and_copied(kept: Kept) -> None:
    text = printed(kept, [make_paper(language=Language.EN, point="The official office, ffi fl")]).text()

    assert "The official office, ffi fl" in text


def test_the_stub_does_not_hold_the_digits_that_are_worth_money(kept: Kept) -> None:
    paper = make_paper()

    text = printed(kept, [paper]).text()

    assert text.count(grouped(paper.digits)) == 1


def test_a_reprint_says_that_it_replaces_the_earlier_paper(kept: Kept) -> None:
    text = printed(kept, [make_paper(serial=7, paper=2)], footers={"kk": "Сұрақтар " * 12}).text()

    assert text.count("000007 / 2") == 2
    assert said(Language.KK, lambda: gettext("It replaces every earlier paper with this number.")) in text


@pytest.mark.parametrize("language", Language)
def test_the_rest_of_a_voucher_says_that_it_is_the_rest_on_voucher_and_stub(kept: Kept, language: Language) -> None:
    goods, none = tuple(PrintedGood(f"Өте ұзақ атауы бар мектеп заты {n}", n) for n in range(1, 40)), Money(0, "KZT")
    papers = [make_paper(1), make_paper(2, goods=GOODS, amount=none), make_paper(3, goods=goods, amount=none)]
    rest = [replace(paper, language=language, paper=2, is_rest=True) for paper in papers]

    sheets = printed(kept, rest)

    def words(message: str, **values: str) -> str:
        return " ".join(said(language, lambda: gettext(message, **values)).split())

    text, amount = sheets.text(), said(language, lambda: money(papers[0].amount))
    assert text.count(words("This is the rest: the other part was handed out already.")) == 3
    assert text.count(words("The rest: %(amount)s", amount=amount)) == 1
    assert text.count(words("The rest: amount")) == 1, "on its stub"
    assert text.count(words("The rest: goods")) == 4, "on each of two vouchers and its stub"


def test_each_voucher_of_a_demonstration_is_marked_and_no_real_one_is(kept: Kept) -> None:
    marked = printed(kept, [make_paper(n, language=Language.EN, demo=True) for n in range(4)]).text()
    real = printed(kept, [make_paper(language=Language.EN)]).text()

    assert marked.count("SAMPLE") == 8
    assert "SAMPLE" not in real


def test_a_voucher_whose_texts_do_not_fit_stands_on_sheets_of_its_own_with_all_of_them_and_comes_last(
    kept: Kept,
) -> None:
    goods = tuple(PrintedGood(f"Өте ұзақ атауы бар мектеп заты {n}", n) for n in range(1, 60))
    papers = [make_paper(1, goods=goods), make_paper(2)]

    sheets = printed(kept, papers)

    assert sheets.pages > 2
    assert [code for page in range(sheets.pages) for code in sheets.codes(page)] == [papers[1].digits, papers[0].digits]
    assert "000002" in sheets.text(0)
    assert "000001" not in sheets.text(0)
    assert all(f"{good.quantity} {good.name}" in sheets.text() for good in goods)


def test_what_is_a_little_too_long_is_set_tighter_in_its_place(kept: Kept) -> None:
    point = "Облыстық мәдениет үйі, екінші қабат, № 214 бөлме, Қабанбай батыр даңғылы, 128-үй, аула жағынан кіру"

    sheets = printed(kept, [make_paper(point=point)])

    assert sheets.pages == 1
    assert point in sheets.text()


def test_an_empty_batch_is_refused(kept: Kept) -> None:
    with pytest.raises(ValueError, match="no voucher"):
        voucher_sheets([], style=PaperStyle(titles={}), kept=kept)


@pytest.mark.parametrize("goods", [(), tuple(PrintedGood(f"<b>{n}", 1) for n in range(90))])
def test_words_of_the_fund_are_never_taken_for_markup(kept: Kept, goods: tuple[PrintedGood, ...]) -> None:
    paper = make_paper(title="A <b>& B", point='<img src="file:///etc/passwd">', goods=goods)

    text = printed(kept, [paper]).text()

    assert "A <b>& B" in text
    assert '<img src="file:///etc/passwd">' in text


def test_the_stub_of_goods_names_them_and_how_many(kept: Kept) -> None:
    kit = (PrintedGood("Мектеп жинағы", 1, "Дәптер × 5"), PrintedGood("Қант", 1))
    papers = [make_paper(n, goods=GOODS, amount=Money(0, "KZT")) for n in range(2)]
    papers.append(make_paper(2, goods=kit, amount=Money(0, "KZT")))

    text = printed(kept, papers).text()

    assert text.count("Мектеп жинағы × 1, Қант × 1") == 1, "the stub tells what was taken, not what was in it"
    assert "Мектеп жинағы (Дәптер × 5)" in text
    assert text.count("Мектеп сөмкесі × 1, Дәптер, 12 парақ × 10") == 2


def test_goods_that_a_stub_has_no_room_for_are_counted_on_it(kept: Kept) -> None:
    goods = tuple(PrintedGood(f"Мектеп заты {n}", 1) for n in range(12))

    text = printed(kept, [make_paper(goods=goods, amount=Money(0, "KZT"))]).text()

    assert any(said(Language.KK, lambda n=n: gettext("and %(number)s more", number=n)) in text for n in range(1, 12))  # type: ignore[misc]
    assert all(f"{good.name} × 1" in text for good in goods), "the voucher itself names them all"


def test_a_forms_file_that_is_broken_or_of_another_making_is_laid_out_anew(tmp_path: Path) -> None:
    first = b"".join(voucher_sheets([paper := make_paper()], style=PaperStyle(titles={}), kept=Kept(tmp_path)))
    for file in tmp_path.iterdir():
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])

    again = b"".join(voucher_sheets([paper], style=PaperStyle(titles={}), kept=Kept(tmp_path)))

    assert again == first


def test_what_is_kept_of_a_form_holds_nothing_of_the_fund_or_the_families(tmp_path: Path) -> None:
    paper = make_paper(goods=GOODS)

    b"".join(voucher_sheets([paper], style=PaperStyle(titles={}), kept=Kept(tmp_path)))

    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir()).decode("latin-1")
    assert len(list(tmp_path.iterdir())) == 2
    for secret in (*WORDS[Language.KK], paper.digits, paper.family_code, "Мектеп"):
        assert secret not in kept


@pytest.mark.parametrize("format_", VoucherFormat)
def test_a_planned_voucher_says_when_to_come_in_the_longest_of_months_and_others_say_nothing(
    kept: Kept, format_: VoucherFormat
) -> None:
    comes = Invited(date(2026, 9, 28), time(10, 30), time(11))
    asked = [make_paper(n, language, comes=comes, goods=GOODS) for n, language in enumerate(Language, 1)]

    sheets = printed(kept, [*asked, make_paper(4)], format=format_)

    text = sheets.text()
    assert sheets.pages == -(-4 // A_SHEET[format_]), "none of them needs a sheet of its own"
    assert text.count("10:30–11:00") == 3
    for words in ("28 қыркүйек", "28 сентября", "Come: 28 September 10:30–11:00"):
        assert words in text


def test_a_voucher_by_itself_says_when_to_come_too(kept: Kept) -> None:
    comes = Invited(date(2026, 9, 28), time(10, 30), time(11))

    text = printed(kept, [make_paper(point="Ұзақ мекенжай " * 30, comes=comes)]).text()

    assert "28 қыркүйек, 10:30–11:00" in text
