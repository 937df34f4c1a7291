from aid.domain.check_words import CHECK_WORDS, new_check_word
from aid.domain.families import CHECK_WORD_LENGTHS


def test_every_check_word_could_have_been_typed_by_a_registrar() -> None:
    assert all(len(word) in CHECK_WORD_LENGTHS and word.isalpha() for word in CHECK_WORDS)
    assert len(set(CHECK_WORDS)) == len(CHECK_WORDS) > 100


def test_check_words_differ() -> None:
    assert len({new_check_word() for _turn in range(50)}) > 10
