from tests.conventions import translations


def test_every_sentence_is_said_in_kazakh_russian_and_english() -> None:
    assert list(translations.problems()) == []
