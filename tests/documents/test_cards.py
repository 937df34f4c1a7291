"""A family's card: its code for eyes and cameras, a neutral title, and nobody's name."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from aid.documents.cards import Card, cards_pdf
from aid.documents.press.layouts import Kept
from aid.domain.codes import family_code, grouped
from aid.domain.languages import Language
from aid.domain.papers import PaperStyle, PictureKind
from tests.documents.reading import Printed
from tests.readers.test_pictures import picture

TITLES = {Language.KK: "Анықтама тізімі", Language.RU: "Справочный список", Language.EN: "Help list"}


def make_cards(count: int) -> list[Card]:
    languages = list(Language)
    return [Card(family_code(), languages[n % 3], TITLES[languages[n % 3]]) for n in range(count)]


def printed_cards(kept: Kept, cards: Sequence[Card], **look: object) -> Printed:
    style = PaperStyle(**{"titles": {}, **look})  # type: ignore[arg-type]
    return Printed(b"".join(cards_pdf(cards, style=style, kept=kept)))


def test_a_card_alone_has_a_page_of_its_own_size_that_a_camera_reads(kept: Kept) -> None:
    [card] = make_cards(1)

    printed = printed_cards(kept, [card])

    assert printed.pages == 1
    assert printed.codes(0) == [card.code]
    assert grouped(card.code) in printed.text()
    assert card.title in printed.text()
    width, height = printed.pdf[0].get_size()
    assert (round(width * 25.4 / 72), round(height * 25.4 / 72)) == (86, 55)


def test_ten_cards_share_a_sheet_in_three_languages_and_each_is_read(kept: Kept) -> None:
    cards = make_cards(13)

    printed = printed_cards(kept, cards)

    assert printed.pages == 2
    assert sorted(printed.codes(0) + printed.codes(1)) == sorted(card.code for card in cards)
    for card in cards:
        assert grouped(card.code) in printed.text()


def test_a_sample_says_that_it_is_one(kept: Kept) -> None:
    [card] = make_cards(1)

    assert "SAMPLE" in printed_cards(kept, [Card(card.code, Language.EN, card.title, demo=True)]).text()
    assert "SAMPLE" not in printed_cards(kept, [Card(card.code, Language.EN, card.title)]).text()


def test_cards_bear_the_look_that_the_fund_set(kept: Kept) -> None:
    cards = make_cards(3)

    printed = printed_cards(
        kept, cards, titles={"kk": "Көмек тізімі"}, logo=picture(), logo_kind=PictureKind.PNG, ink="#000000"
    )

    assert "Көмек тізімі" in printed.text()
    assert TITLES[Language.KK] not in printed.text()
    assert len(printed.width_of_pictures(0)) == 6, "three squares and three logos"
    assert sorted(printed.codes(0)) == sorted(card.code for card in cards)


def test_a_title_that_no_card_has_room_for_stands_in_full_on_a_sheet_of_its_own(kept: Kept) -> None:
    first, second = make_cards(2)
    title = "Облыстың отбасыларына арналған анықтама тізімі " * 6

    printed = printed_cards(kept, [replace(first, title=title), second])

    assert [printed.codes(page) for page in range(printed.pages)] == [[second.code], [first.code]]
    assert title.strip() in printed.text(1)


def test_nothing_is_printed_of_nobody(kept: Kept) -> None:
    with pytest.raises(ValueError, match="no card"):
        cards_pdf([], style=PaperStyle(titles={}), kept=kept)
