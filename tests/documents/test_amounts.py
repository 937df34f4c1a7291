"""Amounts in words: each language's own numbers, its own name for the money, and the form that follows the number."""

import pytest

from aid.documents.amounts import in_words
from aid.domain.languages import Language
from aid.domain.money import Money

KAZAKH = {
    0: "нөл", 1: "бір", 2: "екі", 3: "үш", 4: "төрт", 5: "бес", 6: "алты", 7: "жеті", 8: "сегіз", 9: "тоғыз", 10: "он",
    11: "он бір", 20: "жиырма", 30: "отыз", 40: "қырық", 50: "елу", 60: "алпыс", 70: "жетпіс", 80: "сексен",
    90: "тоқсан", 99: "тоқсан тоғыз", 100: "жүз", 101: "жүз бір", 200: "екі жүз", 999: "тоғыз жүз тоқсан тоғыз",
    1_000: "бір мың", 1_001: "бір мың бір", 12_500: "он екі мың бес жүз", 45_000: "қырық бес мың", 100_000: "жүз мың",
    180_000: "жүз сексен мың", 1_000_000: "бір миллион",
    2_345_678: "екі миллион үш жүз қырық бес мың алты жүз жетпіс сегіз",
    1_000_000_000: "бір миллиард",
}  # fmt: skip


@pytest.mark.parametrize(("number", "words"), KAZAKH.items())
def test_kazakh_numbers_are_said_as_a_grammar_says_them(number: int, words: str) -> None:
    assert in_words(Money(number * 100, "KZT"), Language.KK).casefold() == f"{words} теңге"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1, "Один доллар США"),
        (2, "Два доллара США"),
        (5, "Пять долларов США"),
        (11, "Одиннадцать долларов США"),
        (12, "Двенадцать долларов США"),
        (21, "Двадцать один доллар США"),
        (22, "Двадцать два доллара США"),
        (111, "Сто одиннадцать долларов США"),
        (1_000, "Одна тысяча долларов США"),
        (2_003, "Две тысячи три доллара США"),
    ],
)
def test_a_russian_currency_takes_the_form_that_follows_its_number(number: int, words: str) -> None:
    assert in_words(Money(number * 100, "USD"), Language.RU) == words


@pytest.mark.parametrize(
    ("minor", "currency", "language", "words"),
    [
        (1_250_050, "KZT", Language.KK, "Он екі мың бес жүз теңге 50 тиын"),
        (1_250_002, "KZT", Language.RU, "Двенадцать тысяч пятьсот тенге 2 тиына"),
        (1_250_050, "KZT", Language.EN, "Twelve thousand, five hundred tenge, 50 tiyn"),
        (500, "EUR", Language.KK, "Бес еуро"),
        (501, "EUR", Language.RU, "Пять евро 1 цент"),
        (100, "EUR", Language.EN, "One euro"),
        (2_000, "USD", Language.KK, "Жиырма АҚШ доллары"),
        (2_000, "GBP", Language.KK, "Жиырма фунт стерлинг"),
        (2_105, "GBP", Language.RU, "Двадцать один фунт стерлингов 5 пенсов"),
        (201, "GBP", Language.EN, "Two pounds sterling, 1 penny"),
    ],
)
def test_each_currency_has_its_natural_name_and_hundredths_in_digits(
    minor: int, currency: str, language: Language, words: str
) -> None:
    assert in_words(Money(minor, currency), language) == words


def test_a_currency_without_a_name_is_said_by_its_code() -> None:
    assert in_words(Money(1_250, "PLN"), Language.EN) == "Twelve 50/100 PLN"
    assert in_words(Money(100, "JPY"), Language.RU) == "Сто JPY"


def test_less_than_nothing_is_not_put_on_paper() -> None:
    with pytest.raises(ValueError, match="below zero"):
        in_words(Money(-1, "KZT"), Language.KK)
