"""Vouchers on paper: four to an A4 sheet, each with the stub that stays at the table. No name stands on them."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from textwrap import shorten
from typing import Self

import segno

from aid.documents.amounts import in_words
from aid.documents.layout import laid_out
from aid.documents.press import press
from aid.services.vouchers.printing import PrintedPaper

A_SHEET = 4
LARGE, SMALL = (38, 6), (50, 9)
"""How many letters fit a line beside the QR code, and how many lines: in the usual type, and in the smaller one."""
STUB = (19, 4)
"""The same for the goods on the stub."""


@dataclass(frozen=True, slots=True)
class VoucherPaper(PrintedPaper):
    """A printed voucher's words, fitted to their place."""

    @classmethod
    def of(cls, paper: PrintedPaper) -> Self:
        """What was printed, ready to be laid out."""
        return cls(**{field.name: getattr(paper, field.name) for field in fields(PrintedPaper)})

    @property
    def is_crowded(self) -> bool:
        """Whether its words need the small type."""
        letters, lines = LARGE
        return len(self.title) > 45 or self._lines(letters) + _lines(", ".join(self.items), letters) > lines

    def goods(self) -> tuple[tuple[str, ...], int]:
        """The goods there is room to name, and how many more there are."""
        letters, lines = SMALL
        return _named(self.items, letters * max(lines - self._lines(letters), 1) - 20)

    def goods_on_stub(self) -> tuple[tuple[str, ...], int]:
        """The goods the stub has room to name, the first at least in part, and how many more there are."""
        (letters, lines), goods = STUB, self.brief or self.items
        named, more = _named(goods, letters * lines)
        if more:
            named, more = _named(goods, letters * (lines - 1))
        if goods and not named:
            return (shorten(goods[0], letters * (lines - 1), placeholder=" …"),), more - 1
        return named, more

    def _lines(self, letters: int) -> int:
        """How many lines all but the goods take: the amount in words, the point, the purpose, and the last day."""
        amount = in_words(self.amount, self.language)
        return _lines(amount, letters * 8 // 5) + _lines(self.point, letters) + _lines(self.purpose, letters) + 1


def _named(goods: Sequence[str], room: int) -> tuple[tuple[str, ...], int]:
    """The first goods that fit, and how many are left."""
    named = 0
    while named < len(goods) and (room := room - len(goods[named]) - 2) >= 0:
        named += 1
    return tuple(goods[:named]), len(goods) - named


def _lines(text: str, letters: int) -> int:
    return -(-len(text) // letters)


def voucher_sheets(papers: Sequence[PrintedPaper]) -> bytes:
    """The vouchers as PDF, in the order given, languages mixed as the families are. Raises ValueError for none."""
    if not papers:
        raise ValueError("there is no voucher to print")
    rows = [
        laid_out("voucher.html", language=paper.language, voucher=VoucherPaper.of(paper), qr=qr_of(paper.digits))
        for paper in papers
    ]
    sheets = [rows[first : first + A_SHEET] for first in range(0, len(rows), A_SHEET)]
    return press(laid_out("vouchers.html", language=papers[0].language, sheets=sheets))


def qr_of(digits: str) -> str:
    """The digits as a QR code in a `data:` picture, with its quiet zone.

    Sixteen digits fit the smallest code (21 modules) at the highest correction: it reads with a quarter of it gone.
    """
    return segno.make(digits, version=1, error="h", boost_error=False).png_data_uri(border=4, scale=1)
