"""The forms of vouchers: the sheets they stand on, and under which names they are kept once they are laid out.

Loads neither WeasyPrint nor the app: whoever fills in a kept form needs neither.
"""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from aid.documents.press.layouts import Kept, name_of
from aid.documents.press.sheets import POINTS, Sheet
from aid.documents.press.squares import SIZE, Squares, worked_out
from aid.domain.papers import PaperStyle, VoucherFormat

HOUSE = Path(__file__).parents[2]
LOOK = HOUSE / "static" / "css" / "print"
DIGITS = 16
"""Of a voucher's code."""
SYMBOLS = 1 + 5 * 10 + 4
"""What is worked out for a square of sixteen digits: a symbol, and one for each bit of its five threes and its last."""


def _sheet(width: float, height: float, across: int, down: int) -> Sheet:
    """A sheet of so many millimetres, parted evenly, filled from the upper left."""
    wide, high = width / across * POINTS, height / down * POINTS
    corners = [(column * wide, (down - 1 - row) * high) for row in range(down) for column in range(across)]
    return Sheet(width * POINTS, height * POINTS, tuple(corners))


SHEETS: Mapping[VoucherFormat, Sheet] = MappingProxyType(
    {
        VoucherFormat.FOUR: _sheet(210, 297, 1, 4),
        VoucherFormat.EIGHT: _sheet(210, 297, 2, 4),
        VoucherFormat.A6: _sheet(105, 148, 1, 1),
        VoucherFormat.RECEIPT: _sheet(80, 197, 1, 1),
    }
)


def name_of_form(style: PaperStyle, language: str, *, demo: bool) -> str:
    """The name a voucher's form is kept under: it changes with whatever the form is made of."""
    parts = ("voucher", style.format.value, language, "demo" if demo else "real")
    sources = [
        HOUSE / "templates" / "documents" / "vouchers" / "form.html",
        HOUSE / "translations" / language / "LC_MESSAGES" / "messages.mo",
        LOOK / "paper.css",
        LOOK / "vouchers" / "look.css",
        LOOK / "vouchers" / f"{style.format}.css",
        *sorted((HOUSE / "static" / "fonts").glob("*.ttf")),
        HOUSE.parent / "requirements.lock",  # the libraries that lay it out
    ]
    there = [source for source in sources if source.exists()]  # English has no translations
    return name_of(*parts, colours=(style.ink, style.line, str(style.logo is not None)), sources=there)


def known_squares(kept: Kept) -> Squares:
    """What draws a voucher's square."""
    known = kept.worked_out(f"squares-{DIGITS}", SIZE * SYMBOLS, lambda: worked_out(DIGITS))
    return Squares(DIGITS, known)
