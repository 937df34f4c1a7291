"""Reads a PDF back the way people and phones do: its words, its fonts, and the codes a camera sees."""

import ctypes
from collections.abc import Callable
from typing import Any

import pypdfium2 as pdfium
import zxingcpp
from flask_babel import force_locale

from aid.domain.languages import Language

CAMERA = 150 / 72
"""150 dots an inch: a poor office scanner, or a phone held over the paper."""


def said(language: Language, words: Callable[[], str]) -> str:
    """What these words are in a language."""
    with force_locale(language.value):
        return words()


class Printed:
    """A PDF, opened."""

    def __init__(self, pdf: bytes) -> None:
        self.pdf = pdfium.PdfDocument(pdf)
        self.pages = len(self.pdf)
        self._texts: dict[int, str] = {}

    def text(self, number: int | None = None) -> str:
        """The words of one page or of all, with single spaces."""
        numbers = range(self.pages) if number is None else [number]
        return " ".join(self._words_of(n) for n in numbers)

    def _words_of(self, number: int) -> str:
        if number not in self._texts:  # a page is read once, however often it is asked
            self._texts[number] = " ".join(self.pdf[number].get_textpage().get_text_bounded().split())
        return self._texts[number]

    def codes(self, number: int) -> list[str]:
        """What a camera reads on one page, from top to bottom."""
        seen = zxingcpp.read_barcodes(self.pdf[number].render(scale=CAMERA).to_pil())
        return [code.text for code in sorted(seen, key=lambda code: code.position.top_left.y)]

    def width_of_pictures(self, number: int) -> list[float]:
        """How wide each picture is, in millimetres."""
        boxes = (thing.get_bounds() for thing in self._things(number) if thing.type == pdfium.raw.FPDF_PAGEOBJ_IMAGE)
        return [(right - left) * 25.4 / 72 for left, _bottom, right, _top in boxes]

    def fonts(self) -> set[tuple[str, bool]]:
        """The name of each font in use, and whether the file carries it."""
        fonts = {
            thing.get_font()
            for number in range(self.pages)
            for thing in self._things(number)
            if thing.type == pdfium.raw.FPDF_PAGEOBJ_TEXT
        }
        return {(font.get_base_name(), font.is_embedded) for font in fonts}

    def metadata(self) -> dict[str, str]:
        """What the file says of itself."""
        return dict(self.pdf.get_metadata_dict())

    def language(self) -> str:
        """The language a screen reader will read it in."""
        letters = (ctypes.c_ushort * 16)()
        size = pdfium.raw.FPDFCatalog_GetLanguage(self.pdf.raw, letters, ctypes.sizeof(letters))
        return bytes(letters)[: max(size - 2, 0)].decode("utf-16-le")

    def is_tagged(self) -> bool:
        """Whether a screen reader finds headings and tables in it."""
        return bool(pdfium.raw.FPDFCatalog_IsTagged(self.pdf.raw))

    def _things(self, number: int) -> list[Any]:
        return list(self.pdf[number].get_objects(max_depth=4))
