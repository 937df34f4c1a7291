"""Days as people write them in lists, with the month's name."""

from datetime import date

import pytest
from babel.dates import get_month_names

from aid.readers.days import day_in_words, year_alone
from tests.readers.test_families import only_bad, read_komek

THIRD_OF_MAY = date(1984, 5, 3)


@pytest.mark.parametrize(
    "text",
    [
        "3 мая 1984",
        "03 мая 1984 г.",
        "3 МАЯ 1984 года",
        "3-май-1984",
        "3-го мая 1984 года",
        "1984 ж. 3 мамыр",
        "1984 жылғы 3 мамыр",
        "1984 жылдың 3-ші мамыры",
        "3 мам. 1984 ж.",
        "3 mamyr 1984",
        "3 May 1984",
        "May 3, 1984",
        "3rd of May 1984",
        "03 mai 1984",
        "3 maya 1984",
    ],
)
def test_a_day_may_be_written_with_its_month_s_name(text: str) -> None:
    assert day_in_words(text) == THIRD_OF_MAY


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_every_month_s_name_is_known_in_the_fund_s_languages(language: str) -> None:
    names = [
        each
        for context in ("format", "stand-alone")
        for each in (
            *get_month_names("wide", context, language).items(),
            *get_month_names("abbreviated", context, language).items(),
        )
    ]

    assert [name for month, name in names if day_in_words(f"17 {name} 2015") != date(2015, month, 17)] == []


@pytest.mark.parametrize(
    "text",
    [
        "31 апреля 1984",
        "3 мая 84",
        "май 1984",
        "3 4 мая 1984",
        "3 Айгүл 1984",
        "3 мая или июня 1984",
        "мая",
        "x" * 9_000,
    ],
)
def test_what_is_no_one_day_is_not_guessed_at(text: str) -> None:
    assert day_in_words(text) is None


@pytest.mark.parametrize("text", ["1984", "1984 г.", "1984г", "1984 г.р.", "1984 года", "1984 ж.", "1984 жылы"])
def test_a_year_may_be_called_one(text: str) -> None:
    assert year_alone(text) == 1984


@pytest.mark.parametrize("text", ["84", "0000", "19845", "1984-05", "1984 x", "г."])
def test_what_is_more_or_less_than_a_year_is_none(text: str) -> None:
    assert year_alone(text) is None


HEADINGS = "household,locality,point,language,check_word,consent_on,name,kinship,born\n"


def test_birth_dates_of_a_list_may_name_their_months() -> None:
    read = read_komek(HEADINGS + "1,aktau,center,kk,алма,1 августа 2026,Айгүл,worker,1984 ж. 3 мамыр\n")

    assert read.bad == ()
    assert read.good[0].family.members[0].born.exact == THIRD_OF_MAY  # type: ignore[union-attr]


def test_a_day_that_is_none_is_named_as_ever() -> None:
    read = read_komek(HEADINGS + "1,aktau,center,kk,алма,2026-08-01,Айгүл,worker,31 апреля 1984\n")

    assert only_bad(read)[1] == "born"
