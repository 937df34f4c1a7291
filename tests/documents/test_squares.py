"""The press's squares are the very ones that a QR library draws."""

import segno
from hypothesis import given
from hypothesis import strategies as st

from aid.documents.press.squares import MASK, MODULES, Squares, worked_out

KNOWN = {digits: Squares(digits, worked_out(digits)) for digits in (9, 16, 17)}


@given(digits=st.sampled_from([9, 16, 17]).flatmap(lambda n: st.text("0123456789", min_size=n, max_size=n)))
def test_every_square_is_the_one_segno_draws_with_the_same_mask(digits: str) -> None:
    drawn = segno.make(digits, version=1, error="h", mode="numeric", mask=MASK, boost_error=False).matrix
    square = KNOWN[len(digits)].of(digits)

    rows = [int.from_bytes(square[3 * row : 3 * row + 3]) for row in range(MODULES)]
    assert [[row >> (23 - place) & 1 for place in range(MODULES)] for row in rows] == [list(row) for row in drawn]
