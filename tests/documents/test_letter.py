"""The letter of thanks: one page, in the donor's language."""

from dataclasses import replace
from datetime import date

import pytest
from flask_babel import gettext

from aid.documents.amounts import in_words
from aid.documents.letter import ThanksLetter, thanks_pdf
from aid.domain.languages import Language
from aid.domain.money import Money
from aid.formats import day, money
from tests.documents.reading import Printed, said

LETTER = ThanksLetter(
    fund_name="«Қайнар» өзара көмек қоры",
    donor_name="Мәриям Өтегенқызы",
    amount=Money(25_050, "EUR"),
    purpose="Мектеп керек-жарағы",
    received_on=date(2026, 8, 5),
    number=418,
    language=Language.KK,
    signed_by="Гүлнар Әбдіқызы",
    place="Алматы",
    written_on=date(2026, 8, 7),
)


@pytest.mark.parametrize("language", Language)
def test_the_letter_is_one_page_and_says_everything(language: Language) -> None:
    letter = replace(LETTER, language=language)

    printed = Printed(thanks_pdf(letter))

    assert printed.pages == 1
    wanted = [
        letter.fund_name,
        letter.purpose,
        "418",
        letter.signed_by,
        letter.place,
        in_words(letter.amount, language),
        said(language, lambda: gettext("Dear %(name)s,", name=letter.donor_name)),
        said(language, lambda: money(letter.amount)),
        said(language, lambda: day(letter.received_on)),
        said(language, lambda: day(letter.written_on)),
        said(language, lambda: gettext("With respect and gratitude")),
    ]
    assert not [words for words in wanted if " ".join(words.split()) not in printed.text()]


def test_who_gave_without_a_name_is_thanked_as_a_friend() -> None:
    text = Printed(thanks_pdf(replace(LETTER, donor_name=None, language=Language.EN))).text()

    assert "Dear friend," in text


def test_the_file_tells_nobody_whom_it_thanks_before_it_is_opened() -> None:
    metadata = Printed(thanks_pdf(LETTER)).metadata()

    assert metadata["Title"]
    assert "Мәриям" not in str(metadata)


def test_a_letter_of_a_demonstration_is_marked() -> None:
    assert "SAMPLE" in Printed(thanks_pdf(replace(LETTER, demo=True, language=Language.EN))).text()
