"""A family's card: its code for eyes and cameras, a neutral title, and nobody's name."""

import pytest

from aid.documents.cards import Card, cards_pdf
from aid.domain.codes import family_code, grouped
from aid.domain.languages import Language
from tests.documents.reading import Printed

TITLES = {Language.KK: "Анықтама тізімі", Language.RU: "Справочный список", Language.EN: "Help list"}


def make_cards(count: int) -> list[Card]:
    languages = list(Language)
    return [Card(family_code(), languages[n % 3], TITLES[languages[n % 3]]) for n in range(count)]


def test_a_card_alone_has_a_page_of_its_own_size_that_a_camera_reads() -> None:
    [card] = make_cards(1)

    printed = Printed(cards_pdf([card]))

    assert printed.pages == 1
    assert printed.codes(0) == [card.code]
    assert grouped(card.code) in printed.text()
    assert card.title in printed.text()
    width, height = printed.pdf[0].get_size()
    assert (round(width * 25.4 / 72), round(height * 25.4 / 72)) == (86, 55)


def test_ten_cards_share_a_sheet_in_three_languages_and_each_is_read() -> None:
    cards = make_cards(13)

    printed = Printed(cards_pdf(cards))

    assert printed.pages == 2
    assert sorted(printed.codes(0) + printed.codes(1)) == sorted(card.code for card in cards)
    for card in cards:
        assert grouped(card.code) in printed.text()


def test_a_sample_says_that_it_is_one() -> None:
    [card] = make_cards(1)

    assert "SAMPLE" in Printed(cards_pdf([Card(card.code, Language.EN, card.title, demo=True)])).text()
    assert "SAMPLE" not in Printed(cards_pdf([Card(card.code, Language.EN, card.title)])).text()


def test_nothing_is_printed_of_nobody() -> None:
    with pytest.raises(ValueError, match="no card"):
        cards_pdf([])
