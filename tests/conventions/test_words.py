"""How the translations are written: letters of one alphabet, and values that stand alone."""

import re
from collections.abc import Iterator

import pytest

from tests.conventions import translations

ALPHABETS = {
    "kk": set("аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"),
    "ru": set("абвгдеёжзийклмнопрстуфхцчшщъыьэюя"),
}
WORD = re.compile(r"[^\W\d_]+")
PLACEHOLDER = re.compile(r"%\(\w+\)s")
NUMBERED = re.compile(r"%\(\w+\)s-")  # 5-сынып: an ordinal reads right after every number
GLUED = re.compile(r"%\(\w+\)s[^\W\d_]|[^\W\d_]%\(\w+\)s")
ENDS = ".,!?:…№"


def said(language: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """Each translation with what it translates, one by one."""
    for sentence in translations.catalog(language):
        for form in forms(sentence.string) if sentence.id else ():
            yield forms(sentence.id), form


def forms(text: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ())


def words(text: str) -> set[str]:
    return set(WORD.findall(PLACEHOLDER.sub(" ", text)))


@pytest.mark.parametrize("language", ALPHABETS)
def test_every_word_is_written_in_its_own_alphabet_or_stands_in_the_english_too(language: str) -> None:
    """A Latin o inside a Russian word looks right, is never found by a search, and prints in another font."""
    foreign = [
        (word, form)
        for ids, form in said(language)
        for word in words(form) - set().union(*map(words, ids))
        if not set(word.lower()) <= ALPHABETS[language]
    ]
    assert not foreign


@pytest.mark.parametrize("language", ALPHABETS)
def test_no_ending_is_glued_to_a_value(language: str) -> None:
    """What ending a name or a number takes is not known before it is there."""
    assert not [form for _ids, form in said(language) if GLUED.search(NUMBERED.sub("", form))]


@pytest.mark.parametrize("language", ALPHABETS)
def test_a_sentence_stays_a_sentence(language: str) -> None:
    """A full stop, a question mark or a colon at the end is there in each language; nothing hangs over."""
    wrong = [
        form
        for ids, form in said(language)
        if form != form.strip() or "  " in form or (form[-1] in ENDS) is not any(id_[-1] in ENDS for id_ in ids)
    ]
    assert not wrong


@pytest.mark.parametrize("language", ALPHABETS)
def test_quotation_marks_are_the_language_s_own(language: str) -> None:
    assert not [form for _ids, form in said(language) if re.search("[“”\"']", form)]
