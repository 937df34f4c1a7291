"""The fund's own words are tried by the press: what has no room is refused by language and by how much."""

from dataclasses import replace
from datetime import date

import pytest

from aid.documents.press.layouts import Kept
from aid.documents.vouchers.fitting import check_fits, sample
from aid.documents.vouchers.sheets import voucher_sheets
from aid.domain.codes import parse_family_code, parse_voucher_code
from aid.domain.languages import Language
from aid.domain.papers import PaperStyle, PictureKind, VoucherFormat
from aid.domain.refusals import RuleBroken
from tests.documents.reading import Printed
from tests.readers.test_pictures import picture

STYLE = PaperStyle(
    titles={"kk": "«Қайнар» өзара көмек қоры", "ru": "Фонд взаимопомощи «Кайнар»", "en": "Kaynar Mutual Aid Fund"},
    footers={"kk": "Сұрақтар: сейсенбі мен бейсенбі, 10–13, клубта"},
    format=VoucherFormat.EIGHT,
)
LONG = "Маңғыстау облысының «Қайнар» көмек қоры"


def refused(style: PaperStyle, kept: Kept) -> RuleBroken:
    with pytest.raises(RuleBroken) as refusal:
        check_fits(style, kept=kept)
    return refusal.value


def sheets(style: PaperStyle, kept: Kept) -> Printed:
    vouchers = [sample(each, title="", last_day=date(2026, 9, 15)) for each in Language]
    return Printed(b"".join(voucher_sheets(vouchers, style=style, kept=kept)))


def test_words_that_have_room_in_every_language_are_taken(kept: Kept) -> None:
    check_fits(STYLE, kept=kept)

    assert sheets(STYLE, kept).pages == 1


def test_a_title_without_room_is_refused_by_its_language_and_by_how_much_and_shorter_it_is_taken(kept: Kept) -> None:
    title = LONG + " мен достары"

    refusal = refused(replace(STYLE, titles={**STYLE.titles, "kk": title}), kept)

    assert refusal.field == "title_kk"
    assert "Қазақша" in str(refusal)
    over = int(str(refusal).rsplit(" ", 1)[-1].rstrip("."))
    assert 0 < over < 30
    check_fits(replace(STYLE, titles={**STYLE.titles, "kk": title[:-over]}), kept=kept)
    refused(replace(STYLE, titles={**STYLE.titles, "kk": title[: 1 - over]}), kept)


def test_a_footer_without_room_is_refused_too(kept: Kept) -> None:
    refusal = refused(replace(STYLE, footers={"ru": "Вопросы: вторник и четверг, 10–13, в клубе. " * 3}), kept)

    assert refusal.field == "footer_ru"
    assert str(refusal).startswith("The footer is too long in Русский")


def test_beside_a_logo_a_title_has_less_room(kept: Kept) -> None:
    long = replace(STYLE, titles={**STYLE.titles, "kk": LONG})
    check_fits(long, kept=kept)

    refusal = refused(replace(long, logo=picture(), logo_kind=PictureKind.PNG), kept)

    assert refusal.field == "title_kk"


def test_signs_that_our_type_does_not_hold_are_refused(kept: Kept) -> None:
    assert "no sign" in str(refused(replace(STYLE, footers={"en": "Questions? ☎ 42"}), kept))


def test_a_sample_is_marked_and_can_never_be_a_voucher(kept: Kept) -> None:
    printed = sheets(STYLE, kept)

    text, [digits] = printed.text(), set(printed.codes(0))
    assert text.count("SAMPLE") == text.count("ОБРАЗЕЦ") == text.count("ҮЛГІ") == 2
    assert all(words in text for words in (*STYLE.titles.values(), *STYLE.footers.values()))
    for parse, code in ((parse_voucher_code, digits), (parse_family_code, "0" * 9)):
        with pytest.raises(RuleBroken, match="mistyped"):
            parse(code)


def test_a_logo_stands_on_each_voucher_and_on_one_by_itself(kept: Kept) -> None:
    style = replace(STYLE, logo=picture(), logo_kind=PictureKind.PNG)
    long = replace(sample(Language.KK, title="", last_day=date(2026, 9, 15)), point="Ұзақ мекенжай " * 30)

    usual = sheets(style, kept)
    alone = Printed(b"".join(voucher_sheets([long], style=style, kept=kept)))

    assert len(usual.width_of_pictures(0)) == 6, "three squares and three logos"
    assert len(alone.width_of_pictures(0)) == 2
