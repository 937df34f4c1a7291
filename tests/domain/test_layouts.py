import pytest

from aid.domain.layouts import (
    Column,
    WordKind,
    guessed_columns,
    may_remember_word,
    signature_of,
    signature_of_word,
    usual_column,
    why_not_remember,
)


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("ФИО", Column.NAME),
        ("Аты-жөні:", Column.NAME),
        ("  Дата   рождения ", Column.BORN),
        ("Date_of_birth", Column.BORN),
        ("тел.", Column.PHONE),
        ("Елді мекен", Column.LOCALITY),
        ("Айгүл", Column.NOTHING),
    ],
)
def test_usual_headings_are_known_in_our_languages(heading: str, column: Column) -> None:
    assert usual_column(heading) is column


def test_two_columns_are_not_guessed_to_be_the_same_thing_unless_they_are_joined() -> None:
    guessed = guessed_columns(["Фамилия", "Имя", "Телефон", "Phone", "?"])

    assert guessed == (Column.NAME, Column.NAME, Column.PHONE, Column.NOTHING, Column.NOTHING)


def test_a_layout_is_known_again_by_its_headings_whatever_their_case() -> None:
    headings = ["Имя", "Телефон"]

    assert signature_of(headings) == signature_of(["ИМЯ ", "телефон:"])
    assert signature_of(headings) == signature_of([*headings, "", "komek: why"])
    assert signature_of(headings) != signature_of(["Телефон", "Имя"])


@pytest.mark.parametrize(
    ("kind", "word", "kept"),
    [
        (WordKind.KINSHIP, "кормилец", True),
        (WordKind.KINSHIP, "өгей ұлы", True),
        (WordKind.KINSHIP, "ахметова", False),
        (WordKind.HAPPENED, "всё хорошо", True),
        (WordKind.HAPPENED, "иә", False),
        (WordKind.HAPPENED, "01.02.1980", False),
        (WordKind.LOCALITY, "Жаңа Өзен", True),
        (WordKind.LOCALITY, "Абай 4-12", False),
    ],
)
def test_a_word_is_remembered_unless_it_may_be_a_person_or_means_its_heading(
    kind: WordKind, word: str, kept: bool
) -> None:
    assert may_remember_word(kind, word) is kept
    assert signature_of_word(kind, word) == signature_of_word(kind, f" {word.upper()}:")


def test_usual_headings_are_remembered() -> None:
    assert why_not_remember(["Имя", "Телефон", "Примечание", "ДАТА ОПРОСА"]) is None


@pytest.mark.parametrize(
    "suspicious",
    ["Айгүл Серікбаева", "Серікбаев", "+7 701 000 11 22", "01.03.1985", "a@b.kz", "Нұрланқызы", "х" * 61],
)
def test_a_heading_that_may_be_somebody_is_not_remembered_and_not_repeated(suspicious: str) -> None:
    why = why_not_remember(["Имя", "Телефон", suspicious])

    assert why is not None
    assert suspicious not in str(why)


def test_a_first_row_of_people_is_no_row_of_headings() -> None:
    assert why_not_remember(["Қалиева", "Сәуле", "Абай 14"]) is not None
