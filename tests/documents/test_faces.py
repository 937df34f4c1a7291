"""Words that were shaped one by one stand just as a line that was shaped whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aid.documents.press.faces import Type, Unsettable

TYPES = {bold: Type(bold=bold) for bold in (False, True)}
LETTERS = "аәбвгғдежзиійкқлмнңоөпрстуұүфхһцчшщъыьэюяАӘВГҒТУҮХЧЯabcdefghijklmnopqrstuvwxyzATVWY0123456789.,:;-–«»()№₸%/"


@given(
    words=st.lists(st.text(LETTERS, min_size=1, max_size=9), min_size=1, max_size=6),
    bold=st.booleans(),
    spaced=st.booleans(),
)
def test_a_line_set_word_by_word_is_the_line_that_is_set_whole(words: list[str], bold: bool, spaced: bool) -> None:
    line, type_ = " ".join(words), TYPES[bold]

    parts = type_.words(line, "kk", spaced=spaced)
    whole = type_._shaped((line, "kk", spaced, False, False))

    assert b"".join(part.lead + part.shown for part in parts).replace(b")(", b"") == whole.shown
    assert (sum(part.width for part in parts), sum(part.glyphs for part in parts)) == (whole.width, whole.glyphs)


@pytest.mark.parametrize("sign", ["→", "日", "א", "a\N{COMBINING ACUTE ACCENT}\N{COMBINING DIAERESIS}"])
def test_a_sign_that_our_type_cannot_set_is_told_and_not_left_out(sign: str) -> None:
    with pytest.raises(Unsettable):
        TYPES[False].words(f"a {sign} b", "en", spaced=False)
