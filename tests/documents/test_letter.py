"""The letter of thanks: one page, in the donor's language, in the words of a text."""

from dataclasses import replace
from datetime import date
from unittest.mock import Mock

import pypdfium2 as pdfium
import pytest
from PIL import ImageChops

from aid.documents.letter import ThanksLetter, thanks_pdf
from aid.documents.press import laying
from aid.documents.thanks import own_text
from aid.domain.languages import Language
from aid.domain.thanks import IN_BODY, put_together
from aid.formats import day
from tests.documents.reading import Printed, said

VALUES = dict.fromkeys(IN_BODY, "") | {
    "amount": "250,50 €",
    "in_words": "Екі жүз елу еуро",
    "purpose": "Мектеп керек-жарағы",
    "day": "2026 ж. 5 тамыз",
    "number": "418",
    "code": "1234 5678 9012 3456",
    "page": "біздің ашық бетіміздің «Сіздің сыйыңыз» деген бөлімінде, кез келген уақытта",
    "fund": "«Қайнар» өзара көмек қоры",
}

ADDRESS = ("Ingrid Solheim", "c/o Havnearbeiderne", "Storgata 7", "Postboks 12", "0155 Oslo", "NORGE")


def a_letter(language: Language = Language.EN, name: str | None = "Мәриям Өтегенқызы") -> ThanksLetter:
    words = put_together(own_text(language.value), name=name, values=VALUES)
    return ThanksLetter(number=418, fund_name=VALUES["fund"], said=words, written_on=date(2026, 8, 7))


@pytest.mark.parametrize("language", Language)
def test_the_letter_is_one_page_and_says_everything(language: Language) -> None:
    letter = replace(a_letter(language), address=ADDRESS, demo=True)

    printed = Printed(thanks_pdf(letter))

    assert printed.pages == 1
    wanted = [
        *(value for value in VALUES.values() if value),
        letter.said.greeting,
        *letter.closing[1],
        said(language, lambda: day(letter.written_on)),
    ]
    assert "Мәриям Өтегенқызы" in letter.said.greeting
    assert not [words for words in wanted if " ".join(words.split()) not in printed.text()]


def test_who_gave_without_a_name_is_thanked_as_a_friend() -> None:
    assert "Dear friend," in Printed(thanks_pdf(a_letter(name=None))).text()


def test_letters_of_a_batch_begin_on_pages_of_their_own() -> None:
    assert Printed(thanks_pdf(a_letter(), a_letter(Language.KK), a_letter(Language.RU))).pages == 3


def a_batch(count: int) -> list[ThanksLetter]:
    """Letters of one text: by hand and by post, to short names and long ones."""
    names = ("Мәриям Өтегенқызы", "Ingrid Solheim", None, "Бауыржан")
    return [
        replace(
            a_letter(Language.RU, names[n % 4]),
            said=put_together(
                own_text("ru"), name=names[n % 4], values=VALUES | {"code": f"{n:04} 5678 9012 3456", "page": ""}
            ),
            address=ADDRESS if n % 2 else (),
        )
        for n in range(count)
    ]


def test_letters_of_one_text_are_laid_out_once_and_stand_in_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    counted = Mock(wraps=laying._rendered)
    monkeypatch.setattr(laying, "_rendered", counted)
    batch = a_batch(20)

    printed = Printed(thanks_pdf(*batch))

    assert (printed.pages, counted.call_count) == (20, 4), "by hand and by post, each with its words and without"
    for page, letter in enumerate(batch):
        words = " ".join(printed.text(page).split())
        assert f"{page:04} 5678 9012 3456" in words
        assert letter.said.greeting in words
        assert all(line in words for line in letter.address)
        assert all(line in words for line in letter.closing[1])


def test_a_letter_of_a_batch_looks_as_if_it_had_been_laid_out_by_itself() -> None:
    long = "Aleksandr Konstantinopolskiy-Zadunaiskiy and the whole of his family by the sea"
    batch = [*a_batch(6), *(a_letter(Language.RU, name) for name in (long, "李小龍", "Ән", "Ой"))]

    together = Printed(thanks_pdf(*batch))

    page = 0
    for letter in batch:
        alone = Printed(thanks_pdf(letter))
        for number in range(alone.pages):
            one, other = (
                printed.pdf[at].render(scale=1).to_pil().convert("L")
                for printed, at in ((together, page + number), (alone, number))
            )
            apart = ImageChops.difference(one, other).histogram()
            assert sum(apart[100:]) < 5, letter.said.greeting
        page += alone.pages
    assert page == together.pages


def test_what_people_wrote_is_set_as_words_and_never_read_as_a_page() -> None:
    planted = "<img src='file:///etc/passwd'> {{ config }} <script>x</script>"

    text = Printed(thanks_pdf(a_letter(name=planted))).text()

    assert planted in text


def test_the_file_tells_nobody_whom_it_thanks_before_it_is_opened() -> None:
    metadata = Printed(thanks_pdf(a_letter(Language.KK))).metadata()

    assert metadata["Title"]
    assert "Мәриям" not in str(metadata)


def test_a_letter_of_a_demonstration_is_marked() -> None:
    assert "SAMPLE" in Printed(thanks_pdf(replace(a_letter(), demo=True))).text()


def test_the_address_stands_in_the_window_of_an_envelope_and_nothing_else_does() -> None:
    page = pdfium.PdfDocument(thanks_pdf(replace(a_letter(), address=ADDRESS)))[0].get_textpage()

    boxes = {
        page.get_text_range(n, 1): page.get_charbox(n)
        for n in range(page.count_chars())
        if 45 < (842 - page.get_charbox(n)[1]) * 25.4 / 72 < 90 and page.get_charbox(n)[0] * 25.4 / 72 < 105
    }
    for left, bottom, _right, top in boxes.values():
        assert 20 < left * 25.4 / 72 < 105
        assert (842 - top) * 25.4 / 72 > 45
        assert (842 - bottom) * 25.4 / 72 < 90
    assert set("".join(ADDRESS)) - {" "} == set(boxes) - {" ", "\r", "\n"}, "all of the address, and of nothing else"
